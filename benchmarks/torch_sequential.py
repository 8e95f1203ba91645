"""Peer: PyTorch, one model after the other in one process.

Fair because it is what a careful user writes: ``nn.Sequential``, ``torch.optim.Adam`` in whichever
of its three implementations is fastest here, a model's batches gathered in one indexing operation
before its loop, gradients set to None, no DataLoader, no logging, no synchronisation; and it is
timed with one and with two threads, of which the better counts.
"""

import time
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.work import LEARNING_RATE, Job, Weights, Work

IMPLEMENTATIONS = ({"fused": True}, {"foreach": True}, {"foreach": False})


def prepare(work: Work, threads: int = 1) -> Job:
    """Choose Adam's fastest implementation on one short run, then train all models with it."""
    torch.set_num_threads(threads)
    x = torch.from_numpy(work.x)
    labels = torch.from_numpy(work.labels.astype(np.int64))
    order = torch.from_numpy(work.order.astype(np.int64))

    def train(run: int, steps: int, adam: dict[str, bool]) -> nn.Module:
        model = network(work.weights, run)
        optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, **adam)
        batches, targets = x[order[run, :steps]], labels[run][order[run, :steps]]
        for batch, target in zip(batches.unbind(), targets.unbind(), strict=True):
            optimiser.zero_grad(set_to_none=True)
            functional.cross_entropy(model(batch), target).backward()
            optimiser.step()
        return model

    def seconds(adam: dict[str, bool]) -> float:
        started = time.perf_counter()
        train(0, 100, adam)
        return time.perf_counter() - started

    fastest = min(IMPLEMENTATIONS, key=lambda adam: min(seconds(adam) for _ in range(3)))

    def run() -> list[nn.Module]:
        torch.set_num_threads(threads)
        return [train(run, order.shape[1], fastest) for run in range(len(order))]

    return Job(run, _collect, f"Adam {fastest}, {threads} thread(s)")


def network(weights: Weights, run: int) -> nn.Sequential:
    """The network of one run, with the initial weights that all contenders share."""
    layers: list[nn.Module] = []
    for kernel, bias in weights:
        linear = nn.utils.skip_init(nn.Linear, *kernel.shape[1:])
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(kernel[run].T))
            linear.bias.copy_(torch.from_numpy(bias[run]))
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _collect(models: list[Any]) -> Weights:
    """Stack the weights of all models, layer by layer."""
    linears = zip(
        *([layer for layer in model if hasattr(layer, "weight")] for model in models), strict=True
    )
    return [
        (
            np.stack([layer.weight.detach().numpy().T for layer in layers]),
            np.stack([layer.bias.detach().numpy() for layer in layers]),
        )
        for layers in linears
    ]
