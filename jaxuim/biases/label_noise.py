"""Label noise without structure: any other class, the next class, another example's label."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.slots import Facts, Slots, marked


def symmetric(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Replace a label with probability ``level`` by one of the K - 1 other classes.

    Example e is corrupted iff ``uniforms[0, e] < level``; its label then moves by
    ``1 + floor((K-1) u)`` classes with ``u = uniforms[1, e]``. Both belong to the example: every
    slot that holds it shows the same label, at every visit, and corruptions are nested in the
    level. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms and classes.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: Angluin and Laird 1988, generalised to K classes as in Natarajan et al. 2013.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> symmetric(slots, 1.0, Facts(2, jnp.zeros((3, 2)), 3, Examples(slots.label))).label
    Array([1, 2], dtype=int32)
    """
    classes, uniforms = facts.classes, facts.uniforms
    if classes < 2:
        raise ValueError(f"symmetric label noise needs at least 2 classes, got {classes}")
    hit = uniforms[0][slots.index] < level
    shift = 1 + jnp.minimum((uniforms[1] * (classes - 1)).astype(jnp.int32), classes - 2)
    other = (slots.label + shift[slots.index]) % classes
    label = jnp.where(hit, other, slots.label)
    return slots._replace(label=label, marks=marked(slots, hit, facts.bit))


def pair_flip(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Replace label c with probability ``level`` by ``c + 1``, the last class by class 0.

    Example e is corrupted iff ``uniforms[0, e] < level``: nested in the level and the same at every
    visit. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms and classes.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: Han et al. 2018.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 2]), jnp.zeros(2))
    >>> pair_flip(slots, 1.0, Facts(2, jnp.zeros((3, 2)), 3, Examples(slots.label))).label
    Array([1, 0], dtype=int32)
    """
    if facts.classes < 2:
        raise ValueError(f"pair-flip label noise needs at least 2 classes, got {facts.classes}")
    hit = facts.uniforms[0][slots.index] < level
    label = jnp.where(hit, (slots.label + 1) % facts.classes, slots.label)
    return slots._replace(label=label, marks=marked(slots, hit, facts.bit))


def swapped_pairs(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Replace a label with probability ``level`` by that of a random example of the pool.

    Example e is corrupted iff ``uniforms[0, e] < level``; it then has the own label of example
    ``floor(N uniforms[1, e])``, which may be its own. Inputs and labels keep their distributions;
    what is lost is which belongs to which. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms and the labels of the examples, the first N of which are the pool.

    Source: derived here; the supervised form of mismatched captions.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> swapped_pairs(slots, 1.0, Facts(2, jnp.zeros((3, 2)), 2, Examples(slots.label))).label
    Array([0, 0], dtype=int32)
    """
    size = slots.index.shape[0]
    hit = facts.uniforms[0][slots.index] < level
    partner = jnp.minimum((facts.uniforms[1] * size).astype(jnp.int32), size - 1)
    label = jnp.where(hit, facts.examples.label[partner[slots.index]], slots.label)
    return slots._replace(label=label, marks=marked(slots, label != slots.label, facts.bit))


def population_posterior(posterior: ArrayLike, level: float) -> np.ndarray:
    """Return the class posterior after noise: ``(1 - b K/(K-1)) p + b/(K-1)``.

    ``posterior`` [..., K] is the clean one, ``level`` is b. The largest entry stays the largest
    below b = (K-1)/K and becomes the smallest above: the population's tipping point.

    Source: derived here; Natarajan et al. 2013 for K = 2.

    >>> population_posterior([1.0, 0.0, 0.0], 0.5).tolist()
    [0.5, 0.25, 0.25]
    """
    p = np.asarray(posterior, np.float64)
    others = p.shape[-1] - 1
    return (1.0 - level * (others + 1) / others) * p + level / others


def population_tipping(classes: int) -> float:
    """Return the level (K-1)/K above which the clean class is the least likely noisy label.

    >>> population_tipping(4)
    0.75
    """
    return (classes - 1) / classes


def population_pair_flip(classes: int, level: float) -> np.ndarray:
    """Return T[c, k] = P(noisy = k | true = c) of pair-flip noise; rows sum to 1.

    It is ``1 - b`` on the diagonal and b right of it; the noisy posterior is ``p T``. Above b = 1/2
    the commonest noisy label is the wrong class. Source: Han et al. 2018.

    >>> population_pair_flip(3, 0.25)[2].tolist()
    [0.25, 0.0, 0.75]
    """
    eye = np.eye(classes)
    return (1.0 - level) * eye + level * np.roll(eye, 1, axis=1)


def population_swapped(prior: ArrayLike, level: float) -> np.ndarray:
    """Return T[c, k] = P(noisy = k | true = c) of swapped pairs, ``(1 - b) I + b 1 pi'``.

    ``prior`` [K] is pi, the pool's distribution of classes. Rows sum to 1. Source: derived here.

    >>> population_swapped([0.5, 0.5], 0.5)[0].tolist()
    [0.75, 0.25]
    """
    pi = np.asarray(prior, np.float64)
    return (1.0 - level) * np.eye(len(pi)) + level * pi
