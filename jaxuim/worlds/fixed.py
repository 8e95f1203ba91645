"""Fixed draws: the parts of a world that are random once and the same on every machine.

They come from the raw 64-bit stream of PCG64, which NumPy keeps unchanged between versions, unlike
the methods of its generators.
"""

import numpy as np


def raw(key: int, n: int) -> np.ndarray:
    """Return u64[n], the first n words of the stream ``key``."""
    return np.asarray(np.random.PCG64(key).random_raw(n), np.uint64)


def permutation(key: int, n: int) -> np.ndarray:
    """Return a fixed permutation of 0..n-1.

    >>> sorted(permutation(0, 4).tolist())
    [0, 1, 2, 3]
    """
    return np.argsort(raw(key, n), kind="stable")


def integers(key: int, n: int, high: int) -> np.ndarray:
    """Return n fixed integers, uniform over 0..high-1, as i32.

    >>> integers(0, 3, 1).tolist()
    [0, 0, 0]
    """
    return (raw(key, n) % np.uint64(high)).astype(np.int32)


def uniforms(key: int, n: int) -> np.ndarray:
    """Return n fixed numbers f64[n], uniform on (0, 1).

    >>> bool(0 < uniforms(0, 1)[0] < 1)
    True
    """
    return np.asarray(((raw(key, n) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def normals(key: int, shape: tuple[int, int]) -> np.ndarray:
    """Return fixed standard normal numbers f64[shape] by the inverse distribution function.

    >>> normals(0, (2, 3)).shape
    (2, 3)
    """
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms(key, shape[0] * shape[1]).reshape(shape)))
