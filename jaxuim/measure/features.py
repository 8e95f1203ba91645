"""Features made ready for spectra and moments: checked, scaled, centred, reduced to a triangle."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, is_traced, numbers, shape

EPS = float(jnp.finfo(jnp.float32).eps)
product = partial(jnp.matmul, precision="highest")  # accelerators round to 10 bits by default


def checked_features(features: ArrayLike, name: str = "features", **sizes: int) -> jax.Array:
    """Return features as f32[n, D].

    Raises:
        ValueError: not two axes, an empty axis, another size than ``sizes`` demands, or, outside
            of tracing, a value that is not finite.

    >>> checked_features([[1, 2]]).shape
    (1, 2)
    """
    shape(name, features, "n D", **sizes)
    return finite(name, features)


def shifted_features(features: ArrayLike, name: str = "features", **sizes: int) -> jax.Array:
    """Return features as f32[n, D] for measures that centre them, whatever their offset.

    Concrete numbers of more than 32 bits are centred before they are rounded to float32, so that
    1e8 + 0.1 keeps its 0.1; others are returned as they are.

    Raises:
        ValueError: as :func:`checked_features`.

    >>> shifted_features([[1e12 + 1.0], [1e12 + 2.0]]).tolist()
    [[-0.5], [0.5]]
    """
    if is_traced(features) or np.asarray(features).dtype.itemsize <= 4:
        return checked_features(features, name, **sizes)
    shape(name, features, "n D", **sizes)
    x = numbers(name, features).astype(np.float64)  # a copy
    unit = np.ldexp(1.0, np.maximum(np.frexp(np.abs(x).max(axis=0))[1] - 1, -1000))
    x /= unit  # a power of 2: nothing is rounded, and no sum overflows
    for _ in range(2):  # the second time for what the first mean lost by rounding
        x -= x.mean(axis=0)
    x *= np.where(np.abs(x).max(axis=0) > 4 * np.finfo(np.float64).eps, unit, 0.0)
    return finite(name, x)


def scaled(features: jax.Array) -> jax.Array:
    """Return features divided by their largest entry, those that are not finite replaced by 0.

    Thus no later product overflows or underflows. All-zero features stay zero.

    >>> scaled(jnp.array([[2e38, 1e38]])).round(3).tolist()
    [[1.0, 0.5]]
    """
    safe = jnp.where(jnp.isfinite(features), features, 0.0)
    largest = jnp.abs(safe).max()
    # twice by the root: the reciprocal of a number near 1e38 would be flushed to zero
    factor = jax.lax.rsqrt(jnp.where(largest > 0.0, largest, 1.0))
    return (safe * factor) * factor


def column_means(values: jax.Array) -> jax.Array:
    """Return f32[D], the means over the first axis, summed as a product since that rounds less.

    >>> column_means(jnp.array([[1.0, 2.0], [3.0, 6.0]]))
    Array([2., 4.], dtype=float32)
    """
    return product(jnp.full(values.shape[0], 1.0 / values.shape[0], jnp.float32), values)


def centred(features: jax.Array) -> jax.Array:
    """Return scaled features minus their mean over examples.

    A dimension that varies by no more than rounding is exactly 0.

    >>> centred(jnp.array([[4.0, 1.0], [4.0, 3.0]])).tolist()
    [[0.0, -0.25], [0.0, 0.25]]
    """
    x = scaled(features)
    c = x - column_means(x)
    c = c - column_means(c)  # what the first mean lost by rounding
    return jnp.where(jnp.abs(c).max(axis=0) > 4 * EPS * jnp.abs(x).max(axis=0), c, 0.0)


def triangle(x: jax.Array) -> jax.Array:
    """Return a matrix with the singular values and right vectors of x, of fewer rows if x is tall.

    It is R of x = QR, as accurate as x itself (a product x'x would square the rounding), at the
    cost of one product.

    >>> triangle(jnp.ones((9, 2))).shape, triangle(jnp.ones((4, 2))).shape
    ((2, 2), (4, 2))
    """
    return jnp.linalg.qr(x, mode="r") if x.shape[0] > 2 * x.shape[1] else x


def singular_values(x: jax.Array) -> jax.Array:
    """Return f32[min(n, D)], largest first, to about 1e-6 of the largest.

    >>> singular_values(jnp.array([[3.0, 0.0], [0.0, 4.0]]))
    Array([4., 3.], dtype=float32)
    """
    tall = x if x.shape[0] >= x.shape[1] else x.T
    sigma: jax.Array = jnp.linalg.svd(triangle(tall), compute_uv=False)
    return sigma
