"""Neural collapse: class means that stand apart like a simplex, and examples that sit on them."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, is_traced, shape, whole
from jaxuim.measure.features import EPS, centred, product, shifted_features
from jaxuim.measure.performance import nan_unless_finite


class Simplex(NamedTuple):
    """How far centred class means are from a simplex; all 0 at full collapse.

    ``equinorm`` is the coefficient of variation of their norms, ``equiangular`` the standard
    deviation of their pairwise cosines, ``maximal_angle`` the mean distance of the cosines from
    -1/(K - 1). Each f32[].
    """

    equinorm: jax.Array
    equiangular: jax.Array
    maximal_angle: jax.Array


def nc1(features: ArrayLike, labels: ArrayLike, logits: ArrayLike | None = None) -> jax.Array:
    """Return NC1, ``tr(S_W S_B^+) / K``: variation within classes beside that between them.

    ``S_W`` is the mean over examples of the outer product of their distance from their class's
    mean, ``S_B`` the mean over classes of that of the class means' distance from the mean of all
    examples.

    Args:
        features: f32[n, D].
        labels: i32[n] in [0, K).
        logits: f32[n, K]; only the number of columns counts. Without, K is the largest label + 1,
            which is unknown under jit.

    Returns:
        f32[], at least 0, 0 at full collapse, infinite where class means coincide; NaN where, on
        top, nothing varies, or, while tracing, only one class occurs or a feature is not finite.
        Classes without example do not count.

    Raises:
        ValueError: wrong shapes, fewer than two classes among the labels, a label that is no
            class, a value that is not finite.

    Source: Papyan, Han and Donoho 2020.

    >>> float(nc1([[1.0], [1.5], [-1.0], [-1.5]], [0, 0, 1, 1]))
    0.0199...
    """
    y, classes = checked_classes(features, labels, logits)
    return _nc1(shifted_features(features), y, classes)


def nc2(features: ArrayLike, labels: ArrayLike) -> Simplex:
    """Return NC2: how far the class means, less the mean of all examples, are from a simplex.

    Args:
        features: f32[n, D].
        labels: i32[n] in [0, K), every class with at least one example.

    Returns:
        A :class:`Simplex`; NaN where a class's mean is that of all examples.

    Raises:
        ValueError: as :func:`nc1`, or a class below the largest label has no example.

    Source: Papyan, Han and Donoho 2020.

    >>> [round(float(v), 4) for v in nc2([[1.0], [-1.0]], [0, 1])]
    [0.0, 0.0, 0.0]
    """
    y, classes = checked_classes(features, labels, None)
    _refuse_absent(labels, classes)
    return _simplex(shifted_features(features), y, classes)


def nc3(features: ArrayLike, labels: ArrayLike, weights: ArrayLike) -> jax.Array:
    """Return NC3, ``|W / |W|_F - M / |M|_F|_F^2``: whether the head's weights are class means.

    M holds the class means less the mean of all examples.

    Args:
        features: f32[n, D], the inputs of the head.
        labels: i32[n] in [0, K), every class with at least one example.
        weights: f32[K, D], one row a class: PyTorch's ``weight``, the transpose of flax's kernel.

    Returns:
        f32[] in [0, 4], 0 where both are proportional.

    Raises:
        ValueError: as :func:`nc2`, or weights of another shape.

    Source: Papyan, Han and Donoho 2020.

    >>> float(nc3([[1.0], [-1.0]], [0, 1], [[2.0], [-2.0]]))
    0.0
    """
    y, classes = checked_classes(features, labels, None)
    _refuse_absent(labels, classes)
    shape("weights", weights, "K D", K=classes, D=np.shape(features)[1])
    return _distance(shifted_features(features), y, finite("weights", weights), classes)


@jax.jit(static_argnums=2)
def _simplex(x: jax.Array, labels: jax.Array, classes: int) -> Simplex:
    means = _class_means(centred(x), labels, classes)[0]
    norms = jnp.linalg.norm(means, axis=1)
    unit = means / norms[:, None]
    cosines = product(unit, unit.T)[np.triu_indices(classes, 1)]
    return Simplex(
        norms.std() / norms.mean(),
        cosines.std(),
        jnp.abs(cosines + 1.0 / (classes - 1)).mean(),
    )


@jax.jit(static_argnums=3)
def _distance(x: jax.Array, labels: jax.Array, w: jax.Array, classes: int) -> jax.Array:
    means = _class_means(centred(x), labels, classes)[0]
    return ((w / jnp.linalg.norm(w) - means / jnp.linalg.norm(means)) ** 2).sum()


def checked_classes(
    features: ArrayLike, labels: ArrayLike, logits: ArrayLike | None
) -> tuple[jax.Array, int]:
    """Return labels i32[n] and the static number of classes K; two classes must occur.

    Without logits only the classes that occur are counted, and numbered anew in their order.

    Raises:
        ValueError: wrong shapes, fewer than two classes, a label that is no class, or no way to
            know K.

    >>> labels, classes = checked_classes([[1.0], [2.0]], [1, 7], None)
    >>> labels.tolist(), classes
    ([0, 1], 2)
    """
    n = shape("features", features, "n D")[0]
    shape("labels", labels, "n", n=n)
    if logits is None and is_traced(labels):
        raise ValueError("the number of classes is unknown under jit; give logits")
    count = 2**31 if logits is None else shape("logits", logits, "n K", n=n)[1]
    y = whole("labels", labels, count)
    if is_traced(labels):
        return y, count
    names, places = np.unique(np.asarray(labels), return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"labels hold one class, {int(names[0])}; at least two must occur")
    return (y, count) if logits is not None else (jnp.asarray(places, jnp.int32), len(names))


def _refuse_absent(labels: ArrayLike, occurring: int) -> None:
    """Raise ``ValueError`` unless every class up to the largest label has an example."""
    names = np.unique(np.asarray(labels))
    if occurring != int(names[-1]) + 1:
        absent = int(np.argmax(names != np.arange(len(names))))
        raise ValueError(f"class {absent} of {int(names[-1]) + 1} has no example")


def _class_means(x: jax.Array, labels: jax.Array, classes: int) -> tuple[jax.Array, jax.Array]:
    """Return the means f32[K, D], 0 for absent classes, and the counts f32[K]."""
    member = jax.nn.one_hot(labels, classes, dtype=jnp.float32)
    count = member.sum(axis=0)
    return product(member.T, x) / jnp.maximum(count, 1.0)[:, None], count


@jax.jit(static_argnums=2)
def _nc1(features: jax.Array, labels: jax.Array, classes: int) -> jax.Array:
    x = centred(features)
    means, count = _class_means(x, labels, classes)
    _, sigma, directions = jnp.linalg.svd(means, full_matrices=False)
    # S_B = M'M/K: with M = USV', K cancels and only the variance along V is needed
    within = (product(x - means[labels], directions.T) ** 2).mean(axis=0)
    present = (count > 0).sum()
    kept = (sigma > EPS * max(means.shape) * sigma[0]) & (jnp.arange(len(sigma)) < present - 1)
    ratio = jnp.where(kept, within / jnp.where(kept, sigma, 1.0) ** 2, 0.0).sum()
    spread = jnp.where((x != 0.0).any(), jnp.inf, jnp.nan)
    ratio = jnp.where(kept.any(), ratio, spread)
    return nan_unless_finite(jnp.where(present > 1, ratio, jnp.nan), features)
