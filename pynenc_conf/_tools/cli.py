"""The click group of all commands.

Exit codes: 0 for success, 1 for findings or an invalid configuration, 2 for wrong
usage.
"""

from __future__ import annotations

from typing import Any

import click

from pynenc_conf._tools.commands.check import check
from pynenc_conf._tools.commands.compat import compat
from pynenc_conf._tools.commands.diff import diff
from pynenc_conf._tools.commands.env import env
from pynenc_conf._tools.commands.explain import explain
from pynenc_conf._tools.commands.ping import ping
from pynenc_conf._tools.commands.schema import schema
from pynenc_conf._tools.commands.template import template
from pynenc_conf._tools.output import readable_output

_NO_LIMIT = 10_000  # characters


class _Commands(click.Group):
    """All commands, with readable output, and listed with their whole descriptions."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        with readable_output():
            return super().main(*arguments, **options)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click passes it
        formatter: click.HelpFormatter,
    ) -> None:
        rows = [
            (name, command.get_short_help_str(_NO_LIMIT))
            for name, command in sorted(self.commands.items())
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pynenc-conf")
def cli() -> None:
    """Check, explain and compare the configuration of pynenc applications."""


for command in (check, compat, diff, env, explain, ping, schema, template):
    cli.add_command(command)
