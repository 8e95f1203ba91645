"""Exact draws of the top singular value and overlaps of signal plus noise, in O(m^(1/3)) numbers.

Householder reflections that leave the right direction v alone turn d x m Gaussian noise into a
bidiagonal matrix of independent chi variables. Its top singular vectors live on the first few
m^(1/3) coordinates, which hold the largest entries; the rest is cut off (Edelman and Persson 2005,
arXiv math-ph/0501068). Nothing but two more random numbers is then needed for the overlaps.
"""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Pair = tuple[jax.Array, jax.Array]
Three = tuple[jax.Array, jax.Array, jax.Array]

HALVINGS = 16  # of a bracket about twice the answer: well within the gap to the next eigenvalue
NEWTON = 6
BATCH = 128  # of one compiled program; the last batch is filled up


def top_pair(head: jax.Array, link: jax.Array, diagonal: jax.Array, above: jax.Array) -> Pair:
    """Return the top eigenvalue of a Jacobi matrix and the square of its vector's first entry.

    A level is above all eigenvalues iff all pivots of level - T are positive: bisection closes in,
    and Newton's steps for the determinant, which fall monotonically from above, finish. The
    derivative of the first pivot there is 1 / entry^2.

    Args:
        head: first diagonal entry, scalar.
        link: square of the entry next to it, scalar.
        diagonal: the other diagonal entries, shape (k,).
        above: squares of the entries next to those, shape (k - 1,).

    >>> value, share = top_pair(2.0, 1.0, jnp.array([2.0]), jnp.array([]))
    >>> round(float(value), 4), round(float(share), 2)
    (3.0, 0.5)
    """
    rest = (diagonal[:-1], above)

    def exceeds(level: jax.Array) -> jax.Array:
        def step(state: Pair, entry: Pair) -> tuple[Pair, None]:
            pivot = level - entry[0] - entry[1] / state[0]
            return (pivot, jnp.minimum(state[1], pivot)), None

        start = level - diagonal[-1]
        (pivot, least), _ = jax.lax.scan(step, (start, start), rest, reverse=True)
        return (least > 0) & (level - head - link / pivot > 0)

    def halve(_: int, ends: Pair) -> Pair:
        middle = 0.5 * (ends[0] + ends[1])
        beyond = exceeds(middle)
        return jnp.where(beyond, ends[0], middle), jnp.where(beyond, middle, ends[1])

    def slopes(level: jax.Array) -> Pair:
        """Return the derivatives of log determinant and of the first pivot."""

        def follow(pivot: jax.Array, change: jax.Array, own: jax.Array, by: jax.Array) -> Pair:
            share = by / pivot
            return level - own - share, 1.0 + share / pivot * change

        def step(state: Three, entry: Pair) -> tuple[Three, None]:
            pivot, change, total = state
            pivot, change = follow(pivot, change, *entry)
            return (pivot, change, total + change / pivot), None

        first = level - diagonal[-1]
        start = (first, jnp.ones_like(first), 1.0 / first)
        (pivot, change, total), _ = jax.lax.scan(step, start, rest, reverse=True)
        pivot, change = follow(pivot, change, head, link)
        return total + change / pivot, change

    roots, side = jnp.sqrt(above), jnp.sqrt(link)
    discs = diagonal + jnp.pad(roots, (0, 1)) + jnp.pad(roots, (1, 0))
    high = jnp.maximum(jnp.max(discs) + side, head + side)
    level = jax.lax.fori_loop(0, HALVINGS, halve, (jnp.zeros_like(high), high))[1]
    level = jax.lax.fori_loop(0, NEWTON, lambda _, at: at - 1.0 / slopes(at)[0], level)
    return level, 1.0 / slopes(level)[1]


def _of_column(first: jax.Array, diagonal: jax.Array, above: jax.Array) -> Pair:
    """Return top eigenvalue and first entry squared, given the square of the first column."""
    bulk = diagonal[1:] + above
    return top_pair(first, first * above[0], bulk, diagonal[1:-1] * above[1:])


_levels = jax.vmap(_of_column, in_axes=(0, None, None))
_batch = jax.jit(jax.vmap(_levels))


def kept(m: int) -> int:
    """Return how many of m coordinates matter: 9 m^(1/3), beyond which is only rounding.

    >>> kept(10), kept(10**6)
    (10, 900)
    """
    return min(m, int(np.ceil(round(9.0 * m ** (1.0 / 3.0), 6))))


def _solved(first: Array, diagonal: Array, above: Array) -> tuple[Array, Array]:
    """Return eigenvalues and first entries squared, (repetitions, levels), in equal batches."""
    count, size = len(first), BATCH
    padded = [
        np.pad(a, ((0, -count % size), (0, 0)), mode="edge") for a in (first, diagonal, above)
    ]
    blocks = [
        jax.tree.map(np.asarray, _batch(*(a[start : start + size] for a in padded)))
        for start in range(0, count, size)
    ]
    level, share = (np.concatenate(part)[:count] for part in zip(*blocks, strict=True))
    return level, share


def _noise(rng: np.random.Generator, count: int, rows: int, m: int) -> tuple[Array, Array]:
    """Return squares of the diagonal (entry 0 is the first column's) and of the entries above."""
    order = np.arange(kept(m))
    diagonal = rng.chisquare(rows - order, (count, len(order)))
    return diagonal, rng.chisquare(m - 1.0 - order[:-1], (count, len(order) - 1))


def spiked(
    rng: np.random.Generator, count: int, ratios: ArrayLike, d: int, m: int
) -> dict[str, Array]:
    """Draw ``left`` and ``right`` squared overlaps and top ``value`` of signal plus noise.

    Each of shape (count, levels). The levels of a repetition share their random numbers; the law at
    each level is exact. Entries of the noise have variance 1, the signal is
    sqrt(sqrt(d m) / ratio) u v'.

    Args:
        rng: NumPy generator.
        count: repetitions.
        ratios: noise variance over critical noise variance, shape (levels,).
        d: rows (input dimension), at least m.
        m: columns (tasks); ``value`` is in units of sqrt(m).

    Raises:
        ValueError: d is below m.

    >>> out = spiked(np.random.default_rng(0), 3, [0.1, 0.5], 10, 5)
    >>> {name: values.shape for name, values in out.items()}
    {'left': (3, 2), 'right': (3, 2), 'value': (3, 2)}
    """
    if d < m:
        raise ValueError(f"d is {d} and m is {m}; transpose, so that d is at least m")
    diagonal, above = _noise(rng, count, d, m)
    strength = np.sqrt(np.sqrt(float(d) * m) / np.asarray(ratios, dtype=np.float64))
    along = rng.standard_normal((count, 1)) + strength
    first = along**2 + rng.chisquare(d - 1.0, (count, 1))
    level, right = _solved(first, diagonal, above)
    # The left vector: its first entry, and a uniformly random angle to u in all other directions.
    entry = np.sqrt(np.minimum(level * right / first, 1.0))
    cosine, turn = along / np.sqrt(first), rng.standard_normal((count, 1))
    aside = turn / np.sqrt(turn**2 + rng.chisquare(d - 2.0, (count, 1)))
    off = np.sqrt((1.0 - entry**2) * np.maximum(1.0 - cosine**2, 0.0))
    return {
        "left": (cosine * entry + aside * off) ** 2,
        "right": right,
        "value": np.sqrt(level / m),
    }


def components(rng: np.random.Generator, count: int, strengths: ArrayLike, n: int, d: int) -> Array:
    """Draw squared overlaps of the first principal component, shape (count, levels).

    Args:
        rng: NumPy generator.
        count: repetitions.
        strengths: theta of the covariance I + theta u u', shape (levels,).
        n: samples, at least d.
        d: dimension.

    Raises:
        ValueError: n is below d.

    >>> components(np.random.default_rng(0), 3, [1.0, 3.0], 10, 5).shape
    (3, 2)
    """
    if n < d:
        raise ValueError(f"n is {n} and d is {d}; at least as many samples are needed")
    diagonal, above = _noise(rng, count, n, d)
    first = (1.0 + np.asarray(strengths, dtype=np.float64)) * diagonal[:, :1]
    return _solved(first, diagonal, above)[1]
