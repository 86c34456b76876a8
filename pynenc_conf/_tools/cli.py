"""The click group of all commands.

Exit codes: 0 for success, 1 for findings or an invalid configuration, 2 for wrong
usage or a file of the output that cannot be written.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from pynenc_conf._tools.streams import readable_output, writable_output

# The first sentence of each command, so that --help imports none of them.
COMMANDS = {
    "check": "Check the files and variables of a deployment.",
    "compat": "List the settings that pynenc reads differently.",
    "diff": "Show the differences between two configurations.",
    "env": "List the environment variables that CLASS reads.",
    "explain": "Show the current values of CLASS and their origins.",
    "fleet": "Show the workers whose configuration differs.",
    "ping": "Test the connection to Redis.",
    "schema": "Print the JSON Schema of configuration files.",
    "template": "Print a sample of all settings.",
}


class _Commands(click.Group):
    """A group with readable output, whose commands are imported when they run."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        with writable_output(), readable_output():
            return super().main(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            # It may quote a file or a record.
            from pynenc_conf.origin import escape_line  # noqa: PLC0415 - only for errors

            escaped = escape_line(error.format_message())
            raise click.UsageError(escaped, error.ctx) from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pynenc_conf._tools.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pynenc-conf")
def cli() -> None:
    """Show, check and compare the configuration of an application."""
    # Imported for commands only, because --help does not need it.
    from pynenc_conf._core.report.worker import pause_reports  # noqa: PLC0415

    click.get_current_context().with_resource(pause_reports())
