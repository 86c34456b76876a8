"""One module per command: it parses options and prints."""
