"""What a low-rank adapter cannot repair of an inherited weight matrix."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def adapter_residual(difference: ArrayLike, rank: int) -> jax.Array:
    """Return min |W_2 - W_1 - UV'|^2 over updates of a rank: the sum of s_j^2 over j > rank.

    The excess risk that unlimited clean data leave on isotropic inputs, s_j being the singular
    values of W_2 - W_1.

    Args:
        difference: W_2 - W_1, shape (m, k).
        rank: of the update, static.

    Source: Eckart and Young 1936.

    >>> round(float(adapter_residual(jnp.diag(jnp.array([3.0, 2.0, 1.0])), 1)), 4)
    5.0
    """
    values = jnp.linalg.svd(jnp.asarray(difference), compute_uv=False)
    return jnp.sum(jnp.square(values[rank:]))
