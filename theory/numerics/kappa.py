"""The effective ridge kappa of ridge regression, its derivative, and degrees of freedom."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

STEPS = 60  # at most; Newton's method needs about ten
State = tuple[jax.Array, jax.Array, jax.Array]  # kappa, the one before, steps taken


def df1(spectrum: ArrayLike, kappa: ArrayLike) -> jax.Array:
    """Return sum_i l_i / (l_i + kappa), the degrees of freedom.

    Args:
        spectrum: eigenvalues l of the covariance, shape (d,), positive.
        kappa: effective ridge in units of the eigenvalues, scalar, not negative.

    >>> float(df1(jnp.ones(10), 1.0))
    5.0
    """
    spectrum = jnp.asarray(spectrum)
    return jnp.sum(spectrum / (spectrum + kappa))


def df2(spectrum: ArrayLike, kappa: ArrayLike) -> jax.Array:
    """Return sum_i (l_i / (l_i + kappa))^2; arguments as for ``df1``.

    >>> float(df2(jnp.ones(10), 1.0))
    2.5
    """
    spectrum = jnp.asarray(spectrum)
    return jnp.sum(jnp.square(spectrum / (spectrum + kappa)))


def _balance(spectrum: jax.Array, n: jax.Array, ridge: jax.Array, kappa: jax.Array) -> jax.Array:
    """Return kappa (1 - df1(kappa) / n) - ridge, which is zero at the solution and convex."""
    return kappa * (1.0 - df1(spectrum, kappa) / n) - ridge


@jax.custom_jvp
def _solved(spectrum: jax.Array, n: jax.Array, ridge: jax.Array) -> jax.Array:
    interpolates = (ridge <= 0) & (n >= spectrum.shape[0])

    def step(state: State) -> State:
        kappa, _, count = state
        slope = 1.0 - df2(spectrum, kappa) / n
        after = kappa - _balance(spectrum, n, ridge, kappa) / jnp.where(slope > 0, slope, 1.0)
        after = jnp.maximum(after, jnp.maximum(ridge, 0.0))
        return after, kappa, count + 1

    def going(state: State) -> jax.Array:
        kappa, before, count = state
        # Newton's steps fall monotonically; one that no longer falls is rounding.
        return (kappa < before) & (count < STEPS) & ~interpolates

    first = ridge + jnp.sum(spectrum) / n
    begin = (first, jnp.full_like(first, jnp.inf), jnp.int32(0))
    kappa, _, _ = jax.lax.while_loop(going, step, begin)
    return jnp.where(interpolates, 0.0, kappa)


@_solved.defjvp
def _solved_jvp(primals, tangents):  # type: ignore[no-untyped-def]
    """Differentiate the balance instead of the iteration: d kappa / d ridge = 1 / (1 - gamma)."""
    kappa = _solved(*primals)
    _, change = jax.jvp(lambda *theta: _balance(*theta, kappa), primals, tangents)
    spectrum, n, _ = primals
    slope = 1.0 - df2(spectrum, kappa) / n
    # The slope is 0 only without ridge at n = d, where kappa rises like sqrt(ridge).
    return kappa, -change / jnp.where(slope > 0, slope, jnp.inf)


# Called by itself, the loop would be compiled anew each time.
_compiled = jax.jit(_solved)


def effective_ridge(spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike) -> jax.Array:
    """Return kappa, the unique root of ridge = kappa (1 - df1(kappa) / n) with kappa >= ridge.

    Without ridge, kappa solves df1(kappa) = n where n < d, and is 0 where n >= d. Newton's method
    falls monotonically from kappa_0 = ridge + tr(S)/n, since the balance is convex. Differentiable
    in all arguments (implicitly) and safe to vmap.

    Args:
        spectrum: eigenvalues of the covariance, shape (d,), positive.
        n: number of samples, scalar.
        ridge: penalty in the loss (1/n)|y - Xw|^2 + ridge |w|^2, in units of the eigenvalues.

    Source: Dobriban and Wager 2018 (arXiv 1507.03003), Simon et al. 2021 (2110.03922); the
    monotone iteration is derived here.

    >>> kappa = effective_ridge(jnp.ones(100), 200.0, 0.1)
    >>> bool(jnp.allclose(kappa * (1 - df1(jnp.ones(100), kappa) / 200.0), 0.1, rtol=1e-5))
    True
    """
    arguments = [jnp.asarray(v, dtype=float) for v in (spectrum, n, ridge)]
    kappa: jax.Array = _compiled(*arguments)
    return kappa


def inherited_share(spectrum: ArrayLike, n: ArrayLike, kappa: ArrayLike) -> jax.Array:
    """Return gamma = df2(kappa) / n in [0, 1); noise of variance s2 adds s2 gamma / (1 - gamma).

    >>> round(float(inherited_share(jnp.ones(10), 40.0, 0.0)), 6)
    0.25
    """
    return df2(spectrum, kappa) / n
