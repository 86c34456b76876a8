"""The text of a sample in YAML, TOML or as environment variables.

A line that sets a default begins with `#` and no space; all other comments begin with
`# `. Removing the `#` from the former yields a file that sets every default.
"""

from __future__ import annotations

import json
import shlex
import textwrap
from typing import TYPE_CHECKING, Any

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.masking import type_name
from pynenc_conf._core.report.syntax import to_text
from pynenc_conf._core.types.unset import REQUIRED, UNSET, Mark
from pynenc_conf._tools.settings import (
    default_data,
    describe_type,
    has_printable_default,
    own_settings,
    sets_default,
    summarize,
    variable_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf.config_base import ConfigBase

_WIDTH = 88
_HEADER = """\
# Every setting with its default. To change a setting, remove the '#' from its line.
# Lines that begin with '#' and a space are comments.
"""
_TABLES = """\
# To change a member of a structure, also remove the '#' from the line above it that
# has only the name of the structure.
"""


def create_sample(format_name: str, classes: Sequence[type[ConfigBase]]) -> str:
    """Return a sample of the settings of these classes: "yaml", "toml" or "env"."""
    writer = {"yaml": _YamlWriter, "toml": _TomlWriter, "env": _EnvWriter}[format_name]
    lines = []
    has_tables = False
    for cls in classes:
        settings = own_settings(cls)
        has_tables = has_tables or any(map(_is_table, settings))
        if settings:
            heading = f"{type_name(cls)}: {summarize(cls)}"
            lines += ["", *_wrap_comment(heading), *writer(cls).heading()]
            lines += writer(cls).write(settings)
    header = _HEADER
    if has_tables and writer is _YamlWriter:
        header += _TABLES
    return header + "".join(f"{line}\n" for line in lines)


class _Writer:
    """Writes the settings of one class in one format."""

    noun = ""
    equals = ""
    step = ""
    """The indentation of members."""

    def __init__(self, cls: type[ConfigBase]) -> None:
        self.cls = cls

    def write(self, settings: Iterable[Setting]) -> Iterator[str]:
        """Yield the lines of these settings, each with its description."""
        for setting in settings:
            yield from self.write_setting(setting)

    def write_setting(self, setting: Setting) -> Iterator[str]:
        """Yield the lines of one setting, and of the members of a structure."""
        indent = self.indent(setting)
        yield from _describe(setting, indent)
        if setting.secret:
            yield from self.note_secret(setting)
        if _is_table(setting):
            yield from self.write_table(setting)
            return
        text = self.default_text(setting)
        if text is not None:
            yield f"{indent}#{self.name(setting)}{self.equals}{text}"
        else:
            yield from (f"{indent}# {line}" for line in self.explain_absence(setting))
            if not setting.members:
                placeholder = _describe_value(setting)
                yield f"{indent}# {self.name(setting)}{self.equals}{placeholder}"
        if setting.members:
            yield f"{indent}# The members, if it is set:"
            yield from (f"{indent}# {line}" for line in self.outline(setting))

    def write_table(self, setting: Setting) -> Iterator[str]:
        """Yield the lines of a structure's members, or of its default without any."""
        indent = self.indent(setting)
        members = list(self.write(setting.members.values()))
        text = self.default_text(setting)
        if any(map(_is_assignment, members)):
            yield from (f"{indent}#{line}" for line in self.table(setting))
        elif text is not None:
            yield f"{indent}#{self.name(setting)}{self.equals}{text}"
        else:
            yield from (f"{indent}# {line}" for line in self.table(setting))
        yield from members

    def default_text(self, setting: Setting) -> str | None:
        """Return the text of the default; None if it cannot be written."""
        try:
            return self.text(setting) if has_printable_default(setting) else None
        except ValueError:  # an integer with more digits than Python writes
            return None

    def explain_absence(self, setting: Setting) -> Iterator[str]:
        """Yield why a default is not written, if there is a default."""
        default = setting.field.default_value
        if not has_printable_default(setting):
            if not isinstance(default, Mark):
                yield "The default cannot be shown."
        elif default is None:
            yield f"The default is null, which {self.noun} cannot express."
        else:
            yield f"The default cannot be expressed in {self.noun}."

    def outline(self, setting: Setting, indent: str = "") -> Iterator[str]:
        """Yield the members of a structure that is not set by default, in short."""
        yield from (f"{indent}{line}" for line in self.table(setting))
        indent += self.step
        for member in setting.members.values():
            if member.members:
                yield from self.outline(member, indent)
                continue
            text = self.default_text(member)
            # Further lines would not be part of the comment.
            is_shown = text is not None and "\n" not in text
            value = text if is_shown else _describe_value(member)
            yield f"{indent}{self.name(member)}{self.equals}{value}"

    def indent(self, setting: Setting) -> str:
        """Return the indentation of a setting."""
        return self.step * (setting.name.count(".") + 1)

    def name(self, setting: Setting) -> str:
        """Return the key or variable of a setting."""
        raise NotImplementedError

    def heading(self) -> Iterator[str]:
        """Yield the line before the settings of the class, if the format has one."""
        yield from ()

    def table(self, setting: Setting) -> Iterator[str]:
        """Yield the line before the members of a structure, if the format has one."""
        del setting
        yield from ()

    def text(self, setting: Setting) -> str | None:
        """Return the text of a default; None if the format cannot express it."""
        raise NotImplementedError

    def note_secret(self, setting: Setting) -> Iterator[str]:
        """Yield a comment about a secret."""
        del setting
        yield from ()


class _YamlWriter(_Writer):
    noun = "YAML"
    equals = ": "
    step = "  "

    def heading(self) -> Iterator[str]:
        yield f"{to_text(section_name(self.cls, self.cls))}:"

    def name(self, setting: Setting) -> str:
        return to_text(setting.key)

    def table(self, setting: Setting) -> Iterator[str]:
        yield f"{self.name(setting)}:"

    def text(self, setting: Setting) -> str | None:
        return to_text(default_data(setting))


class _TomlWriter(_Writer):
    noun = "TOML"
    equals = " = "

    def heading(self) -> Iterator[str]:
        yield f"[{_to_toml_key(section_name(self.cls, self.cls))}]"

    def name(self, setting: Setting) -> str:
        return ".".join(map(_to_toml_key, setting.name.split(".")))

    def text(self, setting: Setting) -> str | None:
        default = default_data(setting)
        return None if _has_null(default) else _to_toml(default)


class _EnvWriter(_Writer):
    noun = "a variable"
    equals = "="

    def name(self, setting: Setting) -> str:
        return variable_name(self.cls, setting)

    def text(self, setting: Setting) -> str | None:
        for text in _to_variables(default_data(setting)):
            if sets_default(setting, text) and _can_be_variable(text):
                return _quote_for_shell(text)
        return None

    def note_secret(self, setting: Setting) -> Iterator[str]:
        variable = f"{self.name(setting)}_FILE"
        if variable in plan_of(self.cls).variable_names:
            yield f"# {variable} can name a file that contains the value."


def _is_table(setting: Setting) -> bool:
    """Whether the members of a structure are written, and not one value."""
    default = setting.field.default_value
    return bool(setting.members) and default is not None and default is not UNSET


def _is_assignment(line: str) -> bool:
    return line.lstrip()[:1] == "#" and line.lstrip()[1:2].strip() != ""


def _describe(setting: Setting, indent: str = "") -> Iterator[str]:
    yield ""
    if setting.field.doc:
        yield from _wrap_comment(setting.field.doc, indent)
    notes = [describe_type(setting)]
    notes += ["secret"] if setting.secret else []
    notes += ["required"] if setting.field.default_value is REQUIRED else []
    yield from _wrap_comment("; ".join(notes), indent)


def _describe_value(setting: Setting) -> str:
    """Return the text in the place of a value: whether it is required, and its type."""
    default = setting.field.default_value
    kind = "required" if default is REQUIRED else "optional"
    return f"({kind}, {describe_type(setting)})"


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


def _has_null(data: Any) -> bool:
    if isinstance(data, dict):
        return any(map(_has_null, data.values()))
    if isinstance(data, list):
        return any(map(_has_null, data))
    return data is None


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


def _to_variables(value: Any) -> Iterator[str]:
    """Yield the text of a value in a variable, the usual one first."""
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, (list, dict)):
        yield from [json.dumps(value)] if value else ["", json.dumps(value)]
    elif value is None:
        yield from ("", "null")
    else:
        yield str(value)


def _can_be_variable(text: str) -> bool:
    """Whether the environment and a file of UTF-8 text can contain a text."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _quote_for_shell(text: str) -> str:
    """Return text as a word for a shell; its further lines begin with `#`.

    Two quotes, which add nothing, keep that `#` apart from a space, because `#` and a
    space begin a comment, and a carriage return apart from the end of its line.
    """
    first, *others = shlex.quote(text).replace("\r\n", "\r''\n").split("\n")
    lines = [f"''{each}" if not each[:1].strip() else each for each in others]
    return "\n#".join([first, *lines])
