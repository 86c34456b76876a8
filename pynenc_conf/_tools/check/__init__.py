"""Checks of the files and variables of a deployment."""
