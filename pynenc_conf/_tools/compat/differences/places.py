"""Where values come from: sources, sections and files."""

from __future__ import annotations

from pynenc_conf._tools.compat.differences.row import Difference

PLACES = (
    Difference(
        "class-file-general",
        there=(
            "a general key of a parent's class file shadows the one of the "
            "child's class file"
        ),
        here="the child's wins",
        reason="what is addressed to the child outranks",
    ),
    Difference(
        "class-file-section",
        there="the same for a section, where both classes have one section name",
        here="the child's wins",
        reason="the same",
    ),
    Difference(
        "section-named-field",
        there=(
            "a table for a field named as a section is a value of the field "
            "first, an error"
        ),
        here="it is the section, unless the field takes mappings",
        reason="one name, one meaning",
    ),
    Difference(
        "section-mapping",
        there="a section of `config_values` counts only if it is a dict",
        here="any mapping",
        reason="a read-only mapping is one too",
    ),
    Difference(
        "values-kind",
        there=(
            "`config_values` that are no mapping: AttributeError; `ConfigTask` "
            "takes pairs"
        ),
        here="a `ConfigTypeError`",
        reason="one class to catch",
    ),
    Difference(
        "secret-files",
        there="no such variables",
        here="`PYNENC__REDIS_PASSWORD_FILE` names a file with the secret",
        reason="how containers get secrets",
    ),
    Difference(
        "hooks",
        there="subclasses override `init_...` methods",
        here="`get_extra_qualifiers` and `get_extra_env_keys`; the others are gone",
        reason="a promise instead of an inside",
    ),
    Difference(
        "file-top-level",
        there="YAML and JSON files whose top level is no mapping set nothing",
        here="an error",
        reason="a file that is ignored is a mistake",
        file=lambda case: "top level" in case.here,
    ),
    Difference(
        "file-empty-json",
        there="an empty JSON file is an error",
        here="it sets nothing",
        reason="as for YAML and TOML",
        file=lambda case: case.is_json and not case.data.strip(),
    ),
    Difference(
        "file-duplicate-key",
        there="in YAML and JSON the last one counts",
        here="an error that names both lines",
        reason="one of the two was meant",
        file=lambda case: "is already on line" in case.here,
    ),
    Difference(
        "file-nesting",
        there="RecursionError",
        here="a `ConfigFileError` from 100 levels on",
        reason="one class to catch",
        file=lambda case: "levels deep" in case.here or case.there == "RecursionError",
    ),
    Difference(
        "file-limits",
        there="none",
        here="size, depth, aliases: see [Files](files.md)",
        reason="bounded time and memory",
        file=lambda case: "larger than" in case.here or "more than" in case.here,
    ),
    Difference(
        "file-os-error",
        there="a directory, or a file without permission, is an OSError",
        here=(
            "a `ConfigFileError`, which is a ValueError; a missing file is a "
            "FileNotFoundError on both sides"
        ),
        reason="one class to catch",
    ),
    Difference(
        "file-encoding",
        there="the locale's encoding",
        here="UTF-8",
        reason="one file, one meaning",
        file=lambda case: (
            "not UTF-8" in case.here or case.there == "UnicodeDecodeError"
        ),
    ),
    Difference(
        "file-bom",
        there="a byte order mark breaks JSON and TOML",
        here="it is fine",
        reason="editors write it",
        file=lambda case: case.data.startswith(b"\xef\xbb\xbf"),
    ),
    Difference(
        "file-pyproject",
        there="`[tool.pynenc]` is read if the *path* contains `pyproject.toml`",
        here="if the file's *name* is `pyproject.toml`",
        reason="`my-pyproject.toml` is another file",
    ),
    Difference(
        "file-tool-table",
        there="`[tool] pynenc = 3` is an AttributeError",
        here="a `ConfigError`",
        reason="one class to catch",
    ),
    Difference(
        "file-path",
        there="`config_filepath` is text",
        here="also a `pathlib.Path`",
        reason="paths are paths",
    ),
    Difference(
        "file-cache",
        there="a file is parsed for each instance and each ancestor",
        here="once, and again if it changed",
        reason="ten thousand task configs from one file",
    ),
)
