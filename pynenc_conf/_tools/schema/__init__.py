"""The JSON schema of configuration files."""
