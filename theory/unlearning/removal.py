"""Removing points from a ridge fit: exactly, by an influence step, and what iterations leave."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def _gram(x: jax.Array, penalty: ArrayLike) -> jax.Array:
    return x.T @ x + penalty * jnp.eye(x.shape[1])


def _solve(matrix: jax.Array, right: jax.Array) -> jax.Array:
    return jax.scipy.linalg.cho_solve((jnp.linalg.cholesky(matrix), True), right)


def fitted(x: ArrayLike, y: ArrayLike, penalty: ArrayLike) -> jax.Array:
    """Return argmin_w |y - Xw|^2 + L |w|^2, shape (d,).

    Args:
        x: inputs, shape (n, d).
        y: labels, shape (n,).
        penalty: L, of the loss that is not divided by n (L = n ridge in ``theory.ridge``).

    >>> fitted(jnp.eye(2), jnp.ones(2), 1.0).round(4).tolist()
    [0.5, 0.5]
    """
    x = jnp.asarray(x)
    return _solve(_gram(x, penalty), x.T @ jnp.asarray(y))


def leverages(x: ArrayLike, penalty: ArrayLike, chosen: ArrayLike) -> jax.Array:
    """Return H = X_S A^-1 X_S', shape (k, k), A = X'X + L I; its eigenvalues lie in [0, 1).

    Args:
        x: inputs of all samples, shape (n, d).
        penalty: L, as for ``fitted``.
        chosen: indices S of the points, shape (k,).

    >>> leverages(jnp.eye(2), 1.0, jnp.array([0])).round(4).tolist()
    [[0.5]]
    """
    x = jnp.asarray(x)
    own = x[jnp.asarray(chosen)]
    return own @ _solve(_gram(x, penalty), own.T)


def unlearned(x: ArrayLike, y: ArrayLike, penalty: ArrayLike, chosen: ArrayLike) -> jax.Array:
    """Return the fit without some points, w - A^-1 X_S' (I - H)^-1 e_S, e_S their residuals.

    Exactly that of fitting again. As L falls to 0 with n <= d, H has eigenvalues near 1 and the
    problem is ill-conditioned.

    Args:
        x: inputs of all samples, shape (n, d).
        y: labels, shape (n,).
        penalty: L, as for ``fitted``.
        chosen: indices S of the points to be forgotten, shape (k,).

    Source: Sherman-Morrison-Woodbury; for unlearning Guo et al. 2019 (arXiv 1911.03030).

    >>> x, y = jnp.array([[1.0], [2.0]]), jnp.array([1.0, 0.0])
    >>> bool(jnp.allclose(unlearned(x, y, 1.0, jnp.array([1])), fitted(x[:1], y[:1], 1.0)))
    True
    """
    x, y, chosen = jnp.asarray(x), jnp.asarray(y), jnp.asarray(chosen)
    weights, own = fitted(x, y, penalty), x[chosen]
    left = jnp.eye(own.shape[0]) - leverages(x, penalty, chosen)
    forgotten = _solve(left, y[chosen] - own @ weights)
    return weights - _solve(_gram(x, penalty), own.T @ forgotten)


def influence_step(x: ArrayLike, y: ArrayLike, penalty: ArrayLike, chosen: ArrayLike) -> jax.Array:
    """Return w - A^-1 X_S' e_S, the step of influence functions, which leaves out (I - H)^-1.

    It leaves a share h of a single point's effect, and for several points at most the largest
    eigenvalue of H in the norm of A. Arguments as for ``unlearned``.

    >>> x, y = jnp.array([[1.0], [2.0]]), jnp.array([1.0, 0.0])
    >>> [round(float(w), 4) for w in influence_step(x, y, 1.0, jnp.array([1]))]
    [0.2778]
    """
    x, y, chosen = jnp.asarray(x), jnp.asarray(y), jnp.asarray(chosen)
    weights, own = fitted(x, y, penalty), x[chosen]
    return weights - _solve(_gram(x, penalty), own.T @ (y[chosen] - own @ weights))


def left_out_residual(residual: ArrayLike, leverage: ArrayLike) -> jax.Array:
    """Return e / (1 - h), a point's residual under the fit without it.

    Args:
        residual: e, under the fit with it.
        leverage: h in [0, 1).

    Source: Sherman-Morrison.

    >>> float(left_out_residual(1.0, 0.5))
    2.0
    """
    return jnp.asarray(residual) / (1.0 - jnp.asarray(leverage))


def remaining_share(leverage: ArrayLike, steps: ArrayLike) -> jax.Array:
    """Return h^j, the share of a point's effect that j Neumann iterations leave.

    The iteration is w <- A^-1 (X'y - x0 y0 + x0 x0'w), begun at the fit; its first step is the
    influence step.

    Args:
        leverage: h in [0, 1).
        steps: j.

    Source: derived here.

    >>> round(float(remaining_share(0.5, 3)), 4)
    0.125
    """
    return jnp.asarray(leverage) ** jnp.asarray(steps)
