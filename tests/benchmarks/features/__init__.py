"""Rows of the README's table of features, with one module of checks per library."""

from __future__ import annotations

ROWS = {
    "origin": "Says which file and line set a value",
    "chain": "Shows the values that were overridden",
    "errors": "Reports all errors at once",
    "error_place": "Errors name the file and line",
    "secret_error": "Errors do not show a rejected secret",
    "secret_file": "Reads a secret from a file",
    "unknown": "Reports a misspelled key",
    "text": "`false` in a variable is False",
    "yaml_text": "YAML `no` is text for a `str`",
    "pickled": "A pickle keeps all values",
    "formats": "Number of file formats",
    "dotenv": "Reads `.env`",
    "schema": "JSON Schema",
    "command": "Command that checks a configuration",
    "rules": "Rules across several settings",
    "templates": "Values that refer to other values",
    "options": "Command-line options from a class",
    "managers": "Secret managers",
    "sources": "Sources that the application defines",
    "environments": "Sections per environment",
    "dependencies": "Number of packages installed with it",
}
