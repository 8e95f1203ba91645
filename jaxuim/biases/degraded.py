"""Degraded inputs: a share of the examples is shown with noise, gaps, or fewer details."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.rendering import Draw
from jaxuim.biases.slots import Facts, Slots, marked


def degraded(slots: Slots, level: jax.Array, facts: Facts, **severity: float) -> Slots:
    """Choose the examples that are degraded: example e iff ``uniforms[0, e] < level``.

    Only marks change; a rendering function changes the inputs, the same at every visit. Nested in
    the level. Level 0 changes nothing. ``severity`` is what the rendering function takes.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.zeros(2), jnp.zeros(2))
    >>> draws = jnp.array([[0.1, 0.9]] * 3)
    >>> degraded(slots, 0.5, Facts(2, draws, 2, Examples(slots.label))).marks
    Array([1, 0], dtype=int32)
    """
    hit = facts.uniforms[0][slots.index] < level
    return slots._replace(marks=marked(slots, hit, facts.bit))


def additive_noise(x: jax.Array, hit: jax.Array, draw: Draw, *, deviation: float) -> jax.Array:
    """Return inputs [batch, d] where independent normal noise is added to the chosen ones.

    ``deviation`` is its standard deviation, in units of the inputs. Source: Hendrycks and
    Dietterich 2019.

    Raises:
        ValueError: if inputs are tokens.
    """
    _real(x, "additive noise")
    return jnp.where(hit[:, None], x + deviation * draw.normals(x.shape[1]), x)


def missing_features(x: jax.Array, hit: jax.Array, draw: Draw, *, share: float) -> jax.Array:
    """Return inputs [batch, d] where each feature of the chosen ones is 0 with chance ``share``.

    Missing completely at random; 0 stands for a missing value, as it is the mean of a standardised
    feature and the black of an image. Source: Rubin 1976.

    Raises:
        ValueError: if inputs are tokens.
    """
    _real(x, "missing features")
    gone = draw.fresh(x.shape[1]) < share
    return jnp.where(hit[:, None] & gone, 0.0, x)


def occlusion(x: jax.Array, hit: jax.Array, draw: Draw, *, side: float) -> jax.Array:
    """Return inputs [batch, d] where a black rectangle covers part of the chosen images.

    It takes ``side`` of the height and of the width (rounded, at least one pixel) and stands at a
    uniformly random place inside the image. Source: DeVries and Taylor 2017.

    Raises:
        ValueError: if inputs are not images.
    """
    height, width, channels = _image(draw, "occlusion")
    tall, wide = occluded(height, side), occluded(width, side)
    u = draw.fresh(2)
    top = jnp.minimum((u[:, 0] * (height - tall + 1)).astype(jnp.int32), height - tall)
    left = jnp.minimum((u[:, 1] * (width - wide + 1)).astype(jnp.int32), width - wide)
    row, column = jnp.arange(height) - top[:, None], jnp.arange(width) - left[:, None]
    inside = ((row >= 0) & (row < tall))[:, :, None] & ((column >= 0) & (column < wide))[:, None]
    covered = jnp.repeat(inside.reshape(len(x), -1), channels, axis=1)
    return jnp.where(hit[:, None] & covered, 0.0, x)


def occluded(length: int, side: float) -> int:
    """Return how many of ``length`` pixels an occlusion takes in one direction.

    >>> occluded(8, 0.5), occluded(8, 0.01)
    (4, 1)
    """
    return min(max(1, round(side * length)), length)


def blur(x: jax.Array, hit: jax.Array, draw: Draw, *, deviation: float) -> jax.Array:
    """Return inputs [batch, d] where the chosen images are blurred by a Gaussian kernel.

    ``deviation`` is the kernel's, in pixels. Weights that would fall outside the image are shared
    out among those inside, so a constant image stays as it is. Source: Hendrycks and Dietterich
    2019.

    Raises:
        ValueError: if inputs are not images.
    """
    shape = _image(draw, "blur")
    rows, columns = (blur_matrix(length, deviation) for length in shape[:2])
    return jnp.where(hit[:, None], _along(x, shape, rows, columns), x)


def blur_matrix(length: int, deviation: float) -> np.ndarray:
    """Return f64[length, length]: row i holds the weights of the pixels that make pixel i.

    >>> blur_matrix(2, 1.0).sum(axis=1).round(6).tolist()
    [1.0, 1.0]
    """
    apart = np.subtract.outer(np.arange(length), np.arange(length))
    weight = np.exp(-0.5 * (apart / deviation) ** 2)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def low_resolution(x: jax.Array, hit: jax.Array, draw: Draw, *, factor: int) -> jax.Array:
    """Return inputs [batch, d] where each pixel of the chosen images is the mean of its block.

    Blocks are of ``factor`` by ``factor`` pixels, smaller at the lower and right border.

    Raises:
        ValueError: if inputs are not images.
    """
    shape = _image(draw, "low resolution")
    rows, columns = (block_matrix(length, factor) for length in shape[:2])
    return jnp.where(hit[:, None], _along(x, shape, rows, columns), x)


def block_matrix(length: int, factor: int) -> np.ndarray:
    """Return f64[length, length]: row i averages the block of pixel i.

    >>> block_matrix(3, 2).tolist()
    [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    """
    block = np.arange(length) // factor
    same = (block[:, None] == block).astype(np.float64)
    return np.asarray(same / same.sum(axis=1, keepdims=True))


def _real(x: jax.Array, what: str) -> None:
    if not jnp.issubdtype(x.dtype, jnp.floating):
        raise ValueError(f"{what} needs inputs that are real numbers, not tokens")


def _image(draw: Draw, what: str) -> tuple[int, int, int]:
    if draw.image_shape is None:
        raise ValueError(f"{what} needs images, and the inputs of this world are none")
    return draw.image_shape


def _along(
    x: jax.Array, shape: tuple[int, int, int], rows: np.ndarray, columns: np.ndarray
) -> jax.Array:
    """Apply one matrix to the rows and one to the columns of flattened images."""
    images = x.reshape(-1, *shape)
    made = jnp.einsum("ij,kl,njlc->nikc", jnp.float32(rows), jnp.float32(columns), images)
    return made.reshape(x.shape)


def population_variance(variance: ArrayLike, level: float, deviation: float) -> np.ndarray:
    """Return the variance of each feature under additive noise: ``v + b deviation^2``.

    Source: derived here.

    >>> population_variance([1.0], 0.5, 2.0).tolist()
    [3.0]
    """
    return np.asarray(variance, np.float64) + level * deviation**2


def population_missing(level: float, share: float) -> float:
    """Return the share ``b share`` of all values that are missing (occluded: ``share`` the area).

    Source: derived here.

    >>> population_missing(0.5, 0.25)
    0.125
    """
    return level * share


def population_mean(
    mean: ArrayLike, level: float, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    """Return the mean image under blur or low resolution: ``(1 - b) m + b R m C'``.

    Args:
        mean: m [height, width], the clean mean of one channel.
        level: b.
        rows: R [height, height], e.g. :func:`blur_matrix`.
        columns: C [width, width].

    Source: derived here.

    >>> population_mean([[0.0, 2.0]], 0.5, np.eye(1), block_matrix(2, 2)).tolist()
    [[0.5, 1.5]]
    """
    m = np.asarray(mean, np.float64)
    return (1.0 - level) * m + level * (rows @ m @ columns.T)
