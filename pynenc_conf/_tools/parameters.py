"""Click commands whose help has three parts: arguments, options, and sources."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
    Records = list[tuple[str, str]]


class GivenPath(click.Path):
    """A path that is not empty: an empty one is mostly an unset shell variable."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the path. Raises UsageError."""
        if not value:
            self.fail("the path is empty; omit it, or check your variables", param, ctx)
        return super().convert(value, param, ctx)


class Argument(click.Argument):
    """An argument with a help text."""

    def __init__(self, *names: Any, about: str, **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        self.about = about

    @property
    def title(self) -> str:
        """The name of the argument in the help."""
        return (self.metavar or str(self.name).upper()).strip("[].")


class SourceOption(click.Option):
    """An option that names a source of a deployment."""


class Command(click.Command):
    """A command that explains its arguments, and lists sources apart from options."""

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the parts of the help that are lists."""
        for title, records in self.list_parameters(ctx):
            with formatter.section(title):
                formatter.write_dl(records)

    def list_parameters(self, ctx: click.Context) -> Iterator[tuple[str, Records]]:
        """Yield the title of each part, with the name and help of each parameter."""
        parts: dict[str, Records] = {"Arguments": [], "Options": [], "Sources": []}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, Argument):
                parts["Arguments"].append((parameter.title, parameter.about))
                continue
            record = parameter.get_help_record(ctx)
            if record is not None:  # not hidden
                is_source = isinstance(parameter, SourceOption)
                parts["Sources" if is_source else "Options"].append(record)
        yield from ((title, records) for title, records in parts.items() if records)


path_type = GivenPath()
command = partial(click.command, cls=Command)
argument = partial(click.argument, cls=Argument)
source_option = partial(click.option, cls=SourceOption)
