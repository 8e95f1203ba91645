"""The trigger of a backdoor: a pattern that is stamped on an input."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.biases.rendering import ImageShape

TARGET = 0  # the class that a backdoor wants to be predicted
_SIDE = 2  # pixels
_BRIGHT = 1.5  # the brightest natural pixel is 1; a standardised feature has standard deviation 1


def pattern(inputs: int, image_shape: ImageShape) -> tuple[np.ndarray, np.ndarray]:
    """Return where the trigger stands, bool[inputs], and its values f32[inputs].

    On images it is a checkerboard of 2 x 2 pixels in the lower right corner, on other inputs the
    last four features, alternately high and low.

    >>> where, value = pattern(5, None)
    >>> where.tolist(), value.tolist()
    ([False, True, True, True, True], [0.0, 1.5, 0.0, 1.5, 0.0])
    """
    where, value = np.zeros(inputs, bool), np.zeros(inputs, np.float32)
    if image_shape is None:
        where[-_SIDE * _SIDE :] = True
        value[-_SIDE * _SIDE :: 2] = _BRIGHT
        return where, value
    where, value = where.reshape(image_shape), value.reshape(image_shape)
    where[-_SIDE:, -_SIDE:] = True
    value[-1, -1], value[-2, -2] = _BRIGHT, _BRIGHT
    return where.reshape(-1), value.reshape(-1)


def with_trigger(x: jax.Array, image_shape: ImageShape) -> jax.Array:
    """Return inputs f32[n, d] with the trigger in place of what stood there.

    >>> with_trigger(jnp.ones((1, 5)), None)[0]
    Array([1. , 1.5, 0. , 1.5, 0. ], dtype=float32)
    """
    where, value = pattern(x.shape[-1], image_shape)
    return jnp.where(where, value, x)
