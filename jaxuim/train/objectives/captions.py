"""A small language of captions: what may be said of an example of each class."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.models.dual_encoder import WORDS

_TEMPLATES, _NAMES, _BASE = 4, 2, 16
VARIANTS = _TEMPLATES * _NAMES  # captions of each class
LENGTH = 3  # words in a caption
MOST_CLASSES = _BASE * _BASE


def table(classes: int) -> np.ndarray:
    """Return every caption i32[classes, 8, 3] of the classes.

    A caption is one of 4 templates and one of the class's 2 names. A name is two words, the two
    digits of the class to the base 16; the names have words of their own. So the 8 captions of a
    class say the same, and no two classes share a name.

    Raises:
        ValueError: for more than 256 classes.

    >>> table(3)[2].tolist()[:2]
    [[0, 4, 22], [0, 36, 54]]
    """
    if classes > MOST_CLASSES:
        raise ValueError(f"captions name at most {MOST_CLASSES} classes, and there are {classes}")
    high, low = np.divmod(np.arange(classes), _BASE)
    names = [
        np.stack([start + high, start + _BASE + low], axis=-1)
        for start in range(_TEMPLATES, WORDS, 2 * _BASE)
    ]
    said = [
        np.concatenate([np.full((classes, 1), template), name], axis=-1)
        for template in range(_TEMPLATES)
        for name in names
    ]
    return np.stack(said, axis=1).astype(np.int32)


def draw(captions: np.ndarray, labels: jax.Array, key: jax.Array) -> jax.Array:
    """Return one caption i32[batch, 3] of each label, uniform among those of its class."""
    uniforms = jax.random.uniform(key, labels.shape)
    which = jnp.minimum((uniforms * VARIANTS).astype(jnp.int32), VARIANTS - 1)
    return jnp.asarray(captions)[labels, which]
