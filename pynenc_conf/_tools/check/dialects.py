"""Variables of a file that Docker, Compose and a shell read differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._core.masking import format_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._tools.check.findings import Findings

_MAX_LENGTH = 40  # characters of a value


def check_dialects(plans: Sequence[Plan], findings: Findings) -> None:
    """Report the variables with a known prefix that programs read differently."""
    differences = findings.environment.differences
    if not differences:
        return
    prefixes = {f"{plan.leaf.ENV_PREFIX}_".upper() for plan in plans}
    settings = {
        variable.name: plan.all_settings[variable.field]
        for plan in plans
        for variable in plan.variables
        if not variable.holds_path
    }
    unreadable = {place[:2] for place, _ in findings.environment.unreadable}
    for place, difference in differences:
        name = difference.name
        setting = settings.get(name)
        if place[:2] in unreadable or _is_same(setting, difference.values):
            continue
        if name.upper().startswith(tuple(prefixes)):
            # The variable of a task, or an unknown one, may be a secret.
            secret = True if setting is None else setting.secret
            readings = _describe(difference.values, secret)
            message = f"{name}: {readings}; select one with --env-dialect"
            findings.warn("dialect", message, place)


def _is_same(setting: Setting | None, values: dict[str, str | None]) -> bool:
    """Whether all dialects give a setting one value, such as the number of '1 '."""
    texts = set(values.values())
    if setting is None or None in texts:
        return False
    try:
        first, *others = map(setting.convert, texts)
        return all(other == first for other in others)
    except Exception:  # noqa: BLE001 - an application's types raise anything
        return False


def _describe(values: dict[str, str | None], secret: Secrecy) -> str:
    """Return what each dialect reads; dialects that agree are named together."""
    by_value: dict[str | None, list[str]] = {}
    for dialect, value in values.items():
        by_value.setdefault(value, []).append(dialect)
    return ", ".join(_describe_readings(by_value, secret))


def _describe_readings(
    by_value: dict[str | None, list[str]], secret: Secrecy
) -> Iterator[str]:
    is_first = True
    for value, dialects in by_value.items():
        names = " and ".join(dialects)
        plural = "" if len(dialects) > 1 else "s"
        if value is None:
            yield f"{names} reject{plural} the line"
            continue
        shown = format_value(value, secret, _MAX_LENGTH)
        if secret:
            shown = "one value" if is_first else "another value"
            is_first = False
        yield f"{names} read{plural} {shown}"
