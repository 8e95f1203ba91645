"""Tests for jaxuim/sweep/chunks.py."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.sweep import Spec, chunks, make_plan
from jaxuim.worlds import build

SHAPE = make_plan(
    Spec.from_dict(
        {
            "name": "x",
            "world": {"kind": "digits"},
            "bias": {"kind": "long_tail", "level": 0.5},
            "model": {"kind": "mlp", "width": 32},
            "pretrain": {"samples": 100, "steps": 10},
            "downstream": {"tasks": ["id"], "adaptations": ["linear_probe"]},
            "seeds": {"count": 1},
        }
    )
).groups[0].shape  # fmt: skip


@given(st.integers(1, 5000), st.sampled_from([1, 2, 8]))
def test_chunks_are_whole_blocks_on_every_device_and_hold_all_runs(runs, devices):
    sizes = chunks.choose(SHAPE, build(SHAPE.world), runs, devices)
    assert sizes.chunk % (sizes.block * devices) == 0
    count = -(-runs // sizes.chunk)
    assert sizes.chunk * count >= runs
    assert sizes.chunk <= 64 + sizes.block * devices
    waste = sizes.chunk * count - runs
    assert waste < count * sizes.block * devices + count


@pytest.mark.parametrize(("width", "block"), [(8, 16), (32, 8), (64, 4), (128, 1), (1024, 1)])
def test_small_networks_are_batched_and_large_ones_are_not(width, block):
    shape = dataclasses.replace(SHAPE, width=width, batch_size=64)
    assert chunks.cpu_block(shape) == block
