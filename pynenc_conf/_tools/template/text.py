"""The text of a sample in YAML, TOML or as environment variables.

A line that sets a default begins with `#` and no space; all other comments begin with
`# `. Removing the `#` from the former yields a file that sets every default.
"""

from __future__ import annotations

import json
import shlex
import textwrap
from typing import TYPE_CHECKING, Any

import yaml

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._tools.settings import (
    default_data,
    describe_type,
    has_printable_default,
    own_settings,
    summarize,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf.config_base import ConfigBase

_WIDTH = 88
_HEADER = """\
# Every setting with its default. To change a setting, remove the '#' from its line.
# Lines that begin with '#' and a space are comments.
"""


def create_sample(format_name: str, classes: Sequence[type[ConfigBase]]) -> str:
    """Return a sample of the settings of these classes: "yaml", "toml" or "env"."""
    write = {"yaml": _write_yaml, "toml": _write_toml, "env": _write_env}[format_name]
    lines = []
    for cls in classes:
        if own_settings(cls):
            heading = f"{cls.__name__}: {summarize(cls)}"
            lines += ["", *_wrap_comment(heading), *write(cls)]
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _write_yaml(cls: type[ConfigBase]) -> Iterator[str]:
    yield f"{_to_yaml(section_name(cls, cls))}:"
    for setting in own_settings(cls):
        yield from _describe(setting, "  ")
        if has_printable_default(setting):
            name, value = _to_yaml(setting.name), _to_yaml(default_data(setting))
            yield f"  #{name}: {value}"


def _write_toml(cls: type[ConfigBase]) -> Iterator[str]:
    yield f"[{_to_toml_key(section_name(cls, cls))}]"
    for setting in own_settings(cls):
        yield from _describe(setting)
        default = default_data(setting)
        if default is None:
            yield "# The default is null, which TOML cannot express."
        elif has_printable_default(setting):
            yield f"#{_to_toml_key(setting.name)} = {_to_toml(default)}"


def _write_env(cls: type[ConfigBase]) -> Iterator[str]:
    for setting in own_settings(cls):
        name = cls.get_env_key(setting.name, cls)
        yield from _describe(setting)
        if setting.secret:
            yield f"# {name}_FILE can name a file that contains the value."
        if has_printable_default(setting):
            yield f"#{name}={shlex.quote(_to_variable(default_data(setting)))}"


def _describe(setting: Setting, indent: str = "") -> Iterator[str]:
    yield ""
    if setting.field.doc:
        yield from _wrap_comment(setting.field.doc, indent)
    secret = "; secret" if setting.secret else ""
    yield from _wrap_comment(f"{describe_type(setting)}{secret}", indent)
    if not has_printable_default(setting):
        yield f"{indent}# The default cannot be shown."


def _wrap_comment(sentence: str, indent: str = "") -> list[str]:
    prefix = f"{indent}# "
    return textwrap.wrap(
        sentence,
        _WIDTH,
        initial_indent=prefix,
        subsequent_indent=prefix,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _to_yaml(value: Any) -> str:
    dumped = yaml.safe_dump(
        value, default_flow_style=True, width=float("inf"), allow_unicode=True
    )
    return str(dumped).removesuffix("\n").removesuffix("\n...")


def _to_toml_key(name: str) -> str:
    is_bare = name.replace("-", "_").isidentifier() and name.isascii()
    return name if is_bare else _to_toml(name)


def _to_toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (
            f"{_to_toml_key(key)} = {_to_toml(item)}" for key, item in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_to_toml, value))}]"
    if isinstance(value, float):
        return repr(value)
    # JSON and TOML strings differ only in this character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _to_variable(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value) if value else ""
    return "" if value is None else str(value)
