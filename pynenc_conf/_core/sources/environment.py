"""The source of environment variables, and of the secrets in files that they name."""

from __future__ import annotations

import os
from contextvars import ContextVar

from pynenc_conf._core.declare.variables import encode_name
from pynenc_conf._core.masking import UnreadSecret, type_name
from pynenc_conf._core.problems import UnreadableFile, describe_unreadable_file
from pynenc_conf._core.resolve.layer import Layer
from pynenc_conf._core.resolve.precedence import extra_variable_rank, variable_rank
from pynenc_conf._core.sources.documents import expand_home, read_regular_file
from pynenc_conf._core.sources.process_environment import read_variable
from pynenc_conf._core.sources.request import (
    Search,
    UnknownName,
    first_names,
    names_of_hook,
)
from pynenc_conf.origin import ENVIRONMENT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf._core.sources.process_environment import Environment
    from pynenc_conf._core.sources.request import Request

    # The rank of a value, its field and variable, its text, and whether that is a path.
    Given = tuple[Rank, str, str, str, bool]
    State = tuple[
        Environment | None, list[Given], list[UnknownName], Sequence[Layer] | None, bool
    ]

    # Returns the text for a secret, from its variable and the path of its file.
    Describe = Callable[[str, str], str]

MAX_SECRET_BYTES = 64 * 1024
describe_unread: ContextVar[Describe | None] = ContextVar("_unread", default=None)
"""If it is set, the files with secrets are elsewhere, and not read.

The value of each secret is then an `UnreadSecret` with the text that it returns.
"""


class EnvironmentSource:
    """Reads the variables of a class, and converts them once while nothing changes."""

    names = (ENVIRONMENT,)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        # An environment, what it sets, its unknown names, the converted values (None
        # until they are converted, and if each instance must have its own), and whether
        # a hook may name more variables that are set. Replaced as a whole.
        self._state: State = (None, [], [], None, False)
        leaf = plan.leaf
        self._own_prefix = leaf.ENV_SEP.join(
            [leaf.ENV_PREFIX, type_name(leaf).upper(), ""]
        )
        # Windows stores all names in capitals.
        self._prefix = (leaf.ENV_PREFIX + leaf.ENV_SEP).upper()
        self._other_starts = _other_starts(self._prefix)

    def layers(self, request: Request) -> Sequence[Layer]:
        """Return the layers of all variables, the class's own hook's included."""
        environment, given, unknown, layers, has_extra = self._state
        if environment is not request.environment:
            environment = request.environment
            given, unknown, layers = [], [], None
            names = self._names_of_namespace(environment)
            if names or not self._plan.has_usual_names:
                given = list(self._find_given(environment))
                unknown = self._find_unknown(request, names)
            has_extra = self._may_have_extra(environment)
            self._state = (environment, given, unknown, layers, has_extra)
            request.unknown += unknown
        elif self._plan.is_strict:
            request.unknown += unknown
        if layers is None:
            problems = len(request.problems)
            layers = _convert(request, given)
            # A file with a secret may change although its variable does not.
            is_constant = not any(holds_path for *_, holds_path in given)
            if is_constant and request.are_reusable(layers, problems):
                self._state = (environment, given, unknown, layers, has_extra)
        if not has_extra:
            return layers
        return [*layers, *_convert(request, self._find_extra(request))]

    def _find_given(self, environment: Environment) -> Iterator[Given]:
        """Yield the variables that are set among those of the class."""
        for variable in self._plan.variables:
            # Few of many are set, and each call for the others would cost more.
            if variable.key in environment:
                text = read_variable(environment, variable.key)
                rank = variable_rank(variable)
                yield rank, variable.field, variable.name, text, variable.holds_path

    def _may_have_extra(self, environment: Environment) -> bool:
        """Whether variables that the class's hook names may be set."""
        prefix: Any = self._plan.extra_prefix
        if prefix is None or not self._plan.has_extra_variables:
            return self._plan.has_extra_variables
        keys: Any = (key for key in environment if type(key) is type(prefix))
        return any(key.startswith(prefix) for key in keys)

    def _find_extra(self, request: Request) -> Iterable[Given]:
        """Return the variables that are set among those of this very instance.

        Of the scopes for which the hook names one variable, the last counts.
        """
        found: dict[tuple[str, str], Given] = {}
        for scope, fields in self._plan.scope_fields:
            for field in fields:
                names: Any = request.hooks.get_extra_env_keys(field, scope.cls)
                if type(names) is not list:
                    names = names_of_hook(names)
                for number, name in enumerate(names):
                    for setting, suffix in self._plan.suffixes[field]:
                        variable = f"{name}{suffix}"
                        key = encode_name(variable)
                        if key in request.environment:
                            text = read_variable(request.environment, key)
                            level = setting.count(".")
                            rank = extra_variable_rank(scope.index, number, level)
                            given = (rank, setting, variable, text, False)
                            found[variable, setting] = given
        return found.values()

    def _names_of_namespace(self, environment: Environment) -> list[str]:
        """Return the variables that begin with the prefix of the class."""
        # Decoding the names of other programs would take most of the time.
        other = self._other_starts
        keys: list[Any] = [key for key in environment if key[:1] not in other]  # type: ignore[index] # a name, as os.environ stores it
        names = map(os.fsdecode, keys)
        return [name for name in names if name.upper().startswith(self._prefix)]

    def _find_unknown(self, request: Request, names: list[str]) -> list[UnknownName]:
        """Return the variables among these names that no field has."""
        known = self._plan.variable_names
        found = (
            self._unknown_name(request, name)
            for name in names
            if name not in known and not self._is_of_another_class(name)
        )
        # A hook names it, if perhaps that of another instance.
        unknown = (each for each in found if each.keys[0] not in each.known)
        if self._plan.is_strict:
            return first_names(unknown)
        environment = request.environment
        return _search_of(environment).first_names(unknown, len(environment))

    def _is_of_another_class(self, name: str) -> bool:
        from pynenc_conf._core.declare.known_names import names_of_all  # noqa: PLC0415

        leaf = self._plan.leaf
        parts = name.split(leaf.ENV_SEP)[leaf.ENV_PREFIX.count(leaf.ENV_SEP) + 1 :]
        is_field = bool(parts) and names_of_all(leaf).has_variable(parts)
        return is_field and not self._is_own(name)

    def _unknown_name(self, request: Request, name: str) -> UnknownName:
        origin = Origin(ENVIRONMENT, variable=name)
        is_own = self._is_own(name)
        known = self._plan.variable_names
        if is_own and self._plan.has_extra_variables:
            known |= self._extra_names_like(request, name)
            # A hook may name any variable, but hardly one without the field's name.
            fields = (field.upper() for field in self._plan.settings)
            is_own = not any(field in name for field in fields)
        return UnknownName((name,), origin, known, is_own=is_own)

    def _is_own(self, name: str) -> bool:
        """Whether a variable has the name of the class, as the class's variables do."""
        prefix = self._own_prefix
        if not name.upper().startswith(prefix.upper()):
            return False
        # `get_env_key` may be overridden.
        return any(known.startswith(prefix) for known in self._plan.variable_names)

    def _extra_names_like(self, request: Request, name: str) -> set[str]:
        """Return the variables of a hook that differ from a name in the field alone.

        None, unless the hook puts the name of the class first and the field's last.
        """
        plan = self._plan
        start, separator = self._own_prefix, plan.leaf.ENV_SEP
        field = next(iter(plan.settings), "")
        given = request.hooks.get_extra_env_keys(field, plan.leaf)
        examples = list(map(str, names_of_hook(given)))
        end = separator + field.upper()
        found: set[str] = set()
        if not any(e.startswith(start) and e.endswith(end) for e in examples):
            return found
        for field, suffixes in plan.suffixes.items():
            for _, suffix in suffixes:
                end = separator + field.upper() + suffix
                middle, *replaced = name[len(start) :].rsplit(
                    separator, end.count(separator)
                )
                if len(replaced) == end.count(separator):
                    found.add(start + middle + end)
        return found


def _other_starts(prefix: str) -> frozenset[object]:
    """Return the first characters of names that cannot begin with a prefix.

    In ASCII alone: there are other letters that are I or S in capitals.
    """
    characters = set(map(chr, range(128))) - {prefix[0], prefix[0].lower()}
    return frozenset(map(encode_name, characters))


_searched: tuple[Environment, Search] = ({}, Search())


def _search_of(environment: Environment) -> Search:
    """Return what limits the search in an environment, for all classes together."""
    global _searched  # noqa: PLW0603 - replaced as a whole
    searched = _searched
    if searched[0] is not environment:
        searched = _searched = (environment, Search())
    return searched[1]


def _convert(request: Request, given: Iterable[Given]) -> list[Layer]:
    """Convert the values of variables, and the secrets in files that they name."""
    by_rank: dict[Rank, tuple[dict[str, str], dict[str, Origin]]] = {}
    layers = []
    describe = describe_unread.get()
    for rank, field, name, text, holds_path in given:
        origin = Origin(ENVIRONMENT, variable=name)
        if holds_path and describe is not None:
            # A whole structure has no text that could stand for it.
            if text and not request.plan.all_settings[field].members:
                unread = {field: UnreadSecret(describe(name, text))}
                layers.append(Layer(rank, unread, {field: origin}))
            continue
        content = _read_secret(request, field, text, origin) if holds_path else text
        if content is not None:
            raw, origins = by_rank.setdefault(rank, ({}, {}))
            raw[field] = content
            origins[field] = origin
    for rank, (raw, origins) in by_rank.items():
        layers += request.convert(rank, raw, origins.__getitem__)
    return layers


def _read_secret(request: Request, field: str, path: str, origin: Origin) -> str | None:
    """Return a secret; None if the variable is empty or the file cannot be read."""
    if not path:
        return None  # an empty variable counts as unset
    origin.path = path
    try:
        return read_secret(path)
    except UnreadableFile as error:
        if not os.path.lexists(expand_home(path)):
            # The path may be the secret itself, set in the wrong variable.
            origin.path = None
            error.message = "the file that this variable names does not exist"
        problem = describe_unreadable_file(error, origin, field=field)
        request.problems.append(problem)
        return None


def read_secret(path: str) -> str:
    """Return the secret in a small regular file, without one newline at its end.

    Raises UnreadableFile, which never quotes the content of the file.
    """
    content = read_regular_file(path, MAX_SECRET_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = UnreadableFile("is not UTF-8 text")
    else:
        return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
    raise problem
