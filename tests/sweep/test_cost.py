"""The estimate of cost against counts made by hand."""

import dataclasses
from typing import Any

import pytest

from jaxuim.sweep import Plan, Spec, make_plan
from jaxuim.sweep.cost import COMPILE_SECONDS, estimate, model_bytes, parameters, step_flops
from jaxuim.types.shape import Shape

Raw = dict[str, Any]


@pytest.fixture
def shape(raw: Raw) -> Shape:
    """An MLP of 64-128-128-10 units."""
    raw["world"] = {"kind": "tfds:mnist", "image_size": 8}
    plan = make_plan(Spec.from_dict(raw, ["model.width=128", "model.depth=2"]))
    return plan.groups[0].shape


def test_the_flops_of_a_step_are_those_of_the_benchmark(shape: Shape) -> None:
    assert parameters(shape) == (64 * 128, 128 * 128, 128 * 10)
    assert step_flops(shape, 64) == pytest.approx(8.88e6, rel=1e-3)


def test_a_convolution_costs_its_filters_at_every_pixel(shape: Shape) -> None:
    cnn = dataclasses.replace(shape, model="cnn", width=8, depth=2)
    assert parameters(cnn) == (9 * 8, 9 * 8 * 8, 80)
    assert step_flops(cnn, 1) == 2 * (64 * (2 * 72 + 3 * 576) + 3 * 80)


def test_totals(plan: Plan) -> None:
    cost = estimate(plan, cores=2)
    assert (cost.programs, cost.runs, cost.model_steps) == (2, 12, 240)
    assert cost.rows == 12 * len(plan.wanted)
    assert cost.flops == sum(6 * 20 * step_flops(g.shape, 64) for g in plan.groups)
    assert "assumed" in cost.basis


def test_fine_tuning_is_counted(raw: Raw) -> None:
    raw["downstream"]["adaptations"] = ["finetune"]
    plan = make_plan(Spec.from_dict(raw))
    per_run = [
        20 * step_flops(g.shape, 64) + 2 * 100 * step_flops(g.shape, 32) for g in plan.groups
    ]
    assert estimate(plan, cores=1).flops == pytest.approx(6 * sum(per_run))


def test_a_measured_rate_replaces_the_assumed_one(plan: Plan) -> None:
    shards = [
        {"seconds": 9.0, "compile_seconds": 7.0, "model_steps": 30},
        {"seconds": 1.0, "compile_seconds": 0.0, "model_steps": 30},
    ]
    cost = estimate(plan, cores=2, shards=shards)
    assert cost.seconds == pytest.approx(240 / 20 + 2 * COMPILE_SECONDS)
    assert "20 model-steps/s measured" in cost.basis


def test_too_short_a_measurement_is_not_used(plan: Plan) -> None:
    shards = [{"seconds": 9.0, "compile_seconds": 8.9, "model_steps": 30}]
    assert estimate(plan, cores=2, shards=shards) == estimate(plan, cores=2)


def test_memory_grows_with_what_is_held(shape: Shape) -> None:
    wide = dataclasses.replace(shape, width=256)
    assert model_bytes(wide, 64) > 2 * model_bytes(shape, 64)
    assert model_bytes(shape, 164) - model_bytes(shape, 64) == 100 * 24
