"""Makes the pages fit narrow screens, together with `_static/layout.css`.

- A long name in code can continue on the next line after a dot, a slash or an
  underscore.
- Each line of a code block is an element, so that its continuation can be indented.
- A table that is too wide for a phone has a class for it. Each of its cells repeats the
  heading of the column, for a phone, where the cells are below each other.
- Beside each picture of a terminal is a narrow one. The style sheet shows one of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx

# A name in code that is not longer is never broken.
UNBROKEN = 20
LITERAL = re.compile(rf'<span class="pre">([^<]{{{UNBROKEN + 1},}})</span>')
# The end of a separator within a name, and the place before an opening bracket.
BREAK = re.compile(r"(?<=[\w\])][._/=,:|-])(?=[A-Za-z0-9(\[{&<])|(?<=\w)(?=[(\[])")
OPENING = '<span class="sig-paren">(</span>'
CODE_BLOCK = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
# A tag, or a word such as `--env-file`, which is not broken after its hyphens.
HYPHENS = re.compile(r"(<[^>]+>)|((?<![\w.-])[\w.]{,20}-[\w.-]{1,20}(?![\w.-]))")
# The continuation of a line that begins further right is indented like this one.
DEEPEST = 12
PICTURE = re.compile(r"(.*images/[\w-]+)-(light|dark)\.svg")
# The number of characters beside each other on a phone, and the space between columns.
PHONE, BETWEEN = 46, 2
# The numbers of columns and characters above which a row is too high on a phone.
COLUMNS, ROW = 2, 90


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the changes of each page."""
    app.add_transform(NarrowPictures)
    app.add_transform(TableWidths)
    # After the theme, which creates the navigation.
    app.connect("html-page-context", change_html, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class NarrowPictures(SphinxTransform):
    """Inserts the narrow picture after each picture of a terminal."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        """Change the pictures of one page."""
        for image in list(self.document.findall(nodes.image)):
            match = PICTURE.fullmatch(image["uri"])
            if match:
                narrow = image.deepcopy()
                narrow["uri"] = f"{match[1]}-narrow-{match[2]}.svg"
                narrow["classes"].append("narrow-screen")
                image["classes"].append("wide-screen")
                image.parent.insert(image.parent.index(image) + 1, narrow)


class TableWidths(SphinxTransform):
    """Gives each table the classes of its width, and labels to its cells."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        """Change the tables of one page."""
        for table in self.document.findall(nodes.table):
            rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
            if not any(table.findall(nodes.thead)):
                continue
            columns = list(zip(*rows, strict=False))
            width = sum(BETWEEN + max(map(longest_piece, cells)) for cells in columns)
            longest = max(sum(len(cell.astext()) for cell in row) for row in rows)
            if width <= PHONE and (len(columns) <= COLUMNS or longest <= ROW):
                continue
            table["classes"].append("too-wide-for-phone")
            for heading, *cells in columns:
                for cell in cells:
                    label = nodes.paragraph(classes=["label"])
                    label += nodes.Text(heading.astext())
                    cell.insert(0, label)


def longest_piece(cell: nodes.entry) -> int:
    """Return the length of a cell's longest part that cannot be broken."""
    return max(
        (len(part) for word in cell.astext().split() for part in parts(word)), default=0
    )


def parts(word: str) -> list[str]:
    """Return the parts of a word that can be on lines of their own."""
    return BREAK.split(word) if len(word) > UNBROKEN else [word]


def change_html(_app: Sphinx, *arguments: Any) -> None:
    """Change the HTML of one page."""
    context = arguments[2]
    for key in ("body", "toc", "furo_navigation_tree"):
        if key in context:
            html = context[key].replace(OPENING, f"{OPENING}<wbr>")
            html = LITERAL.sub(allow_breaks, html)
            context[key] = CODE_BLOCK.sub(separate_lines, html)
    for key in ("prev", "next"):
        if context.get(key):
            title = LITERAL.sub(allow_breaks, context[key]["title"])
            context[key] = {**context[key], "title": title}


def allow_breaks(match: re.Match[str]) -> str:
    """Return a long name in code that can continue on the next line."""
    return "<wbr>".join(
        f'<span class="pre{" long" if len(part) > UNBROKEN else ""}">{part}</span>'
        for part in parts(match[1])
    )


def separate_lines(match: re.Match[str]) -> str:
    """Return a code block in which each line is an element."""
    # A page of source code has blocks of several lines.
    if "<div" in match[1]:
        return match[0]
    lines = match[1].removesuffix("\n").split("\n")
    return f"<pre>{''.join(map(line_element, lines))}</pre>"


def line_element(line: str) -> str:
    """Return the element of one line, with its indentation for the style sheet."""
    text = TAG.sub("", line)
    indent = min(len(text) - len(text.lstrip(" ")), DEEPEST)
    style = f' style="--indent: {indent}ch"' if indent else ""
    html = HYPHENS.sub(keep_hyphens, line)
    return f'<span class="line"{style}>{html}\n</span>'


def keep_hyphens(match: re.Match[str]) -> str:
    """Return a tag as it is, and a word as an element that is not broken."""
    return match[1] or f'<span class="unbroken">{match[2]}</span>'
