"""Creates the pictures of the docs from the output of the commands.

Run `python docs/_ext/screenshots.py` to write them again; a test fails if they are out
of date. Each command runs as on a terminal of 80 columns and as on one of 56 columns,
whose text is large enough on a phone. Its output becomes an SVG for light pages and
one for dark pages.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from pynenc_conf._tools.cli import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[1]
IMAGES = DOCS / "images"
# The end of the file's name, and the columns of the terminal.
WIDTHS = {"": 80, "-narrow": 56}
# Background, foreground, and the colours from black to white. Each text has a contrast
# of at least 4.5 to its background.
THEMES = {
    "light": TerminalTheme(
        (255, 255, 255),
        (0, 0, 0),
        [
            (0, 0, 0),
            (170, 0, 0),
            (0, 110, 0),
            (110, 85, 0),
            (0, 0, 170),
            (128, 0, 128),
            (0, 100, 115),
            (90, 90, 90),
        ],
    ),
    "dark": TerminalTheme(
        (26, 28, 30),
        (222, 224, 226),
        [
            (150, 150, 150),
            (255, 125, 115),
            (130, 205, 115),
            (225, 190, 90),
            (130, 170, 255),
            (220, 155, 230),
            (100, 205, 215),
            (222, 224, 226),
        ],
    ),
}
# The border of rich is white, and invisible on a light page.
BORDER = ('stroke="rgba(255,255,255,0.35)"', 'stroke="#878787"')
# The files have the lines of the files in the text beside the pictures.
WRONG = """\
# wrong.yaml
redis_db: 1
redis_hots: redis.shop.internal
redis:
  redis_port: six
broker:
  cycle_control: no
"""
CACHE = """\
# cache.yaml
redis_host: redis.shop.internal
redis_db: 1
redis:
  redis_db: 2
"""
PRODUCTION = """\
# production.yaml
redis_host: redis.shop.internal
"""
FILES = {"wrong.yaml": WRONG, "cache.yaml": CACHE, "production.yaml": PRODUCTION}
VARIABLES = {
    "PYNENC__CONFIGREDIS__REDIS_HOST": "cache-1",
    "CONFIG__MAX_ITEMS": "75",
    "CONFIG__API_KEY": "not shown",
}
MISSPELT = {"PYNENC__ORCHESTRATOR__CYCLE_CONTROL": "yes"}
# Name of the picture, command, maximum number of lines.
PICTURES = [
    ("explain", "explain redis --file cache.yaml", 40),
    ("explain-changed", "explain --changed --file pynenc.yaml", 24),
    ("explain-field", "explain redis redis_host --file cache.yaml", 40),
    ("check", "check wrong.yaml", 40),
    ("env", "env redis", 24),
    ("diff", "diff defaults production.yaml", 24),
    ("shop", "explain shop:ConfigShop --file shop.yaml", 24),
]


def main() -> None:
    """Write all pictures to `docs/images`, and delete all others."""
    for path in IMAGES.glob("*.svg"):
        path.unlink()
    for name, svg in create_pictures():
        (IMAGES / name).write_text(svg, "utf-8")


def create_pictures() -> Iterator[tuple[str, str]]:
    """Yield the file name and the content of each picture."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pynenc.yaml", "shop.py", "shop.yaml"):
            shutil.copy(DOCS / "examples" / name, folder)
        for name, text in FILES.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        os.chdir(folder)
        try:
            for (name, command, most), width in product(PICTURES, WIDTHS):
                columns = WIDTHS[width]
                lines = output_of(command, columns).splitlines()
                shown = lines if len(lines) <= most else [*lines[:most], "..."]
                for theme in THEMES:
                    svg = picture(command, shown, columns, theme)
                    yield f"{name}{width}-{theme}.svg", svg
        finally:
            os.chdir(before)
            # The command has imported it from the folder.
            sys.modules.pop("shop", None)


def output_of(command: str, columns: int) -> str:
    """Return the output of a command on a terminal, with its escapes."""
    environment = {"FORCE_COLOR": "1", "COLUMNS": str(columns), "TERM": "xterm"}
    environment |= MISSPELT if command.startswith("check") else VARIABLES
    return CliRunner(env=environment).invoke(cli, shlex.split(command)).output


def picture(command: str, lines: list[str], columns: int, theme: str) -> str:
    """Return an SVG of a command and its output."""
    # Independent of this terminal, so that the same text gives the same picture.
    console = Console(
        record=True,
        width=columns,
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        highlight=False,
        _environ={},
    )
    console.print(Text(f"$ pynenc-conf {command}", "bold"))
    for line in lines:
        console.print(Text.from_ansi(line.rstrip()), soft_wrap=True)
    # Without an empty line, the frame hides the underscores of the last line.
    console.print()
    svg = console.export_svg(
        title="pynenc-conf", theme=THEMES[theme], unique_id=f"pynenc-conf-{theme}"
    )
    return without_fonts(svg.replace(*BORDER))


def without_fonts(svg: str) -> str:
    """Return an SVG without the fonts that it would load from elsewhere."""
    start, end = svg.index("@font-face"), svg.rindex("@font-face")
    end = svg.index("}", end) + 1
    text = svg[:start] + svg[end:]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
