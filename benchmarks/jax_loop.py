"""Peer: a Python loop over the compiled single run.

Fair because each call is one long program, the inputs of all runs already lie on the device, and
nothing waits for a result before all runs are under way.
"""

from typing import Any

import jax
import numpy as np

from benchmarks.jax_single import train
from benchmarks.work import Job, Weights, Work


def prepare(work: Work) -> Job:
    """Compile the single run, place every run's inputs and execute one."""
    x = jax.device_put(work.x)
    inputs = [
        jax.device_put(([(k[run], b[run]) for k, b in work.weights], work.labels[run], order))
        for run, order in enumerate(work.order)
    ]
    program = jax.jit(train).lower(*inputs[0], x).compile()
    jax.block_until_ready(program(*inputs[0], x))

    def run() -> list[Any]:
        return jax.block_until_ready([program(*own, x) for own in inputs])

    return Job(run, _collect)


def _collect(runs: list[Any]) -> Weights:
    """Stack the weights of all runs, layer by layer."""
    return [
        (np.stack([np.asarray(k) for k, _ in layer]), np.stack([np.asarray(b) for _, b in layer]))
        for layer in zip(*runs, strict=True)
    ]
