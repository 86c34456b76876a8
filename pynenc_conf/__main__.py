"""`python -m pynenc_conf` is the command `pynenc-conf`."""

from pynenc_conf._tools.main import main

if __name__ == "__main__":
    main()
