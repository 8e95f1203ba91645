"""What share of a training point's label a ridge regression memorises, by number of copies."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.kappa import df1, effective_ridge


def memorised(leverage: ArrayLike, copies: ArrayLike) -> jax.Array:
    """Return m h / (1 + m h): how far m copies of a point pull the prediction to its label.

    Exact for ridge regression: f_m(x) - f_0(x) is this share of y - f_0(x), the residual of the
    model that never saw the point.

    Args:
        leverage: h = x' (sum over the others x x' + L)^-1 x, not negative; L is the penalty of the
            unnormalised loss |y - Xw|^2 + L |w|^2 and is not rescaled as copies are added.
        copies: m.

    Source: rank-one update; as a measure of memorisation Feldman 2020 (arXiv 1906.05271).

    >>> round(float(memorised(0.5, 2)), 4)
    0.5
    """
    pull = jnp.asarray(leverage) * copies
    return pull / (1.0 + pull)


def typical_leverage(spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike) -> jax.Array:
    """Return df1 / (n - df1), the leverage of a fresh point; corrections of order 1 / df1.

    Args:
        spectrum: eigenvalues of the input covariance, shape (d,).
        n: samples.
        ridge: penalty of the 1/n-normalised loss (L = n ridge).

    Source: derived here, from the effective ridge of Dobriban and Wager 2018.

    >>> round(float(typical_leverage(jnp.ones(10), 40, 0.0)), 4)
    0.3333
    """
    freedom = df1(spectrum, effective_ridge(spectrum, n, ridge))
    return freedom / (n - freedom)


def half_copies(spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike) -> jax.Array:
    """Return n / df1 - 1, the copies at which half of a label is memorised.

    Arguments and source as for ``typical_leverage``. An interpolating model needs none: one copy is
    memorised whole.

    >>> round(float(half_copies(jnp.ones(10), 40, 0.0)), 4)
    3.0
    """
    return 1.0 / typical_leverage(spectrum, n, ridge)


def memorised_share(
    spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike, copies: ArrayLike
) -> jax.Array:
    """Return m / (m + n / df1 - 1), the memorised share of a typical point.

    Arguments and source as for ``typical_leverage``.

    >>> round(float(memorised_share(jnp.ones(10), 40, 0.0, 3.0)), 4)
    0.5
    """
    return memorised(typical_leverage(spectrum, n, ridge), copies)
