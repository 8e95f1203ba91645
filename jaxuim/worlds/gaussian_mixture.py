"""Hierarchical Gaussian classes on orthogonal axes, whose Bayes error is known."""

import numpy as np

from jaxuim.worlds.assemble import Parts, assemble
from jaxuim.worlds.bayes import bayes_error
from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.fixed import normals, permutation

NEAR_NOISE = 1.5  # standard deviation of near_ood's inputs in units of that of id
TEST_EXAMPLES = 2000  # at least so many in each test part: they cost nothing


def build(
    *,
    shortcut: bool = False,
    shots: int = 5,
    superclasses: int = 4,
    subclasses: int = 3,
    super_signal: float = 2.0,
    sub_signal: float = 2.0,
    noise: float = 1.0,
    dimension: int = 0,
    examples: int = 2000,
    second_shortcut: bool | None = None,
) -> WorldData:
    """Return a world of S superclasses with J subclasses each, all known in closed form.

    Class (s, j) is Gaussian with mean ``super_signal e_s + sub_signal e_(s,j)``, the S + S J axes
    being orthogonal, and standard deviation ``noise`` in each core feature. Core features beyond
    those axes carry noise only; the spurious features, K appended inputs, exist with
    ``shortcut`` only. All core features are divided by the largest of the two signals and the
    noise, which brings them to about unit range.

    Pre-training is on subclasses 1..J-1 of every superclass (K = S (J - 1) classes, class number
    ``s (J - 1) + j``), equally frequent. far_ood are the last subclasses, one of each superclass:
    their superclass is known, their own direction new. near_ood: fixed independent noise is
    added to the id test inputs, so that their standard deviation is 1.5 ``noise``; the best
    classifier stays the same. The id training part is a quarter of the pool. ``info`` holds
    ``bayes_error`` and ``bayes_error_near_ood``, ``bayes_error_far_ood``. Subgroups are the
    superclasses; they are the groups of all tasks, unless there is a shortcut.

    Raises:
        ValueError: if ``dimension`` is neither 0 nor at least S + S J, if there are fewer than
            8 examples a class, or fewer than ``shots`` far_ood training examples a class.

    Source: derived here; see :mod:`jaxuim.worlds.bayes` for the Bayes error.

    >>> round(float(build().info["bayes_error"]), 3)
    0.146
    """
    axes = superclasses * (1 + subclasses)
    if dimension and dimension < axes:
        raise ValueError(
            f"world.dimension = {dimension} is too small for {superclasses} superclasses and "
            f"{superclasses * subclasses} classes: give 0 or at least {axes}"
        )
    near_classes = superclasses * (subclasses - 1)
    if examples < 8 * near_classes:
        raise ValueError(
            f"world.examples = {examples} is too few for {near_classes} pre-training classes: "
            f"at least {8 * near_classes} are needed"
        )
    means = _means(superclasses, subclasses, super_signal, sub_signal, dimension or axes)
    upstream = means[:, :-1].reshape(near_classes, -1)
    downstream = means[:, -1]
    unit = max(super_signal, sub_signal, noise)
    train, test = examples // 4, max(TEST_EXAMPLES, examples // 2)
    id_test = _draw(upstream, test, noise, 2)
    extra = noise * (NEAR_NOISE**2 - 1.0) ** 0.5 * normals(1005, id_test.x.shape)
    parts = Parts(
        pool=_draw(upstream, examples, noise, 0),
        id_train=_draw(upstream, train, noise, 1),
        id_test=id_test,
        near_test=Part(id_test.x + extra, id_test.y),
        far_train=_draw(downstream, train, noise, 3),
        far_test=_draw(downstream, test, noise, 4),
    )

    def optimum(sigma: float, competing: int) -> float:
        return bayes_error(super_signal / sigma, sub_signal / sigma, superclasses, competing)

    return assemble(
        "gaussian_mixture",
        Parts(*(part._replace(x=part.x / unit) for part in _grouped(parts, subclasses - 1))),
        image_shape=None,
        shortcut=shortcut,
        second_shortcut=bool(second_shortcut),
        shots=shots,
        groups=0 if shortcut else superclasses,
        info={
            "near_ood": f"noise is added to test inputs: {NEAR_NOISE} times the standard deviation",
            "bayes_error": optimum(noise, subclasses - 1),
            "bayes_error_near_ood": optimum(NEAR_NOISE * noise, subclasses - 1),
            "bayes_error_far_ood": optimum(noise, 1),
        },
    )


def _grouped(parts: Parts, siblings: int) -> Parts:
    """Return the parts with superclasses as groups: of ``siblings`` classes, and one far OOD."""
    each = (siblings, siblings, siblings, siblings, 1, 1)
    return Parts(*(p._replace(groups=p.y // k) for p, k in zip(parts, each, strict=True)))


def _means(s: int, j: int, super_signal: float, sub_signal: float, dimension: int) -> np.ndarray:
    """Return the class means f64[S, J, dimension]: superclass axes first, then class axes."""
    means = np.zeros((s, j, dimension))
    means[np.arange(s), :, np.arange(s)] = super_signal
    rows, columns = np.divmod(np.arange(s * j), j)
    means[rows, columns, s + np.arange(s * j)] = sub_signal
    return means


def _draw(means: np.ndarray, n: int, noise: float, key: int) -> Part:
    """Return n fixed examples of equally frequent classes in a fixed random order."""
    y = permutation(1100 + key, n) % len(means)
    return Part(means[y] + noise * normals(1000 + key, (n, means.shape[1])), y)
