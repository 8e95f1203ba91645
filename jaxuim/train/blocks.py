"""Mapping a function of one run over many: in blocks on one device, sharded over several."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

RUN_AXIS = "run"


def make_mesh(count: int | None = None) -> Mesh:
    """Return a mesh over the first ``count`` local devices (all by default), its axis named run.

    Raises ``ValueError`` if there are fewer devices than asked for.
    """
    devices = jax.local_devices()
    if count is not None and not 1 <= count <= len(devices):
        raise ValueError(f"{count} devices were asked for and {len(devices)} are there")
    return Mesh(np.array(devices[:count]), (RUN_AXIS,), axis_types=(AxisType.Auto,))


def in_blocks(function: Callable[..., Any], block: int) -> Callable[..., Any]:
    """Return ``function`` mapped over the leading axis of all its arguments, ``block`` at a time.

    One block is a vmap; blocks follow one another, so memory and cache hold one block. With block
    1 nothing is batched at all, with block 0 everything is. The leading axis must be a multiple of
    the block.
    """

    def mapped(*arguments: Any) -> Any:
        runs = jax.tree.leaves(arguments)[0].shape[0]
        if block == 1:
            return jax.lax.map(lambda one: function(*one), arguments)
        if block == 0 or block >= runs:
            return jax.vmap(function)(*arguments)
        cut = jax.tree.map(lambda a: a.reshape(runs // block, block, *a.shape[1:]), arguments)
        out = jax.lax.map(lambda one: jax.vmap(function)(*one), cut)
        return jax.tree.map(lambda a: a.reshape(runs, *a.shape[2:]), out)

    return mapped


def sharded(function: Callable[..., Any], mesh: Mesh, runs: tuple[bool, ...]) -> Callable[..., Any]:
    """Return ``function`` with its run axis spread over the mesh.

    ``runs`` says for each argument whether it has a run axis (sharded) or is shared (replicated).
    Every device works on its own runs; nothing is exchanged.
    """
    along, shared = PartitionSpec(RUN_AXIS), PartitionSpec()
    specs = tuple(along if one else shared for one in runs)
    return jax.shard_map(function, mesh=mesh, in_specs=specs, out_specs=along, check_vma=False)


def place(tree: Any, mesh: Mesh, runs: bool) -> Any:
    """Put arrays on the mesh, along the run axis or replicated."""
    spec = PartitionSpec(RUN_AXIS) if runs else PartitionSpec()
    return jax.device_put(tree, NamedSharding(mesh, spec))


def padded(runs: int, multiple: int) -> int:
    """Return the smallest multiple that holds all runs.

    >>> padded(61, 8)
    64
    """
    return -(-runs // multiple) * multiple
