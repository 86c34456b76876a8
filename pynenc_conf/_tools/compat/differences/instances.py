"""What errors, instances and classes are like."""

from __future__ import annotations

from pynenc_conf._tools.compat.differences.row import Difference

INSTANCES = (
    Difference(
        "all-problems",
        there="the first bad value is raised",
        here="all of them, in one error",
        reason="one run is enough",
    ),
    Difference(
        "error-text",
        there="two types, no field, no value",
        here=(
            "the field, the place, the expected type, and the value, unless the "
            "field is secret"
        ),
        reason="to find the mistake; mark secrets",
    ),
    Difference(
        "error-classes",
        there="`cistell.exceptions`",
        here=(
            "`pynenc_conf.exceptions`; catching cistell's classes does not catch these"
        ),
        reason=(
            "this library does not need cistell; under the "
            "[drop-in](migration.md) they are the same"
        ),
    ),
    Difference(
        "pickle",
        there="a pickled config comes back with defaults",
        here="all values and their origins",
        reason="spawned workers need their settings",
    ),
    Difference(
        "copy",
        there="a copy shares its values with the original, a deep copy has defaults",
        here="both are independent and complete",
        reason="a copy is a copy",
    ),
    Difference(
        "equality",
        there="every instance is equal to itself only",
        here="same class and equal values, and a hash that agrees",
        reason="configs are values",
    ),
    Difference(
        "repr",
        there="class and address",
        here="every field, secrets masked",
        reason="to read logs",
    ),
    Difference(
        "field-order",
        there="`all_fields` in the order of a set",
        here="in the order of declaration",
        reason="output that does not change",
    ),
    Difference(
        "plain-attribute",
        there="`redis_port = 6380` in a subclass makes the field lose its type",
        here="the field with a new default",
        reason="the shortest way to a new default",
    ),
    Difference(
        "field-assigned-to-class",
        there=(
            "`ConfigRedis.redis_port = 6380` removes the field, for existing "
            "instances too"
        ),
        here="a new default for instances made from then on",
        reason="the same",
    ),
    Difference(
        "field-replaced",
        there=(
            "a property in a field's place makes values for the field an AttributeError"
        ),
        here="the name is no setting any more",
        reason="a subclass may compute what its parent reads",
    ),
    Difference(
        "field-removed",
        there="after `del Class.field`, existing instances cannot read it",
        here="they keep their values",
        reason="values belong to the instance",
    ),
    Difference(
        "assigned-before-init",
        there="a field assigned before `super().__init__()` is an AttributeError",
        here="the sources overwrite it",
        reason="attributes of one's own may be set there",
    ),
    Difference(
        "base-classes",
        there=(
            "classes derive from `cistell.ConfigBase`, fields are "
            "`cistell.ConfigField`s"
        ),
        here="from `pynenc_conf.ConfigBase`; `pynenc_conf.ConfigField`",
        reason=(
            "this library does not need cistell; under the "
            "[drop-in](migration.md) they are the same"
        ),
    ),
    Difference(
        "internals",
        there="`_config_values`, `_mapped_keys`, `ConfigField.__set__`",
        here="none of them; values are in `__dict__`",
        reason="reading costs what an attribute costs",
    ),
)
