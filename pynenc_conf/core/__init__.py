"""How a value is found: sources, layers, precedence, types and origins."""
