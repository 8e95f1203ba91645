"""What an audit said of a run's pre-training data, beside what is true of them."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, flags, is_traced, shape
from jaxuim.measure.performance import nan_unless_finite


def found_noise_rate(audited: ArrayLike) -> jax.Array:
    """Return the share of wrong labels that an audit estimated, f32[] in [0, 1].

    ``audited`` f32[2] holds the rate found and the rate expected after the repair.

    >>> float(found_noise_rate([0.5, 0.25]))
    0.5
    """
    return _part(audited, 0)


def expected_noise_rate(audited: ArrayLike) -> jax.Array:
    """Return the share of wrong labels that the audit expected after its repair, f32[] in [0, 1].

    >>> float(expected_noise_rate([0.5, 0.25]))
    0.25
    """
    return _part(audited, 1)


def remaining_noise_rate(pool_wrong: ArrayLike, pool_used: ArrayLike) -> jax.Array:
    """Return the share of wrong labels among those that are trained on.

    Without a repair this is the noise rate of the biased data.

    Args:
        pool_wrong: bool[N], or 0 and 1: whether the label is not the example's own.
        pool_used: bool[N], or 0 and 1: whether the example was shown at all.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if no example was used.

    Raises:
        ValueError: wrong shapes, no example, a value that is no truth value, no used example.

    >>> float(remaining_noise_rate([True, False, True], [True, True, False]))
    0.5
    """
    count = shape("pool_wrong", pool_wrong, "N")[0]
    shape("pool_used", pool_used, "N", N=count)
    wrong, used = flags("pool_wrong", pool_wrong), flags("pool_used", pool_used)
    if not is_traced(pool_used) and not np.any(np.asarray(pool_used)):
        raise ValueError(f"pool_used marks 0 of {count} examples; at least one is needed")
    return (wrong & used).sum() / used.sum()


def _part(audited: ArrayLike, number: int) -> jax.Array:
    if shape("audited", audited, "rates") != (2,):
        raise ValueError(f"audited has shape {jnp.shape(audited)}; two rates are needed")
    return nan_unless_finite(finite("audited", audited)[number], audited)
