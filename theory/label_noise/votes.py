"""Majority votes over noisy labels: exact errors, finite-size scaling, large deviations."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import betainc, gammaln, ndtr, xlogy
from jax.typing import ArrayLike

from theory.numerics.gaussian import expectation


def margin(eta: ArrayLike, classes: int) -> jax.Array:
    """Return p1 - p2 = 1 - eta K / (K - 1), by how much the true label leads every other one.

    Args:
        eta: probability that the label is replaced by one of the K - 1 *other* classes. Where noise
            resamples among all K with probability eta', eta = eta' (K - 1) / K and the margin is
            1 - eta'.
        classes: K.

    Source: Angluin and Laird 1988 (noise model).

    >>> round(float(margin(0.45, 10)), 6)
    0.5
    """
    return 1.0 - jnp.asarray(eta) * (classes / (classes - 1))


def _chances(eta: ArrayLike, classes: int) -> tuple[jax.Array, jax.Array]:
    eta = jnp.asarray(eta, dtype=float)
    return 1.0 - eta, eta / (classes - 1)


def majority_error(
    eta: ArrayLike, classes: int, labels: ArrayLike, most: int | None = None
) -> jax.Array:
    """Return the exact error of the majority of m noisy labels, ties broken at random.

    Counts are independent Poisson numbers given their sum m. With G_t(x) the generating function of
    another class's count below t and H_t(x) its term at t, a win of the true class with t votes has
    the generating function Pois(t) x^t int_0^1 (G_t + u H_t)^(K-1) du: u is the true class's place
    in a random order of ties. The coefficient of x^m is read off the unit circle.

    Args:
        eta: noise rate (exclusive, see ``margin``), scalar in [0, 1].
        classes: K >= 2.
        labels: m >= 1, an integer, the number of independent labels of one item; traced if ``most``
            is given. Absolute accuracy is about 1e-13 in 64 bit.
        most: largest m that the program is compiled for; memory grows as K most^2.

    Source: derived here.

    >>> round(float(majority_error(0.3, 2, 3)), 4)  # 3 0.3^2 0.7 + 0.3^3
    0.216
    """
    most = int(labels) if most is None else most  # type: ignore[arg-type]
    points = (classes - 1) * most + 1
    half = np.arange(points // 2 + 1)  # the other half is conjugate
    angles = 2.0 * np.pi * ((np.arange(most + 1)[:, None] * half) % points) / points
    twice = np.where((half == 0) | (2 * half == points), 1.0, 2.0) / points
    circle = jnp.asarray(np.exp(1j * angles))
    return _lost(eta, jnp.asarray(labels), circle, jnp.asarray(twice), classes)


@partial(jax.jit, static_argnums=4)
def _lost(
    eta: ArrayLike, labels: jax.Array, circle: jax.Array, twice: jax.Array, classes: int
) -> jax.Array:
    """Return the error, given powers 0, 1, ... of the places on the circle, (most + 1, places)."""
    p1, p2 = _chances(eta, classes)
    votes, m = jnp.arange(len(circle), dtype=twice.dtype), labels.astype(twice.dtype)
    at = _poisson(votes, m * p2)[:, None] * circle
    below = jnp.cumsum(at, axis=0) - at
    places, weights = np.polynomial.legendre.leggauss(classes // 2 + 1)

    def at_node(won: jax.Array, node: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        u, weight = node
        return won + weight * (below + u * at) ** (classes - 1), None

    nodes = jnp.asarray(0.5 + 0.5 * places), jnp.asarray(0.5 * weights)
    won, _ = jax.lax.scan(at_node, jnp.zeros_like(at), nodes)
    own = jnp.where(votes <= labels, _poisson(votes, m * p1), 0.0)
    series = jnp.sum(own[:, None] * circle * won, axis=0)
    coefficient = jnp.sum(twice * jnp.real(jnp.conj(circle[labels]) * series))
    return 1.0 - coefficient / _poisson(m, m)


def _poisson(count: jax.Array, mean: jax.Array) -> jax.Array:
    return jnp.exp(xlogy(count, mean) - mean - gammaln(count + 1.0))


def binary_error(eta: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the exact error of the majority for K = 2, continued to real m: I_eta(h, h).

    h = (m + 1) / 2 and I the regularised incomplete beta function; at odd m the binomial tail. (An
    even m errs, with ties at random, exactly as often as m - 1.)

    Args:
        eta: flip rate.
        labels: m >= 1, odd or real.

    Source: derived here (the binomial tail as an incomplete beta function).

    >>> round(float(binary_error(0.3, 3.0)), 4)
    0.216
    """
    half = 0.5 * (jnp.asarray(labels, dtype=float) + 1.0)
    return betainc(half, half, jnp.asarray(eta, dtype=float))


def majority_error_normal(eta: ArrayLike, classes: int, labels: ArrayLike) -> jax.Array:
    """Return the error of the majority for normal counts, good where errors are not rare.

    1 - E_Z Phi((m D + sqrt(m (p1 - D^2)) Z) / sqrt(m p2))^(K-1), D the margin. Relative errors are
    a few per cent at an error of 0.3 and 10 to 20 % below 0.01, where large deviations rule.

    Args:
        eta: noise rate (exclusive), scalar.
        classes: K.
        labels: m, may be traced.

    Source: derived here (central limit theorem).

    >>> round(float(majority_error_normal(0.9, 10, 500.0)), 4)
    0.9
    """
    p1, p2 = _chances(eta, classes)
    lead, m = margin(eta, classes), jnp.asarray(labels, dtype=float)
    spread = jnp.sqrt(jnp.maximum(m * (p1 - lead**2), 0.0))
    return 1.0 - expectation(
        lambda z: ndtr((m * lead + spread * z) / jnp.sqrt(m * p2)) ** (classes - 1)
    )


def scaling_error(scaled: ArrayLike, classes: int) -> jax.Array:
    """Return f_K(u) = 1 - E_Z Phi(Z + u)^(K-1), the common curve near the critical noise rate.

    The error of the majority depends on noise and labels only through u = margin sqrt(m K) near
    margin 0: all curves cross at f_K(0) = 1 - 1/K and the window's width falls as m^(-1/2). It
    fails once K margin is no longer small.

    Args:
        scaled: u, scalar.
        classes: K.

    Source: derived here.

    >>> round(float(scaling_error(0.0, 4)), 4)
    0.75
    """
    return 1.0 - expectation(lambda z: ndtr(z + scaled) ** (classes - 1))


def decay_rate(eta: ArrayLike, classes: int) -> jax.Array:
    """Return C in error ~ exp(-m C): C = -log(1 - (sqrt p1 - sqrt p2)^2), near 0 K margin^2 / 4.

    The majority's error falls by this rate up to powers of m.

    Args:
        eta: noise rate (exclusive), below (K - 1) / K.
        classes: K.

    Source: Chernoff 1952.

    >>> round(float(decay_rate(0.4, 2)), 5)
    0.02041
    """
    p1, p2 = _chances(eta, classes)
    return -jnp.log1p(-jnp.square(jnp.sqrt(p1) - jnp.sqrt(p2)))


def labels_bound(eta: ArrayLike, classes: int, error: ArrayLike) -> jax.Array:
    """Return log((K - 1) / error) / C, enough labels for an error of the majority.

    An upper bound on the labels needed, about twice too large at errors of 0.01 to 0.1; it grows as
    margin^-2.

    Args:
        eta: noise rate (exclusive), below (K - 1) / K.
        classes: K.
        error: wanted error of the majority, in (0, 1).

    Source: Chernoff 1952, union bound over classes.

    >>> round(float(labels_bound(0.4, 2, 0.1)), 1)
    112.8
    """
    return jnp.log((classes - 1) / jnp.asarray(error)) / decay_rate(eta, classes)
