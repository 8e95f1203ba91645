"""Distance of Gaussians in closed form, also where covariances are singular."""

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.measure.host import reals

Array = NDArray[np.float64]


def frechet_distance(mean: ArrayLike, cov: ArrayLike, mean2: ArrayLike, cov2: ArrayLike) -> float:
    """Return ``|m1 - m2|^2 + tr C1 + tr C2 - 2 tr (C1^(1/2) C2 C1^(1/2))^(1/2)``.

    This is the square of the Wasserstein-2 distance, the convention of the FID. The last trace is
    the nuclear norm of C1^(1/2) C2^(1/2), so that singular covariances are no special case.

    Args:
        mean: f[d].
        cov: f[d, d], symmetric and positive semi-definite.
        mean2: f[d].
        cov2: f[d, d].

    Returns:
        At least 0; about 1e-15 of the traces are rounding.

    Raises:
        ValueError: wrong shapes, a value that is not finite, or a covariance that is not symmetric
            and positive semi-definite.

    Source: Dowson and Landau 1982; Heusel et al. 2017 for the FID.

    >>> round(frechet_distance([0.0], [[1.0]], [3.0], [[4.0]]), 6)
    10.0
    """
    m1 = reals("mean", mean, "d")
    d = len(m1)
    m2 = reals("mean2", mean2, "d", d=d)
    return _squared(m1 - m2, _root("cov", cov, d), _root("cov2", cov2, d))


def wasserstein2_gaussian(
    mean: ArrayLike, cov: ArrayLike, mean2: ArrayLike, cov2: ArrayLike
) -> float:
    """Return the Wasserstein-2 (Bures) distance of two Gaussians, the root of the Frechet distance.

    Args:
        mean: f[d].
        cov: f[d, d], symmetric and positive semi-definite.
        mean2: f[d].
        cov2: f[d, d].

    Returns:
        At least 0, in the units of the data; rounding leaves about 1e-7 of the standard
        deviations for equal arguments.

    Raises:
        ValueError: as :func:`frechet_distance`.

    >>> round(wasserstein2_gaussian([0.0], [[1.0]], [0.0], [[4.0]]), 6)
    1.0
    """
    return float(np.sqrt(frechet_distance(mean, cov, mean2, cov2)))


def frechet_from_samples(samples: ArrayLike, other: ArrayLike) -> float:
    """Return the Frechet distance between Gaussians fitted to two samples.

    Covariances divide by n - 1, as in the FID. The estimate is biased upwards, by about d / n of
    the traces: compare only at equal numbers of samples.

    Args:
        samples: f[n, d], at least two; features of an Inception network for the FID proper.
        other: f[m, d].

    Returns:
        At least 0.

    Raises:
        ValueError: wrong shapes, fewer than two samples, or a value that is not finite.

    Source: Heusel et al. 2017.

    >>> round(frechet_from_samples([[0.0], [2.0]], [[3.0], [5.0]]), 6)
    9.0
    """
    x = reals("samples", samples, "n d")
    y = reals("other", other, "m d", d=x.shape[1])
    means, roots = [], []
    for name, values in (("samples", x), ("other", y)):
        if len(values) < 2:
            raise ValueError(f"{name} holds one sample; at least two are needed")
        means.append(values.mean(axis=0))
        centred = values - means[-1]
        roots.append(_symmetric_root(centred.T @ centred / (len(values) - 1.0)))
    return _squared(means[0] - means[1], *roots)


def _root(name: str, cov: ArrayLike, d: int) -> Array:
    """Return the symmetric root of a covariance after checking it."""
    c = reals(name, cov, "d d", d=d)
    scale = max(float(np.abs(c).max()), np.finfo(np.float64).tiny)
    if not np.allclose(c, c.T, rtol=0.0, atol=1e-6 * scale):
        raise ValueError(f"{name} is not symmetric: it differs from its transpose")
    least = float(np.linalg.eigvalsh(c)[0])
    if least < -1e-6 * scale * d:
        raise ValueError(f"{name} has eigenvalue {least:.3g}; allowed are at least 0")
    return _symmetric_root(c)


def _symmetric_root(cov: Array) -> Array:
    values, vectors = np.linalg.eigh((cov + cov.T) / 2.0)
    root: Array = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return root


def _squared(shift: Array, root: Array, root2: Array) -> float:
    """Return the squared distance from the difference of means and the roots of covariances."""
    shared = np.linalg.svd(root @ root2, compute_uv=False).sum()
    traces = (root**2).sum() + (root2**2).sum()
    return max(float(shift @ shift + traces - 2.0 * shared), 0.0)
