"""Sums over groups of examples that do not drift however many examples there are."""

import jax
import jax.numpy as jnp

CHUNK = 512  # numbers added one after another


def group_sums(values: jax.Array, groups: jax.Array, count: int) -> jax.Array:
    """Return f32[count, ...]: the sum of the values of every group.

    Numbers are added one after another within chunks only; the chunks' sums are added with what
    each addition rounds off carried along (Kahan). A million equal numbers are thus summed to about
    1e-5 of their sum, where one chain of additions is off by 1e-2.

    Args:
        values: f32[n, ...].
        groups: i32[n] in [0, count).
        count: how many groups; static under jit.

    >>> group_sums(jnp.array([1.0, 2.0, 4.0]), jnp.array([0, 2, 2]), 3).tolist()
    [1.0, 0.0, 6.0]
    """
    if len(values) <= CHUNK:
        return jax.ops.segment_sum(values, groups, count)
    rest = -len(values) % CHUNK
    padding = [(0, rest), *[(0, 0)] * (values.ndim - 1)]
    parts = jnp.pad(values, padding).reshape(-1, CHUNK, *values.shape[1:])
    members = jnp.pad(groups, (0, rest)).reshape(-1, CHUNK)  # the padding adds zeros to group 0

    def add(
        state: tuple[jax.Array, jax.Array], part: tuple[jax.Array, jax.Array]
    ) -> tuple[tuple[jax.Array, jax.Array], None]:
        total, excess = state
        step = jax.ops.segment_sum(*part, count) - excess
        grown = total + step
        return (grown, (grown - total) - step), None

    start = jnp.zeros((count, *values.shape[1:]), values.dtype)
    return jax.lax.scan(add, (start, start), (parts, members))[0][0]


def run_means(values: jax.Array, changes: jax.Array) -> jax.Array:
    """Return f32[n]: every value replaced by the mean of the run of neighbours that it is in.

    Args:
        values: f32[n].
        changes: bool[n], True where a run begins; the first is always a beginning.

    >>> run_means(jnp.array([1.0, 3.0, 5.0]), jnp.array([True, False, True])).tolist()
    [2.0, 2.0, 5.0]
    """
    n = len(values)
    run = jnp.cumsum(changes.at[0].set(True)) - 1
    piece = jnp.cumsum(changes | (jnp.arange(n) % CHUNK == 0)) - 1  # of a run, within a chunk
    run_of_piece = jnp.full(n, n).at[piece].set(run)  # there are no more pieces than that
    both = jnp.stack([jnp.ones_like(values), values], axis=1)
    of_pieces = jax.ops.segment_sum(both, piece, n)
    size, total = jax.ops.segment_sum(of_pieces, run_of_piece, n).T
    return (total / jnp.maximum(size, 1.0))[run]
