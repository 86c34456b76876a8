"""The order of precedence, as numbers: a layer's rank is (scope, source, depth).

Ranks compare as tuples. The scope comes first: what is addressed to a more derived
class outranks what is addressed to its ancestor, whatever the source. Then comes the
source, then how closely the value is addressed within it.
"""

from __future__ import annotations

from pynenc_conf.origin import (
    CLASS_FILE,
    CONFIG_FILE,
    CONFIG_VALUES,
    ENV_FILE,
    ENVIRONMENT,
    PYPROJECT,
)

Rank = tuple[int, int, int]

# Sources, lowest to highest; a layer's is the index here.
SOURCES = (CONFIG_VALUES, PYPROJECT, CONFIG_FILE, ENV_FILE, CLASS_FILE, ENVIRONMENT)
FROM_ENVIRONMENT = SOURCES.index(ENVIRONMENT)

# Depths in a mapping or file; the extra qualifiers of a class follow its section.
GENERAL_KEY = 0
SECTION = 1
QUALIFIED_SECTION = 2

# Depths in the environment; the extra variables of a class follow its own.
GENERAL_VARIABLE_FILE = 0
GENERAL_VARIABLE = 1
CLASS_VARIABLE_FILE = 2
CLASS_VARIABLE = 3
EXTRA_VARIABLE = 4


def override_rank(scopes: int, depth: int) -> Rank:
    """Rank of an override: above every source; the innermost is the highest."""
    return (scopes, 0, depth)


def explain_precedence(loser: Rank, winner: Rank, scopes: int) -> str:
    """Say in a few words which rule of precedence decided between two layers."""
    if winner[0] == scopes:
        return "override() takes precedence over every source"
    if winner[1] == FROM_ENVIRONMENT and winner[2] <= GENERAL_VARIABLE:
        return "general variables override all values except the class's own variables"
    if winner[0] != loser[0]:
        # General variables count at the last scope, and so never come here.
        general = loser[2] == GENERAL_KEY
        addressed = (
            "general keys are addressed to the first ancestor; " if general else ""
        )
        return f"{addressed}the other value is addressed to a more derived class"
    if winner[1] != loser[1]:
        return "the other source has a higher precedence"
    if winner[1] == FROM_ENVIRONMENT:
        return "the other variable is more specific"
    return "the other section is more specific"
