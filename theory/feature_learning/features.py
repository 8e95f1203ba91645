"""What learnt features are worth: risk of a linear probe, and the transition of PCA."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def probe_excess(
    overlap: ArrayLike, scale: ArrayLike, noise: ArrayLike, n: ArrayLike, features: ArrayLike = 1
) -> jax.Array:
    """Return the excess risk of least squares on learnt features: miss + (noise + miss) k/(n-k-1).

    miss = scale^2 (1 - overlap) is the part of the target that the features do not hold; to the
    probe it looks like more label noise.

    Args:
        overlap: squared cosine between target direction and feature, in [0, 1].
        scale: length b of the downstream weights b u.
        noise: variance of the downstream label noise.
        n: downstream samples, above features + 1.
        features: number k of features of the probe.

    Source: derived here.

    >>> round(float(probe_excess(0.87077, 1.0, 0.3, 40)), 4)
    0.1405
    """
    k, miss = jnp.asarray(features), jnp.square(scale) * (1.0 - jnp.asarray(overlap))
    return miss + (noise + miss) * k / (jnp.asarray(n) - k - 1.0)


def component_overlap(strength: ArrayLike, aspect: ArrayLike) -> jax.Array:
    """Return (direction . first principal component)^2 = (1 - c/theta^2) / (1 + c/theta).

    0 where theta <= sqrt(c).

    Args:
        strength: theta of the covariance I + theta u u', positive.
        aspect: c = d / n, dimension over samples.

    Source: Baik, Ben Arous and Peche 2005; Paul 2007.

    >>> round(float(component_overlap(2.0, 0.5)), 4)
    0.7
    """
    t, c = jnp.asarray(strength), jnp.asarray(aspect)
    return jnp.where(t**2 > c, (1.0 - c / t**2) / (1.0 + c / t), 0.0)


def component_residual(strength: ArrayLike, aspect: ArrayLike, d: ArrayLike) -> jax.Array:
    """Return the overlap of PCA well below its threshold: (1 + theta) / (d (1 - theta/sqrt(c))^2).

    Arguments as for ``component_overlap``, theta below sqrt(c); leading order in 1/d.

    Source: Bloemendal, Knowles, Yau and Yin 2016 (arXiv 1404.0788).

    >>> round(100 * float(component_residual(0.0, 0.5, 100)), 3)
    1.0
    """
    short = 1.0 - jnp.asarray(strength) / jnp.sqrt(aspect)
    return (1.0 + jnp.asarray(strength)) / (d * jnp.square(short))
