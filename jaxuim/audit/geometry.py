"""The space in which an audit measures distances: scaled features, few dimensions, neighbours."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.audit.checks import Floats

Scaling = Literal["common", "feature"]
DIMENSIONS = 64  # principal components kept
WIDEST = 128  # features that are used as they are
EXACT = 1000  # features up to which the covariance is diagonalised


class Neighbours(NamedTuple):
    """The k nearest other rows, nearest first: ``rows`` i64[n, k], ``distance`` f32[n, k]."""

    rows: NDArray[np.int64]
    distance: Floats


class Space(NamedTuple):
    """How rows are mapped before distances are taken: (x - centre) * scale @ components."""

    centre: Floats
    scale: Floats
    components: Floats | None

    def __call__(self, x: Floats) -> Floats:
        """Return rows f32[n, d] in this space, f32[n, at most 128]."""
        z: Floats = (x - self.centre) * self.scale
        return z if self.components is None else np.asarray(z @ self.components)


def space(x: Floats, scaling: Scaling, seed: int = 0) -> Space:
    """Return centred, scaled features, projected on 64 principal components where d > 128.

    Args:
        x: f32[n, d].
        scaling: ``"feature"`` divides every feature by its own standard deviation (features in
            different units), ``"common"`` all by one (pixels, activations).
        seed: of the randomised decomposition, used where d > 1000.

    >>> z = space(np.arange(40, dtype=np.float32).reshape(20, 2), "feature")
    >>> z.scale.shape
    (2,)
    """
    centre = x.mean(axis=0, dtype=np.float64)
    deviation = x.std(axis=0, dtype=np.float64)
    common = float(np.sqrt(np.mean(deviation**2))) or 1.0
    moves = deviation > 1e-6 * common
    size = np.where(moves, deviation if scaling == "feature" else common, 1.0)
    scale = np.where(moves, 1.0 / size, 0.0).astype(np.float32)
    found = Space(centre.astype(np.float32), scale, None)
    if x.shape[1] <= WIDEST:
        return found
    return found._replace(components=_components(found(x), min(DIMENSIONS, *x.shape), seed))


def _components(z: Floats, kept: int, seed: int) -> Floats:
    """Return the leading principal directions of centred rows, f32[d, kept]."""
    if z.shape[1] <= EXACT:
        vectors = np.linalg.eigh((z.T @ z).astype(np.float64))[1][:, : -kept - 1 : -1]
    else:
        from sklearn.utils.extmath import randomized_svd

        vectors = randomized_svd(z, kept, random_state=seed)[2].T
    return np.ascontiguousarray(vectors, dtype=np.float32)


def neighbours(z: Floats, k: int, queries: Floats | None = None) -> Neighbours:
    """Return the k nearest rows of ``z`` by Euclidean distance, of each row or of each query.

    Args:
        z: f32[n, d].
        k: at most n - 1 (a row is no neighbour of itself), or n for queries.
        queries: f32[m, d].

    >>> neighbours(np.array([[0.0], [1.0], [3.0]], np.float32), 1).rows.ravel().tolist()
    [1, 0, 1]
    """
    from sklearn.neighbors import NearestNeighbors

    searcher = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(z)
    distance, index = searcher.kneighbors(queries)
    return Neighbours(index, distance.astype(np.float32))
