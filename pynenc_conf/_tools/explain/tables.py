"""Explanations of an instance or of one field, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynenc_conf._tools.columns import arrange
from pynenc_conf._tools.output import indent, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from pynenc_conf._core.report.explain import FieldInfo


def layout_class(name: str, infos: Sequence[FieldInfo]) -> Iterator[RenderableType]:
    """Yield the name of a class, and the rows of its settings."""
    yield text(name, "heading")
    yield from layout_settings(infos)


def layout_settings(infos: Sequence[FieldInfo]) -> Iterator[RenderableType]:
    """Yield rows of field, value and origin; defaults are faint."""
    rows = [[(title, "heading") for title in ("Field", "Value", "Origin")]]
    for info in infos:
        style = "faint" if info.is_default else ""
        origin = info.source
        if info.is_default and not info.is_missing:
            origin = "default"  # `explain CLASS FIELD` names the class
        rows.append(
            [
                (info.name, style or "name"),
                (info.display_value, "error" if info.is_missing else style),
                (origin, style),
            ]
        )
    yield from arrange(rows)


def layout_field(class_name: str, info: FieldInfo) -> Iterator[RenderableType]:
    """Yield the value of a field, and its chain or the rows of its members."""
    heading = text(f"{class_name}.{info.name} = ", "heading")
    yield heading.append_text(text(info.display_value, "winner"))
    if info.doc:
        yield indent(text(info.doc))
    if info.settings() != [info]:
        yield from layout_settings(info.settings())
        return
    rows = []
    for candidate in info.chain:
        mark, style = ("|", "") if candidate.overridden else (">", "winner")
        origin = str(candidate.origin) if candidate.overridden else info.source
        rows.append([(mark, style), (info.display(candidate), style), (origin, style)])
        if candidate.overridden:
            reason = f"overridden: {candidate.overridden}"
            rows.append([("", ""), ("", ""), (reason, "faint")])
    yield from arrange(rows, margin=2)
