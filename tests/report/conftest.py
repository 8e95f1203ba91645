"""Synthetic results with the columns of a real sweep, to test the report without training."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jaxuim.sweep import Results, Spec, provenance

CLASSES = {"upstream": 7, "id": 7, "near_ood": 7, "far_ood": 3}
OUTPUT = ("error", "nll", "ece", "worst_class_error")
REPRESENTATION = ("singular_value_entropy", "largest_singular_value_ratio", "effective_rank")
RUN = ("run_id", "group", "seed", "bias.level", "model.width", "pretrain.samples")
TOP = {"upstream": 0.95, "id": 0.22, "near_ood": 0.30, "far_ood": 0.21}
FLOOR = {"upstream": 0.05, "id": 0.06, "near_ood": 0.14, "far_ood": 0.08}


def _error(task: str, adaptation: str, level: float, width: int, samples: int) -> float:
    top, floor = TOP[task], FLOOR[task] * (1.4 if samples < 500 else 1.0)
    if task == "upstream":
        knee = 0.62 if samples < 500 else 0.72
        return floor + (top - floor) / (1 + np.exp(-(level - knee) / 0.07))
    share = 0.35 if adaptation == "finetune" else 1.0
    small = 1.15 if width < 100 else 1.0
    return floor + share * small * top * level**4 / (level**4 + 0.6**4)


def _measure(name: str, error: float) -> float:
    return {
        "error": error,
        "nll": -np.log(max(1e-3, 1 - 0.8 * error)) * 1.6,
        "ece": 0.03 + 0.25 * error * (1 - error),
        "worst_class_error": min(1.0, 1.5 * error + 0.05),
        "singular_value_entropy": 2.9 - 1.1 * error,
        "largest_singular_value_ratio": 1.2 - 0.5 * error,
        "effective_rank": float(np.exp(2.9 - 1.1 * error)),
    }[name]


def _series(tasks: tuple[str, ...], adaptations: tuple[str, ...]) -> list[tuple[str, str, str]]:
    rows = [("upstream", "none", m) for m in OUTPUT]
    rows += [(t, a, m) for t in tasks for a in adaptations for m in OUTPUT]
    return rows + [(t, "none", m) for t in tasks for m in REPRESENTATION]


def make_frame(
    levels: tuple[float, ...] = tuple(round(0.1 * i, 10) for i in range(11)),
    widths: tuple[int, ...] = (32, 128),
    samples: tuple[int, ...] = (128, 512),
    seeds: int = 8,
    tasks: tuple[str, ...] = ("id", "near_ood", "far_ood"),
    adaptations: tuple[str, ...] = ("linear_probe", "finetune"),
) -> pd.DataFrame:
    """Return a frame of one row per (run, task, adaptation, measure); noise is paired by seed."""
    rng = np.random.default_rng(7)
    series = _series(tasks, adaptations)
    shared = rng.normal(0, 0.012, (seeds, len(series)))
    rows = []
    for width, n, seed, level in product(widths, samples, range(seeds), levels):
        run = f"{width}-{n}-{seed}-{level}"
        common = (run, f"w{width}", seed, level, width, n)
        noise = rng.normal(0, 0.008, len(series))
        for k, (task, adaptation, measure) in enumerate(series):
            error = _error(task, adaptation, level, width, n) + shared[seed, k] + noise[k]
            chance = {"error": 1 - 1 / CLASSES[task], "nll": np.log(CLASSES[task])}.get(measure)
            value = _measure(measure, float(np.clip(error, 0, 1)))
            better = "none" if measure in REPRESENTATION else "lower"
            rows.append((*common, task, adaptation, measure, value, better, chance))
    frame = pd.DataFrame(
        rows,
        columns=[*RUN, "task", "adaptation", "measure", "value", "better", "chance"],
    )
    frame["world.kind"], frame["bias.kind"] = "digits", "symmetric_label_noise"
    frame["model.kind"], frame["model.depth"] = "mlp", 2
    frame["pretrain.steps"], frame["step"], frame["pretrain.batch_size"] = 500, 500, 64
    frame["pretrain.learning_rate"], frame["pretrain.weight_decay"] = 1e-3, 0.0
    frame["pretrain.objective"], frame["pretrain.optimizer"] = "supervised", "adam"
    frame["mitigation"], frame["status"] = "none", "ok"
    frame["samples_distinct"] = frame["pretrain.samples"]
    frame["samples_per_class"] = [[int(n) // 7 + 1] * 7 for n in frame["pretrain.samples"]]
    return frame


def _values(frame: pd.DataFrame, column: str) -> list[Any]:
    return sorted(set(frame[column].tolist()))


def make_results(frame: pd.DataFrame, **analysis: Any) -> Results:
    """Wrap a frame with the spec, provenance and shard records of a finished sweep."""
    spec = Spec.from_dict(
        {
            "name": "label_noise",
            "question": "How is label noise in pre-training inherited downstream?",
            "expectation": "Out-of-distribution error rises with the noise level.",
            "source": "Chen et al., arXiv 2309.17002",
            "world": {"kind": "digits"},
            "bias": {"kind": "symmetric_label_noise", "level": _values(frame, "bias.level")},
            "model": {"kind": "mlp", "width": _values(frame, "model.width")},
            "pretrain": {"samples": _values(frame, "pretrain.samples"), "steps": 500},
            "downstream": {
                "tasks": sorted(set(frame["task"]) - {"upstream"}),
                "adaptations": sorted(set(frame["adaptation"]) - {"none"}),
            },
            "measures": {"names": sorted(set(frame["measure"]))},
            "seeds": {"count": int(frame["seed"].nunique())},
            "analysis": {"response": "error", "laws": ["saturating_power", "hill"]} | analysis,
        }
    ).resolved()
    noted = provenance.fresh(spec) | {"device": "cpu", "block_sizes": {"ab12cd34": 8}}
    runs = frame["run_id"].nunique()
    shard = {
        "seconds": 31.0,
        "models": runs // 2,
        "model_steps": runs * 250,
        "compile_seconds": 3.1,
        "device": "cpu",
    }
    return Results(Path(), frame, spec, noted, [shard, shard])


@pytest.fixture(scope="session")
def frame() -> Callable[..., pd.DataFrame]:
    """``make_frame`` itself."""
    return make_frame


@pytest.fixture(scope="session")
def make() -> Callable[..., Results]:
    """``make_results`` itself; keywords go into the sweep's ``[analysis]``."""
    return make_results


@pytest.fixture(scope="session")
def sweep() -> Callable[..., Results]:
    """A function that makes results without laws; its arguments are those of ``make_frame``."""
    return lambda **settings: make_results(make_frame(**settings), laws=[])


@pytest.fixture(scope="session")
def results() -> Results:
    """A complete small sweep: 11 levels x 2 widths x 2 sample sizes x 8 seeds."""
    return make_results(make_frame())


@pytest.fixture(scope="session")
def small() -> Results:
    """A complete sweep of one width, one sample size and five levels, quick to analyse."""
    levels = (0.0, 0.25, 0.5, 0.75, 1.0)
    return make_results(make_frame(levels=levels, widths=(32,), samples=(128,), seeds=4), laws=[])
