"""The environment variables that a class reads."""
