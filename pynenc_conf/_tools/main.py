"""The entry point of `pynenc-conf`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or print how to install the packages it needs."""
    try:
        import click  # noqa: F401, PLC0415 - to find out whether it is installed
        import rich  # noqa: F401, PLC0415
    except ImportError:
        sys.stderr.write(
            "pynenc-conf needs its command-line extra: "
            "python -m pip install 'pynenc-conf[cli]'\n"
        )
        raise SystemExit(2) from None
    from pynenc_conf._tools.cli import cli  # noqa: PLC0415 - imports click

    cli(prog_name="pynenc-conf")
