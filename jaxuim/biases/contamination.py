"""Contamination: slots show examples of another law, of a test set, of a model."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.rendering import Draw
from jaxuim.biases.slots import Facts, Slots, marked

_PERMUTATION = 20  # key of a fixed draw


def ood(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Replace a share ``level`` of the examples by ones of another law, labelled at random.

    Example e is replaced iff ``uniforms[0, e] < level``: its features are permuted, all by the same
    fixed permutation, so that the features keep their values and lose their meaning, and its label
    is class ``floor(K uniforms[1, e])``. Nested in the level. Level 0 changes nothing.

    Source: derived here.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> ood(slots, 1.0, Facts(2, jnp.full((3, 2), 0.9), 2, Examples(slots.label))).label
    Array([1, 1], dtype=int32)
    """
    hit = facts.uniforms[0][slots.index] < level
    drawn = (facts.uniforms[1][slots.index] * facts.classes).astype(jnp.int32)
    label = jnp.where(hit, jnp.minimum(drawn, facts.classes - 1), slots.label)
    return slots._replace(label=label, marks=marked(slots, hit, facts.bit))


def permuted(features: int) -> np.ndarray:
    """Return the fixed permutation of features that makes examples of another distribution.

    >>> sorted(permuted(4).tolist())
    [0, 1, 2, 3]
    """
    return np.argsort(np.random.PCG64(_PERMUTATION).random_raw(features), kind="stable")


def render_ood(x: jax.Array, hit: jax.Array, draw: Draw) -> jax.Array:
    """Return inputs [batch, d] with the features of replaced examples permuted."""
    return jnp.where(hit[:, None], x[:, permuted(x.shape[1])], x)


def test_set(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Replace a share ``level`` of the slots by examples of the id test part with their labels.

    A slot that holds example e is replaced iff ``uniforms[0, e] < level``. Which of the T test
    examples would stand in slot i does not depend on the level: the run's random order of the test
    part is gone through again and again, so leaks are nested in the level and at level 1 the whole
    test part is shown, if there are slots enough. In a world with a shortcut the slot keeps its own
    attribute: the test example leaks, not the shortcut it was tested with. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms, start and size of the test part among the examples, their labels.

    Source: derived here; the setting is that of Magar and Schwartz 2022.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 0]), jnp.zeros(2))
    >>> facts = Facts(2, jnp.zeros((3, 3)), 2, Examples(jnp.array([0, 0, 1])), start=2, size=1)
    >>> test_set(slots, 1.0, facts).label
    Array([1, 1], dtype=int32)
    """
    own = facts.uniforms[1, facts.start : facts.start + facts.size]
    order = jnp.argsort(own).astype(jnp.int32)
    example = facts.start + order[jnp.arange(slots.index.shape[0]) % facts.size]
    return _shown_instead(slots, level, facts, example)


def synthetic(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Replace a share ``level`` of the examples by ones that an earlier model generated.

    Example e is replaced iff ``uniforms[0, e] < level``, by the e-th example of a Gaussian model of
    each class that was fitted to the pool (see :func:`jaxuim.worlds.synthetic.generated`), which
    has the same class. Nested in the level. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms, start and size of the generated examples, and all labels.

    Source: derived here; the setting is that of Shumailov et al. 2024 and Gerstgrasser et al. 2024.
    """
    return _shown_instead(slots, level, facts, facts.start + slots.index % facts.size)


def _shown_instead(slots: Slots, level: jax.Array, facts: Facts, example: jax.Array) -> Slots:
    """Let slots of a share ``level`` of the examples show ``example`` i32[N] with its own label."""
    hit = facts.uniforms[0][slots.index] < level
    index = jnp.where(hit, example, slots.index)
    label = jnp.where(hit, facts.examples.label[example], slots.label)
    return slots._replace(index=index, label=label, marks=marked(slots, hit, facts.bit))


def population_leaked(level: float, samples: int, size: int) -> float:
    """Return the expected share of the test part that is shown: a mean of ``1 - (1 - b)^k``.

    ``size`` is T; k, how many of the ``samples`` slots a test example may stand in, is
    ``floor(n/T)``, and one more for ``n mod T`` of them. With n <= T that is ``b n / T``.
    Source: derived here.

    >>> population_leaked(0.5, 100, 400), population_leaked(0.5, 400, 200)
    (0.125, 0.75)
    """
    places, more = divmod(samples, size)
    gone = 1.0 - level
    return float((more * (1 - gone ** (places + 1)) + (size - more) * (1 - gone**places)) / size)


def population_ood_class_share(level: float, prior: ArrayLike) -> np.ndarray:
    """Return P(class) under contamination by another law: ``(1 - b) pi + b/K``.

    ``prior`` [K] is pi. Source: derived here.

    >>> population_ood_class_share(0.5, [1.0, 0.0]).tolist()
    [0.75, 0.25]
    """
    pi = np.asarray(prior, np.float64)
    return (1.0 - level) * pi + level / len(pi)


def population_moments(
    covariance: ArrayLike, third: ArrayLike, level: float, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a class's covariance and third central moments under synthetic contamination.

    The mixture of the class and its Gaussian model has the class's own mean, covariance
    ``C + b ridge I`` and third moments ``(1 - b)`` times its own: what is not Gaussian fades.

    Args:
        covariance: C [d, d] of the class.
        third: [d] third central moments of the features.
        level: b.
        ridge: what the model adds to the variance of each feature.

    Source: derived here.

    >>> population_moments([[1.0]], [2.0], 0.5, 0.1)
    (array([[1.05]]), array([1.]))
    """
    c, m = np.asarray(covariance, np.float64), np.asarray(third, np.float64)
    return c + level * ridge * np.eye(len(c)), (1.0 - level) * m
