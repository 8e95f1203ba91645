"""The plan: which runs there are, how they are grouped, and what their identity depends on."""

import itertools
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.sweep import Plan, Spec, SpecError, make_plan
from jaxuim.types.registry import catalogue

Raw = dict[str, Any]
levels = st.lists(st.floats(0, 1), min_size=1, max_size=4)


def _ids(plan: Plan) -> dict[tuple[object, ...], str]:
    """Return run ids by what the run is."""
    return {(*sorted(run.params.items()), ("seed", run.seed)): run.id for run in plan.runs}


def test_the_grid_is_the_product_of_axes_and_seeds(plan: Plan) -> None:
    assert len(plan.runs) == 2 * 2 * 3
    assert plan.axes == {"bias.level": (0.0, 0.5), "model.width": (16, 32)}
    assert plan.model_steps == 12 * 20


@given(levels, st.integers(1, 3), st.lists(st.integers(1, 64), min_size=1, max_size=3))
def test_ids_are_unique_and_level_0_is_there(
    chosen: list[float], seeds: int, widths: list[int]
) -> None:
    raw = _raw(chosen, widths, seeds)
    plan = make_plan(Spec.from_dict(raw))
    assert len({run.id for run in plan.runs}) == len(plan.runs)
    assert len(plan.runs) == len({0.0, *chosen}) * len({*widths}) * seeds
    assert len(plan.groups) == len({*widths})
    assert len({group.key for group in plan.groups}) == len(plan.groups)
    for group in plan.groups:
        for seed in range(seeds):
            assert [run.levels for run in group.runs if run.seed == seed].count((0.0,)) == 1


@given(levels, levels, st.integers(1, 3), st.integers(0, 2))
def test_adding_grid_points_changes_no_other_run(
    before: list[float], added: list[float], seeds: int, more: int
) -> None:
    small = _ids(make_plan(Spec.from_dict(_raw(before, [16], seeds))))
    large = _ids(make_plan(Spec.from_dict(_raw([*added, *before], [8, 16], seeds + more))))
    assert small.items() <= large.items()


def test_runs_are_ordered_by_seed_inside_a_group(plan: Plan) -> None:
    for group in plan.groups:
        seeds = [run.seed for run in group.runs]
        assert seeds == sorted(seeds)
        points = [
            [run.params for run in runs]
            for _, runs in itertools.groupby(group.runs, key=lambda run: run.seed)
        ]
        assert all(point == points[0] for point in points)


def test_traced_settings_share_a_program_and_static_ones_do_not(raw: Raw) -> None:
    raw["model"]["width"] = 16
    traced = ["samples=[32, 64]", "learning_rate=[0.1, 0.2]", "weight_decay=[0.2, 0.1]"]
    plan = make_plan(Spec.from_dict(raw, [f"pretrain.{item}" for item in traced]))
    assert (len(plan.groups), len(plan.runs)) == (1, 2 * 8 * 3)
    plan = make_plan(Spec.from_dict(raw, ["pretrain.weight_decay=[0.0, 0.1]"]))
    assert [group.shape.decays for group in plan.groups] == [False, True]
    static = ["pretrain.steps=[10, 20]", "pretrain.batch_size=[8, 16]", "model.depth=[1, 2]"]
    plan = make_plan(Spec.from_dict(raw, static))
    assert (len(plan.groups), len(plan.runs)) == (8, 8 * 2 * 3)


@pytest.mark.parametrize(
    "override",
    [
        "seeds.root=1",
        "pretrain.learning_rate=0.5",
        "pretrain.weight_decay=0.5",
        "pretrain.samples=63",
        "pretrain.steps=21",
        "pretrain.batch_size=9",
        "pretrain.batches=distinct",
        "pretrain.objective=squared_error",
        "pretrain.optimizer=sgd",
        "pretrain.schedule=cosine",
        "pretrain.warmup=1",
        "model.depth=1",
        "model.kind=linear",
        "bias.kind=long_tail",
        "world.kind=gaussian_mixture",
        "world.shortcut=true",
    ],
)
def test_an_id_depends_on_all_that_training_depends_on(raw: Raw, override: str) -> None:
    before = {run.id for run in make_plan(Spec.from_dict(raw)).runs}
    after = {run.id for run in make_plan(Spec.from_dict(raw, [override])).runs}
    assert not before & after


@pytest.mark.parametrize(
    "override",
    [
        "name=other",
        "question=why",
        "downstream.tasks=near_ood",
        "downstream.adaptations=finetune",
        "downstream.linear_probe.l2=1.0",
        "measures.names=['error', 'nll']",
        "pretrain.measure_at=[3]",
        "analysis.tipping=false",
    ],
)
def test_an_id_depends_on_nothing_downstream(raw: Raw, override: str) -> None:
    before = [run.id for run in make_plan(Spec.from_dict(raw)).runs]
    assert [run.id for run in make_plan(Spec.from_dict(raw, [override])).runs] == before


def test_a_setting_that_came_later_changes_no_id_at_its_default(raw: Raw) -> None:
    """A digest as it was before batches could be drawn in two ways."""
    plan = make_plan(Spec.from_dict(raw, ["pretrain.batches=independent"]))
    assert (plan.runs[0].id, plan.groups[0].key) == ("8eadf9f8765d5141", "5d454c9b")


def test_the_last_step_is_always_measured(raw: Raw) -> None:
    plan = make_plan(Spec.from_dict(raw, ["pretrain.measure_at=[7, 3]"]))
    assert {group.shape.measure_at for group in plan.groups} == {(3, 7, 20)}
    plan = make_plan(Spec.from_dict(raw, ["pretrain.steps=[20, 30]"]))
    assert {group.shape.measure_at for group in plan.groups} == {(20,), (30,)}


def test_two_biases_are_kept_in_canonical_order_under_the_users_names(raw: Raw) -> None:
    raw["bias"] = [
        {"kind": "symmetric_label_noise", "level": 0.25},
        {"kind": "long_tail", "level": 0.5},
    ]
    plan = make_plan(Spec.from_dict(raw))
    assert {group.shape.biases for group in plan.groups} == {("long_tail", "symmetric_label_noise")}
    for run in plan.runs:
        assert run.levels == (run.params["bias2.level"], run.params["bias.level"])
    assert {run.levels for run in plan.runs} == {(0.0, 0.0), (0.0, 0.25), (0.5, 0.0), (0.5, 0.25)}
    swapped = make_plan(Spec.from_dict({**raw, "bias": raw["bias"][::-1]}))
    assert {run.id for run in swapped.runs} == {run.id for run in plan.runs}


def test_wanted_rows(raw: Raw) -> None:
    raw["downstream"]["tasks"] = ["id", "far_ood", "few_shot"]
    plan = make_plan(Spec.from_dict(raw, ["downstream.adaptations=['linear_probe', 'finetune']"]))
    adapted = itertools.product(
        ["id", "far_ood", "few_shot"], ["linear_probe", "finetune"], ["error"]
    )
    wanted = {("upstream", "none", "error"), *adapted}
    wanted |= {("id", "none", "effective_rank"), ("far_ood", "none", "effective_rank")}
    assert set(plan.wanted) == wanted
    assert len(plan.wanted) == len(wanted)


def test_adaptations_carry_their_settings(raw: Raw) -> None:
    plan = make_plan(Spec.from_dict(raw, ["downstream.linear_probe.l2=0.5"]))
    assert plan.adaptations == {"linear_probe": {"l2": 0.5}}


def test_every_bias_can_be_planned_in_every_world_that_has_what_it_needs(raw: Raw) -> None:
    vectors = [world for world in catalogue("worlds").values() if not world.tokens]
    for world in vectors:
        kind = "tfds:mnist" if world.name == "tfds" else world.name
        raw["world"] = {"kind": kind, **dict.fromkeys(world.capability_settings.values(), True)}
        raw["world"] |= {p.name: "a.npz" for p in world.parameters if p.name == "path"}
        raw["downstream"]["tasks"] = [world.tasks[0]]
        for bias in catalogue("biases").values():
            raw["bias"]["kind"] = bias.name
            lacking = set(bias.needs) - set(world.provides)
            if lacking:
                with pytest.raises(SpecError, match=f"needs a world with .* not {world.name}"):
                    Spec.from_dict(raw)
            else:
                assert len(make_plan(Spec.from_dict(raw)).runs) == 12


def test_planning_imports_nothing_heavy() -> None:
    code = (
        "import sys; from jaxuim.sweep import Spec, make_plan; import jaxuim.cli.main\n"
        "heavy = {'jax', 'flax', 'optax', 'orbax', 'pandas', 'xarray', 'matplotlib', 'scipy',"
        " 'sklearn', 'plotly', 'pyarrow', 'numpy', 'tensorflow_datasets'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _raw(chosen: list[float], widths: list[int], seeds: int) -> Raw:
    return {
        "name": "small",
        "world": {"kind": "digits"},
        "bias": {"kind": "symmetric_label_noise", "level": chosen},
        "model": {"kind": "mlp", "width": widths},
        "pretrain": {"samples": 64, "steps": 20},
        "seeds": {"count": seeds},
    }
