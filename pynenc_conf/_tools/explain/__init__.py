"""Layout of explanations on a terminal."""
