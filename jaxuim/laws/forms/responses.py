"""Forms of a response to a level or a dose: Hill, logistic, hinge and jump."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.laws.forms.form import Array, Coefficient, Form

_PLACES = np.array([0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
_JUMPS = 64  # places tried for a jump: all gaps of that many levels


def _hill(x: Any, y0: Any, y1: Any, k: Any, h: Any) -> Any:
    x = jnp.asarray(x)
    share = jax.nn.sigmoid(h * (jnp.log(jnp.where(x > 0, x, 1.0)) - jnp.log(k)))
    return y0 + (y1 - y0) * jnp.where(x > 0, share, 0.0)


def _hill_starts(x: Array, y: Array) -> dict[str, list[float]]:
    positive = np.unique(x[x > 0])
    places = np.quantile(positive, _PLACES) if len(positive) else _PLACES
    return {"k": places.tolist(), "h": [1.0, 2.0, 4.0, 10.0, 25.0]}


def _logistic_starts(x: Array, y: Array) -> dict[str, list[float]]:
    distinct = np.unique(x)
    width = float(distinct[-1] - distinct[0]) or 1.0
    scales = [0.01, 0.03, 0.1, 0.3, 1.0]
    return {"m": np.quantile(distinct, _PLACES).tolist(), "s": [width * s for s in scales]}


def _hinge_starts(x: Array, y: Array) -> dict[str, list[float]]:
    return {"t": np.quantile(np.unique(x), np.linspace(0.04, 0.96, 24)).tolist()}


def _jump_starts(x: Array, y: Array) -> dict[str, list[float]]:
    distinct = np.unique(x)
    gaps = 0.5 * (distinct[1:] + distinct[:-1]) if len(distinct) > 1 else distinct
    picked = np.round(np.linspace(0, len(gaps) - 1, _JUMPS)).astype(int)
    return {"t": gaps[picked].tolist()}


HILL = Form(
    name="hill",
    formula="y = y0 + (y1 - y0) x^h / (x^h + k^h)",
    html="y = y<sub>0</sub> + (y<sub>1</sub> &minus; y<sub>0</sub>) "
    "x<sup>h</sup> / (x<sup>h</sup> + k<sup>h</sup>)",
    coefficients=(
        Coefficient("y0", linear=True, doc="value at x = 0"),
        Coefficient("y1", linear=True, doc="value at infinity"),
        Coefficient("k", "log", doc="x of half effect, in units of x"),
        Coefficient("h", "log", doc="steepness"),
    ),
    function=_hill,
    starts=_hill_starts,
    domain="non-negative",
    limits=(("x -> 0", "y0"), ("x -> infinity", "y1")),
    source="Hill 1910",
)

LOGISTIC = Form(
    name="logistic",
    formula="y = y0 + (y1 - y0) / (1 + exp(-(x - m)/s))",
    html="y = y<sub>0</sub> + (y<sub>1</sub> &minus; y<sub>0</sub>) "
    "/ (1 + e<sup>&minus;(x &minus; m)/s</sup>)",
    coefficients=(
        Coefficient("y0", linear=True, doc="value far to the left"),
        Coefficient("y1", linear=True, doc="value far to the right"),
        Coefficient("m", doc="midpoint, in units of x"),
        Coefficient("s", "log", doc="width, in units of x"),
    ),
    function=lambda x, y0, y1, m, s: y0 + (y1 - y0) * jax.nn.sigmoid((x - m) / s),
    starts=_logistic_starts,
    limits=(("x -> -infinity", "y0"), ("x -> infinity", "y1")),
    source="Verhulst 1845",
)

HINGE = Form(
    name="hinge",
    formula="y = a + b x + c max(x - t, 0)",
    html="y = a + b x + c max(x &minus; t, 0)",
    coefficients=(
        Coefficient("a", linear=True, doc="value at x = 0 of the first line"),
        Coefficient("b", linear=True, doc="slope before t"),
        Coefficient("c", linear=True, doc="change of the slope at t"),
        Coefficient("t", doc="location of the kink, in units of x"),
    ),
    function=lambda x, a, b, c, t: a + b * x + c * jnp.maximum(x - t, 0.0),
    starts=_hinge_starts,
    limits=(("x < t", "a + b x"), ("x > t", "a - c t + (b + c) x")),
    source="Feder 1975",
)

JUMP = Form(
    name="jump",
    formula="y = a + b x + c [x > t]",
    html="y = a + b x + c [x &gt; t]",
    coefficients=(
        Coefficient("a", linear=True, doc="value at x = 0 of the first line"),
        Coefficient("b", linear=True, doc="slope on both sides"),
        Coefficient("c", linear=True, doc="size of the jump"),
        Coefficient("t", searched=True, doc="location: the middle of the gap between two x"),
    ),
    function=lambda x, a, b, c, t: a + b * x + c * (x > t),
    starts=_jump_starts,
    limits=(("x < t", "a + b x"), ("x > t", "a + c + b x")),
    source="Hinkley 1970",
)
