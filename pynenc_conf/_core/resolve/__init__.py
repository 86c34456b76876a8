"""Which value has precedence: layers, their order, and the chain of one setting."""
