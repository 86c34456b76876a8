"""Values that are never used, because another value always takes precedence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._tools.check.findings import NOTE, WARNING, Finding
from pynenc_conf.config_redis import ConfigRedis
from pynenc_conf.origin import DEFAULT, ENVIRONMENT
from pynenc_conf.redis_url import replaced_settings

if TYPE_CHECKING:
    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._tools.check.findings import Findings
    from pynenc_conf.config_base import ConfigBase
    from pynenc_conf.origin import Origin

_BY_URL = "redis_url replaces this setting"


class ValueUsage:
    """Records which values instances use, and which values are overridden."""

    def __init__(self) -> None:
        self._used: set[Origin] = set()
        self._fields: dict[Origin, str] = {}
        # For each overridden value, the values used instead, each with the rule.
        self._overriding: dict[Origin, dict[Origin, str]] = {}
        self._undecided_fields: set[str] = set()

    def add_instance(self, config: ConfigBase) -> None:
        """Record the values given for all fields and members of an instance."""
        replaced = []
        # A class can have a property in place of a setting.
        if isinstance(config, ConfigRedis) and "redis_url" in config.all_fields:
            replaced = replaced_settings(config)
        infos = map(config.field_info, config.all_fields)
        for info in (each for field in infos for each in field.settings()):
            winner, *others = info.chain
            if info.name in replaced:
                url = config.field_info("redis_url").origin
                self._add_overridden(info.name, winner.origin, url, _BY_URL)
            else:
                self._used.add(winner.origin)
            for candidate in others:
                rule = str(candidate.overridden)
                self._add_overridden(info.name, candidate.origin, winner.origin, rule)

    def _add_overridden(
        self, name: str, origin: Origin, winner: Origin, rule: str
    ) -> None:
        if origin.source != DEFAULT:
            self._fields[origin] = name
            self._overriding.setdefault(origin, {}).setdefault(winner, rule)

    def add_invalid_class(self, plan: Plan) -> None:
        """Record a class without an instance: it could use any of its values."""
        self._undecided_fields.update(plan.all_settings)

    def report(self, findings: Findings) -> None:
        """Report the values that no instance uses."""
        for origin, rules in self._overriding.items():
            field = self._fields[origin]
            if origin in self._used or field in self._undecided_fields:
                continue
            winner, rule = next(iter(rules.items()))
            message = f"{field}: never used, because {winner} is set; {rule}"
            # Different sources may differ between deployments; one source cannot.
            is_note = not all(_is_same_source(origin, other) for other in rules)
            severity = NOTE if is_note else WARNING
            place = findings.place_of_origin(origin)
            findings.add(Finding(severity, "dead", message, place))


def _is_same_source(origin: Origin, other: Origin) -> bool:
    if origin.source != other.source:
        return False
    return origin.source == ENVIRONMENT or origin.path == other.path
