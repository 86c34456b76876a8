"""The sources of a class, lowest precedence first, and the layers that they provide."""

from __future__ import annotations

import os

from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.sources.environment import EnvironmentSource
from pynenc_conf._core.sources.files import FileSource
from pynenc_conf._core.sources.mapping import MappingSource
from pynenc_conf._core.sources.overrides import OverrideSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.sources.request import Request, Source

# Defaults are below all of these, an assignment to the instance is above them.
SOURCES = (
    MappingSource,  # config_values
    FileSource,  # pyproject.toml, config_filepath, environment file, class files
    EnvironmentSource,  # the general variable, the class's variable
    OverrideSource,  # override(...), the innermost last
)


REPORT_VARIABLE = "PYNENC_CONF_REPORT"


class ClassSources:
    """The plan of a class and its sources, each with what it remembers of the class.

    `report`: the variable that turns on reports of the instances, "" if it is not set.
    It is read here, once per class, so that an instance without a report costs nothing.
    """

    __slots__ = ("all", "plan", "report")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.report = os.environ.get(REPORT_VARIABLE, "")
        self.all: tuple[Source, ...] = tuple(source(plan) for source in SOURCES)


def sources_of(cls: type[Any]) -> ClassSources:
    """Return the sources of a class, made when they are first needed.

    Raises ConfigMultiInheritanceError if two parents define the same field.
    """
    while "sources" not in (derived := cls._derived):
        derived.setdefault("sources", ClassSources(plan_of(cls)))
    sources: ClassSources = derived["sources"]
    return sources


def collect_layers(sources: ClassSources, request: Request) -> tuple[Layer, ...]:
    """Return what the sources set, lowest precedence first.

    Problems and unknown names are in the request.
    """
    layers: list[Layer] = []
    for source in sources.all:
        layers += source.layers(request)
    if len(layers) > 1:
        layers.sort(key=lambda layer: layer.rank)
    return tuple(layers)
