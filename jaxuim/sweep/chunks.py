"""How many runs go into a block (one operation) and a chunk (one shard)."""

import math
from typing import NamedTuple

import jax

from jaxuim.sweep.cost import model_bytes, step_flops
from jaxuim.train.blocks import padded
from jaxuim.types.shape import Shape
from jaxuim.worlds.data import WorldData

_CPU_CHUNK = 64  # runs a shard on a CPU: seconds of work, so little is lost when it is stopped
_ACCELERATOR_CHUNK = 4096
_BLOCK_FLOPS = 12e6
_LARGEST_BLOCK = 16
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
    """Return how many runs to batch on one CPU core: a power of 2 from 1 to 16.

    Batching saves the start-up cost of operations, and costs cache; measured on networks 8 to 256
    wide, about 12 MFLOP a step is where they balance (see benchmarks/RESULTS.md).
    """
    ratio = _BLOCK_FLOPS / step_flops(shape, shape.batch_size)
    return 2 ** int(min(max(math.log2(ratio), 0), math.log2(_LARGEST_BLOCK)))


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
