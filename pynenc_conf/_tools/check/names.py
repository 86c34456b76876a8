"""Keys and variables that no class reads, and what they were probably meant to be."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf._core.report.suggestions import (
    KnownNames,
    find_intended_name,
    is_plain_name,
)
from pynenc_conf._tools.check.files import task_variable
from pynenc_conf._tools.check.findings import WARNING, Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.check.files import Keys, Reading
    from pynenc_conf._tools.check.findings import Findings, Place

# A person who checks is told of more than the slips that warn by themselves.
_ALIKE = 0.7
# Variables have long beginnings in common.
_ALIKE_VARIABLE = 0.9


def check_keys(reading: Reading, plans: Sequence[Plan], findings: Findings) -> None:
    """Report the keys of a file that no class reads."""
    names = KnownNames(plan.leaf for plan in plans)
    fields = {name for plan in plans for name in plan.settings}
    homes = {name: _home(plan, name) for plan in plans for name in plan.settings}
    for keys, value in reading.find_unknown_keys():
        name = str(keys[-1])
        place = reading.place(*map(str, keys))
        if len(keys) > 1 and name in fields:
            message = f"no class that reads section {keys[0]!r} has a field {name!r}"
            meant: str | None = f"{homes[name]}.{name}"
            findings.add(Finding(WARNING, "unread", message, place, meant))
        elif len(keys) == 1 and name in names.sections and isinstance(value, Mapping):
            message = (
                f"of the file of one class only section {reading.section!r} is read"
            )
            findings.add(Finding(WARNING, "unread", message, place))
        else:
            what = "section" if len(keys) == 1 and isinstance(value, Mapping) else "key"
            meant = _meant(reading, names, homes, keys, value)
            message = f"unknown {what} {name!r}"
            if not is_plain_name(name.replace(".", "_")):
                message = f"unknown {what}, not shown: it may be a value"
                place = place._replace(key=None)
            findings.add(Finding(WARNING, "unknown", message, place, meant))
    for name, value in reading.table.items():
        is_null = value is None or (isinstance(value, Scalar) and value.tag == "null")
        no_table = name in reading.sections and not isinstance(value, Mapping)
        if no_table and not is_null and name not in reading.fields:
            message = f"section {name!r} is no table; it sets nothing"
            findings.add(Finding(WARNING, "unread", message, reading.place(name)))


def _home(plan: Plan, name: str) -> str:
    """Return the section of the class that defines a field."""
    return section_name(plan.leaf, plan.settings[name].owner)


def _meant(
    reading: Reading,
    names: KnownNames,
    homes: Mapping[str, str],
    keys: Keys,
    value: Any,
) -> str | None:
    name = str(keys[-1])
    if len(keys) == 1 and isinstance(value, Mapping):
        by_class = {cls.lower(): section for cls, section in names.classes.items()}
        found = by_class.get(name.lower()) or find_intended_name(name, reading.sections)
        return found or _like(name, reading.sections)
    if len(keys) == 1:
        return find_intended_name(name, reading.fields) or _like(name, reading.fields)
    inside = reading.sections[keys[0]]
    found = find_intended_name(name, inside)
    if found is None:
        # Perhaps it is in the wrong section.
        found = find_intended_name(name, homes)
        found = found and f"{homes[found]}.{found}"
    return found or _like(name, inside)


def _like(name: str, known: Collection[str]) -> str | None:
    close = get_close_matches(name[:60].lower(), known, 1, _ALIKE)
    return close[0] if close else None


def check_variables(plans: Sequence[Plan], findings: Findings) -> None:
    """Report the variables of each namespace that no class reads."""
    spaces: dict[tuple[str, str], list[Plan]] = {}
    for plan in plans:
        leaf = plan.leaf
        spaces.setdefault((leaf.ENV_PREFIX, leaf.ENV_SEP), []).append(plan)
    for (prefix, separator), members in spaces.items():
        _Variables(prefix, separator, members).check(findings)


class _Variables:
    """The variables that the classes of one namespace read."""

    def __init__(self, prefix: str, separator: str, plans: Sequence[Plan]) -> None:
        self.plans = plans
        self.prefix = prefix
        self.separator = separator
        self.names = KnownNames(plan.leaf for plan in plans)
        self.fields = {name.upper() for plan in plans for name in plan.settings}
        self.known = {variable.name for plan in plans for variable in plan.variables}
        self.known |= {file.name for plan in plans for file in plan.file_variables}
        # By what is left if each separator is written as one underscore.
        self.flat = {name.replace(separator, "_"): name for name in sorted(self.known)}

    def check(self, findings: Findings) -> None:
        """Report those that are set and not read."""
        for name in findings.environment.values:
            finding = None
            if name not in self.known:
                if name.upper().startswith((self.prefix + self.separator).upper()):
                    finding = self._judge(name, findings)
                elif name.upper().startswith(f"{self.prefix}_".upper()):
                    finding = self._single_underscore(name, findings)
            if finding is not None:
                findings.add(finding)

    def _single_underscore(self, name: str, findings: Findings) -> Finding | None:
        start = len(self.prefix) + 1
        flat = {known[start:]: full for known, full in self.flat.items()}
        found = find_intended_name(name[start:], flat, str.upper)
        if found is None:
            return None  # it may be anybody's
        message = f"{name} is not read; its parts are joined by {self.separator!r}"
        place = findings.variable(name)
        return Finding(WARNING, "spelling", message, place, flat[found])

    def _judge(self, name: str, findings: Findings) -> Finding | None:
        place = findings.variable(name)
        if any(task_variable(plan, name) is not None for plan in self.plans):
            if "#" not in name:
                return None
            message = f"no shell can export {name}, for it has a '#' in its name"
            spelt = name.replace("#", "__")
            return Finding(WARNING, "unexportable", message, place, spelt)
        rest = name[len(self.prefix) + len(self.separator) :]
        parts = tuple(rest.split(self.separator))
        field = parts[-1].removesuffix("_FILE")
        if field != parts[-1] and field in self.fields:
            message = f"{name} is not read; only a secret can be in a file of its own"
            return Finding(WARNING, "unread", message, place)
        if len(parts) > 1 and parts[0] in self.names.classes and field in self.fields:
            message = (
                f"{parts[0]} has no field {field.lower()!r}, so nothing reads {name}"
            )
            return Finding(WARNING, "unread", message, place, self._elsewhere(parts))
        return self._unknown(name, parts, place)

    def _unknown(self, name: str, parts: Keys, place: Place) -> Finding:
        meant = self.names.intended_variable(parts) if all(parts) else None
        spelt = self.separator.join([self.prefix, *(meant or ())])
        if spelt in self.known and parts[0].lower() in self.names.sections:
            message = f"{name} is not read; a variable has its class's whole name"
            return Finding(WARNING, "spelling", message, place, spelt)
        close = get_close_matches(name.upper(), sorted(self.known), 1, _ALIKE_VARIABLE)
        found = spelt if spelt in self.known else next(iter(close), None)
        return Finding(WARNING, "unknown", f"unknown variable {name}", place, found)

    def _elsewhere(self, parts: Keys) -> str | None:
        """Return the variable of the class most alike that has the field."""
        name = self.separator.join([self.prefix, *parts])
        same = [one for one in self.known if one.endswith(self.separator + parts[-1])]
        close = get_close_matches(name, sorted(same), 1, 0)
        return close[0] if close else None
