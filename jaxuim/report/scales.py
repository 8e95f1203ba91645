"""Logarithmic axes: when an axis is one, and ticks that can be read however much it spans."""

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DECADE = 8.0  # an axis is logarithmic where its largest value is this many times its smallest
SHORT = 2.2  # decades up to which 2 and 5 have a label too


def decades(values: NDArray[np.float64]) -> bool:
    """Say whether values span so much that their axis should be logarithmic.

    >>> decades(np.array([1.0, 100.0])), decades(np.array([0.0, 1.0]))
    (True, False)
    """
    usable = values[np.isfinite(values)]
    return bool(len(usable) and usable.min() > 0 and usable.max() > DECADE * usable.min())


def compact(value: float) -> str:
    """Return a number for a figure, large and small ones as a power of ten.

    >>> compact(0.25), compact(4096.0), compact(3.2e9), compact(1e-7)
    ('0.25', '4096', '$3.2\\\\times10^{9}$', '$10^{-7}$')
    """
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.0f}" if abs(value) >= 1e3 else f"{value:.3g}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    power = f"10^{{{int(exponent)}}}"
    mantissa = mantissa.removesuffix(".0")
    return f"${power}$" if mantissa == "1" else rf"${mantissa}\times{power}$"


def logarithmic(axes: "Axes", which: Literal["x", "y"], low: float, high: float) -> None:
    """Make an axis that runs from low to high logarithmic, with labels that do not overlap."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set(**{f"{which}scale": "log"})
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_minor_formatter(NullFormatter())
    if math.log10(high / low) < SHORT:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
        axis.set_major_formatter(FuncFormatter(lambda value, _: compact(value)))
