"""The JSON Schema of configuration files."""
