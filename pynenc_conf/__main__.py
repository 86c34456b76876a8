"""Runs the command `pynenc-conf`, for `python -m pynenc_conf`."""

from pynenc_conf._tools.main import main

if __name__ == "__main__":
    main()
