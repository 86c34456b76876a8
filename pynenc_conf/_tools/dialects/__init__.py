"""The ways in which programs read files of NAME=value lines."""
