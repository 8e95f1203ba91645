"""Broken neural scaling laws: power laws whose exponent changes smoothly at one or two breaks."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.laws.forms.form import Array, Coefficient, Form

_SOURCE = "Caballero, Gupta, Rish and Krueger 2023"


def _bnsl(x: Any, a: Any, b: Any, c0: Any, *breaks: Any) -> Any:
    """Return a + b x^-c0 prod_i (1 + (x/d_i)^(1/f_i))^(-c_i f_i), through its logarithm."""
    position = jnp.log(x)
    exponent = -c0 * position
    for c, d, f in zip(breaks[0::3], breaks[1::3], breaks[2::3], strict=True):
        exponent -= c * f * jax.nn.softplus((position - jnp.log(d)) / f)
    return a + b * jnp.exp(exponent)


def _slope(x: Array, y: Array) -> float:
    usable = y > 0
    if len(np.unique(x[usable])) < 2:
        return 0.3
    return abs(float(np.polyfit(np.log(x[usable]), np.log(y[usable]), 1)[0])) + 0.05


def _one_break(x: Array, y: Array) -> dict[str, list[float]]:
    slope = _slope(x, y)
    places = np.exp(np.quantile(np.log(x), [0.1, 0.3, 0.5, 0.7, 0.9]))
    return {
        "c0": [0.0, slope],
        "c1": [-0.5 * slope, slope],
        "d1": places.tolist(),
        "f1": [0.2, 1.0],
    }


def _two_breaks(x: Array, y: Array) -> dict[str, list[float]]:
    slope = _slope(x, y)
    places = np.exp(np.quantile(np.log(x), [0.15, 0.35, 0.65, 0.85]))
    return {
        "c0": [0.0, slope],
        "c1": [-0.5 * slope, slope],
        "d1": places[:2].tolist(),
        "f1": [0.3],
        "c2": [-0.5 * slope, slope],
        "d2": places[2:].tolist(),
        "f2": [0.3],
    }


def _break(i: int) -> tuple[Coefficient, ...]:
    return (
        Coefficient(f"c{i}", doc=f"change of the exponent at break {i}"),
        Coefficient(f"d{i}", "log", doc=f"location of break {i}, in units of x"),
        Coefficient(f"f{i}", "log", doc=f"width of break {i} in log x"),
    )


_FIRST = (
    Coefficient("a", linear=True, doc="limit of y where the exponents are positive"),
    Coefficient("b", "log", linear=True, doc="scale"),
    Coefficient("c0", doc="exponent before the first break"),
)


def _factor(i: int) -> str:
    return f" (1 + (x/d{i})^(1/f{i}))^(-c{i} f{i})"


def _html(i: int) -> str:
    return (
        f" (1 + (x/d<sub>{i}</sub>)<sup>1/f<sub>{i}</sub></sup>)"
        f"<sup>&minus;c<sub>{i}</sub> f<sub>{i}</sub></sup>"
    )


_START = "y = a + b x<sup>&minus;c<sub>0</sub></sup>"

BNSL1 = Form(
    name="bnsl1",
    formula="y = a + b x^-c0" + _factor(1),
    html=_START + _html(1),
    coefficients=(*_FIRST, *_break(1)),
    function=_bnsl,
    starts=_one_break,
    domain="positive",
    limits=(("x -> infinity, c0 + c1 > 0", "a"),),
    source=_SOURCE,
)

BNSL2 = Form(
    name="bnsl2",
    formula="y = a + b x^-c0" + _factor(1) + _factor(2),
    html=_START + _html(1) + _html(2),
    coefficients=(*_FIRST, *_break(1), *_break(2)),
    function=_bnsl,
    starts=_two_breaks,
    domain="positive",
    limits=(("x -> infinity, c0 + c1 + c2 > 0", "a"),),
    source=_SOURCE,
)
