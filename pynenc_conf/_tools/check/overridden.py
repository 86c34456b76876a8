"""Values that never count, because something outranks them wherever they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._tools.check.findings import NOTE, WARNING, Finding
from pynenc_conf.origin import DEFAULT, ENVIRONMENT

if TYPE_CHECKING:
    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.resolve.chain import Candidate
    from pynenc_conf._tools.check.findings import Findings
    from pynenc_conf.config_base import ConfigBase
    from pynenc_conf.origin import Origin


class Uses:
    """What became of each value in every instance that reads it."""

    def __init__(self) -> None:
        self.alive: set[Origin] = set()
        # What outranked a value, and why.
        self.outranked: dict[Origin, dict[Origin, str]] = {}
        self.names: dict[Origin, str] = {}
        self.unsure: set[str] = set()

    def add(self, config: ConfigBase) -> None:
        """Look at the chains of an instance."""
        for name in config.all_fields:
            first, *others = config.field_info(name).chain
            self.alive.add(first.origin)
            for candidate in others:
                if candidate.origin.source != DEFAULT:
                    self._add_loser(name, candidate, first)

    def _add_loser(self, name: str, loser: Candidate, winner: Candidate) -> None:
        why = self.outranked.setdefault(loser.origin, {})
        why.setdefault(winner.origin, str(loser.overridden))
        self.names[loser.origin] = name

    def add_failed(self, plan: Plan) -> None:
        """Note a class that has no instance, so that nobody knows what it would use."""
        self.unsure.update(plan.settings)

    def report(self, findings: Findings) -> None:
        """Report the values that are never in force."""
        for origin, by in self.outranked.items():
            name = self.names[origin]
            if origin in self.alive or name in self.unsure:
                continue
            winner, why = next(iter(by.items()))
            # Another source may differ between deployments; the same one cannot.
            own = all(_same_source(origin, other) for other in by)
            message = f"{name}: never used, for {winner} is set; {why}"
            finding = Finding(
                WARNING if own else NOTE, "dead", message, findings.place(origin)
            )
            findings.add(finding)


def _same_source(one: Origin, other: Origin) -> bool:
    if one.source != other.source:
        return False
    return one.source == ENVIRONMENT or one.path == other.path
