"""A network on real digits beside the theory of one inherited feature: observations only."""

import numpy as np

from theory.study.claim import Array, Outcome
from theory.study.size import Size
from theory.transfer.digits_runs import sweep
from theory.transfer.overlay import (
    CLASSES,
    SAMPLES,
    effective_dimension,
    inherited_share,
    tipping_level,
)

ADAPTATIONS = ("linear_probe", "finetune")
FINE = np.linspace(0.0, 1.0, 201)


def observe(size: Size) -> Outcome:
    """Return the errors of a sweep of label noise and the predicted path between its ends.

    No row and no tipping point: the network is beyond the model, and where both part company is
    what the figure is for.
    """
    if size.name == "quick":  # nearly all of it is compilation
        pairs: tuple[tuple[str, str], ...] = (("id", "linear_probe"),)
        found = sweep(pairs, 4, 2, 40)
    else:
        pairs = tuple((task, name) for task in ("id", "far_ood") for name in ADAPTATIONS)
        found = sweep(pairs, 11, 8, 400)
    dimension = effective_dimension()
    share = np.asarray(inherited_share(FINE, CLASSES, dimension, SAMPLES))
    curves: dict[str, Array] = {
        "level": found.levels,
        "fine": FINE,
        "tip": np.array([tipping_level(CLASSES, dimension, SAMPLES), (CLASSES - 1) / CLASSES]),
    }
    names = [f"{task} {adaptation}" for task, adaptation in pairs]
    for name, trained, untrained in zip(names, found.trained, found.untrained, strict=True):
        mean = trained.mean(axis=0)
        curves |= {
            f"{name} mean": mean,
            f"{name} error": trained.std(axis=0, ddof=1) / np.sqrt(len(trained)),
            f"{name} scratch": np.array([untrained.mean()]),
            f"{name} theory": mean[0] + (untrained.mean() - mean[0]) * share,
        }
    return Outcome(curves=curves)
