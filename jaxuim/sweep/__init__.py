"""Sweeps: the declared form, the plan, the store, the runner and the results."""

import importlib
from typing import TYPE_CHECKING, Any

from jaxuim.sweep.errors import SpecError
from jaxuim.sweep.plan import Group, Plan, Run, make_plan
from jaxuim.sweep.spec import Spec

if TYPE_CHECKING:
    from jaxuim.sweep.contrast import compare, effects
    from jaxuim.sweep.results import Results, load
    from jaxuim.sweep.saved import load_model
    from jaxuim.sweep.store import Store, StoreError, missing

__all__ = [
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
    "load",
    "load_model",
    "make_plan",
    "missing",
]

# Modules are never named like a public function: importing one would hide the function.
_HOME = {
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
