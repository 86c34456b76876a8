"""Tables that explain an instance or one field on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from pynenc_conf._tools.output import grid, indent, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from pynenc_conf._core.report.explain import FieldInfo


def create_field_table(class_name: str, infos: Sequence[FieldInfo]) -> Table:
    """Return a table of field, value and origin; defaults are faint."""
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title=class_name or None,
        title_justify="left",
        title_style="heading",
    )
    # Names of fields are not wrapped, so that readers can search for them.
    table.add_column("Field", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("Origin", overflow="fold")
    for info in (shown for each in infos for shown in each.settings()):
        style = "faint" if info.is_default else ""
        value_style = "error" if info.is_missing else style
        table.add_row(
            text(info.name, style or "name"),
            text(info.display_value, value_style),
            text(info.source, style),
        )
    return table


def layout_field(class_name: str, info: FieldInfo) -> Iterator[RenderableType]:
    """Yield the value of a field, and its chain or a table of its members."""
    heading = text(f"{class_name}.{info.name} = ", "heading")
    yield heading.append_text(text(info.display_value, "winner"))
    if info.doc:
        yield indent(text(info.doc))
    if info.settings() != [info]:
        yield create_field_table("", [info])
        return
    rows = grid()
    for candidate in info.chain:
        mark, style = ("|", "") if candidate.overridden else (">", "winner")
        origin = text(candidate.origin if candidate.overridden else info.source, style)
        if candidate.overridden:
            origin.append_text(text(f"\noverridden: {candidate.overridden}", "faint"))
        rows.add_row(text(mark, style), text(info.display(candidate), style), origin)
    yield indent(rows)
