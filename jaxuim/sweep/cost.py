"""A documented rough estimate of what a plan costs: parameters, FLOPs, memory and time; no JAX."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jaxuim.sweep.layers import activations, layers, passes
from jaxuim.sweep.plan import Group, Plan
from jaxuim.types.shape import Shape

# Assumed until a sweep has been measured on the machine; each is on the careful side for one
# core of a recent server CPU.
FLOPS_PER_CORE = 3e10  # of small batched matrix products, with optimiser and memory traffic
STEP_OVERHEAD = 2e-5  # seconds per model-step that no FLOP accounts for
PROBE_SECONDS = 5e-3  # one linear probe to convergence
COMPILE_SECONDS = 6.0  # one program with its adaptations
LEAST_MEASURED = 2.0  # seconds of work below which a measured rate says nothing
BLOCK = 16  # models in flight on one device, for the estimate of memory


@dataclass(frozen=True)
class Estimate:
    """What a plan costs; ``basis`` says where the rate comes from.

    Units: ``seconds``, ``memory`` in bytes beyond what Python and JAX themselves take.
    """

    programs: int
    runs: int
    rows: int
    model_steps: int
    flops: float
    seconds: float
    memory: int
    basis: str


def parameters(shape: Shape) -> tuple[int, ...]:
    """Return the number of weights of each layer, the head last; without the biases.

    An MLP has inputs x width, width x width, ..., width x outputs; a CNN has 3 x 3 filters; see
    :mod:`jaxuim.sweep.layers`. Inputs and outputs are those that the objective asks for.
    """
    return tuple(layer.weights for layer in layers(shape) if layer.learnt)


def step_flops(shape: Shape, batch_size: int) -> float:
    """Return the FLOPs of one gradient step: 2 a weight and example forward, 4 backward.

    The first layer needs no gradient of its input. A CNN's filters work at every pixel, the
    matrices of a transformer at every token or patch; a contrastive step sees two views.
    """
    first, *others = (layer.weights * layer.uses for layer in layers(shape))
    return 2.0 * batch_size * passes(shape) * (2 * first + 3 * sum(others))


def model_bytes(shape: Shape, samples: int) -> int:
    """Return the bytes that one model in flight takes: weights, gradient, two moments, slots."""
    weights = sum(parameters(shape)) + shape.width * shape.depth
    return 4 * (4 * weights + shape.batch_size * activations(shape) + 6 * samples)


def estimate(plan: Plan, *, cores: int, shards: Iterable[dict[str, Any]] = ()) -> Estimate:
    """Return what a plan costs on so many cores.

    Time = programs x compile time + runs x (steps x time of a step + adaptations), divided over
    the cores. With ``shards`` (what earlier shards say of themselves) the measured model-steps per
    second, adaptation included and compilation not, replace the assumed rate.
    """
    flops = sum(_group_flops(plan, group) for group in plan.groups)
    steps = plan.model_steps
    probes = len(plan.runs) * len(plan.tasks) * ("linear_probe" in plan.adaptations)
    busy = flops / FLOPS_PER_CORE + steps * STEP_OVERHEAD + probes * PROBE_SECONDS
    seconds, basis = busy / cores, f"assumed speed of {cores} cores"
    measured = list(shards)
    spent = sum(shard["seconds"] - shard["compile_seconds"] for shard in measured)
    if spent >= LEAST_MEASURED:
        rate = sum(shard["model_steps"] for shard in measured) / spent
        seconds, basis = steps / rate, f"{rate:,.0f} model-steps/s measured before"
    largest = max(model_bytes(g.shape, max(_samples(g))) for g in plan.groups)
    return Estimate(
        programs=len(plan.groups),
        runs=len(plan.runs),
        rows=sum(len(g.runs) * len(plan.wanted) * len(g.shape.measure_at) for g in plan.groups),
        model_steps=steps,
        flops=flops,
        seconds=seconds + COMPILE_SECONDS * len(plan.groups),
        memory=largest * BLOCK * cores,
        basis=basis,
    )


def _group_flops(plan: Plan, group: Group) -> float:
    total = group.shape.steps * step_flops(group.shape, group.shape.batch_size)
    tuned = [tuning for name, tuning in plan.adaptations.items() if name == "finetune"]
    for tuning in tuned:
        once = int(tuning["steps"]) * step_flops(group.shape, int(tuning["batch_size"]))
        total += len(plan.tasks) * once
    return total * len(group.runs)


def _samples(group: Group) -> list[int]:
    return [int(run.params["pretrain.samples"]) for run in group.runs]
