"""How a value is found: sources, layers, precedence, types and origins.

In the order in which an instance comes about:

- `meta` collects the fields (`field`) of a class; `plan` works out, once per class,
  what its instances need; `base` is the class that all of this serves.
- `documents` reads files and keeps them parsed (`formats`, `scalar`); `environment`
  looks variables up.
- `layers` turns the `sources` of one instance into converted layers, `convert` and its
  siblings say what a value means, `rank` and `resolve` which one wins, `override`
  what is above them all.
- `origin` says where a value was found, `explain` tells people, `masking` hides
  secrets, `problems` makes the errors; `near_misses` warns of misspelt names.
"""
