"""What a person reads: explanations, and warnings about misspelled names."""
