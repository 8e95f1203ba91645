"""Class-conditional label noise: who is taken for whom is given by a transition matrix."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.slots import Facts, Slots, marked
from jaxuim.types.biases.matrix import NEAREST, parse_matrix


def class_conditional(
    slots: Slots, level: jax.Array, facts: Facts, *, matrix: str = NEAREST
) -> Slots:
    """Draw a label with probability ``level`` anew from the row of its class in a matrix T.

    ``T[c, k] = P(noisy = k | true = c)``: rows are true classes and sum to 1 (some libraries keep
    the transpose, whose columns sum to 1). Example e is corrupted iff ``uniforms[0, e] < level``;
    its label is then drawn from ``T[c]`` at ``uniforms[1, e]``: ``(1 - b) I + b T`` in all.
    Corruptions are nested in the level and the same at every visit. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms, classes and, for ``"nearest"``, the examples' runner-up classes.
        matrix: T as text, rows parted by ``;`` and numbers by spaces, or ``"nearest"``: each class
            becomes the one that is most often the runner-up of its examples.

    Raises:
        ValueError: if the text is no matrix of probabilities of K rows and columns.

    Source: Natarajan et al. 2013, Patrini et al. 2017.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> facts = Facts(2, jnp.zeros((3, 2)), 2, Examples(slots.label))
    >>> class_conditional(slots, 1.0, facts, matrix="0 1; 0.5 0.5").label
    Array([1, 0], dtype=int32)
    """
    rows = _nearest(slots, facts) if matrix == NEAREST else read_matrix(matrix, facts.classes)
    upper = jnp.cumsum(jnp.asarray(rows, jnp.float32), axis=1)
    upper = upper / upper[:, -1:]  # exactly 1 at the end, and so from the last possible class on
    hit = facts.uniforms[0][slots.index] < level
    u = facts.uniforms[1][slots.index]
    drawn = (u[:, None] >= upper[slots.label]).sum(axis=1, dtype=jnp.int32)
    label = jnp.where(hit, drawn, slots.label)
    return slots._replace(label=label, marks=marked(slots, label != slots.label, facts.bit))


def _nearest(slots: Slots, facts: Facts) -> jax.Array:
    """Return T of zeros and ones f32[K, K] by the pool's most frequent runner-up of each class."""
    known, size = facts.examples, slots.index.shape[0]
    if known.runner_up is None:
        raise ValueError('matrix = "nearest" needs to know each example\'s runner-up class')
    counts = jnp.zeros((facts.classes, facts.classes), jnp.int32)
    counts = counts.at[known.label[:size], known.runner_up[:size]].add(1)
    return jax.nn.one_hot(counts.argmax(axis=1), facts.classes)


def read_matrix(text: str, classes: int) -> np.ndarray:
    """Return the transition matrix f64[K, K] that a text holds.

    Raises:
        ValueError: unless it has K rows of K numbers of at least 0 that sum to 1.

    >>> read_matrix("0.9 0.1; 0 1", 2).tolist()
    [[0.9, 0.1], [0.0, 1.0]]
    """
    return np.array(parse_matrix(text, classes))


def population_transition(matrix: ArrayLike, level: float) -> np.ndarray:
    """Return P(noisy = k | true = c) at a level: ``(1 - b) I + b T``; rows are true classes.

    ``matrix`` [K, K] is T. The noisy posterior is ``p`` times it. Source: derived here.

    >>> population_transition([[0.0, 1.0], [0.5, 0.5]], 0.5).tolist()
    [[0.5, 0.5], [0.25, 0.75]]
    """
    rows = np.asarray(matrix, np.float64)
    return (1.0 - level) * np.eye(len(rows)) + level * rows
