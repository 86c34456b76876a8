"""From a raw value to a value of the declared type."""
