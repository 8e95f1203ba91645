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
    from jaxuim.laws.fits.fitted import FitResult
    from jaxuim.laws.fits.fitting import fit
    from jaxuim.laws.fits.profiles import Profile, profile
    from jaxuim.laws.fits.resampling import BootstrapResult, bootstrap
    from jaxuim.laws.forecasts.comparison import Comparison, Scored, compare
    from jaxuim.laws.forecasts.forecasting import forecast
    from jaxuim.laws.forecasts.joint import JointForecast, inheritance_forecast
    from jaxuim.laws.forecasts.predicted import Forecast
    from jaxuim.laws.forms import FORMS, Coefficient, Form
    from jaxuim.laws.forms.factors import mixing
    from jaxuim.laws.forms.inheritance import effective_samples, inheritance_law
    from jaxuim.laws.forms.norms import power_norm, power_product
    from jaxuim.laws.interactions import JointEffect, joint_effect
    from jaxuim.laws.power import detectable_effect, paired_t_power, seeds_needed
    from jaxuim.laws.tips.crossings import crossing
    from jaxuim.laws.tips.early import EarlyWarning, early_warning
    from jaxuim.laws.tips.finite_size import Collapse, collapse
    from jaxuim.laws.tips.segments import breakpoints
    from jaxuim.laws.tips.tipping import TippingPoint, tipping_point, tipping_points

__all__ = [
    "FORMS",
    "BootstrapResult",
    "Coefficient",
    "Collapse",
    "Comparison",
    "EarlyWarning",
    "FitResult",
    "Forecast",
    "Form",
    "InheritedEffect",
    "JointEffect",
    "JointForecast",
    "Profile",
    "Scored",
    "TippingPoint",
    "Transmission",
    "bootstrap",
    "breakpoints",
    "collapse",
    "compare",
    "crossing",
    "detectable_effect",
    "early_warning",
    "effective_samples",
    "fieller",
    "fit",
    "forecast",
    "hedges_g",
    "inheritance_forecast",
    "inheritance_law",
    "inherited_effect",
    "joint_effect",
    "mixing",
    "paired_t_power",
    "power_norm",
    "power_product",
    "profile",
    "seeds_needed",
    "tipping_point",
    "tipping_points",
    "transmission",
]

# Modules are never named like a public function: importing one would hide the function.
_HOME = {
    "forms.norms": ("power_norm", "power_product"),
    "fits.profiles": ("Profile", "profile"),
    "forecasts.joint": ("JointForecast", "inheritance_forecast"),
    "interactions": ("JointEffect", "joint_effect"),
    "forms.inheritance": ("effective_samples", "inheritance_law"),
    "forms.factors": ("mixing",),
    "effects": (
        "InheritedEffect",
        "Transmission",
        "fieller",
        "hedges_g",
        "inherited_effect",
        "transmission",
    ),
    "forecasts.comparison": ("Comparison", "Scored", "compare"),
    "forecasts.forecasting": ("forecast",),
    "forecasts.predicted": ("Forecast",),
    "fits.fitted": ("FitResult",),
    "fits.fitting": ("fit",),
    "forms": ("FORMS", "Coefficient", "Form"),
    "power": ("detectable_effect", "paired_t_power", "seeds_needed"),
    "fits.resampling": ("BootstrapResult", "bootstrap"),
    "tips.tipping": ("TippingPoint", "tipping_point", "tipping_points"),
    "tips.crossings": ("crossing",),
    "tips.early": ("EarlyWarning", "early_warning"),
    "tips.finite_size": ("Collapse", "collapse"),
    "tips.segments": ("breakpoints",),
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
