"""The same sweep with a network on real digits: label noise in pre-training against no training."""

from typing import NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Digits(NamedTuple):
    """Errors of networks on digits, one row for every pair of task and adaptation.

    ``levels`` has shape (levels,), ``trained`` (pairs, seeds, levels), ``untrained`` (pairs,
    seeds): the same adaptation of the same initial weights that were not pre-trained.
    """

    levels: Array
    trained: Array
    untrained: Array


def sweep(
    pairs: tuple[tuple[str, str], ...], levels: int, seeds: int, steps: int, samples: int = 512
) -> Digits:
    """Pre-train and adapt one network for every level and seed with ``jaxuim``'s own engine.

    Every network is measured on every pair of task and adaptation. Runs in 32 bit, as sweeps do.
    Seeds pair the runs: all levels of a seed, and its run without pre-training, share initial
    weights, inputs and the order of batches.
    """
    from jaxuim import worlds
    from jaxuim.sweep import Spec, make_plan
    from jaxuim.sweep.evaluate import Evaluator
    from jaxuim.train.ensemble import Ensemble
    from jaxuim.train.hyper import stack

    spec = Spec.from_dict(_declared(pairs, levels, seeds, steps, samples))
    plan = make_plan(spec)
    (group,) = plan.groups
    with jax.enable_x64(False):
        world = worlds.build(group.shape.world)
        ensemble = Ensemble(group.shape, world, root=plan.root_seed)
        wanted = tuple((task, adaptation, "error") for task, adaptation in pairs)
        evaluator = Evaluator(ensemble, wanted, plan.adaptations)
        settings = stack(
            seed=np.array([run.seed for run in group.runs]),
            levels=np.array([run.levels for run in group.runs]),
            samples=samples,
            learning_rate=1e-3,
        )
        # The noise-free run of every seed, before its first step.
        before = evaluator.evaluate(ensemble.begin(settings))
        untrained = np.asarray(before.values, dtype=np.float64)
        (last,) = (evaluator.evaluate(chunk) for _, chunk in ensemble.train(settings))
        trained = np.asarray(last.values, dtype=np.float64)
    shape = (seeds, levels, len(wanted))
    count = seeds * levels
    return Digits(
        levels=np.linspace(0.0, 1.0, levels),
        trained=trained[:count].reshape(shape).transpose(2, 0, 1),
        untrained=untrained[:count].reshape(shape)[:, 0].T,
    )


def _declared(
    pairs: tuple[tuple[str, str], ...], levels: int, seeds: int, steps: int, samples: int
) -> dict[str, object]:
    return {
        "name": "digits_beside_theory",
        "world": {"kind": "digits"},
        "bias": {
            "kind": "symmetric_label_noise",
            "level": {"linspace": [0.0, 1.0, levels]},
        },
        "model": {"kind": "mlp", "width": 32, "depth": 2},
        "pretrain": {"samples": samples, "steps": steps, "learning_rate": 1e-3},
        "downstream": {
            "tasks": list(dict.fromkeys(task for task, _ in pairs)),
            "adaptations": list(dict.fromkeys(adaptation for _, adaptation in pairs)),
        },
        "measures": {"names": ["error"]},
        "seeds": {"count": seeds},
    }
