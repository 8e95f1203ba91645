"""How fast gradient descent forgets an inherited error, mode by mode of a power-law spectrum."""

import jax
import jax.numpy as jnp
from jax.scipy.special import gamma
from jax.typing import ArrayLike


def remaining(t: ArrayLike, step: ArrayLike, a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Return what is left of the inherited error after t steps of gradient descent.

    sum_i i^-b (1 - step i^-a)^(2t), to leading order Gamma(v)/a (2 step t)^-v with v = (b-1)/a. The
    gradient is that of half the population mean squared error, so that a step multiplies the error
    of mode i by 1 - step i^-a. Relative error -v(v+1)/(4t) for large t.

    Args:
        t: steps.
        step: step size, in units of the inverse largest eigenvalue, below 2.
        a: exponent of the spectrum i^-a.
        b: exponent of the inherited error's energy in mode i, i^-b, above 1.

    Source: derived here.

    >>> round(float(remaining(1000.0, 0.5, 1.5, 2.0)), 6)
    0.009027
    """
    power = (jnp.asarray(b) - 1.0) / a
    return gamma(power) / a * (2.0 * jnp.asarray(step) * t) ** -power


def remaining_refined(t: ArrayLike, step: ArrayLike, a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Return ``remaining`` with the next order, a factor 1 - v(v+1)/(4t): relative error 1/t^2.

    Source: derived here (log(1-u) beyond -u; a sum over modes leaves no power of t besides, since
    the zeta function has a single pole).

    >>> ratio = remaining_refined(100.0, 0.5, 1.5, 2.0) / remaining(100.0, 0.5, 1.5, 2.0)
    >>> round(float(ratio), 5)
    0.99722
    """
    power = (jnp.asarray(b) - 1.0) / a
    return remaining(t, step, a, b) * (1.0 - power * (power + 1.0) / (4.0 * jnp.asarray(t)))


def remaining_modes(t: ArrayLike, step: ArrayLike, a: ArrayLike, energy: ArrayLike) -> jax.Array:
    """Return the exact sum over finitely many modes with spectrum i^-a.

    Args:
        t: steps.
        step: step size.
        a: exponent of the spectrum.
        energy: l_i r_i^2 of the inherited residual r, shape (modes,), or any shape ending so.

    >>> round(float(remaining_modes(0.0, 0.5, 1.5, jnp.ones(7))), 4)
    7.0
    """
    energy = jnp.asarray(energy)
    shrink = 1.0 - step * jnp.arange(1, energy.shape[-1] + 1, dtype=float) ** -jnp.asarray(a)
    return jnp.sum(energy * jnp.abs(shrink) ** (2.0 * jnp.asarray(t)), axis=-1)
