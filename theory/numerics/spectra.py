"""Power-law spectra of covariances and targets, and their asymptotic degrees of freedom."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def power_law(d: int, a: ArrayLike) -> jax.Array:
    """Return eigenvalues i^-a for i = 1..d, shape (d,).

    >>> power_law(3, 1.0).round(3).tolist()
    [1.0, 0.5, 0.3330000042915344]
    """
    return jnp.arange(1, d + 1, dtype=float) ** -jnp.asarray(a, dtype=float)


def power_target(d: int, a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Return coefficients beta, shape (d,), with l_i beta_i^2 = i^-b on eigenvalues l_i = i^-a.

    >>> bool(jnp.allclose(power_law(4, 2.0) * power_target(4, 2.0, 3.0) ** 2, power_law(4, 3.0)))
    True
    """
    return jnp.sqrt(power_law(d, b) / power_law(d, a))


def power_df1(a: ArrayLike, kappa: ArrayLike) -> jax.Array:
    """Return the asymptote of df1 for l_i = i^-a: C kappa^(-1/a) - 1/2, C = (pi/a) / sin(pi/a).

    The infinite sum as kappa falls to 0; the 1/2 is the first Euler-Maclaurin correction.
    Source: standard integral; the correction is derived here.

    >>> round(float(power_df1(2.0, 1e-4)), 2)
    156.58
    """
    ratio = jnp.pi / jnp.asarray(a, dtype=float)
    return ratio / jnp.sin(ratio) * jnp.asarray(kappa) ** (-1.0 / jnp.asarray(a)) - 0.5


def power_df2(a: ArrayLike, kappa: ArrayLike) -> jax.Array:
    """Return the asymptote of df2 for l_i = i^-a: C (1 - 1/a) kappa^(-1/a) - 1/2.

    >>> round(float(power_df2(2.0, 1e-4)), 2)
    78.04
    """
    return (power_df1(a, kappa) + 0.5) * (1.0 - 1.0 / jnp.asarray(a, dtype=float)) - 0.5
