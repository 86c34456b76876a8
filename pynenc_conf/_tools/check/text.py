"""Values that are probably not what their author meant: stray characters, and nothing.

No value is shown: the wrong character is often invisible, and the value may be secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.types.unset import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._tools.check.findings import Findings

_QUOTES = "'\"`\u2018\u2019\u201c\u201d"
_LINE_BREAKS = "\n\r\v\f\x85\u2028\u2029"


def check_texts(plan: Plan, layers: Sequence[Layer], findings: Findings) -> None:
    """Report the values in these layers, which are in the order of precedence."""
    winners: dict[str, Layer] = {}
    for layer in layers:
        for name, value in layer.values.items():
            winners[name] = layer
            stray = _describe_stray(value)
            default = plan.all_settings[name].field.default_value
            if stray and not _describe_stray(default):
                place = findings.place_of_origin(layer.origin(name))
                findings.warn("stray", f"{name}: the value {stray}", place)
    for name, layer in winners.items():
        origin = layer.origin(name)
        is_empty = findings.environment.values.get(origin.variable or "") == ""
        if is_empty or layer.values[name] == "":
            _report_empty(plan.all_settings[name], layer, findings)


def _report_empty(setting: Setting, layer: Layer, findings: Findings) -> None:
    default = setting.field.default_value
    value = layer.values[setting.name]
    if isinstance(default, Mark) or not default or value:
        return
    message = (
        f"{setting.name}: empty text replaces the default; remove the setting to use "
        f"the default"
    )
    place = findings.place_of_origin(layer.origin(setting.name))
    findings.warn("empty", message, place)


def _describe_stray(value: Any) -> str | None:
    """Return the error of the first or last character of a value."""
    for text in _texts(value):
        ends = {"begins": _describe_end(text[0]), "ends": _describe_end(text[-1])}
        found = [f"{verb} with {what}" for verb, what in ends.items() if what]
        if found:
            return " and ".join(found)
    return None


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value that are not empty."""
    if type(value) is str:
        if value:
            yield value
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)


def _describe_end(char: str) -> str | None:
    if char in _QUOTES:
        return "a quote"
    if char in _LINE_BREAKS:
        return "a line break"
    if char.isspace():
        return "whitespace"
    return None if char.isprintable() else "an invisible character"
