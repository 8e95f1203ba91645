"""Fixtures: a small valid sweep as nested dictionaries, and rows as a runner would write them."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pytest

from jaxuim.sweep import Plan, Run, Spec, make_plan

_RAW: dict[str, Any] = {
    "name": "small",
    "world": {"kind": "digits"},
    "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.5]},
    "model": {"kind": "mlp", "width": [16, 32]},
    "pretrain": {"samples": [64], "steps": 20},
    "downstream": {"tasks": ["id", "far_ood"], "adaptations": ["linear_probe"]},
    "measures": {"names": ["error", "effective_rank"]},
    "seeds": {"count": 3},
    "analysis": {"response": "error", "axis": "bias.level"},
}

Value = Callable[[Run, str, str, str], float]
Rows = Callable[..., pa.Table]


def _constant(run: Run, task: str, adaptation: str, measure: str) -> float:
    return 0.25


@pytest.fixture
def raw() -> dict[str, Any]:
    return copy.deepcopy(_RAW)


@pytest.fixture
def spec(raw: dict[str, Any]) -> Spec:
    return Spec.from_dict(raw)


@pytest.fixture
def plan(spec: Spec) -> Plan:
    return make_plan(spec)


@pytest.fixture
def rows() -> Rows:
    """Rows of a plan, of all its runs or of some, with values from a function."""

    def build(plan: Plan, runs: Iterable[Run] | None = None, value: Value = _constant) -> pa.Table:
        chosen = {run.id for run in (plan.runs if runs is None else runs)}
        content = [
            {
                "run_id": run.id,
                "group": group.key,
                "seed": run.seed,
                **run.params,
                "step": step,
                "task": task,
                "adaptation": adaptation,
                "mitigation": "none",
                "measure": measure,
                "value": value(run, task, adaptation, measure),
                "status": "ok",
                "better": "lower",
                "chance": None,
                "samples_distinct": 64,
                "samples_per_class": [9, 9],
            }
            for group in plan.groups
            for run in group.runs
            for step in group.shape.measure_at
            for task, adaptation, measure in plan.wanted
            if run.id in chosen
        ]
        return pa.Table.from_pylist(content)

    return build
