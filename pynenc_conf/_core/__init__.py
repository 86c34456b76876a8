"""How a value is resolved, one folder for each step.

- `declare`: what a class declares: its fields, types, scopes and variable names.
- `sources`: what each source provides: one module per source, in order of precedence.
- `formats`: from the bytes of a file to a tree with positions.
- `types`: from a raw value to the declared type.
- `resolve`: which value has precedence, and the chain of all candidates.
- `report`: explanations, and warnings about misspelled names.

`base` is the base class of all config classes, and the only module that knows all
folders. `frames`, `masking` and `problems` are used by all of them.
"""
