"""What `pynenc-conf compat` compares with the original library."""
