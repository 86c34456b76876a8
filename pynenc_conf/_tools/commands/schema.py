"""`pynenc-conf schema`: the JSON Schema of a configuration file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._tools import options
from pynenc_conf._tools.classes import known_classes
from pynenc_conf._tools.output import exits_with_error, print_json
from pynenc_conf._tools.parameters import command
from pynenc_conf._tools.schema.document import create_schema
from pynenc_conf._tools.settings import with_ancestors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf.config_base import ConfigBase


@command()
@options.classes_argument
@options.app_option
@options.import_option
@options.pynenc_option
@options.json_option
@exits_with_error
def schema(
    classes: Sequence[type[ConfigBase]],
    apps: Sequence[str],
    as_json: bool,  # noqa: ARG001, FBT001 - the output is always JSON
) -> None:
    """Print the JSON Schema of configuration files.

    Editors use the schema (2020-12) to complete and check files. It contains the
    settings of every known class, or of each CLASS and its ancestors. The schema
    accepts every file that these classes accept. It also accepts unknown keys, because
    they may belong to other classes. --json does not change the output.

    \b
    Examples:
      pynenc-conf schema > pynenc.schema.json
      pynenc-conf schema --app shop.settings > shop.schema.json
    """  # noqa: D301 - click reads the backspace
    print_json(create_schema(with_ancestors(classes or known_classes(apps))))
