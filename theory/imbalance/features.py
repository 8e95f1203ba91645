"""Which classes a network with unconstrained features keeps, and how strongly."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def collapse_count(samples: ArrayLike, decay_w: ArrayLike, decay_h: ArrayLike) -> jax.Array:
    """Return n* = N^2 decay_w decay_h, the class count up to which a class collapses.

    The same for squared error and for cross-entropy: at most n* samples of a class leave nothing
    of it (squared error), or do not tell it from classes of its own size (cross-entropy).

    Args:
        samples: N, samples of all classes together.
        decay_w: weight decay of the classifier in (1/2N)|WH - Y|^2 + (decay_w/2)|W|^2 + ..., or in
            the mean cross-entropy in its place. With a loss of 1/N instead of 1/(2N) the squared
            error's n* is a quarter of this.
        decay_h: weight decay of the features.

    Source: Fang et al. 2021 (arXiv 2101.12699), Dang et al. 2023 (2301.00437), Hong and Ling 2023
    (2309.09725); the form is derived here.

    >>> round(float(collapse_count(100, 0.03, 0.03)), 4)
    9.0
    """
    return jnp.square(jnp.asarray(samples, dtype=float)) * decay_w * decay_h


def singular_value(count: ArrayLike, collapse: ArrayLike) -> jax.Array:
    """Return s_k = (sqrt(n_k) - sqrt(n*))_+, the strength of class k in the product W H.

    The penalty on the factors is a nuclear norm of the product, which takes sqrt(n*) off every
    singular value sqrt(n_k) of the one-hot labels.

    Args:
        count: samples n_k of the class.
        collapse: n*, see ``collapse_count``.

    Source: Dang et al. 2023 (arXiv 2301.00437); derived here as soft thresholding.

    >>> [round(float(singular_value(n, 9.0)), 4) for n in (4.0, 9.0, 25.0)]
    [0.0, 0.0, 2.0]
    """
    return jax.nn.relu(jnp.sqrt(count) - jnp.sqrt(collapse))


def logit_gain(count: ArrayLike, collapse: ArrayLike) -> jax.Array:
    """Return (1 - sqrt(n*/n_k))_+, the mean logit of class k at its own samples (1 if perfect).

    The logits of the other classes are 0 there. Arguments as for ``singular_value``.

    Source: derived here.

    >>> round(float(logit_gain(36.0, 9.0)), 4)
    0.5
    """
    return jax.nn.relu(1.0 - jnp.sqrt(jnp.asarray(collapse) / jnp.asarray(count)))


def classifier_norm(
    count: ArrayLike, samples: ArrayLike, decay_w: ArrayLike, decay_h: ArrayLike
) -> jax.Array:
    """Return |w_k|^2 = s_k sqrt(decay_h / decay_w), the squared length of a classifier row.

    Arguments as for ``singular_value`` and ``collapse_count``.

    Source: derived here (both factors share a singular value so that their penalties are equal).

    >>> round(float(classifier_norm(25.0, 100, 0.06, 0.015)), 4)
    1.0
    """
    strength = singular_value(count, collapse_count(samples, decay_w, decay_h))
    return strength * jnp.sqrt(jnp.asarray(decay_h) / jnp.asarray(decay_w))


def probability_gap(count: ArrayLike, collapse: ArrayLike) -> jax.Array:
    """Return p(own) - p(other) at samples of a class, trained by cross-entropy.

    ``other`` is another class of the same count; the gap is (1 - sqrt(n*/n_k))_+ whatever the
    remaining classes are. It is the stationarity of the contrast of the two classes: its gradient
    (1 - gap) sqrt(n_k)/N equals the penalty sqrt(decay_w decay_h) where the contrast is alive.
    Arguments as for ``singular_value``.

    Source: derived here; the threshold is that of Hong and Ling 2023 (arXiv 2309.09725).

    >>> round(float(probability_gap(36.0, 9.0)), 4)
    0.5
    """
    return logit_gain(count, collapse)


def logit_gap(count: ArrayLike, collapse: ArrayLike, classes: int) -> jax.Array:
    """Return the own logit minus another at samples of one of K equal classes, cross-entropy.

    With the gap g of ``probability_gap`` the own probability is (1 + (K-1) g)/K and any other is
    (1 - g)/K: the logits differ by log[(1 + (K-1) g)/(1 - g)].

    Args:
        count: samples of each class.
        collapse: n*, see ``collapse_count``.
        classes: K, all of that size.

    Source: derived here.

    >>> round(float(logit_gap(36.0, 9.0, 2)), 4)
    1.0986
    """
    gap = probability_gap(count, collapse)
    return jnp.log1p((classes - 1) * gap) - jnp.log1p(-gap)


def row_distance(
    count: ArrayLike, classes: int, decay_w: ArrayLike, decay_h: ArrayLike
) -> jax.Array:
    """Return the distance of two classifier rows of K equal classes, trained by cross-entropy.

    A logit gap z is a singular value sigma = z sqrt(n) of every contrast of classes, to which the
    classifier contributes sigma^(1/2) (decay_h/decay_w)^(1/4): the distance of two rows is
    [2 z sqrt(n decay_h/decay_w)]^(1/2), a square root just above n*.

    Args:
        count: n, samples of each class.
        classes: K, all of that size.
        decay_w: weight decay of the classifier.
        decay_h: weight decay of the features.

    Source: derived here.

    >>> round(float(row_distance(9.0, 2, 0.1, 0.1)), 4)
    2.2547
    """
    n = jnp.asarray(count, dtype=float)
    gap = logit_gap(n, collapse_count(classes * n, decay_w, decay_h), classes)
    return jnp.sqrt(2.0 * gap * jnp.sqrt(n * decay_h / decay_w))


def pair_accuracy(
    strength: ArrayLike, rival: ArrayLike, count: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return how often the own logit beats that of a rival class on noisy inputs.

    An input is the mean of the class's one-hot inputs plus Gaussian noise of that size in every
    direction: Phi(g / (noise sqrt(s_k^2 + s_j^2))), g = s_k / sqrt(n_k); 1/2 once class k is gone.

    Args:
        strength: singular value s_k of the class.
        rival: singular value s_j > 0 of the rival.
        count: samples n_k of the class.
        noise: standard deviation of the noise of an input coordinate.

    Source: derived here.

    >>> float(pair_accuracy(0.0, 3.0, 5.0, 0.1))
    0.5
    """
    gain = jnp.asarray(strength) / jnp.sqrt(jnp.asarray(count, dtype=float))
    spread = jnp.hypot(jnp.asarray(strength, dtype=float), jnp.asarray(rival, dtype=float))
    return jax.scipy.special.ndtr(gain / (noise * spread))
