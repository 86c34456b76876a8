"""The order of precedence, as numbers: a layer's rank is (scope, source, depth).

Ranks compare as tuples. The scope comes first: a value addressed to a more derived
class takes precedence over a value addressed to its ancestor, whatever the source. Then
comes the source, then how closely the value is addressed within the source.
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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pynenc_conf._core.declare.variables import Variable

Rank = tuple[int, int, int]

# Sources, lowest to highest; a layer's is the index here. Overrides are above them all.
SOURCES = (CONFIG_VALUES, PYPROJECT, CONFIG_FILE, ENV_FILE, CLASS_FILE, ENVIRONMENT)
FROM_ENVIRONMENT = SOURCES.index(ENVIRONMENT)

# Depths in a mapping or file; the extra qualifiers of a class follow its section.
GENERAL_KEY = 0
SECTION = 1
QUALIFIED_SECTION = 2

# Depths in the environment. A secret's file is one below its variable; the variable of
# a member is above that of the structure that holds it. The extra variables of a class
# follow its own.
_LEVEL = 2
_KIND = 1000
GENERAL_VARIABLE = 1
CLASS_VARIABLE = GENERAL_VARIABLE + _KIND
EXTRA_VARIABLE = CLASS_VARIABLE + _KIND


def variable_rank(variable: Variable) -> Rank:
    """Return the rank of a variable's value."""
    depth = GENERAL_VARIABLE if variable.general else CLASS_VARIABLE
    depth += _LEVEL * variable.field.count(".") - variable.holds_path
    return (variable.scope, FROM_ENVIRONMENT, depth)


def extra_variable_rank(scope: int, number: int, level: int) -> Rank:
    """Return the rank of the variable that a hook names as the `number`th, from 0.

    `level` is that of the member whose variable it is: 0 for a field.
    """
    depth = EXTRA_VARIABLE + _KIND * number + _LEVEL * level
    return (scope, FROM_ENVIRONMENT, depth)


def override_rank(scopes: int, depth: int) -> Rank:
    """Return the rank of an override: above every source, the innermost highest."""
    return (scopes, 0, depth)


def explain_precedence(overridden: Rank, winner: Rank, scopes: int) -> str:
    """Return the rule of precedence that decided between two layers, in a few words."""
    if winner[0] == scopes:
        return "override() takes precedence over every source"
    is_general = winner[1] == FROM_ENVIRONMENT and winner[2] < CLASS_VARIABLE - 1
    if is_general and overridden[:2] != winner[:2]:
        return "general variables override all values except the class's own variables"
    if winner[0] != overridden[0]:
        # General variables count at the last scope, and so never come here.
        general = overridden[2] == GENERAL_KEY
        reason = "general keys are addressed to the first ancestor; " if general else ""
        return f"{reason}the winning value is addressed to a more derived class"
    if winner[1] != overridden[1]:
        return "the winning source has a higher precedence"
    if winner[1] == FROM_ENVIRONMENT:
        return "the winning variable is more specific"
    return "the winning section is more specific"
