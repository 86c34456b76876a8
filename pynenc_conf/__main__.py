"""`python -m pynenc_conf` is the command `pynenc-conf`."""

from pynenc_conf.tools.command import main

if __name__ == "__main__":
    main()
