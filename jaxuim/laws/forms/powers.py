"""Power laws of one input: pure, shifted, saturating, and the four estimators M1 to M4."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.laws.forms.form import Array, Coefficient, Form, raised

_NEWTON = 30  # steps of the implicit form; quadratic after the first
_EXPONENTS = [0.1, 0.3, 0.6, 1.0]


def _log_slope(x: Array, y: Array) -> float:
    """Return minus the slope of log y against log x, 0.5 where there is none."""
    usable = (y > 0) & (x > 0)
    if len(np.unique(x[usable])) < 2:
        return 0.5
    return -float(np.polyfit(np.log(x[usable]), np.log(y[usable]), 1)[0])


def _power_starts(x: Array, y: Array) -> dict[str, list[float]]:
    slope = _log_slope(x, y)
    return {"alpha": [slope, 0.5 * slope, 2.0 * slope, -1.0, 0.1, 1.0]}


def _saturating_starts(x: Array, y: Array) -> dict[str, list[float]]:
    if np.all(x > 0):
        return {"alpha": [-2.0, -1.0, -0.5, -0.25, -0.1, 0.3, 1.0, 3.0]}
    return {"alpha": [0.1, 0.3, 0.6, 1.0, 2.0, 4.0, 8.0, 16.0]}


def _scale_of(x: Array) -> float:
    """Return the geometric middle of the positive x."""
    positive = x[x > 0]
    return float(np.exp(np.mean(np.log(positive)))) if len(positive) else 1.0


def _shifted_starts(x: Array, y: Array) -> dict[str, list[float]]:
    middle = _scale_of(x)
    return {"x0": [middle * s for s in (1e-3, 0.1, 1.0, 10.0)], "alpha": [0.2, 0.5, 1.0, 2.0]}


def _m1_starts(x: Array, y: Array) -> dict[str, list[float]]:
    slope = max(_log_slope(x, y), 0.02)
    return {"c": [slope, 0.5 * slope, 2.0 * slope, 1.0]}


def _m3_starts(x: Array, y: Array) -> dict[str, list[float]]:
    middle = _scale_of(x)
    return {"gamma": [s / middle for s in (1e-3, 0.03, 0.3, 3.0)], "c": _EXPONENTS}


def _m4_starts(x: Array, y: Array) -> dict[str, list[float]]:
    low, high, middle = float(np.min(y)), float(np.max(y)), _scale_of(x)
    span = (high - low) or 1.0
    beta = [span * middle**c for c in (0.3, 1.0)]
    floors = [max(low - s * span, low * s) for s in (0.02, 0.5)]
    tops = [high + s * span for s in (0.02, 1.0)]
    return {"beta": beta, "c": [0.3, 1.0], "e": floors, "e0": tops, "alpha": [0.5, 1.0]}


def _m4_logit(r: Any, alpha: Any) -> Any:
    """Solve alpha softplus(v) - softplus(-v) = r for v, which rises with slopes 1 to alpha."""
    gap = lambda v, a, r: a * jax.nn.softplus(v) - jax.nn.softplus(-v) - r
    slope = lambda v, a: a * jax.nn.sigmoid(v) + jax.nn.sigmoid(-v)
    a, target = jax.lax.stop_gradient(alpha), jax.lax.stop_gradient(r)
    start = jnp.where(target > 0, target / a, target)
    newton = lambda _, v: v - gap(v, a, target) / slope(v, a)
    v = jax.lax.fori_loop(0, _NEWTON, newton, start)
    # One step with live parameters gives the derivative of the implicit function.
    return v - gap(v, alpha, r) / jax.lax.stop_gradient(slope(v, a))


def _m4(x: Any, beta: Any, c: Any, e: Any, e0: Any, alpha: Any) -> Any:
    span = jnp.log(jnp.where(e0 > e, e0 - e, jnp.nan))
    r = jnp.log(beta) - c * jnp.log(x) - (1.0 - alpha) * span
    return e + jnp.exp(span + jax.nn.log_sigmoid(_m4_logit(r, alpha)))


POWER = Form(
    name="power",
    formula="y = c x^-alpha",
    html="y = c x<sup>&minus;&alpha;</sup>",
    coefficients=(
        Coefficient("c", "log", linear=True, doc="value at x = 1"),
        Coefficient("alpha", doc="exponent; negative where y rises with x"),
    ),
    function=lambda x, c, alpha: c * raised(x, -alpha),
    starts=_power_starts,
    domain="positive",
    limits=(("x -> infinity, alpha > 0", "0"),),
)

SHIFTED_POWER = Form(
    name="shifted_power",
    formula="y = c (x + x0)^-alpha",
    html="y = c (x + x<sub>0</sub>)<sup>&minus;&alpha;</sup>",
    coefficients=(
        Coefficient("c", "log", linear=True, doc="value at x + x0 = 1"),
        Coefficient("x0", "log", doc="what is worth as much before the first x, in units of x"),
        Coefficient("alpha", doc="exponent; negative where y rises with x"),
    ),
    function=lambda x, c, x0, alpha: c * jnp.exp(-alpha * jnp.log(x + x0)),
    starts=_shifted_starts,
    domain="non-negative",
    limits=(("x -> 0", "c x0^-alpha"), ("x -> infinity, alpha > 0", "0")),
)

SATURATING_POWER = Form(
    name="saturating_power",
    formula="y = e + a x^alpha",
    html="y = e + a x<sup>&alpha;</sup>",
    coefficients=(
        Coefficient("e", linear=True, doc="plateau: at infinity for alpha < 0, at 0 for alpha > 0"),
        Coefficient("a", linear=True, doc="difference from the plateau at x = 1"),
        Coefficient("alpha", doc="exponent; positive wherever the data contain x = 0"),
    ),
    function=lambda x, e, a, alpha: e + a * raised(x, alpha),
    starts=_saturating_starts,
    domain="non-negative",
    limits=(("x -> infinity, alpha < 0", "e"), ("x -> 0, alpha > 0", "e")),
)

_ALABDULMOHSIN = "Alabdulmohsin, Neyshabur and Zhai 2022"

M1 = Form(
    name="m1",
    formula="y = beta x^-c",
    html="y = &beta; x<sup>&minus;c</sup>",
    coefficients=(
        Coefficient("beta", "log", linear=True, doc="value at x = 1"),
        Coefficient("c", "log", doc="exponent"),
    ),
    function=lambda x, beta, c: beta * raised(x, -c),
    starts=_m1_starts,
    domain="positive",
    limits=(("x -> infinity", "0"),),
    source=_ALABDULMOHSIN,
)

M2 = Form(
    name="m2",
    formula="y = e + beta x^-c",
    html="y = &epsilon; + &beta; x<sup>&minus;c</sup>",
    coefficients=(
        Coefficient("e", "log", linear=True, doc="value at infinity"),
        Coefficient("beta", "log", linear=True, doc="difference from it at x = 1"),
        Coefficient("c", "log", doc="exponent"),
    ),
    function=lambda x, e, beta, c: e + beta * raised(x, -c),
    starts=lambda x, y: {"c": [0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0]},
    domain="positive",
    limits=(("x -> infinity", "e"),),
    source=_ALABDULMOHSIN,
)

M3 = Form(
    name="m3",
    formula="y = beta (1/x + gamma)^c",
    html="y = &beta; (x<sup>&minus;1</sup> + &gamma;)<sup>c</sup>",
    coefficients=(
        Coefficient("beta", "log", linear=True, doc="scale"),
        Coefficient("gamma", "log", doc="inverse of the x at which y saturates, in 1/x"),
        Coefficient("c", "log", doc="exponent"),
    ),
    function=lambda x, beta, gamma, c: beta * jnp.exp(c * jnp.log(1.0 / x + gamma)),
    starts=_m3_starts,
    domain="positive",
    limits=(("x -> infinity", "beta gamma^c"),),
    source=_ALABDULMOHSIN,
)

M4 = Form(
    name="m4",
    formula="y = f with (f - e) / (e0 - f)^alpha = beta x^-c",
    html="y = f with (f &minus; &epsilon;) / (&epsilon;<sub>0</sub> &minus; f)<sup>&alpha;</sup> "
    "= &beta; x<sup>&minus;c</sup>",
    coefficients=(
        Coefficient("beta", "log", doc="scale"),
        Coefficient("c", "log", doc="exponent far to the right"),
        Coefficient("e", "log", doc="value at infinity"),
        Coefficient("e0", "log", doc="value at x = 0, above e"),
        Coefficient("alpha", "log", doc="how y leaves e0"),
    ),
    function=_m4,
    starts=_m4_starts,
    domain="positive",
    limits=(("x -> 0", "e0"), ("x -> infinity", "e")),
    source=_ALABDULMOHSIN,
)
