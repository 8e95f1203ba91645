"""The declared forms of a response: what a law looks like, how its parameters are kept in range."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Starts = Callable[..., Mapping[str, Sequence[float]]]
Domain = Literal["real", "non-negative", "positive"]


@dataclass(frozen=True)
class Coefficient:
    """One parameter of a form and the scale on which it is fitted.

    ``identity`` fits the value itself, ``log`` keeps it above ``low``, ``logit`` keeps it strictly
    between ``low`` and ``high``. ``linear`` says that the form is linear in it while the
    non-linear ones are fixed: its start is then found by least squares.
    """

    name: str
    transform: Literal["identity", "log", "logit"] = "identity"
    low: float = 0.0
    high: float = 1.0
    linear: bool = False
    doc: str = ""

    def natural(self, u: Any) -> Any:
        """Return the parameter's value for the unconstrained number ``u``."""
        if self.transform == "log":
            return self.low + jnp.exp(u)
        if self.transform == "logit":
            return self.low + (self.high - self.low) * jax.nn.sigmoid(u)
        return u

    def unconstrained(self, value: Any) -> Any:
        """Return the unconstrained number of ``value``, which is first moved inside the range."""
        if self.transform == "log":
            return jnp.log(jnp.maximum(value - self.low, 1e-300))
        if self.transform == "logit":
            share = (value - self.low) / (self.high - self.low)
            share = jnp.clip(share, 1e-12, 1.0 - 1e-12)
            return jnp.log(share) - jnp.log1p(-share)
        return value


@dataclass(frozen=True)
class Form:
    """A law y = f(x; parameters), declared; x is one input or several.

    Args:
        name: what ``fit`` and a sweep file call it.
        formula: plain text; ``html`` is the same for a page.
        coefficients: the parameters in the order in which ``function`` takes them.
        function: ``function(*inputs, *parameters) -> y`` in ``jax.numpy``.
        starts: ``starts(*inputs, y)`` gives candidate values of every coefficient that is not
            linear; the fit starts from all combinations. Their number must not depend on the data.
        domain: which x the law is defined for; a tuple with one entry for each input.
        inputs: names of the inputs, the columns of x.
        limits: what the law tends to, as pairs (where, what), for readers.

    A form of one's own:

    >>> decay = Form(
    ...     name="decay", formula="y = a exp(-k x)",
    ...     coefficients=(Coefficient("a", linear=True), Coefficient("k", "log")),
    ...     function=lambda x, a, k: a * jnp.exp(-k * x),
    ...     starts=lambda x, y: {"k": [0.1, 1.0, 10.0]})
    >>> decay.names
    ('a', 'k')
    """

    name: str
    formula: str
    coefficients: tuple[Coefficient, ...]
    function: Callable[..., Any]
    starts: Starts
    domain: Domain | tuple[Domain, ...] = "real"
    inputs: tuple[str, ...] = ("x",)
    html: str = ""
    limits: tuple[tuple[str, str], ...] = ()
    source: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names in order."""
        return tuple(coefficient.name for coefficient in self.coefficients)

    @property
    def domains(self) -> tuple[Domain, ...]:
        """The domain of every input."""
        if isinstance(self.domain, tuple):
            return self.domain
        return (self.domain,) * len(self.inputs)

    def accepts(self, x: Any) -> bool:
        """Say whether every x, shape (n,) or (n, inputs), lies in the domain of the law.

        >>> FORMS["power"].accepts([0.0, 1.0]), FORMS["hill"].accepts([0.0, 1.0])
        (False, True)
        """
        values = np.asarray(x, dtype=np.float64)
        columns = [values] if len(self.inputs) == 1 else list(values.T)
        return all(_inside(d, c) for d, c in zip(self.domains, columns, strict=True))

    def natural(self, u: Any) -> list[Any]:
        """Return the parameters for the unconstrained vector ``u``, shape (p, ...)."""
        return [coefficient.natural(u[i]) for i, coefficient in enumerate(self.coefficients)]

    def start_grid(self, x: Array, y: Array) -> Array:
        """Return all combinations of the declared starts, shape (starts, p), zero where linear.

        x has shape (inputs, n), or (n,) where there is one input.
        """
        candidates = self.starts(*np.atleast_2d(x), y)
        needed = {c.name for c in self.coefficients if not c.linear}
        if set(candidates) != needed:
            raise ValueError(
                f"form {self.name!r}: starts give {sorted(candidates)}, needed are {sorted(needed)}"
            )
        columns = [candidates[c.name] if not c.linear else (0.0,) for c in self.coefficients]
        return np.array(list(product(*columns)), dtype=np.float64)


def _inside(domain: Domain, values: Array) -> bool:
    if domain == "positive":
        return bool(np.all(values > 0))
    return domain == "real" or bool(np.all(values >= 0))


def raised(x: Any, exponent: Any) -> Any:
    """Return x^exponent for x >= 0 with derivatives that stay finite at x = 0.

    0^exponent is 0 for a positive exponent and infinite otherwise.

    >>> float(raised(0.0, 2.0)), float(raised(4.0, 0.5))
    (0.0, 2.0)
    """
    x = jnp.asarray(x)
    power = jnp.exp(exponent * jnp.log(jnp.where(x > 0, x, 1.0)))
    return jnp.where(x > 0, power, jnp.where(exponent > 0, 0.0, jnp.inf))


def _hill(x: Any, y0: Any, y1: Any, k: Any, h: Any) -> Any:
    x = jnp.asarray(x)
    share = jax.nn.sigmoid(h * (jnp.log(jnp.where(x > 0, x, 1.0)) - jnp.log(k)))
    return y0 + (y1 - y0) * jnp.where(x > 0, share, 0.0)


def _power_starts(x: Array, y: Array) -> dict[str, list[float]]:
    usable = y > 0
    slope = 0.5
    if len(np.unique(x[usable])) > 1:
        slope = -float(np.polyfit(np.log(x[usable]), np.log(y[usable]), 1)[0])
    return {"alpha": [slope, 0.5 * slope, 2.0 * slope, -1.0, 0.1, 1.0]}


def _saturating_starts(x: Array, y: Array) -> dict[str, list[float]]:
    if np.all(x > 0):
        return {"alpha": [-2.0, -1.0, -0.5, -0.25, -0.1, 0.3, 1.0, 3.0]}
    return {"alpha": [0.1, 0.3, 0.6, 1.0, 2.0, 4.0, 8.0, 16.0]}


_PLACES = np.array([0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])


def _hill_starts(x: Array, y: Array) -> dict[str, list[float]]:
    positive = np.unique(x[x > 0])
    places = np.quantile(positive, _PLACES) if len(positive) else _PLACES
    return {"k": places.tolist(), "h": [1.0, 2.0, 4.0, 10.0, 25.0]}


def _logistic_starts(x: Array, y: Array) -> dict[str, list[float]]:
    distinct = np.unique(x)
    width = float(distinct[-1] - distinct[0]) or 1.0
    scales = [0.01, 0.03, 0.1, 0.3, 1.0]
    return {"m": np.quantile(distinct, _PLACES).tolist(), "s": [width * s for s in scales]}


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
)

FORMS: dict[str, Form] = {f.name: f for f in (POWER, SATURATING_POWER, HILL, LOGISTIC)}


def resolve(form: Form | str) -> Form:
    """Return a form given itself or its name.

    Raises:
        ValueError: the name is not in ``FORMS``.
    """
    if isinstance(form, Form):
        return form
    if form not in FORMS:
        raise ValueError(f"unknown form {form!r}; known are {', '.join(sorted(FORMS))}")
    return FORMS[form]
