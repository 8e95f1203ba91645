"""What an audit said of a run's pre-training data, beside what was true of it."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, shape
from jaxuim.measure.performance import nan_unless_finite


def found_noise_rate(audited: ArrayLike) -> jax.Array:
    """Return the share of wrong labels that an audit estimated, f32[] in [0, 1].

    ``audited`` f32[3] holds the rate found, the rate expected after the repair, and the rate left.

    >>> float(found_noise_rate([0.5, 0.25, 0.125]))
    0.5
    """
    return _part(audited, 0)


def expected_noise_rate(audited: ArrayLike) -> jax.Array:
    """Return the share of wrong labels that the audit expected after its repair, f32[] in [0, 1].

    >>> float(expected_noise_rate([0.5, 0.25, 0.125]))
    0.25
    """
    return _part(audited, 1)


def remaining_noise_rate(audited: ArrayLike) -> jax.Array:
    """Return the share of labels that are wrong after the repair, f32[] in [0, 1].

    >>> float(remaining_noise_rate([0.5, 0.25, 0.125]))
    0.125
    """
    return _part(audited, 2)


def _part(audited: ArrayLike, number: int) -> jax.Array:
    if shape("audited", audited, "rates") != (3,):
        raise ValueError(f"audited has {jnp.size(audited)} rates; three are needed")
    return nan_unless_finite(finite("audited", audited)[number], audited)
