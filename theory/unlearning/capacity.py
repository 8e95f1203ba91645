"""How many points may be deleted before the risk of what is left explodes."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def risk_after_deletion(
    noise: ArrayLike, d: ArrayLike, n: ArrayLike, deleted: ArrayLike
) -> jax.Array:
    """Return noise d / (n - k - d - 1), the risk of least squares after deleting k points.

    Exact for standard Gaussian inputs and k < n - d - 1, at which it diverges.

    Args:
        noise: variance of the label noise, in units of y^2.
        d: input dimension.
        n: samples before.
        deleted: k, chosen without regard to the labels.

    Source: mean of an inverse Wishart matrix.

    >>> round(float(risk_after_deletion(1.0, 30, 100, 30)), 5)
    0.76923
    """
    return jnp.asarray(noise) * d / (jnp.asarray(n) - jnp.asarray(deleted) - d - 1.0)


def capacity(factor: ArrayLike, d: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return (n - d - 1)(1 - 1/f), the number of deletions that multiply the risk by f.

    Args:
        factor: f >= 1; infinity gives n - d - 1, where the risk diverges.
        d: input dimension.
        n: samples before.

    Source: derived here; deletion capacity in the sense of Sekhari et al. 2021 (arXiv 2103.03279).

    >>> float(capacity(2.0, 30, 100))
    34.5
    """
    return (jnp.asarray(n) - d - 1.0) * (1.0 - 1.0 / jnp.asarray(factor))
