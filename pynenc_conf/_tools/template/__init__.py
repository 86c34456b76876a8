"""Sample configuration files with every setting."""
