"""Makes the pictures of `cli.md` from what the commands really print.

Run it from the top of the checkout: `python docs/_ext/screenshots.py`. Each command
runs as on a terminal, of 80 or 120 columns; its output becomes an SVG for readers on
a light page, and one for those on a dark page.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, DIMMED_MONOKAI
from rich.text import Text

from pynenc_conf._tools.cli import cli

DOCS = Path(__file__).parents[1]
THEMES = {"light": DEFAULT_TERMINAL_THEME, "dark": DIMMED_MONOKAI}
WRONG = """\
redis_db: 1
redis_hots: redis.shop.internal
redis:
  redis_port: six
broker:
  cycle_control: no
"""
VARIABLES = {"PYNENC__CONFIGREDIS__REDIS_HOST": "cache-1"}
MISSPELT = {"PYNENC__ORCHESTRATOR__CYCLE_CONTROL": "yes"}
# Name of the picture, columns, command, lines to show.
PICTURES = [
    ("explain", 80, "explain orchestratorredis --file pynenc.yaml", 40),
    ("explain-wide", 120, "explain orchestratorredis --file pynenc.yaml", 40),
    ("explain-field", 80, "explain orchestratorredis redis_db --file pynenc.yaml", 40),
    ("check", 80, "check wrong.yaml", 40),
    ("check-wide", 120, "check wrong.yaml", 40),
    ("env", 80, "env redis", 24),
    ("diff", 80, "diff defaults pynenc.yaml", 24),
    ("template", 80, "template orchestratorredis", 24),
]


def main() -> None:
    """Write all pictures to `docs/images`."""
    images = DOCS / "images"
    images.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(DOCS / "examples" / "pynenc.yaml", folder)
        Path(folder, "wrong.yaml").write_text(WRONG, encoding="utf-8")
        os.chdir(folder)
        for name, columns, command, most in PICTURES:
            printed = output_of(command, columns)
            lines = printed.splitlines()
            shown = lines if len(lines) <= most else [*lines[:most], "..."]
            for theme in THEMES:
                path = images / f"{name}-{theme}.svg"
                path.write_text(picture(command, shown, columns, theme), "utf-8")
        os.chdir(DOCS)


def output_of(command: str, columns: int) -> str:
    """Return what a command prints on a terminal, with its escapes."""
    environment = {"FORCE_COLOR": "1", "COLUMNS": str(columns), "TERM": "xterm"}
    environment |= MISSPELT if command.startswith("check") else VARIABLES
    return CliRunner(env=environment).invoke(cli, shlex.split(command)).output


def picture(command: str, lines: list[str], columns: int, theme: str) -> str:
    """Return an SVG of a command and what it printed."""
    # Told nothing of this terminal, so that the same text gives the same picture.
    console = Console(
        record=True,
        width=columns,
        file=open(os.devnull, "w", encoding="utf-8"),  # noqa: PTH123, SIM115
        force_terminal=True,
        color_system="standard",
        highlight=False,
        _environ={},
    )
    console.print(Text(f"$ pynenc-conf {command}", "bold"))
    for line in lines:
        console.print(Text.from_ansi(line.rstrip()), soft_wrap=True)
    svg = console.export_svg(
        title="pynenc-conf", theme=THEMES[theme], unique_id=f"pynenc-conf-{theme}"
    )
    return without_fonts(svg)


def without_fonts(svg: str) -> str:
    """Leave out the fonts that rich would fetch from elsewhere, and blanks at ends."""
    start, end = svg.index("@font-face"), svg.rindex("@font-face")
    end = svg.index("}", end) + 1
    text = svg[:start] + svg[end:]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
