"""What else differs from cistell 0.1, the engine of pynenc from 0.1 on."""

from __future__ import annotations

from pynenc_conf._tools.compat.differences.row import Difference

ENGINE = (
    Difference(
        "engine-sections",
        there="the section of a class sets only fields that this class has",
        here="it sets all fields of the instance, as in cistell 0.0.7",
        reason="a section for a parent may speak of what only its child has",
    ),
    Difference(
        "engine-fieldless",
        there="the section of a class without fields is not read",
        here="it is, unless the class stands directly below `ConfigBase`",
        reason="as in cistell 0.0.7",
    ),
    Difference(
        "engine-shadowed",
        there="a value that another of the same class outranks is not converted",
        here="it is, and a bad one is an error",
        reason="a bad value is an error today, not on the day its override goes away",
    ),
    Difference(
        "engine-override",
        there="`override(...)` gives the weakest values, to one new instance",
        here="the strongest, to every instance that is made in the block",
        reason="a test that overrides a value wants to see it",
    ),
    Difference(
        "engine-info",
        there="`field_info(...).source` names the kind of source",
        here="it is the very place, `shop.yaml:4:11  shop.size`",
        reason="to find it",
    ),
    Difference(
        "engine-secret",
        there="a secret is shown as `<secret>`, its `display_value` is None",
        here='`***` for both; `""` and None are shown',
        reason="one must be able to see that no password is set",
    ),
    Difference(
        "engine-explain",
        there="`explain()` has the form `name = value [from: source]`",
        here="a table in the order of declaration; `explain(name)` has the whole chain",
        reason="to see what was outranked, and why",
    ),
    Difference(
        "engine-hash",
        there="equal instances have different hashes",
        here="equal ones",
        reason="sets and dicts find them",
    ),
)
