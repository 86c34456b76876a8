"""One instance's request to its sources: what they may read, and what they report."""

from __future__ import annotations

from pynenc_conf._core.declare.plan import is_shareable
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.resolve.layer import Layer
from pynenc_conf._core.sources.process_environment import read_environment
from pynenc_conf.exceptions import ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Protocol

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf.exceptions import Problem
    from pynenc_conf.origin import Origin

    Keys = tuple[str, ...]

    class Hooks(Protocol):
        """The methods of an instance that add sections and variables of its own."""

        def get_extra_qualifiers(self, config_cls: type[Any]) -> list[str] | None: ...
        def get_extra_env_keys(
            self, field_name: str, config_cls: type[Any]
        ) -> list[str] | None: ...

    class Source(Protocol):
        """A source of one class: what it is called, and the layers that it provides.

        `names` are those of `Origin.source`, lowest precedence first.
        """

        @property
        def names(self) -> tuple[str, ...]: ...
        def layers(self, request: Request) -> Sequence[Layer]: ...


MAX_NAMES = 1000
"""Unknown names of one source that are reported; a file may hold a million."""

_MAX_WORK = 500_000
"""Names of one content that are searched, counting each unknown name several times."""
_NAME_WORK = 100


class UnknownName:
    """A key or variable that no setting has, with its origin.

    - `keys`: the path of a key, or the name of a variable alone.
    - `known`: the names that the class reads in its place.
    - `is_own`: whether it is in the class's own section, or has the class's own name.
    - `is_table`: whether the value is a table.
    - `content`: identifies the content of a file, for which a warning is given once.
    """

    __slots__ = ("content", "is_own", "is_table", "keys", "known", "origin")

    def __init__(  # noqa: PLR0913 - each is one independent fact
        self,
        keys: Keys,
        origin: Origin,
        known: frozenset[str],
        *,
        is_own: bool = False,
        is_table: bool = False,
        content: object = None,
    ) -> None:
        self.keys = keys
        self.origin = origin
        self.known = known
        self.is_own = is_own
        self.is_table = is_table
        self.content = content


class Search:
    """Limits the search for unknown names in one content, by all classes together."""

    def __init__(self) -> None:
        self._left = _MAX_WORK

    def first_names(self, found: Iterable[UnknownName], size: int) -> list[UnknownName]:
        """Return the names that are reported, none if too many were searched before.

        `size` is the number of names to search.
        """
        if self._left <= 0:
            return []
        names = first_names(found)
        self._left -= size + _NAME_WORK * len(names)
        return names


def first_names(found: Iterable[UnknownName]) -> list[UnknownName]:
    """Return the names that are reported, and leave out the rest."""
    return [name for _, name in zip(range(MAX_NAMES), found, strict=False)]


def names_of_hook(found: Any) -> Iterable[Any]:
    """Return the names that a hook returned. Raises ConfigTypeError."""
    if found is None:
        return ()
    try:
        return list(found)
    except TypeError:
        kind = type_name(type(found))
    message = f"a hook must return a list of names or None, got {kind}"
    raise ConfigTypeError(message)


class Request:
    """What one instance gives to its sources, and what they find wrong.

    - `config_values`, `config_filepath`: the arguments of the instance.
    - `environment`: the variables, the same for all sources of the instance.
    - `problems`, `causes`: what is wrong, and the exceptions behind it.
    - `unknown`: names that no setting has.
    """

    __slots__ = (
        "causes",
        "config_filepath",
        "config_values",
        "environment",
        "hooks",
        "plan",
        "problems",
        "unknown",
    )

    def __init__(
        self,
        plan: Plan,
        hooks: Hooks,
        config_values: Mapping[str, Any] | None,
        config_filepath: str | os.PathLike[str] | None,
    ) -> None:
        self.plan = plan
        self.hooks = hooks
        self.config_values = config_values
        self.config_filepath = config_filepath
        self.environment = read_environment()
        self.problems: list[Problem] = []
        self.causes: list[BaseException] = []
        self.unknown: list[UnknownName] = []

    def convert(
        self, rank: Rank, raw: Mapping[str, Any], origin: Callable[[str], Origin]
    ) -> list[Layer]:
        """Convert the raw values of one rank, to one layer or none.

        Every value is converted, also one that is overridden: an invalid value is an
        error today, and not on the day when the override goes away.
        """
        settings = self.plan.all_settings
        if self.plan.structures:
            from pynenc_conf._core.sources.members import spread_members  # noqa: PLC0415

            raw, origin = spread_members(settings, raw, origin, self.report)
        values = {}
        converters = self.plan.converters
        for name, item in raw.items():
            try:
                values[name] = converters[name](item)
            except Exception as error:  # noqa: BLE001 - also an application's own types
                self.report(settings[name], error, item, origin)
        return [Layer(rank, values, origin)] if values else []

    def report(
        self,
        setting: Setting,
        error: Exception,
        raw: object,
        origin: Callable[[str], Origin],
    ) -> None:
        """Add the problems of a raw value that a setting rejected."""
        problems, causes = setting.describe(error, raw, origin(setting.name))
        self.problems += problems
        self.causes += causes

    def are_reusable(self, layers: Sequence[Layer], problems: int) -> bool:
        """Whether other instances may have these layers too.

        `problems` is the number of problems before the layers were converted. Values
        that instances must not share are converted for each instance, and so are the
        values of a mapper, which may depend on more than the raw value.
        """
        settings = self.plan.all_settings
        for layer in layers:
            for name, value in layer.values.items():
                if not is_shareable(value) or settings[name].field.mapper is not None:
                    return False
        return len(self.problems) == problems
