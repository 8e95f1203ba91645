"""The estimate of cost against counts made by hand."""

import dataclasses
from typing import Any

import jax
import pytest

from jaxuim import models
from jaxuim.sweep import Plan, Spec, layers, make_plan
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


LANGUAGE = (("kind", "language"), ("length", 64), ("vocabulary", 256))


def test_a_transformer_costs_its_blocks_at_every_token(shape: Shape) -> None:
    small = dataclasses.replace(
        shape, world=LANGUAGE, model="transformer", objective="next_token", width=64, depth=2
    )
    block = 12 * 64 * 64
    assert sum(parameters(small)) == 2 * 256 * 64 + 64 * 64 + 2 * block
    # scores and weighted values: two products of 64 x 64 x 64 in each block
    forward = 64 * (2 * block + 64 * 256) + 2 * 2 * 64 * 64 * 64
    assert step_flops(small, 8) == 6 * 8 * forward


def test_a_vision_transformer_costs_its_blocks_at_every_patch(shape: Shape) -> None:
    vit = dataclasses.replace(shape, model="vit", width=32, depth=1)
    assert sum(parameters(vit)) == 4 * 32 + 16 * 32 + 12 * 32 * 32 + 32 * 10
    once = 16 * 12 * 32 * 32 + 2 * 16 * 16 * 32 + 32 * 10
    assert step_flops(vit, 1) == 2 * (2 * 16 * 4 * 32 + 3 * once)


@pytest.mark.parametrize(
    ("changed", "weights"),
    [
        ({"objective": "denoising"}, (64 * 128, 128 * 128, 128 * 64)),
        ({"objective": "diffusion"}, ((64 + 6 + 10) * 128, 128 * 128, 128 * 64)),
        ({"objective": "contrastive"}, (64 * 128, 128 * 128, 128 * 32)),
        (
            {"objective": "contrastive", "objective_settings": (("projection", 7),)},
            (64 * 128, 128 * 128, 128 * 7),
        ),
    ],
)
def test_a_network_has_the_sizes_of_its_objective(
    shape: Shape, changed: Raw, weights: tuple[int, ...]
) -> None:
    assert parameters(dataclasses.replace(shape, **changed)) == weights


def test_two_views_cost_twice(shape: Shape) -> None:
    once = dataclasses.replace(shape, objective_settings=(("projection", 10),))
    twice = dataclasses.replace(once, objective="contrastive")
    assert step_flops(twice, 8) == 2 * step_flops(shape, 8)


@pytest.mark.parametrize("kind", ["mlp", "linear", "vit", "dual_encoder", "transformer"])
def test_the_count_of_weights_is_that_of_the_network(shape: Shape, kind: str) -> None:
    objective = {"dual_encoder": "image_text", "transformer": "next_token"}.get(kind, "supervised")
    world = LANGUAGE if kind == "transformer" else shape.world
    own = dataclasses.replace(shape, world=world, model=kind, objective=objective, width=8, depth=3)
    inputs, outputs = layers.sizes(own)
    network = models.build(
        kind,
        width=8,
        depth=3,
        inputs=inputs,
        classes=outputs,
        image_shape=(8, 8, 1),
        vocabulary=256,
    )
    leaves = jax.tree.leaves(jax.eval_shape(network.init, jax.random.key(0)))
    assert sum(parameters(own)) == sum(leaf.size for leaf in leaves if leaf.ndim > 1)


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
