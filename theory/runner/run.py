"""Run what is missing of some claims, in parallel processes, with a progress bar."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
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
class Job:
    """A call for a worker process; ``seconds`` is about what it takes."""

    name: str
    seconds: float
    call: Callable[..., object]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Failure:
    """A part or figure that raised; the others are computed all the same."""

    name: str
    reason: str


def parts_of(claim: Claim, size: Size) -> tuple[Part, ...]:
    """Return a claim's parts at some size: timings are left out when quick."""
    quick = size.name == "quick"
    return tuple(p for p in claim.parts if not (quick and p.name in worker.SKIPPED_WHEN_QUICK))


def plan(claims: Sequence[Claim], size: Size, out: Path) -> list[Job]:
    """Return what has to be computed, the longest first, so that cores end together."""
    jobs = []
    for claim in claims:
        there = store.stored(claim, catalogue.package(claim.id), size, out)
        places = _places(claim, size, out)
        for part in parts_of(claim, size):
            if part.name not in there:
                arguments = (claim.id, part.name, size, *places[part.name])
                name = f"{claim.id} {part.name}"
                jobs.append(Job(name, part.seconds, worker.compute, arguments))
    return sorted(jobs, key=lambda job: -job.seconds)


def _drawings(claims: Sequence[Claim], size: Size, out: Path) -> list[Job]:
    """Return one drawing for each claim; what cannot be drawn now must not look current."""
    folder = store.folder_of(out, size, "figures")
    folder.mkdir(parents=True, exist_ok=True)
    jobs = []
    for claim in claims:
        for old in folder.glob(f"{claim.id}-*"):
            old.unlink()
        arguments = (claim.id, _places(claim, size, out), str(folder))
        jobs.append(Job(f"{claim.id} figure", 1.0, worker.draw, arguments))
    return jobs


def _places(claim: Claim, size: Size, out: Path) -> dict[str, tuple[str, str]]:
    """Return the file and the key of every part, found once so that all processes agree."""
    folder = catalogue.package(claim.id)
    return {
        part.name: (
            str(store.path_of(out, size, claim.id, part.name)),
            store.key_of(folder, part.name, size),
        )
        for part in parts_of(claim, size)
    }


def execute(
    claims: Sequence[Claim], size: Size, out: Path, jobs: int, shown: bool
) -> list[Failure]:
    """Compute what is missing, then draw every claim; return what failed.

    Every part is stored when it is done: a run that is stopped at any moment loses only what was
    being computed. Where a process dies, what it took with it is tried once more, one by one.
    """
    parts, drawings = plan(claims, size, out), _drawings(claims, size, out)
    with _bar(sum(job.seconds for job in (*parts, *drawings)), shown) as bar:
        return [*_all(parts, jobs, bar), *_all(drawings, jobs, bar)]


def _all(todo: Sequence[Job], jobs: int, bar: "_Bar") -> list[Failure]:
    """Run all and return what failed, a second time alone where a process died."""
    failures, lost = _round(todo, jobs, bar)
    for job in lost:
        again, dead = _round([job], 1, bar)
        failures += again
        failures += [Failure(one.name, "its process died twice (out of memory?)") for one in dead]
    return failures


def _round(todo: Sequence[Job], jobs: int, bar: "_Bar") -> tuple[list[Failure], list[Job]]:
    """Run jobs in fresh processes; return what raised, and what was lost with a dead process."""
    failures: list[Failure] = []
    lost: list[Job] = []
    pool = ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=worker.start,
        initargs=(list(sys.path),),
    )
    try:
        pending = {pool.submit(job.call, *job.arguments): job for job in todo}
        for future in as_completed(pending):
            job = pending[future]
            try:
                future.result()
            except BrokenProcessPool:
                lost.append(job)
                continue
            except Exception as error:  # a part is a study of its own: the others go on
                reason = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
                failures.append(Failure(job.name, reason))
            bar.advance(job.seconds, job.name)
    except BrokenProcessPool:  # died while jobs were still being handed over
        done = {failure.name for failure in failures}
        lost = [job for job in todo if job.name not in done]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return failures, lost


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
