"""Laws and tipping points: arrays in, results with honest uncertainty out.

Names are imported on first use, so that ``jaxuim.laws.detectable_effect`` does not load JAX.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxuim.laws.effects import (
        InheritedEffect,
        Transmission,
        fieller,
        hedges_g,
        inherited_effect,
        transmission,
    )
    from jaxuim.laws.fitted import FitResult
    from jaxuim.laws.fitting import fit
    from jaxuim.laws.forms import FORMS, Coefficient, Form
    from jaxuim.laws.power import detectable_effect, paired_t_power, seeds_needed
    from jaxuim.laws.resampling import BootstrapResult, bootstrap
    from jaxuim.laws.tipping import TippingPoint, tipping_point

__all__ = [
    "FORMS",
    "BootstrapResult",
    "Coefficient",
    "FitResult",
    "Form",
    "InheritedEffect",
    "TippingPoint",
    "Transmission",
    "bootstrap",
    "detectable_effect",
    "fieller",
    "fit",
    "hedges_g",
    "inherited_effect",
    "paired_t_power",
    "seeds_needed",
    "tipping_point",
    "transmission",
]

# Modules are never named like a public function: importing one would hide the function.
_HOME = {
    "effects": (
        "InheritedEffect",
        "Transmission",
        "fieller",
        "hedges_g",
        "inherited_effect",
        "transmission",
    ),
    "fitted": ("FitResult",),
    "fitting": ("fit",),
    "forms": ("FORMS", "Coefficient", "Form"),
    "power": ("detectable_effect", "paired_t_power", "seeds_needed"),
    "resampling": ("BootstrapResult", "bootstrap"),
    "tipping": ("TippingPoint", "tipping_point"),
}


def __getattr__(name: str) -> Any:
    """Import the module that defines ``name`` and return the object."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"jaxuim.laws.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
