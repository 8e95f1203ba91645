"""Critical values of sup-F, the largest of all F statistics for a break at an unknown place."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from scipy.optimize import brentq

from theory.numerics.gaussian import tail

MODES = 24
BETWEEN = 0.5826  # mean overshoot of a random walk in steps, -zeta(1/2) / sqrt(2 pi)


def mean_break_tail(value: ArrayLike, trim: ArrayLike) -> jax.Array:
    """Return P(sup-F > c) for one break in the mean under the null, in the limit of many levels.

    The F process is the square of a stationary Ornstein-Uhlenbeck process over a time
    T = log((1 - trim) / trim). That it stays within sqrt c is a diffusion with absorbing walls:
    P = <f, exp(-T H) f>, f the square root of the normal density and H = -d^2/dx^2 + x^2/4 - 1/2 on
    (-sqrt c, sqrt c), here in 24 cosines.

    Args:
        value: c > 0.
        trim: share of the levels left out at either end, in (0, 0.45); with less to search the
            cosines no longer suffice.

    Source: DeLong 1981, Andrews 1993; the expansion in cosines is derived here.

    >>> round(float(mean_break_tail(8.85, 0.15)), 3)
    0.05
    """
    wall, trim = jnp.sqrt(jnp.asarray(value, dtype=float)), jnp.asarray(trim, dtype=float)
    nodes, weights = np.polynomial.legendre.leggauss(4 * MODES)
    x, w = wall * jnp.asarray(nodes), wall * jnp.asarray(weights)
    waves = (jnp.arange(MODES) + 0.5) * jnp.pi / wall
    basis = jnp.cos(waves[:, None] * x) / jnp.sqrt(wall)
    potential = (basis * (w * (0.25 * x**2 - 0.5))) @ basis.T
    energies, modes = jnp.linalg.eigh(jnp.diag(waves**2) + potential)
    start = modes.T @ (basis @ (w * jnp.exp(-0.25 * x**2))) / (2.0 * jnp.pi) ** 0.25
    time = jnp.log((1.0 - trim) / trim)
    return 1.0 - jnp.sum(jnp.square(start) * jnp.exp(-time * energies))


def kink_tail(value: ArrayLike, trim: ArrayLike) -> jax.Array:
    """Return an upper bound of P(sup-F > c) for a change of slope under the null, close if small.

    2 Q(sqrt c) + sqrt 3 log((1 - trim) / trim) e^(-c/2) / pi: it starts beyond c, or crosses, and
    it counts all crossings. A fitted hinge varies smoothly with its place, unlike a step, so that
    fewer independent places are searched and critical values are lower than those for a mean.

    Args:
        value: c > 0.
        trim: share of the levels left out at either end, in (0, 1/2).

    Source: Davies 1987 (bound); the length of the path, sqrt 3 log(...), is derived here.

    >>> round(float(kink_tail(6.4, 0.15)), 3)
    0.05
    """
    c, trim = jnp.asarray(value, dtype=float), jnp.asarray(trim, dtype=float)
    path = jnp.sqrt(3.0) * jnp.log((1.0 - trim) / trim)
    return 2.0 * tail(jnp.sqrt(c)) + path * jnp.exp(-0.5 * c) / jnp.pi


_break_tail = jax.jit(mean_break_tail)


def mean_break_value(level: float, trim: float, n: float = np.inf) -> float:
    """Return the critical value of sup-F for one mean break, n levels; a root found on the host.

    The limit c is lowered because only n places are tried, sqrt c - 0.5826 (2 / sqrt n)
    sinh(T/2) / (T/2) with T = log((1 - trim) / trim), and raised because the noise is estimated, as
    from a normal to a t quantile with n - 2 degrees of freedom.

    Args:
        level: size of the test, such as 0.05.
        trim: share of the levels left out at either end.
        n: number of levels.

    Source: limit as ``mean_break_tail``; Siegmund 1985 (places tried); the mean step is derived
    here.

    >>> round(mean_break_value(0.05, 0.15), 1)
    8.9
    """
    limit = brentq(lambda c: float(_break_tail(c, trim)) - level, 0.5, 60.0, xtol=1e-6)
    return float(mean_break_at(limit, trim, n))


def kink_value(level: float, trim: float, n: float = np.inf) -> float:
    """Return the critical value of sup-F for a change of slope, n levels; a root on the host.

    From the bound ``kink_tail``, hence slightly too large; raised because the noise is estimated.

    Args: as for ``mean_break_value``.

    >>> round(kink_value(0.05, 0.15), 1)
    6.4
    """
    limit = brentq(lambda c: float(kink_tail(c, trim)) - level, 0.5, 60.0, xtol=1e-6)
    return float(kink_at(limit, n))


def mean_break_at(limit: ArrayLike, trim: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return the value of sup-F at n levels that is as rare as ``limit`` is at very many.

    Args: as for ``mean_break_value``; ``limit`` is c.

    >>> round(float(mean_break_at(8.862, 0.15, 400.0)), 1)
    8.6
    """
    trim = jnp.asarray(trim, dtype=float)
    half = 0.5 * jnp.log((1.0 - trim) / trim)
    step = 2.0 / jnp.sqrt(jnp.asarray(n, dtype=float)) * jnp.sinh(half) / half
    return _estimated_noise(jnp.sqrt(jnp.asarray(limit)) - BETWEEN * step, jnp.asarray(n) - 2.0)


def kink_at(limit: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return the value of sup-F for a kink at n levels that is as rare as ``limit``.

    >>> round(float(kink_at(6.415, 400.0)), 1)
    6.5
    """
    return _estimated_noise(jnp.sqrt(jnp.asarray(limit, dtype=float)), jnp.asarray(n) - 3.0)


def _estimated_noise(root: jax.Array, dof: jax.Array) -> jax.Array:
    """Return the square of the t quantile of a normal quantile, to first order in 1 / dof."""
    return jnp.square(root + (root**3 + root) / (4.0 * dof))
