"""What a declared law is: its formula, its parameters and the scale on which each is fitted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import matrix

Array = NDArray[np.float64]
Starts = Callable[..., Mapping[str, Sequence[float]]]
Domain = Literal["real", "non-negative", "positive"]


@dataclass(frozen=True)
class Coefficient:
    """One parameter of a form and the scale on which it is fitted.

    ``identity`` fits the value itself, ``log`` keeps it above ``low``, ``logit`` keeps it strictly
    between ``low`` and ``high``. ``linear`` says that the form is linear in it while the
    non-linear ones are fixed: its start is then found by least squares. ``searched`` says that the
    form jumps with it, so that only its starts are tried and it has no delta-method interval.
    """

    name: str
    transform: Literal["identity", "log", "logit"] = "identity"
    low: float = 0.0
    high: float = 1.0
    linear: bool = False
    searched: bool = False
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
        function: ``function(*inputs, *parameters) -> y`` in ``jax.numpy``, for one point: every
            argument is a traced scalar (``jnp.where``, not ``if``; no ``numpy``).
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

        >>> line = Form("line", "y = a x", (Coefficient("a"),), lambda x, a: a * x,
        ...             lambda x, y: {}, domain="positive")
        >>> line.accepts([1.0, 2.0]), line.accepts([0.0, 1.0])
        (True, False)
        """
        values = np.asarray(x, dtype=np.float64)
        columns = [values] if len(self.inputs) == 1 else list(values.T)
        return all(_inside(d, c) for d, c in zip(self.domains, columns, strict=True))

    def points(self, x: Any) -> Array:
        """Return x as float64, (n,) or (n, inputs), or say what is wrong with it.

        Raises:
            ValueError: the wrong number of columns, or a value outside the domain.
        """
        values = matrix("x", x, self.inputs)
        if not self.accepts(values):
            raise ValueError(f"form {self.name!r} is defined for {self.where} only")
        return values

    @property
    def where(self) -> str:
        """The domain in words."""
        if isinstance(self.domain, str):
            return f"{self.domain} {', '.join(self.inputs)}"
        return ", ".join(f"{d} {x}" for d, x in zip(self.domain, self.inputs, strict=True))

    def natural(self, u: Any) -> list[Any]:
        """Return the parameters for the unconstrained vector ``u``, shape (p, ...)."""
        return [
            c.natural(jax.lax.stop_gradient(u[i]) if c.searched else u[i])
            for i, c in enumerate(self.coefficients)
        ]

    def holding(self, name: str) -> "Form":
        """Return the form with one parameter held at its start, as a profile likelihood needs.

        Raises:
            ValueError: the form has no such parameter.
        """
        if name not in self.names:
            raise ValueError(f"form {self.name!r} has no parameter {name!r}; it has {self.names}")
        kept = tuple(replace(c, searched=c.searched or c.name == name) for c in self.coefficients)
        return replace(self, coefficients=kept)

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
