"""Peer: torch.func's ensemble, all models in one batched step.

Fair because it follows PyTorch's own recipe (``stack_module_state``, ``functional_call``,
``vmap(grad)``) and then goes past it: Adam runs as ``torch.optim.Adam`` over the stacked
parameters, fused where that is faster, so that one call updates all models; batches are gathered
for all models at once. ``block`` trains the models in groups that stay in cache, which the recipe
does not do; both are timed. ``device`` moves everything to an accelerator.
"""

import copy
import time
from typing import Any

import numpy as np
import torch
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.nn import functional

from benchmarks.torch_sequential import network
from benchmarks.work import LEARNING_RATE, Job, Weights, Work

IMPLEMENTATIONS = ({"fused": True}, {"foreach": True})


def prepare(work: Work, threads: int = 1, block: int | None = None, device: str = "cpu") -> Job:
    """Stack the models in blocks of ``block`` (default: all at once); pick the fastest Adam."""
    torch.set_num_threads(threads)
    models, steps = work.order.shape[:2]
    block = min(block or models, models)
    x = torch.from_numpy(work.x).to(device)
    labels = torch.from_numpy(work.labels.astype(np.int64)).to(device)
    order = torch.from_numpy(work.order.astype(np.int64)).to(device)
    skeleton = copy.deepcopy(network(work.weights, 0)).to("meta")

    def loss(params: dict[str, Any], batch: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(functional_call(skeleton, params, (batch,)), target)

    gradients = vmap(grad(loss))

    def train(first: int, steps: int, adam: dict[str, bool]) -> dict[str, torch.Tensor]:
        runs = range(first, min(first + block, models))
        params, _ = stack_module_state([network(work.weights, run) for run in runs])
        params = {name: value.detach().to(device) for name, value in params.items()}
        optimiser = torch.optim.Adam(params.values(), lr=LEARNING_RATE, **adam)
        indices, own = order[runs.start : runs.stop], labels[runs.start : runs.stop]
        targets = own.gather(1, indices.flatten(1)).view_as(indices)
        for step in range(steps):
            found = gradients(params, x[indices[:, step]], targets[:, step])
            for name, value in params.items():
                value.grad = found[name]
            optimiser.step()
        if device != "cpu":
            torch.cuda.synchronize()
        return params

    def seconds(adam: dict[str, bool]) -> float:
        started = time.perf_counter()
        train(0, min(steps, 10), adam)
        return time.perf_counter() - started

    fastest = min(IMPLEMENTATIONS, key=lambda adam: min(seconds(adam) for _ in range(3)))

    def run() -> list[dict[str, torch.Tensor]]:
        torch.set_num_threads(threads)
        return [train(first, steps, fastest) for first in range(0, models, block)]

    return Job(run, _collect, f"Adam {fastest}, {threads} thread(s), blocks of {block}")


def _collect(blocks: list[dict[str, torch.Tensor]]) -> Weights:
    """Join the blocks and return the weights layer by layer."""
    joined = {
        name: torch.cat([params[name] for params in blocks]).cpu().numpy() for name in blocks[0]
    }
    layers = sorted({name.partition(".")[0] for name in joined}, key=int)
    return [
        (joined[f"{layer}.weight"].transpose(0, 2, 1), joined[f"{layer}.bias"]) for layer in layers
    ]
