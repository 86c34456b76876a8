"""`pynenc-conf template`: a sample of every setting, with description and default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pynenc_conf._tools import options
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.output import exits_with_error, print_json
from pynenc_conf._tools.parameters import command
from pynenc_conf._tools.settings import with_ancestors
from pynenc_conf._tools.template.data import class_data
from pynenc_conf._tools.template.text import create_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf.config_base import ConfigBase


@command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["yaml", "toml", "env"]),
    default="yaml",
    show_default=True,
    help="A YAML or TOML file, or variables for a shell.",
)
@options.classes_argument
@options.app_option
@options.import_option
@options.pynenc_option
@options.json_option
@exits_with_error
def template(
    format_name: str,
    classes: Sequence[type[ConfigBase]],
    apps: Sequence[str],
    as_json: bool,  # noqa: FBT001 - click passes it by name
) -> None:
    """Print a sample of all settings.

    Each setting has its description, limits and default. The sample contains the
    settings of every known class, or of each CLASS and its ancestors. All lines are
    commented out. Remove the "#" from a setting to change its value.

    \b
    Examples:
      pynenc-conf template > pynenc.yaml
      pynenc-conf template --format toml orchestratorredis
      pynenc-conf template --format env redis > redis.env
    """  # noqa: D301 - click reads the backspace
    chosen = with_ancestors(classes or known_classes(apps))
    if as_json:
        print_json({"classes": [class_data(cls) for cls in chosen]})
    else:
        click.echo(create_sample(format_name, chosen), nl=False)
