"""Fixtures: a small sweep file, and an engine that writes rows without training anything."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from jaxuim.sweep import Plan, Store, missing

SWEEP = """
name = "small"
[world]
kind = "digits"
[bias]
kind = "symmetric_label_noise"
level = [0.0, 0.5, 1.0]
[model]
kind = "mlp"
width = 16
[pretrain]
samples = 64
steps = 20
[downstream]
tasks = ["id", "far_ood"]
[measures]
names = ["error", "effective_rank"]
[seeds]
count = 4
"""


@dataclass(frozen=True)
class Summary:
    """What the stand-in for the runner returns."""

    models: int


@dataclass
class Engine:
    """Stands in for the runner, the devices and the report; notes how it was called.

    ``before`` is called ahead of each shard with the number of shards written in this launch.
    """

    launches: list[dict[str, Any]] = field(default_factory=list)
    configured: list[int | None] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)
    before: Callable[[int], None] = lambda number: None

    def configure(self, devices: int | None = None) -> None:
        self.configured.append(devices)

    def run(
        self, plan: Plan, store: Store, *, devices: int | None = None, progress: bool = True
    ) -> Summary:
        self.launches.append({"devices": devices, "progress": progress})
        lacking = missing(plan, store)
        for number, run in enumerate(run for run in plan.runs if run.id in lacking):
            self.before(number)
            store.write_shard(run.id, _rows(plan, run.id), {**INFO, "model_steps": 20})
        return Summary(len(lacking))

    def build(self, directory: str | Path, overlay: Path | None = None) -> Path:
        self.pages.append(Path(directory))
        page = Path(directory) / "report.html"
        page.write_text("<html>")
        return page


INFO = {"seconds": 0.5, "models": 1, "compile_seconds": 0.0, "device": "cpu"}


def _rows(plan: Plan, run_id: str) -> pa.Table:
    run = next(run for run in plan.runs if run.id == run_id)
    noise = ((run.seed * 37 + int(100 * run.levels[0])) % 11) / 100
    common = {"run_id": run.id, "group": plan.groups[0].key, "seed": run.seed, **run.params}
    common |= {"step": 20, "mitigation": "none", "status": "ok", "better": "lower"}
    content = [
        {**common, "task": task, "adaptation": adaptation, "measure": measure}
        for task, adaptation, measure in plan.wanted
    ]
    value = 0.1 * run.seed + 0.5 * run.levels[0] + noise
    return pa.Table.from_pylist([{**row, "value": value} for row in content])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    stand_in = Engine()
    members = {
        "jaxuim.sweep.run": {"run": stand_in.run},
        "jaxuim.train.devices": {"configure": stand_in.configure},
        "jaxuim.train": {},
        "jaxuim.report": {"build": stand_in.build},
    }
    for name, content in members.items():
        module = ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    yield stand_in


@pytest.fixture
def sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sweep file in the working directory of the test."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.toml"
    path.write_text(SWEEP)
    return path
