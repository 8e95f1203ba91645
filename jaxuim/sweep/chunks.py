"""How many runs go into a block (one operation) and a chunk (one shard)."""

from typing import NamedTuple

import jax

from jaxuim.sweep.cost import model_bytes
from jaxuim.train.blocks import padded
from jaxuim.types.shape import Shape
from jaxuim.worlds.data import WorldData

_CPU_CHUNK = 64  # runs a shard on a CPU: seconds of work, so little is lost when it is stopped
_ACCELERATOR_CHUNK = 4096
_MEMORY_SHARE = 0.4  # of an accelerator's memory
_ASSUMED_MEMORY = 8 << 30


class Sizes(NamedTuple):
    """``block`` runs are batched into one operation, ``chunk`` runs make one shard."""

    block: int
    chunk: int


def choose(shape: Shape, world: WorldData, runs: int, devices: int) -> Sizes:
    """Return the sizes for so many runs of a shape on so many devices.

    On a CPU: small chunks of equal size; the block that ``cpu_block`` finds. On an accelerator: one
    block a device and chunk, as many runs as 40 % of its memory hold.
    """
    if jax.default_backend() == "cpu":
        block = cpu_block(shape)
        return Sizes(block, _even(runs, _CPU_CHUNK, block * devices))
    held = int(_memory() * _MEMORY_SHARE / max(model_bytes(shape, len(world.pool_y)), 1))
    chunk = _even(runs, max(min(held * devices, _ACCELERATOR_CHUNK * devices), devices), devices)
    return Sizes(chunk // devices, chunk)


def cpu_block(shape: Shape) -> int:
    """Return how many runs to batch on one CPU core."""
    return 1


def _even(runs: int, most: int, multiple: int) -> int:
    """Return the size of the fewest equal chunks of at most ``most`` runs, in whole multiples.

    >>> _even(352, 64, 2)
    60
    """
    count = -(-runs // max(most, 1))
    return padded(-(-runs // count), multiple)


def _memory() -> int:
    stats = jax.local_devices()[0].memory_stats() or {}
    return int(stats.get("bytes_limit", _ASSUMED_MEMORY))
