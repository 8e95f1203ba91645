"""Inheritance laws: a response to bias level, samples and width at once, in three readings."""

from functools import cache
from typing import Any, Literal, get_args

import jax.numpy as jnp
import numpy as np

from jaxuim.laws.forms.form import Array, Coefficient, Domain, Form, raised

Reading = Literal["samples", "floor", "exponent"]
Width = Literal["sum", "product"]

_FORMULA = {
    "samples": "E + A (n (1 - b/b*)^2 + m)^-alpha",
    "floor": "E + C b^gamma + A n^-alpha",
    "exponent": "E + A n^-(alpha exp(-kappa b))",
}
_HTML = {
    "samples": "E + A (n (1 &minus; b/b*)<sup>2</sup> + m)<sup>&minus;&alpha;</sup>",
    "floor": "E + C b<sup>&gamma;</sup> + A n<sup>&minus;&alpha;</sup>",
    "exponent": "E + A n<sup>&minus;&alpha; exp(&minus;&kappa; b)</sup>",
}
_READING = {
    "samples": "biased samples are worth fewer clean ones, n (1 - b/b*)^2 for label noise",
    "floor": "bias adds an error that more samples do not remove",
    "exponent": "bias slows learning: the exponent shrinks with the level",
}
_OWN: dict[str, tuple[Coefficient, ...]] = {
    "samples": (
        Coefficient("m", "log", doc="samples that the start of training is worth"),
        Coefficient("bstar", "log", doc="level at which a sample carries nothing"),
    ),
    "floor": (Coefficient("gamma", "log", doc="how the floor rises with the level"),),
    "exponent": (Coefficient("kappa", doc="rate at which the exponent falls with the level"),),
}


def effective_samples(level: Any, samples: Any, bstar: Any) -> Any:
    """Return n (1 - b/b*)^2: how many clean samples n noisily labelled ones are worth.

    With labels replaced at rate b by one of the other K - 1 classes, b* = (K - 1)/K, the class
    signal shrinks by (1 - b/b*); the error then depends on n and b through this number alone.
    Beyond b* labels inform again, by being wrong.

    Source: derived here for class means (signal to noise of the estimated means).

    >>> float(effective_samples(0.25, 800.0, 0.5))
    200.0
    """
    return samples * (1.0 - level / bstar) ** 2


def _main(reading: str, b: Any, n: Any, amplitude: Any, alpha: Any, own: tuple[Any, ...]) -> Any:
    """Return the term that falls with the samples."""
    if reading == "samples":
        m, bstar = own
        return amplitude * jnp.exp(-alpha * jnp.log(effective_samples(b, n, bstar) + m))
    if reading == "exponent":
        return amplitude * jnp.exp(-alpha * jnp.exp(-own[0] * b) * jnp.log(n))
    return amplitude * raised(n, -alpha)


def _own_starts(reading: str, b: Array, n: Array) -> dict[str, list[float]]:
    top = float(np.max(b)) or 1.0
    if reading == "samples":
        return {"m": [0.03 * float(n.min()), 0.5 * float(n.min())], "bstar": [0.7 * top, 1.3 * top]}
    if reading == "floor":
        return {"gamma": [1.0, 3.0]}
    return {"kappa": [0.1, 1.0]}


def _names(letter: str, adaptations: int) -> list[str]:
    if adaptations == 1:
        return [letter]
    return [f"{letter}{i}" for i in range(adaptations)]


def _pick(values: tuple[Any, ...], index: Any) -> Any:
    """Return values[index], 0 for an index without a value; the index is data, not a constant."""
    if len(values) == 1:
        return values[0]
    return sum(value * (index == i) for i, value in enumerate(values))


@cache
def inheritance_law(
    reading: Reading = "samples", *, adaptations: int = 1, width: Width = "sum"
) -> Form:
    """Return the law y(b, n, w) of bias level b in [0, 1], samples n and width w.

    ========  ==================================================================
    samples   y = E + A (n (1 - b/b*)^2 + m)^-alpha + B w^-beta
    floor     y = E + C b^gamma + A n^-alpha + B w^-beta
    exponent  y = E + A n^-(alpha exp(-kappa b)) + B w^-beta
    ========  ==================================================================

    Args:
        reading: what the bias does: it makes samples worth fewer clean ones, it adds a floor, or it
            changes the exponent.
        adaptations: with more than one, x has a fourth column, the index of the adaptation; E and A
            (for ``floor`` E and C) are then its own and the rest is shared.
        width: ``"sum"`` adds B w^-beta; ``"product"`` multiplies the samples' term by w^-beta,
            which two widths identify (``"sum"`` needs three).

    Raises:
        ValueError: unknown reading or width, or fewer than 1 adaptations.

    The exponent law pivots at n = 1: samples are counted, not measured in thousands.

    Source: derived here; additive terms after Hoffmann et al. 2022.

    >>> inheritance_law("floor").names
    ('E', 'C', 'A', 'B', 'alpha', 'beta', 'gamma')
    >>> inheritance_law("samples", adaptations=2, width="product").inputs
    ('level', 'samples', 'width', 'adaptation')
    """
    if reading not in get_args(Reading) or width not in get_args(Width) or adaptations < 1:
        raise ValueError(
            f"reading is {reading!r}, width {width!r}, adaptations {adaptations}; allowed are "
            f"{get_args(Reading)}, {get_args(Width)} and at least 1"
        )
    floor = reading == "floor"
    linear = [*_names("E", adaptations), *_names("C" if floor else "A", adaptations)]
    linear += (["A"] if floor else []) + (["B"] if width == "sum" else [])
    own = _OWN[reading]

    def function(*values: Any) -> Any:
        b, n, w = values[:3]
        index = values[3] if adaptations > 1 else 0
        free = list(values[3 + (adaptations > 1) :])
        take = lambda count: tuple(free.pop(0) for _ in range(count))
        plateau, strength = _pick(take(adaptations), index), _pick(take(adaptations), index)
        amplitude = take(1)[0] if floor else strength
        capacity = take(1)[0] if width == "sum" else 1.0
        alpha, beta, *rest = free
        term = _main(reading, b, n, amplitude, alpha, tuple(rest))
        y = plateau + (strength * raised(b, rest[0]) if floor else 0.0)
        by_width = capacity * raised(w, -beta)
        return y + term + by_width if width == "sum" else y + term * by_width

    def starts(b: Array, n: Array, w: Array, *rest: Array) -> dict[str, list[float]]:
        exponents = {"alpha": [0.3, 0.8, 2.0], "beta": [0.3, 1.0]}
        return exponents | _own_starts(reading, b, n)

    formula, html = _FORMULA[reading], _HTML[reading]
    by_adaptation: tuple[Domain, ...] = ("non-negative",) if adaptations > 1 else ()
    return Form(
        name=f"inheritance_{reading}",
        formula=f"y = {formula}" + (" + B w^-beta" if width == "sum" else " w^-beta"),
        html=f"y = {html}"
        + (" + B w<sup>&minus;&beta;</sup>" if width == "sum" else " w<sup>&minus;&beta;</sup>"),
        coefficients=(
            *(Coefficient(name, linear=True, doc=_doc(name)) for name in linear),
            Coefficient("alpha", "log", doc="exponent of the samples"),
            Coefficient("beta", "log", doc="exponent of the width"),
            *own,
        ),
        function=function,
        starts=starts,
        domain=("non-negative", "positive", "positive", *by_adaptation),
        inputs=("level", "samples", "width", *(("adaptation",) if adaptations > 1 else ())),
        limits=(("level = 0", "the clean law"), ("samples, width -> infinity", _plateau(reading))),
        source=f"derived here: {_READING[reading]}",
    )


def _doc(name: str) -> str:
    meaning = {
        "E": "error that neither samples nor width remove",
        "C": "floor at level 1",
        "A": "amplitude of the samples' term",
        "B": "amplitude of the width's term",
    }
    index = name[1:]
    return meaning[name[0]] + (f", adaptation {index}" if index else "")


def _plateau(reading: str) -> str:
    return "E + C b^gamma" if reading == "floor" else "E"


INHERITANCE = tuple(inheritance_law(reading) for reading in get_args(Reading))
