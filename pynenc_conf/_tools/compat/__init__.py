"""Comparison of a deployment with pynenc's own configuration."""
