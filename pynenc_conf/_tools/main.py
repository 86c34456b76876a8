"""The entry point of `pynenc-conf`, which works without the extra it needs."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command, or say in one line how to install what it needs."""
    try:
        import click  # noqa: F401, PLC0415 - only to see whether it is there
        import rich  # noqa: F401, PLC0415
    except ImportError:
        sys.stderr.write(
            "pynenc-conf needs its command-line extra: "
            "python -m pip install 'pynenc-conf[cli]'\n"
        )
        raise SystemExit(2) from None
    from pynenc_conf._tools.cli import cli  # noqa: PLC0415 - needs click

    cli(prog_name="pynenc-conf")
