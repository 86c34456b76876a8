"""The page of limits lists every limit of the library with its number."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import pynenc_conf

PAGE = Path(__file__).parent.parent / "docs/reference/limits.md"
ENTRY = re.compile(r"^([A-Z`].*)\n: ([\d,]+)(?: (MiB|KiB))?\b", re.MULTILINE)
UNITS = {"": 1, "KiB": 1024, "MiB": 1024**2}

# The constants of each entry, by the beginning of the entry.
LIMITS = {
    "Size of a configuration file": ["_core.sources.documents.MAX_FILE_BYTES"],
    "Nesting of mappings and lists": ["_core.formats.limits.MAX_DEPTH"],
    "Values in a file": ["_core.formats.limits.MAX_NODES"],
    "Digits of an integer": ["_core.formats.yaml_scalar._MAX_DIGITS"],
    "Digits of the exponent": ["_core.types.classes._MAX_EXPONENT_DIGITS"],
    "Directives `%TAG`": ["_core.formats.yaml_tree._MAX_DIRECTIVES"],
    "Reads of a file": ["_core.sources.documents._READ_ATTEMPTS"],
    "Reads of several files": ["_core.sources.files._MAX_ATTEMPTS"],
    "Files that are kept": ["_core.sources.documents._MAX_CACHED"],
    "Total size of the files": ["_core.sources.documents.MAX_CACHED_BYTES"],
    "Size of a file with a secret": ["_core.sources.environment.MAX_SECRET_BYTES"],
    "Names in a folder": ["_core.sources.documents._MAX_SUGGESTIONS"],
    "Parts of a value": ["_core.masking._MAX_PARTS"],
    "Lists and mappings": ["_core.types.recursion._MAX_COPIES"],
    "Members of a structure": ["_core.declare.setting._MAX_MEMBERS"],
    "Parts of a declared type": ["_core.declare.checks._MAX_PARTS"],
    "Aliases": ["_core.types.structures._MAX_FORMS"],
    "Timeouts": ["redis_retry.MAX_TIMEOUT"],
    "Digits of a database": ["redis_url._DATABASE_DIGITS"],
    "Shortest lifetime": ["fleet._announcement._MIN_TTL"],
    "Longest lifetime": ["fleet._announcement._MAX_TTL"],
    "Time to remove": ["fleet._announcement._EXIT_SECONDS"],
    "Length of a value in the record": ["fleet._record._MAX_JSON"],
    "Length of each text in a record": ["fleet._record._MAX_TEXT"],
    "Length of a value in an error": ["_core.types.invalid._MAX_VALUE"],
    "Length of the text of an exception": ["_core.types.invalid._MAX_CAUSE"],
    "Length of the description": ["_core.types.invalid._MAX_WORDS"],
    "Length of a value in `repr()`": [
        "_core.masking._LONGEST",
        "_core.report.syntax._LONGEST",
    ],
    "Width of": ["_core.report.explain._MAX_WIDTH"],
    "Length of the origin": ["origin._MAX_LENGTH"],
    "Problems of one structure": ["_core.types.members._MAX_PROBLEMS"],
    "Unknown names of one source": ["_core.sources.request.MAX_NAMES"],
    "Names of one file": ["_core.sources.request._MAX_WORK"],
    "Keys of a mapping": ["_core.sources.mapping._MAX_TABLE"],
    "Length of an unknown name": ["_core.report.suggestions._MAX_LENGTH"],
    "Results that": ["_core.report.worker.MAX_RESULTS"],
    "Length of a line in a file of reports": ["_tools.reports._MAX_LINE_BYTES"],
    "Places in a line": ["_tools.reports._MAX_STARTS"],
    "Documents": ["_tools.manifests.documents._MAX_DOCUMENTS"],
    "Sources in `envFrom`": ["_tools.manifests.kubernetes._MAX_SOURCES"],
    "Variables that `envFrom`": ["_tools.manifests.kubernetes._MAX_VARIABLES"],
    "Files in `env_file`": ["_tools.manifests.compose_file._MAX_FILES"],
    "Length of the expanded values": ["_tools.dialects.assignment._MAX_EXPANDED"],
    "Length of the message": ["_tools.dialects.assignment._MAX_MESSAGE"],
    "Levels of defaults": [
        "_tools.dialects.interpolation._MAX_DEPTH",
        "_tools.dialects.shell._MAX_DEPTH",
    ],
    "Length of a line in an environment": ["_tools.dialects.docker._MAX_LINE_BYTES"],
    "Printed findings": ["_tools.output.MAX_PRINTED"],
    "Unknown variables": ["_tools.check.variables._MAX_SUGGESTIONS"],
}
# Constants that cut a list in a message, or the size of a cache, without an effect on
# what a configuration means.
DETAILS = {
    "_core.declare.metaclass._MAX_LEVELS",
    "_core.masking._MAX_SHOWN",
    "_core.problems._MAX_NAME",
    "_core.report.suggestions._MAX_ATTRIBUTES",
    "_core.report.suggestions._MAX_REMEMBERED",
    "_core.report.syntax._MAX_NUMBER",
    "_core.resolve.layer._MAX_KEPT",
    "_core.sources.files._MAX_CONVERTED",
    "_core.sources.mapping._MAX_NAMES",
    "_core.types.members._MAX_NAMES",
    "_core.types.typing_forms._MAX_DEPTH",
    "_tools.check.dialects._MAX_LENGTH",
    "_tools.check.keys._MAX_COMPARED",
    "_tools.compat.values._MAX_TEXT",
    "_tools.dialects.common._MAX_WASTED",
    "_tools.fleet.layout._MAX_CLASSES",
    "_tools.fleet.layout._MAX_GROUPS",
    "_tools.manifests.kubernetes._MAX_NAMES",
    "_tools.fleet.layout._MAX_LENGTH",
    "_tools.fleet.layout._MAX_NAMES",
    "_tools.fleet.layout._MAX_SETTINGS",
    "_tools.manifests.compose_file._MAX_DIGITS",
    "_tools.redis.diagnosis._MAX_ERROR",
    "_tools.redis.diagnosis._MAX_REPLY",
    "_tools.schema.types._MAX_ALIASES",
}
# An entry whose constant is in another unit.
AGE = "Age of a file"


def entries() -> dict[str, int]:
    """Return the entries of the page, each with its number."""
    found = ENTRY.findall(PAGE.read_text(encoding="utf-8"))
    return {
        term: int(number.replace(",", "")) * UNITS[unit] for term, number, unit in found
    }


def constant(path: str) -> float:
    """Return the value of a constant of the library."""
    module, _, name = path.rpartition(".")
    value: float = getattr(import_module(f"pynenc_conf.{module}"), name)
    return value


@pytest.mark.parametrize("start", LIMITS)
def test_each_number_is_the_actual_limit(start: str) -> None:
    """Each entry of the page has the number that the library uses."""
    numbers = [number for term, number in entries().items() if term.startswith(start)]
    for path in LIMITS[start]:
        assert numbers[:1] == [constant(path)]


def test_age_of_a_file_that_is_trusted() -> None:
    """The page has the age at which the content of a file is kept, in seconds."""
    (seconds,) = (found for term, found in entries().items() if term.startswith(AGE))
    assert seconds * 10**9 == constant("_core.sources.documents._RACY_NS")


def test_each_entry_is_compared() -> None:
    """No entry of the page is left out of the comparison with the library."""
    terms = re.findall(r"^(\S.*)\n: ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(terms) == len(LIMITS) + 1
    starts = (*LIMITS, AGE)
    assert [term for term in terms if not term.startswith(starts)] == []


def test_each_limit_is_on_the_page() -> None:
    """Each constant of the library that is a maximum is on the page or a detail."""
    documented = {path for paths in LIMITS.values() for path in paths}
    found = set()
    for item in walk_packages(pynenc_conf.__path__, "pynenc_conf."):
        if item.name.endswith("__main__"):
            continue
        module = import_module(item.name)
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        prefix = item.name.partition(".")[2]
        names = re.findall(r"^(_?MAX_\w+)(?:: \w+)? = [\d(]", text, re.MULTILINE)
        found |= {f"{prefix}.{name}" for name in names}
    assert found - documented == DETAILS
