"""From the bytes of a file to a tree of values with positions."""
