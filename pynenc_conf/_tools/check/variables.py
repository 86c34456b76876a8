"""Environment variables that no class reads, with suggestions."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from pynenc_conf._core.declare.known_names import KnownNames
from pynenc_conf._core.problems import find_closest_name
from pynenc_conf._core.report.suggestions import (
    find_intended_name,
    find_intended_variable,
)
from pynenc_conf._tools.check.tasks import respell_task_variable
from pynenc_conf._tools.tasks import split_task_variable
from pynenc_conf.config_task import ConfigTask

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.check.findings import Findings
    from pynenc_conf._tools.check.tasks import TaskIds

    # Code, message and suggestion of a warning.
    VariableWarning = tuple[str, str, str | None]

# Higher than for keys, because the names of variables have long common prefixes.
_MIN_SIMILARITY = 0.9
_MAX_SUGGESTIONS = 200
_MIN_TASK_PARTS = 4  # class, module, task, field


def check_variables(
    plans: Sequence[Plan], task_ids: TaskIds, findings: Findings
) -> None:
    """Report the variables with a known prefix that no class reads."""
    namespaces: dict[tuple[str, str], list[Plan]] = {}
    for plan in plans:
        leaf = plan.leaf
        namespaces.setdefault((leaf.ENV_PREFIX, leaf.ENV_SEP), []).append(plan)
    for (prefix, separator), members in namespaces.items():
        namespace = _Namespace(prefix, separator, members, task_ids)
        for name in findings.environment.values:
            warning = namespace.check(name)
            if warning is not None:
                code, message, suggestion = warning
                place = findings.place_of_variable(name)
                findings.warn(code, message, place, suggestion)


class _Namespace:
    """The variables that classes with one prefix and separator read."""

    def __init__(
        self,
        prefix: str,
        separator: str,
        plans: Sequence[Plan],
        task_ids: TaskIds,
    ) -> None:
        self.plans = plans
        self.task_ids = task_ids
        self._suggestions = 0
        self.separator = separator
        self.prefix = prefix
        self.names = KnownNames(plan.leaf for plan in plans)
        self.fields = {name.upper() for plan in plans for name in plan.settings}
        self.structures = {s.name.upper() for plan in plans for s in plan.structures}
        self.known = {variable.name for plan in plans for variable in plan.variables}
        self.known |= {file.name for plan in plans for file in plan.file_variables}

    def check(self, name: str) -> VariableWarning | None:
        """Return the warning about a variable, None if there is none.

        Only the first unknown variables have suggestions: searching a name takes a
        millisecond.
        """
        if name in self.known:
            return None
        start = (self.prefix + self.separator).upper()
        if name.upper().startswith(start):
            for plan in self.plans:
                found = split_task_variable(plan, name)
                if found is not None:
                    return self._check_task_variable(name, found, plan)
            parts = name[len(start) :].split(self.separator)
            spelling = self._spell_for_pynenc(parts)
            if spelling is not None:
                message = f"{name} is ignored: pynenc separates module and task by '#'"
                return "unread", message, spelling
            return self._check_parts(name, parts)
        if name.upper().startswith(f"{self.prefix}_".upper()):
            return self._check_single_underscores(name)
        return None

    def _check_task_variable(
        self, name: str, parts: Sequence[str], plan: Plan
    ) -> VariableWarning | None:
        cls, *task, field = parts
        is_read, respelled = respell_task_variable(task, self.task_ids)
        # The ids of pynenc 0.1 and later are not spelled with underscores.
        if not is_read and issubclass(plan.leaf, ConfigTask):
            message = (
                f"{name} is ignored: the id of a task is MODULE.TASK, with '__' in "
                f"place of each dot"
            )
            spelling = None
            if respelled is not None:
                keys = field.upper().split(".")
                names = [self.prefix, cls, *respelled, *keys]
                spelling = self.separator.join(names)
            return "unread", message, spelling
        if "#" not in name:
            return None
        message = f"no shell can export {name}, because its name contains '#'"
        spelling = name.replace("#", "__")
        is_read = any(split_task_variable(plan, spelling) for plan in self.plans)
        return "unexportable", message, spelling if is_read else None

    def _spell_for_pynenc(self, parts: list[str]) -> str | None:
        """Return the only spelling of a task's variable that pynenc 0.1 reads."""
        if len(parts) < _MIN_TASK_PARTS:
            return None
        cls, *module, task, field = parts
        task = f"{'.'.join(module)}#{task}"
        name = self.separator.join([self.prefix, cls, task, field])
        is_read = any(split_task_variable(plan, name) for plan in self.plans)
        return name if is_read and "#" not in "".join(parts) else None

    def _check_parts(self, name: str, parts: list[str]) -> VariableWarning:
        field = parts[-1].removesuffix("_FILE")
        is_known = field in self.fields or name.removesuffix("_FILE") in self.known
        if field != parts[-1] and is_known:
            message = f"{name} is ignored: only a secret can be read from a file"
            return "unread", message, None
        of_class = len(parts) > 1 and parts[0] in self.names.classes
        holders = parts[of_class:-1]
        if holders and holders[0] in self.structures:
            return self._check_member(name)
        if of_class and field in self.fields:
            message = f"{name} is ignored: {parts[0]} has no field {field.lower()!r}"
            return "unread", message, self._find_variable_of_similar_class(parts)
        self._suggestions += 1
        if self._suggestions > _MAX_SUGGESTIONS:
            return "unknown", f"unknown variable {name}", None
        return self._check_unknown(name, parts)

    def _check_unknown(self, name: str, parts: list[str]) -> VariableWarning:
        suggestion = find_intended_variable(
            name, sorted(self.known), self.separator, self.names.classes
        )
        if suggestion is None:
            suggestion = self._name_with_class(parts)
        if suggestion not in self.known:
            return self._check_similar(name, self.known)
        if parts[0].lower() in self.names.sections:
            message = f"{name} is ignored: the name must contain the full class name"
            return "spelling", message, suggestion
        return "unknown", f"unknown variable {name}", suggestion

    def _check_member(self, name: str) -> VariableWarning:
        """Return the warning about a variable of a structure's unknown member."""
        holder, separator, member = name.rpartition(self.separator)
        start = holder + separator
        members = {
            known.removeprefix(start) for known in self.known if known.startswith(start)
        }
        found = find_closest_name(member, members)
        suggestion = None if found is None else start + found
        return "unknown", f"unknown variable {name}", suggestion

    def _name_with_class(self, parts: list[str]) -> str:
        """Return the name of a variable with a class instead of its section."""
        classes = {section: cls for cls, section in self.names.classes.items()}
        cls = classes.get(parts[0].lower(), parts[0])
        return self.separator.join([self.prefix, cls, *parts[1:]])

    def _check_similar(self, name: str, known: Collection[str]) -> VariableWarning:
        similar = get_close_matches(name.upper(), sorted(known), 1, _MIN_SIMILARITY)
        return "unknown", f"unknown variable {name}", next(iter(similar), None)

    def _check_single_underscores(self, name: str) -> VariableWarning | None:
        start = len(self.prefix) + 1
        flat = {
            known.replace(self.separator, "_")[start:]: known
            for known in sorted(self.known)
        }
        found = find_intended_name(name[start:], flat, str.upper)
        if found is None:
            return None  # the variable may belong to another program
        message = f"{name} is ignored: its parts must be joined by {self.separator!r}"
        return "spelling", message, flat[found]

    def _find_variable_of_similar_class(self, parts: list[str]) -> str | None:
        """Return the variable of the field for the class with the closest name."""
        name = self.separator.join([self.prefix, *parts])
        suffix = self.separator + parts[-1]
        same_field = sorted(known for known in self.known if known.endswith(suffix))
        return next(iter(get_close_matches(name, same_field, 1, 0)), None)
