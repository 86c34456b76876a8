"""The entry point of `pynenc-conf`."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def main() -> None:
    """Run the command line, or print how to install the packages it needs."""
    if find_spec("click") is None or find_spec("rich") is None:
        sys.stderr.write(
            "pynenc-conf needs its command-line extra: "
            "python -m pip install 'pynenc-conf[cli]'\n"
        )
        raise SystemExit(2)
    from pynenc_conf._tools.cli import cli  # noqa: PLC0415 - imports click

    cli(prog_name="pynenc-conf")
