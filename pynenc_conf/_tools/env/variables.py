"""The environment variables that a class reads, highest precedence first."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.declare.variables import Variable
from pynenc_conf._core.masking import MASK, mask_value
from pynenc_conf._core.report.syntax import to_json_value
from pynenc_conf._core.resolve.precedence import (
    extra_variable_rank,
    variable_rank,
)
from pynenc_conf._core.sources.request import names_of_hook
from pynenc_conf._tools.settings import with_members
from pynenc_conf._tools.task_ids import is_for_tasks
from pynenc_conf.origin import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf._core.resolve.chain import Candidate
    from pynenc_conf._core.resolve.precedence import Rank
    from pynenc_conf._tools.env_files import Environment
    from pynenc_conf.config_base import ConfigBase


class FieldVariables(NamedTuple):
    """The variables of one field, each with the value that it gives now, if any."""

    info: FieldInfo
    variables: list[tuple[Variable, Candidate | None]]

    def as_dict(self) -> dict[str, Any]:
        """Return the variables as plain data, secrets masked."""
        info = self.info
        variables = [
            {
                "variable": variable.name,
                "holds": "path" if variable.holds_path else "value",
                "set": candidate is not None,
                "value": _to_json(info, None if candidate is None else candidate.value),
                "wins": candidate is not None and candidate.overridden is None,
            }
            for variable, candidate in self.variables
        ]
        return {
            "field": info.name,
            "required": info.is_required,
            "value": info.as_dict()["value"],
            "origin": info.source,
            "secret": info.is_secret,
            "variables": variables,
        }


def find_field_variables(config: ConfigBase, task: str | None) -> list[FieldVariables]:
    """Return the variables of each field and of each member of its structure.

    They include those that the hook of the class names: for tasks, if `task` is set.
    """
    plan = plan_of(type(config))
    ranked = [(variable_rank(v), v) for v in plan.variables]
    if task is not None or not is_for_tasks(type(config)):
        ranked += _extra_variables(config)
    ranked.sort(key=itemgetter(0), reverse=True)
    found = []
    fields = map(config.field_info, config.all_fields)
    for info in (each for field in fields for each in with_members(field)):
        candidates = {
            candidate.origin.variable: candidate
            for candidate in info.chain
            if candidate.origin.source == ENVIRONMENT
        }
        of_field = [
            (variable, candidates.get(variable.name))
            for _, variable in ranked
            if variable.field == info.name
        ]
        found.append(FieldVariables(info, of_field))
    return found


def find_file_variables(
    cls: type[ConfigBase], environment: Environment
) -> dict[str, str | None]:
    """Return the variables that name files for a class, with their values."""
    names = [variable.name for variable in reversed(plan_of(cls).file_variables)]
    secrets = dict.fromkeys(environment.secrets, MASK)
    return {name: secrets.get(name, environment.values.get(name)) for name in names}


def _extra_variables(config: ConfigBase) -> Iterable[tuple[Rank, Variable]]:
    """Return the variables that the hook names; each once, for the last scope."""
    plan = plan_of(type(config))
    found: dict[tuple[str, str], tuple[Rank, Variable]] = {}
    for scope, fields in plan.scope_fields:
        for field in fields:
            names = names_of_hook(config.get_extra_env_keys(field, scope.cls))
            for number, name in enumerate(names):
                for setting, suffix in plan.suffixes[field]:
                    rank = extra_variable_rank(scope.index, number, setting.count("."))
                    variable = Variable(
                        f"{name}{suffix}",
                        setting,
                        scope.index,
                        general=False,
                        holds_path=False,
                    )
                    found[variable.name, setting] = rank, variable
    return found.values()


def _to_json(info: FieldInfo, value: Any) -> Any:
    return to_json_value(mask_value(value, info.secret))
