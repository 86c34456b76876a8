"""What `pynenc-conf ping` finds out about a Redis server."""
