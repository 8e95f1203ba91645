"""Run what is missing of some claims, in parallel processes, with a progress bar."""

import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from theory import catalogue
from theory.runner import store, worker
from theory.study.claim import Claim, Part
from theory.study.size import Size


@dataclass(frozen=True)
class Task:
    """A part that has to be computed."""

    claim: str
    part: Part
    place: tuple[str, str]  # file and key

    @property
    def name(self) -> str:
        """What the progress bar says."""
        return f"{self.claim} {self.part.name}"


@dataclass(frozen=True)
class Failure:
    """A part or figure that raised; the others are computed all the same."""

    name: str
    reason: str


def parts_of(claim: Claim, size: Size) -> tuple[Part, ...]:
    """Return a claim's parts at some size: timings are left out when quick."""
    quick = size.name == "quick"
    return tuple(p for p in claim.parts if not (quick and p.name in worker.SKIPPED_WHEN_QUICK))


def plan(claims: Sequence[Claim], size: Size, out: Path) -> list[Task]:
    """Return what has to be computed, the longest first, so that cores end together."""
    tasks = []
    for claim in claims:
        there = store.stored(claim, catalogue.package(claim.id), size, out)
        places = _places(claim, size, out)
        lacking = [part for part in parts_of(claim, size) if part.name not in there]
        tasks += [Task(claim.id, part, places[part.name]) for part in lacking]
    return sorted(tasks, key=lambda task: -task.part.seconds)


def _places(claim: Claim, size: Size, out: Path) -> dict[str, tuple[str, str]]:
    """Return the file and the key of every part, found once so that all processes agree."""
    folder = catalogue.package(claim.id)
    return {
        part.name: (
            str(store.path_of(out, claim.id, part.name)),
            store.key_of(folder, part.name, size),
        )
        for part in parts_of(claim, size)
    }


def execute(
    claims: Sequence[Claim], size: Size, out: Path, jobs: int, shown: bool
) -> list[Failure]:
    """Compute what is missing, then draw every claim; return what failed.

    Every part is stored when it is done: a run that is stopped at any moment loses only what was
    being computed.
    """
    tasks = plan(claims, size, out)
    (out / "figures").mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    failures: list[Failure] = []
    with _bar(sum(t.part.seconds for t in tasks) + len(claims), shown) as bar:
        pool = ProcessPoolExecutor(
            jobs, mp_context=context, initializer=worker.start, initargs=(list(sys.path),)
        )
        try:
            pending: dict[Future[Any], tuple[str, float]] = {
                pool.submit(worker.compute, t.claim, t.part.name, size, *t.place): (
                    t.name,
                    t.part.seconds,
                )
                for t in tasks
            }
            failures += _collect(pending, bar)
            drawn: dict[Future[Any], tuple[str, float]] = {
                pool.submit(worker.draw, c.id, _places(c, size, out), str(out / "figures")): (
                    f"{c.id} figure",
                    1.0,
                )
                for c in claims
            }
            failures += _collect(drawn, bar)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return failures


def _collect(pending: dict[Future[Any], tuple[str, float]], bar: "_Bar") -> Iterator[Failure]:
    """Wait for all and yield those that failed."""
    for future in as_completed(pending):
        name, seconds = pending[future]
        bar.advance(seconds, name)
        try:
            future.result()
        except BrokenProcessPool:
            yield Failure(name, "its process ended (out of memory?)")
        except Exception as error:  # a part is a study of its own: the others go on
            yield Failure(name, f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")


class _Bar:
    """A progress bar in seconds of work, or nothing."""

    def __init__(self, progress: Progress | None, total: float) -> None:
        self._progress = progress
        self._task = None if progress is None else progress.add_task("starting", total=total)

    def advance(self, seconds: float, name: str) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, advance=seconds, description=name)


@contextmanager
def _bar(total: float, shown: bool) -> Iterator[_Bar]:
    if not shown:
        yield _Bar(None, total)
        return
    columns = (
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield _Bar(progress, total)
