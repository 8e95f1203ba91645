"""Sweeps: the declared form, the plan, the store, the runner and the results."""

import importlib
from typing import TYPE_CHECKING, Any

from jaxuim.sweep.errors import SpecError
from jaxuim.sweep.plan import Group, Plan, Run, make_plan
from jaxuim.sweep.spec import Spec

if TYPE_CHECKING:
    from jaxuim.sweep.collection import Collection, load_collection
    from jaxuim.sweep.contrast import compare, effects
    from jaxuim.sweep.matrix_cells import inheritance_matrix
    from jaxuim.sweep.matrix_store import CollectionResults, load_collection_results
    from jaxuim.sweep.results import Results, load
    from jaxuim.sweep.saved import load_model
    from jaxuim.sweep.store import Store, StoreError, missing

__all__ = [
    "Collection",
    "CollectionResults",
    "Group",
    "Plan",
    "Results",
    "Run",
    "Spec",
    "SpecError",
    "Store",
    "StoreError",
    "compare",
    "effects",
    "inheritance_matrix",
    "load",
    "load_collection",
    "load_collection_results",
    "load_model",
    "make_plan",
    "missing",
]

# Modules are never named like a public function: importing one would hide the function.
_HOME = {
    "inheritance_matrix": "matrix_cells",
    "Collection": "collection",
    "load_collection": "collection",
    "CollectionResults": "matrix_store",
    "load_collection_results": "matrix_store",
    "compare": "contrast",
    "effects": "contrast",
    "Results": "results",
    "load": "results",
    "load_model": "saved",
    "Store": "store",
    "StoreError": "store",
    "missing": "store",
}


def __getattr__(name: str) -> Any:
    """Import what needs pyarrow or pandas only when it is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"jaxuim.sweep.{_HOME[name]}"), name)
