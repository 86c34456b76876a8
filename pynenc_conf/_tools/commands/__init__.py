"""One module for each command: it parses options and prints text or JSON."""
