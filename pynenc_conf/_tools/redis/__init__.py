"""Diagnosis of the connection to Redis."""
