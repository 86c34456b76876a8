"""One instance of a class, made by pynenc and by pynenc_conf from the same sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.masking import type_name
from pynenc_conf._tools.compat.deployment import SECRET_FILE
from pynenc_conf._tools.compat.differences import (
    CLASS_FILE_SECTIONS,
    CLASS_FILES,
    OVERRIDDEN_VARIABLES,
    PYPROJECT_NAME,
    SECRET_FILES,
    SECTION_NAMES,
    TASK_VARIABLES,
    UNKNOWN_NAMES,
    first_row,
)
from pynenc_conf._tools.compat.findings import Finding
from pynenc_conf._tools.compat.values import (
    compare_value,
    describe_new_feature,
    describe_pynenc_value,
    describe_reading,
    is_pyproject_for_pynenc_only,
    is_same,
    read_as_pynenc,
    read_as_pynenc_conf,
)
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.origin import CLASS_FILE, ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._tools.compat.given import Given, Place
    from pynenc_conf.exceptions import Problem

    # A place, and the setting that the value there is for.
    Key = tuple[Place, str]


class Reading(NamedTuple):
    """A raw value and what a library makes of it: a value or an exception."""

    given: Given
    value: Any

    @property
    def is_rejected(self) -> bool:
        """Whether the library cannot make the instance because of the value."""
        return isinstance(self.value, Exception)


class InstanceComparison:
    """Compares what the libraries read, in the order of increasing precedence."""

    def __init__(
        self,
        plan: Plan,
        theirs: Sequence[Given],
        ours: Sequence[Given],
        problems: Sequence[Problem] = (),
    ) -> None:
        self._plan = plan
        self._theirs = self._read(theirs, read_as_pynenc)
        self._ours = self._read(ours, read_as_pynenc_conf)
        self._problems = problems
        self.keys: set[Key] = {
            key for key in (*self._theirs, *self._ours) if key[1] in plan.all_settings
        }

    def _read(
        self, given: Sequence[Given], read: Callable[[Setting, Any], Any]
    ) -> dict[Key, Reading]:
        readings: dict[Key, Reading] = {}
        for each in given:
            key = each.place, each.name
            readings.pop(key, None)  # the last place in the order counts
            value: Any = TypeError()
            if each.raw is SECRET_FILE:
                value = SECRET_FILE
            elif each.name:
                value = read(self._plan.all_settings[each.name], each.raw)
            readings[key] = Reading(each, value)
        return readings

    def find(self) -> Iterator[Finding]:
        """Yield the differences between the instances.

        A value that both libraries override is not a difference, unless only one of
        them rejects the value.
        """
        for problem in self._problems:
            if problem.origin is not None:
                message = "pynenc ignores the unknown name; pynenc_conf rejects it"
                cls = type_name(self._plan.leaf)
                yield Finding(UNKNOWN_NAMES, problem.origin, message, cls=cls)
        for key in self._theirs | self._ours:
            yield from self._compare_place(key)
        for setting in self._plan.settings.values():
            yield from self._compare_values(setting)

    def _compare_place(self, key: Key) -> Iterator[Finding]:
        """Yield a finding if only one of the libraries rejects the value in a place."""
        theirs, ours = self._theirs.get(key), self._ours.get(key)
        given = (ours or self._theirs[key]).given
        if not given.name:
            message = (
                "pynenc rejects a section that is not a table; pynenc_conf ignores it"
            )
            yield Finding("", given.origin, message)
            return
        setting = self._plan.all_settings[given.name]
        feature = describe_new_feature(setting, given.origin)
        is_rejected_by_pynenc = theirs is not None and theirs.is_rejected
        is_rejected = ours is not None and ours.is_rejected
        if feature is not None:
            yield feature
        elif is_rejected_by_pynenc == is_rejected:
            return
        elif theirs is not None and ours is not None:
            finding = compare_value(
                setting, theirs.given.raw, ours.given.raw, given.origin
            )
            if finding is not None:
                yield finding
        elif ours is not None:
            yield self._describe_rejected(setting, ours)
        else:
            message = "pynenc rejects the value; pynenc_conf does not read it"
            yield self._finding(setting, given, message)

    def _describe_rejected(self, setting: Setting, ours: Reading) -> Finding:
        given = ours.given
        message = describe_reading(setting, given.raw, ours.value, given.origin)
        return self._finding(
            setting, given, f"pynenc does not read this value; {message}"
        )

    def _compare_values(self, setting: Setting) -> Iterator[Finding]:
        """Yield a finding if both libraries read a value, and the values differ."""
        theirs = self._last(self._theirs, setting)
        ours = self._last(self._ours, setting)
        default = setting.field.default_value
        pynenc_value = default if theirs is None else theirs.value
        value = default if ours is None else ours.value
        if any(isinstance(each, Exception) for each in (pynenc_value, value)):
            return  # reported at the place of the value
        if is_same(pynenc_value, value) or setting.members:
            return
        if theirs is None and ours is None:
            return
        if theirs and ours and theirs.given.place == ours.given.place:
            origin = ours.given.origin
            found = compare_value(setting, theirs.given.raw, ours.given.raw, origin)
            if found is not None and describe_new_feature(setting, origin) is None:
                yield found
            return
        yield self._describe_origins(setting, theirs, ours)

    def _last(self, readings: dict[Key, Reading], setting: Setting) -> Reading | None:
        found = [each for (_, name), each in readings.items() if name == setting.name]
        return found[-1] if found else None

    def _describe_origins(
        self, setting: Setting, theirs: Reading | None, ours: Reading | None
    ) -> Finding:
        """Describe values from different places, at the one that one library skips."""
        if ours is None or (
            theirs is not None
            and (theirs.given.place, setting.name) not in self._ours
            and (ours.given.place, setting.name) in self._theirs
        ):
            assert theirs is not None  # noqa: S101 - one of the libraries reads a value
            shown = describe_pynenc_value(setting, theirs.given.raw, theirs.value)
            other = "the default"
            if ours is not None:
                other = f"the value of {ours.given.origin}"
            message = f"pynenc reads {shown}; pynenc_conf reads {other}"
            return self._finding(setting, theirs.given, message)
        given = ours.given
        row = self._find_row(setting, given)
        if row == SECRET_FILES:
            message = (
                "pynenc ignores this variable; pynenc_conf reads the value from the "
                "file that the variable names"
            )
            return Finding(row, given.origin, message, setting.name)
        message = "pynenc reads the default"
        if theirs is not None:
            message = f"pynenc reads the value of {theirs.given.origin}"
        if row == TASK_VARIABLES:
            message = "pynenc ignores this variable"
        reading = describe_reading(setting, given.raw, ours.value, given.origin)
        return self._finding(setting, given, f"{message}; {reading}")

    def _finding(self, setting: Setting, given: Given, message: str) -> Finding:
        row = self._find_row(setting, given)
        cls = type_name(self._plan.leaf)
        return Finding(row, given.origin, message, setting.name, cls)

    def _find_row(self, setting: Setting, given: Given) -> str:
        """Return the row about a value that one of the libraries skips."""
        origin, key = given.origin, (given.place, given.name)
        is_variable = origin.source == ENVIRONMENT
        is_only_ours = key not in self._theirs
        general = self._plan.leaf.get_env_key(setting.name)
        is_general = is_variable and origin.variable == general
        is_class_file = origin.source == CLASS_FILE
        is_section = origin.key != setting.name
        is_section_name = setting.name in self._plan.sections
        is_of_task = is_variable and issubclass(self._plan.leaf, ConfigTask)
        return first_row(
            {
                PYPROJECT_NAME: is_pyproject_for_pynenc_only(origin),
                SECRET_FILES: given.raw is SECRET_FILE,
                OVERRIDDEN_VARIABLES: is_general and is_only_ours,
                TASK_VARIABLES: is_of_task and is_only_ours,
                SECTION_NAMES: is_section_name and isinstance(given.raw, dict),
                CLASS_FILE_SECTIONS: is_class_file and is_section,
                CLASS_FILES: is_class_file,
            }
        )
