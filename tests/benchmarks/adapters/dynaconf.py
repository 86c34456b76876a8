"""dynaconf, which has no classes or types and loads at the first read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dynaconf import Dynaconf

from tests.benchmarks.sample import DEFAULTS

IMPORT = "import dynaconf; dynaconf.Dynaconf"
PROCESS = (
    "from dynaconf import Dynaconf\n"
    "Dynaconf(settings_files=['pynenc.yaml']).setdefault('redis_port', 0)"
)
DISTRIBUTIONS = ("dynaconf",)
SKIPPED = {"assign-text"}


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes settings with 19 names and loads them."""
    given = DEFAULTS | (values or {})
    files = [] if path is None else [path]

    def make() -> Any:
        settings = Dynaconf(envvar_prefix="PYNENC_", settings_files=files, **given)
        # dynaconf drops an argument of this name; this call also loads the rest.
        settings.setdefault("redis_url", DEFAULTS["redis_url"])
        return settings

    return make
