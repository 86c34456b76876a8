"""The command line, made with click. Exit codes: 0 fine, 1 findings, 2 misuse."""

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
    """Look after the configuration of pynenc applications."""


cli.add_command(compat)
cli.add_command(check)
cli.add_command(diff)
cli.add_command(env)
cli.add_command(explain)
cli.add_command(ping)
cli.add_command(schema)
cli.add_command(template)
