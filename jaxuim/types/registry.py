"""The catalogue: every declared world, bias, model, objective, adaptation, measure by name.

Built-in tables come from this package; other packages add members through Python entry points in
the groups ``jaxuim.worlds``, ``jaxuim.biases``, ``jaxuim.models``, ``jaxuim.objectives``,
``jaxuim.adaptations`` and ``jaxuim.measures``, each entry naming a declaration object.
"""

from functools import cache
from importlib.metadata import entry_points
from typing import Any

from jaxuim.types.biases import BIASES
from jaxuim.types.declare import Declaration
from jaxuim.types.measures import MEASURES
from jaxuim.types.models import ADAPTATIONS, MODELS
from jaxuim.types.objectives import OBJECTIVES
from jaxuim.types.worlds import WORLDS

_BUILT_IN: dict[str, dict[str, Any]] = {
    "worlds": WORLDS,
    "biases": BIASES,
    "models": MODELS,
    "objectives": OBJECTIVES,
    "adaptations": ADAPTATIONS,
    "measures": MEASURES,
}


@cache
def catalogue(kind: str) -> dict[str, Any]:
    """Return the declarations of one kind by name, built-in members first.

    Raises ``ValueError`` where an entry point is not a declaration or takes a name twice.

    >>> catalogue("biases")["long_tail"].corrupts
    'sampling'
    """
    members = dict(_BUILT_IN[kind])
    for entry in entry_points(group=f"jaxuim.{kind}"):
        declared = entry.load()
        if not isinstance(declared, Declaration):
            raise ValueError(f"entry point {entry.name!r} of jaxuim.{kind} is not a declaration")
        if declared.name in members:
            raise ValueError(f"jaxuim.{kind}: the name {declared.name!r} is declared twice")
        members[declared.name] = declared
    return members
