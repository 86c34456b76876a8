"""`pynenc-conf template`: a sample of every setting, with its meaning and default.

A line that sets something begins with `#` and no space, so that taking the `#` off
such lines gives a file that sets every default. All other comments begin with `# `.
"""

from __future__ import annotations

import json
import shlex
import textwrap
from typing import TYPE_CHECKING, Any

import click
import yaml

from pynenc_conf._core.declare.metaclass import section_name
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.report.explain import to_json_value
from pynenc_conf._tools import options
from pynenc_conf._tools.described import (
    default_of,
    own_settings,
    shows_default,
    summary,
    type_words,
    with_ancestors,
)
from pynenc_conf._tools.output import print_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pynenc_conf._core.declare.plan import Setting
    from pynenc_conf.config_base import ConfigBase

_WIDTH = 88
_HEADER = (
    "Every setting with its default. To change one, take the '#' off its line.",
    "Lines without a space behind the '#' are settings, the others explain them.",
)


@click.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["yaml", "toml", "env"]),
    default="yaml",
    show_default=True,
    help="What the sample is: a file, or variables for a shell.",
)
@options.classes_argument
@options.app_option
@options.json_option
def template(
    format_name: str,
    classes: Sequence[type[ConfigBase]],
    apps: Sequence[str],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Print a sample of all settings, with their meaning, limits and defaults.

    Of every known class, or of each CLASS and its ancestors. Everything is commented
    out; what you take the "#" off sets a default, until you change it.

    \b
    Examples:
      pynenc-conf template > pynenc.yaml
      pynenc-conf template --format toml orchestratorredis
      pynenc-conf template --format env redis > redis.env
    """  # noqa: D301 - click reads the backspace
    chosen = with_ancestors(classes or options.all_classes(apps))
    if as_json:
        print_json({"classes": [_class_dict(cls) for cls in chosen]})
    else:
        click.echo(sample(format_name, chosen), nl=False)


def sample(format_name: str, classes: Sequence[type[ConfigBase]]) -> str:
    """Return the text of the sample for these classes."""
    write = _WRITERS[format_name]
    lines = [f"# {line}" for line in _HEADER]
    for cls in classes:
        settings = own_settings(cls)
        if settings:
            lines += ["", *_prose(f"{cls.__name__}: {summary(cls)}"), *write(cls)]
    return "\n".join(lines) + "\n"


def _yaml_lines(cls: type[ConfigBase]) -> Iterator[str]:
    yield f"{_yaml(section_name(cls, cls))}:"
    for setting in own_settings(cls):
        yield from _about(setting, "  ")
        if shows_default(setting):
            name, value = _yaml(setting.name), _yaml(default_of(setting))
            yield f"  #{name}: {value}"


def _toml_lines(cls: type[ConfigBase]) -> Iterator[str]:
    yield f"[{_toml_key(section_name(cls, cls))}]"
    for setting in own_settings(cls):
        yield from _about(setting)
        default = default_of(setting)
        if default is None:
            yield "# Without a value; TOML has no null."
        elif shows_default(setting):
            yield f"#{_toml_key(setting.name)} = {_toml(default)}"


def _env_lines(cls: type[ConfigBase]) -> Iterator[str]:
    for setting in own_settings(cls):
        name = cls.get_env_key(setting.name, cls)
        yield from _about(setting)
        if setting.secret:
            yield f"# {name}_FILE may name a file that holds it."
        if shows_default(setting):
            yield f"#{name}={shlex.quote(_env(default_of(setting)))}"


_WRITERS = {"yaml": _yaml_lines, "toml": _toml_lines, "env": _env_lines}


def _about(setting: Setting, indent: str = "") -> Iterator[str]:
    yield ""
    if setting.field.doc:
        yield from _prose(setting.field.doc, indent)
    secret = "; a secret" if setting.secret else ""
    yield from _prose(f"{type_words(setting)}{secret}", indent)
    if not shows_default(setting):
        yield f"{indent}# It has a default, which cannot be shown here."


def _prose(words: str, indent: str = "") -> list[str]:
    prefix = f"{indent}# "
    return textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=prefix,
        subsequent_indent=prefix,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _yaml(value: Any) -> str:
    dumped = yaml.safe_dump(
        value, default_flow_style=True, width=float("inf"), allow_unicode=True
    )
    return str(dumped).removesuffix("\n").removesuffix("\n...")


def _toml_key(name: str) -> str:
    bare = name.replace("-", "_").isidentifier() and name.isascii()
    return name if bare else _toml(name)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{_toml_key(key)} = {_toml(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, float):
        return repr(value)
    # A basic string of TOML is one of JSON, but for this character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _env(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value) if value else ""
    return "" if value is None else str(value)


def _class_dict(cls: type[ConfigBase]) -> dict[str, Any]:
    fields = [
        {
            "field": setting.name,
            "type": type_words(setting),
            "default": to_json_value(default_of(setting)),
            "doc": setting.field.doc,
            "secret": bool(setting.secret),
            "variable": cls.get_env_key(setting.name, cls),
        }
        for setting in own_settings(cls)
    ]
    return {
        "class": cls.__name__,
        "section": section_name(cls, cls),
        "doc": summary(cls),
        "ancestors": [base.__name__ for base in _ancestors(cls)],
        "fields": fields,
    }


def _ancestors(cls: type[ConfigBase]) -> list[type[ConfigBase]]:
    scopes = plan_of(cls).scopes
    return list(dict.fromkeys(scope.cls for scope in scopes if scope.cls is not cls))
