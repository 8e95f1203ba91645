"""Laws of several inputs: a floor and power laws of every input, joined by a norm or a product."""

from dataclasses import replace
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.laws.forms.form import Array, Coefficient, Form

_EXPONENTS = {1: [0.1, 0.35, 0.8], 2: [0.1, 0.35, 0.8], 3: [0.15, 0.6], 4: [0.15, 0.6]}


@cache
def power_norm(inputs: int, order: float = 1.0) -> Form:
    """Return the law y = E + (sum_j (A_j x_j^-alpha_j)^q)^(1/q) of several inputs.

    With order q = 1 the terms add up, as in Chinchilla's law; a higher one lets the input that is
    scarcest decide, and with q = 1/alpha_k and E = 0 the law is that of Kaplan et al.

    Args:
        inputs: k, the number of inputs x1 ... xk.
        order: q, at least 1.

    Raises:
        ValueError: ``inputs`` is below 1 or ``order`` is below 1.

    Source: Hoffmann et al. 2022 for q = 1; Kaplan et al. 2020; the family is derived here.

    >>> power_norm(2).names, power_norm(2).inputs
    (('E', 'A1', 'A2', 'alpha1', 'alpha2'), ('x1', 'x2'))
    """
    if inputs < 1 or not order >= 1.0:
        raise ValueError(f"inputs is {inputs} and order {order}; both must be at least 1")
    numbers = range(1, inputs + 1)
    terms = [f"(A{j} x{j}^-alpha{j})" for j in numbers]
    sums = " + ".join(term if order == 1 else f"{term}^{order:g}" for term in terms)
    joined = sums if order == 1 else f"({sums})^(1/{order:g})"
    return Form(
        name=f"power_norm_{order:g}",
        formula=f"y = E + {joined}",
        coefficients=(
            Coefficient("E", "log", linear=True, doc="floor"),
            *(Coefficient(f"A{j}", "log", linear=order == 1, doc="its term at 1") for j in numbers),
            *(Coefficient(f"alpha{j}", "log", doc=f"exponent of x{j}") for j in numbers),
        ),
        function=_joined(inputs, order),
        starts=_starts(inputs, order),
        inputs=tuple(f"x{j}" for j in numbers),
        domain="positive",
        limits=(("every x -> infinity", "E"),),
        source="Hoffmann et al. 2022; Kaplan et al. 2020",
    )


@cache
def power_product(inputs: int) -> Form:
    """Return the law y = E + sum_j A_j x_j^-alpha_j + F prod_j x_j^-alpha_j of several inputs.

    The product lets one input matter more (F > 0) or less where the others are small.

    Args:
        inputs: k, the number of inputs x1 ... xk.

    Raises:
        ValueError: ``inputs`` is below 2.

    Source: derived here, from Hoffmann et al. 2022.

    >>> power_product(2).names
    ('E', 'A1', 'A2', 'alpha1', 'alpha2', 'F')
    """
    if inputs < 2:
        raise ValueError(f"inputs is {inputs}; a product needs at least 2")
    plain = power_norm(inputs)
    both = " ".join(f"x{j}^-alpha{j}" for j in range(1, inputs + 1))

    def function(*values: Any) -> Any:
        x, exponents = values[:inputs], values[2 * inputs + 1 : -1]
        logs = [b * jnp.log(v) for v, b in zip(x, exponents, strict=True)]
        return plain.function(*values[:-1]) + values[-1] * jnp.exp(-sum(logs))

    return replace(
        plain,
        name="power_product",
        formula=f"{plain.formula} + F {both}",
        coefficients=(*plain.coefficients, Coefficient("F", linear=True, doc="joint term at 1")),
        function=function,
    )


def _joined(inputs: int, order: float) -> Any:
    def function(*values: Any) -> Any:
        x, floor = values[:inputs], values[inputs]
        sizes, exponents = values[inputs + 1 : 2 * inputs + 1], values[2 * inputs + 1 :]
        logs = [jnp.log(a) - b * jnp.log(v) for v, a, b in zip(x, sizes, exponents, strict=True)]
        if order == 1:
            return floor + sum(jnp.exp(term) for term in logs)
        largest = logs[0]
        for term in logs[1:]:
            largest = jnp.maximum(largest, term)
        largest = jax.lax.stop_gradient(largest)  # it cancels
        total = sum(jnp.exp(order * (term - largest)) for term in logs)
        return floor + jnp.exp(largest + jnp.log(total) / order)

    return function


def _starts(inputs: int, order: float) -> Any:
    def starts(*columns: Array) -> dict[str, list[float]]:
        x, y = columns[:inputs], columns[inputs]
        exponents = _EXPONENTS.get(inputs, [0.35])
        found = {f"alpha{j}": exponents for j in range(1, inputs + 1)}
        if order == 1:
            return found
        # A third of y at the geometric mean of the input, for the middle exponent.
        middle = exponents[len(exponents) // 2]
        size = float(np.median(np.abs(y))) / 3.0 + 1e-300
        terms = {
            f"A{j}": [size * float(np.exp(middle * np.mean(np.log(v))))]
            for j, v in enumerate(x, start=1)
        }
        return terms | found

    return starts
