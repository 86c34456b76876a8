"""What each source provides: one module per source, and the files they read."""
