"""What a class declares: fields, types, the settings and variables they make."""
