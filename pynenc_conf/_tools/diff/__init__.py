"""Comparison of two configurations."""
