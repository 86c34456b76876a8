"""What `pynenc-conf check` examines."""
