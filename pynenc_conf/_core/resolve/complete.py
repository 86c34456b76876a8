"""The last step: structures from their members, and what is required and missing."""

from __future__ import annotations

from pynenc_conf._core.declare.plan import copy_or_share
from pynenc_conf._core.problems import MissingValue
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.unset import REQUIRED, UNSET, Mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf.exceptions import Problem
    from pynenc_conf.origin import Origin

_FAILED = Mark("_FAILED")


class Completion:
    """Completes the values of one instance, after its layers were merged.

    `problems`, `causes`: what is missing, and structures that their class rejects. What
    a problem in `known` explains already is not reported again.
    """

    def __init__(
        self, plan: Plan, layers: Sequence[Layer], known: Sequence[Problem]
    ) -> None:
        self._plan = plan
        self._layers = layers
        self._known = {problem.field for problem in known}
        self.problems: list[Problem] = []
        self.causes: list[BaseException] = []

    def complete(self, values: dict[str, Any]) -> None:
        """Replace members by their structures, and find what is missing."""
        for setting in self._plan.structures:
            for member in setting.descendants():
                values.pop(member.name, None)
            base = self._plan.defaults.get(setting.name, UNSET)
            base = UNSET if base is UNSET else values.get(setting.name, base)
            found = self._structure(setting, base, 0)
            if found is UNSET and setting.is_optional:
                self._report_missing(setting)
                found = _FAILED
            elif found is UNSET:
                found = self._build(setting, UNSET, {})
            if found is not _FAILED:
                values[setting.name] = found
            else:
                values.pop(setting.name, None)
        for name in self._plan.required:
            setting = self._plan.settings[name]
            # What a structure misses is reported by member.
            if name not in values and not setting.members:
                self._report_missing(setting)

    def _structure(self, setting: Setting, base: Any, first: int) -> Any:
        """Return the structure that the layers from `first` on make of `base`.

        A value for the whole structure hides the members in lower layers; members in
        higher layers replace the members that it has.
        """
        layers = self._layers
        for index in range(len(layers) - 1, first - 1, -1):
            if setting.name in layers[index].values:
                base, first = layers[index].values[setting.name], index + 1
                break
        given: dict[str, Any] = {}
        for key, member in setting.members.items():
            own = value = member.member_of(base)
            if member.members:
                start = self._class_default(member, first) if own is UNSET else own
                value = self._structure(member, start, first)
            else:
                for layer in layers[first:]:
                    value = layer.values.get(member.name, value)
            if value is not own:
                given[key] = value
        return self._build(setting, base, given) if given else base

    def _class_default(self, member: Setting, first: int) -> Any:
        """Return the structure that a class gives its member, if layers change it.

        Layers below `first` are hidden, and change nothing.
        """
        names = {each.name for each in member.descendants()}
        layers = self._layers[first:]
        if all(names.isdisjoint(layer.values) for layer in layers):
            return UNSET  # the class itself makes a new one
        default = member.class_default
        return UNSET if type(default) is Mark else copy_or_share(default)

    def _build(self, setting: Setting, base: Any, given: dict[str, Any]) -> Any:
        """Return a structure with these members, the others from its base or class."""
        structure: Any = setting.structure  # not None, because it has members
        is_new = base is UNSET or base is None
        for key, member in setting.members.items() if is_new else ():
            if key not in given and structure.members[key].default is REQUIRED:
                given[key] = _FAILED
                if member.members and not member.is_optional:
                    given[key] = self._build(member, UNSET, {})
                else:
                    self._report_missing(member)
        # `in` would call the values' own methods.
        if any(value is _FAILED for value in given.values()):
            return _FAILED
        try:
            return structure.build(given) if is_new else structure.replace(base, given)
        except Exception as error:  # noqa: BLE001 - whatever the class raises
            invalid = InvalidValue(setting.expected, given, cause=error)
        problems, causes = setting.describe(invalid, given, self._origin(setting))
        self.problems += problems
        self.causes += causes
        return _FAILED

    def _report_missing(self, setting: Setting) -> None:
        holder: Setting | None = setting
        while holder is not None:
            if holder.name in self._known:
                return
            holder = holder.parent
        kind = "setting" if setting.parent is None else "member"
        ways = ways_to_set(self._plan, setting)
        problem = MissingValue(
            f"missing required {kind}; set one of: {', '.join(ways)}",
            field=setting.name,
            origin=None if setting.parent is None else self._origin(setting.parent),
            expected=setting.expected,
        )
        problem.ways = tuple(ways)
        self.problems.append(problem)

    def _origin(self, setting: Setting) -> Origin | None:
        """Return where the highest layer sets the structure or members of it."""
        names = {setting.name, *(member.name for member in setting.descendants())}
        for layer in reversed(self._layers):
            if not names.isdisjoint(layer.values):
                return layer.origin(setting.name)
        return None


def ways_to_set(plan: Plan, setting: Setting) -> list[str]:
    """Return the keys and variables that set a field or member, each with its kind."""
    field = setting.name.partition(".")[0]
    keys = [setting.name] + [
        f"{scope.section}.{setting.name}"
        for scope, fields in plan.scope_fields
        if field in fields
    ]
    variables = [v.name for v in plan.variables if v.field == setting.name]
    return [f"key {key}" for key in dict.fromkeys(keys)] + [
        f"variable {name}" for name in dict.fromkeys(variables)
    ]
