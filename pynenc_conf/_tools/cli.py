"""The click group of all commands.

Exit codes: 0 for success, 1 for findings or an invalid configuration, 2 for wrong
usage.
"""

from __future__ import annotations

import click

from pynenc_conf._tools.commands.check import check
from pynenc_conf._tools.commands.compat import compat
from pynenc_conf._tools.commands.diff import diff
from pynenc_conf._tools.commands.env import env
from pynenc_conf._tools.commands.explain import explain
from pynenc_conf._tools.commands.ping import ping
from pynenc_conf._tools.commands.schema import schema
from pynenc_conf._tools.commands.template import template


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pynenc-conf")
def cli() -> None:
    """Check, explain and compare the configuration of pynenc applications."""


for command in (check, compat, diff, env, explain, ping, schema, template):
    cli.add_command(command)
