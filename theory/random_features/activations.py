"""The Gaussian equivalent of rectified random features: a linear part and a tail."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

CONSTANT = 0.3989422804014327  # 1 / sqrt(2 pi), the mean of a rectified standard normal
LINEAR = 0.5
REST = 0.09084505690810466  # 1/4 - 1 / (2 pi)
QUADRATIC = 0.28209479177387814  # 1 / (2 sqrt(pi))


class Kernel(NamedTuple):
    """Eigenvalues of a feature kernel that are learnt one by one, shape (d,), and the rest."""

    spectrum: jax.Array
    tail: jax.Array


def relu_kernel(d: int) -> Kernel:
    """Return the kernel of features h(w'x) = max(w'x, 0) - c0, |w| = 1, of standard normal x.

    d eigenvalues c1^2 / d and a tail of total trace E h^2 - c0^2 - c1^2, with c0 = 1 / sqrt(2 pi)
    (subtracted from the features), c1 = 1/2: the tail is 1/4 - 1 / (2 pi).

    Args:
        d: input dimension; needs n, p much less than d^2, since quadratic modes count as tail.

    Source: Mei and Montanari 2019 (arXiv 1908.05355).

    >>> kernel = relu_kernel(100)
    >>> round(float(kernel.tail), 4), round(float(kernel.spectrum.sum()), 4)
    (0.0908, 0.25)
    """
    return Kernel(jnp.full(d, LINEAR**2 / d), jnp.asarray(REST))


def relu_covariance(cosine: ArrayLike) -> jax.Array:
    """Return the covariance of max(g, 0) and max(g', 0) for normals with correlation ``cosine``.

    (sin t + (pi - t) cos t) / (2 pi) - 1 / (2 pi) with t = arccos(cosine).

    Source: the arc-cosine kernel, Cho and Saul 2009.

    >>> round(float(relu_covariance(0.0)), 6), round(float(relu_covariance(1.0)), 4)
    (0.0, 0.3408)
    """
    cosine = jnp.clip(jnp.asarray(cosine, dtype=float), -1.0, 1.0)
    angle = jnp.arccos(cosine)
    return (jnp.sin(angle) + (jnp.pi - angle) * cosine - 1.0) / (2.0 * jnp.pi)
