"""The source of environment variables, and of the secrets in files that they name."""

from __future__ import annotations

import os

from pynenc_conf._core.declare.variables import encode_name
from pynenc_conf._core.problems import UnreadableFile, describe_unreadable_file
from pynenc_conf._core.resolve.precedence import extra_variable_rank, variable_rank
from pynenc_conf._core.sources.process_environment import find_set_variables
from pynenc_conf._core.sources.secret_files import read_secret
from pynenc_conf._core.sources.unknown import UnknownName, first_names
from pynenc_conf.origin import ENVIRONMENT, Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.variables import Variable
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf._core.sources.process_environment import Environment
    from pynenc_conf._core.sources.request import Request

    # The rank of a value, its field and variable, its text, and whether that is a path.
    Given = tuple[Rank, str, str, str, bool]


class EnvironmentSource:
    """Reads the variables of a class, and converts them once while nothing changes."""

    names = (ENVIRONMENT,)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._state: _State | None = None

    def layers(self, request: Request) -> Sequence[Layer]:
        """Return the layers of all variables, the class's own hook's included."""
        state = self._state
        if state is None or state.environment is not request.environment:
            state = _State(self._plan, request.environment)
            request.unknown += state.find_unknown(self._plan)
            self._state = state
        layers = state.layers
        if layers is None:
            problems = len(request.problems)
            layers = _convert(request, state.given)
            # A file with a secret may change although its variable does not.
            is_constant = not any(holds_path for *_, holds_path in state.given)
            if is_constant and request.are_reusable(layers, problems):
                state.layers = layers
        if not self._plan.has_extra_variables:
            return layers
        return [*layers, *_convert(request, self._find_extra(request))]

    def _find_extra(self, request: Request) -> Iterator[Given]:
        """Yield the variables that are set among those of this very instance."""
        for scope, fields in self._plan.scope_fields:
            for field in fields:
                names = request.hooks.get_extra_env_keys(field, scope.cls) or ()
                for number, name in enumerate(names):
                    for setting, suffix in self._plan.suffixes[field]:
                        variable = name + suffix
                        text = request.environment.get(encode_name(variable))
                        if text is not None:
                            level = setting.count(".")
                            rank = extra_variable_rank(scope.index, number, level)
                            yield rank, setting, variable, os.fsdecode(text), False  # type: ignore[arg-type] # text, as os.environ stores it


class _State:
    """What one environment sets for one class.

    `layers` are the converted values, None until they are converted, and if each
    instance must have its own.
    """

    __slots__ = ("environment", "given", "layers")

    def __init__(self, plan: Plan, environment: Environment) -> None:
        self.environment = environment
        self.given = [
            _given(variable, text)
            for variable, text in find_set_variables(plan.variables, environment)
        ]
        self.layers: Sequence[Layer] | None = None

    def find_unknown(self, plan: Plan) -> list[UnknownName]:
        """Return the variables of the class's namespace that no field has."""
        prefix = plan.leaf.ENV_PREFIX + plan.leaf.ENV_SEP
        known = {variable.name for variable in plan.variables}
        known.update(variable.name for variable in plan.file_variables)
        # Windows stores all names in capitals.
        begin = prefix.upper()
        names = [os.fsdecode(key) for key in self.environment]  # type: ignore[arg-type] # a name, as os.environ stores it
        ours = (name for name in names if name.upper().startswith(begin))
        return [
            UnknownName((name,), Origin(ENVIRONMENT, variable=name), is_table=False)
            for name in first_names(name for name in ours if name not in known)
        ]


def _given(variable: Variable, text: str) -> Given:
    rank = variable_rank(variable)
    return rank, variable.field, variable.name, text, variable.holds_path


def _convert(request: Request, given: Iterable[Given]) -> list[Layer]:
    """Convert the values of variables, and the secrets in files that they name."""
    by_rank: dict[Rank, tuple[dict[str, str], dict[str, Origin]]] = {}
    for rank, field, name, text, holds_path in given:
        origin = Origin(ENVIRONMENT, variable=name)
        content: str | None = text
        if holds_path:
            content = _read_secret(request, field, text, origin)
        if content is not None:
            raw, origins = by_rank.setdefault(rank, ({}, {}))
            raw[field] = content
            origins[field] = origin
    layers = []
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
        if not os.path.lexists(path):
            # The path may be the secret itself, set in the wrong variable.
            origin.path = None
            error.message = "the file that this variable names does not exist"
        problem = describe_unreadable_file(error, origin, field=field)
        request.problems.append(problem)
        return None
