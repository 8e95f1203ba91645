"""Laws of several inputs: parameters and data, repeated data, mixtures of domains."""

from functools import cache
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.optimize import nnls

from jaxuim.laws.forms.form import Array, Coefficient, Form, raised

_EXPONENTS = [0.15, 0.35, 0.6, 1.0]


def _chinchilla(n: Any, d: Any, e: Any, a: Any, b: Any, alpha: Any, beta: Any) -> Any:
    return e + a * raised(n, -alpha) + b * raised(d, -beta)


def worth_of_repeats(unique: Any, used: Any, worth: Any) -> Any:
    """Return u + u r (1 - exp(-(d/u - 1)/r)): how many unique units d used ones are worth.

    ``unique`` is u, ``used`` is d >= u, and ``worth`` is r; more than r repeats add little.

    Source: Muennighoff et al. 2023.

    >>> round(float(worth_of_repeats(1.0, 5.0, 15.0)), 3)
    4.511
    """
    repeats = jnp.maximum(used / unique - 1.0, 0.0)
    return unique * (1.0 - worth * jnp.expm1(-repeats / worth))


def _repeated(
    n: Any, unique: Any, d: Any, e: Any, a: Any, b: Any, alpha: Any, beta: Any, rn: Any, rd: Any
) -> Any:
    """Return Chinchilla's law of the effective parameters and the effective tokens."""
    best = jnp.exp(jnp.log(alpha * a / (beta * b)) / alpha + beta / alpha * jnp.log(unique))
    fitting = jnp.minimum(n, best)  # parameters that the unique tokens can fill
    data = worth_of_repeats(jnp.minimum(unique, d), d, rd)
    return _chinchilla(worth_of_repeats(fitting, n, rn), data, e, a, b, alpha, beta)


def _repeated_starts(n: Array, unique: Array, d: Array, y: Array) -> dict[str, list[float]]:
    """Return starts of E, A and B from non-negative least squares with exponents of 0.35.

    A second A makes the parameters that the median of unique tokens can fill the median N.
    """
    data = np.asarray(worth_of_repeats(np.minimum(unique, d), d, 15.0), dtype=np.float64)
    columns = np.stack([np.ones_like(n), n**-0.35, data**-0.35], axis=1)
    size = np.sqrt(np.sum(columns**2, axis=0))
    found = nnls(columns / size, y)[0] / size
    e, a, b = np.maximum(found, 0.01 * float(np.mean(np.abs(y))) / columns.max(axis=0)).tolist()
    filled = b * float(np.median(n) / np.median(unique)) ** 0.35
    return {
        "E": [e, 0.5 * e],
        "A": [a, filled],
        "B": [b],
        "alpha": [0.25, 0.45],
        "beta": [0.25, 0.45],
        "rn": [5.0, 50.0],
        "rd": [5.0, 30.0],
    }


def _rates(x: Array, y: Array) -> dict[str, list[float]]:
    width = float(np.ptp(x)) or 1.0
    return {"t": [s / width for s in (-10.0, -3.0, -1.0, -0.3, 0.3, 1.0, 3.0, 10.0)]}


CHINCHILLA = Form(
    name="chinchilla",
    formula="L = E + A N^-alpha + B D^-beta",
    html="L = E + A N<sup>&minus;&alpha;</sup> + B D<sup>&minus;&beta;</sup>",
    inputs=("N", "D"),
    coefficients=(
        Coefficient("E", "log", linear=True, doc="irreducible loss"),
        Coefficient("A", "log", linear=True, doc="loss of one parameter"),
        Coefficient("B", "log", linear=True, doc="loss of one token"),
        Coefficient("alpha", "log", doc="exponent of the parameters N"),
        Coefficient("beta", "log", doc="exponent of the tokens D"),
    ),
    function=_chinchilla,
    starts=lambda n, d, y: {"alpha": _EXPONENTS, "beta": _EXPONENTS},
    domain="positive",
    limits=(("N, D -> infinity", "E"),),
    source="Hoffmann et al. 2022",
)

REPEATED_DATA = Form(
    name="repeated_data",
    formula="L = E + A N'^-alpha + B D'^-beta, D' = U + U rd (1 - exp(-(D/U - 1)/rd))",
    html="L = E + A N&prime;<sup>&minus;&alpha;</sup> + B D&prime;<sup>&minus;&beta;</sup>, "
    "D&prime; = U + U r<sub>D</sub> (1 &minus; e<sup>&minus;(D/U &minus; 1)/r<sub>D</sub></sup>)",
    inputs=("N", "U", "D"),
    coefficients=(
        Coefficient("E", "log", doc="irreducible loss"),
        Coefficient("A", "log", doc="loss of one parameter"),
        Coefficient("B", "log", doc="loss of one unique token"),
        Coefficient("alpha", "log", doc="exponent of the effective parameters"),
        Coefficient("beta", "log", doc="exponent of the effective tokens"),
        Coefficient("rn", "log", doc="worth of excess parameters, as rd; N' is built like D'"),
        Coefficient("rd", "log", doc="repeats after which more of them add little"),
    ),
    function=_repeated,
    starts=_repeated_starts,
    domain="positive",
    limits=(("N, U, D -> infinity", "E"), ("D -> infinity", "the law at D' = U (1 + rd)")),
    source="Muennighoff et al. 2023; the parameters that U can fill are Hoffmann's optimum for U",
)

MIXING = Form(
    name="mixing",
    formula="y = c + k exp(t r)",
    html="y = c + k e<sup>t r</sup>",
    inputs=("r",),
    coefficients=(
        Coefficient("c", linear=True, doc="plateau"),
        Coefficient("k", linear=True, doc="difference from it at r = 0"),
        Coefficient("t", doc="rate; the share r of a domain lowers y where k t < 0"),
    ),
    function=lambda r, c, k, t: c + k * jnp.exp(t * r),
    starts=_rates,
    limits=(("r = 0", "c + k"),),
    source="Ye et al. 2024",
)


@cache
def mixing(domains: int) -> Form:
    """Return the law of a mixture, y = c + k exp(t_1 r_1 + ... + t_m r_m), of m shares.

    Args:
        domains: m, the number of shares that are given; they need not sum to one, and where they
            do the last one is best left out, since its rate then only changes c and k.

    Raises:
        ValueError: ``domains`` is below 1.

    Source: Ye et al. 2024.

    >>> mixing(2).names, mixing(2).inputs
    (('c', 'k', 't1', 't2'), ('r1', 'r2'))
    """
    if domains < 1:
        raise ValueError(f"domains is {domains}; at least 1 is needed")
    numbers = range(1, domains + 1)
    sums = " + ".join(f"t{i} r{i}" for i in numbers)
    rates = tuple(Coefficient(f"t{i}", doc=f"rate of domain {i}") for i in numbers)

    def function(*values: Any) -> Any:
        shares, (c, k, *t) = values[:domains], values[domains:]
        return c + k * jnp.exp(sum(a * b for a, b in zip(t, shares, strict=True)))

    def starts(*columns: Array) -> dict[str, list[float]]:
        return {f"t{i}": [-1.0, 1.0] if domains <= 6 else [0.1 * (-1) ** i] for i in numbers}

    return Form(
        name=f"mixing_{domains}",
        formula=f"y = c + k exp({sums})",
        coefficients=(*MIXING.coefficients[:2], *rates),
        function=function,
        starts=starts,
        inputs=tuple(f"r{i}" for i in numbers),
        limits=MIXING.limits,
        source=MIXING.source,
    )
