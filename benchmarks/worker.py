"""A worker process: it prepares contenders and does one repetition whenever the driver says so.

Commands arrive as JSON lines on standard input (``{"do": ..., "name": ...}``, where ``do`` is
``prepare``, ``run`` or ``verify``) and are answered by one JSON line each. Times are readings of
the system-wide monotonic clock, so that the driver can compare two workers.
"""

import importlib
import json
import os
import sys
import time
from typing import Any

from benchmarks.contenders import CONTENDERS
from benchmarks.work import Job, Work, draw_work, verify


class Worker:
    """The prepared jobs of one process and the results of their last repetition."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.jobs: dict[str, Job] = {}
        self.results: dict[str, Any] = {}

    def prepare(self, name: str) -> dict[str, Any]:
        """Compile, tune and warm a contender."""
        (contender,) = (one for one in CONTENDERS if one.name == name)
        module = importlib.import_module(f"benchmarks.{contender.module}")
        started = time.monotonic()
        self.jobs[name] = module.prepare(self.work, **contender.options)
        return {"note": self.jobs[name].note, "seconds": time.monotonic() - started}

    def run(self, name: str) -> dict[str, Any]:
        """Do the whole work once and say when it began and ended."""
        self.results.pop(name, None)
        started = time.monotonic()
        self.results[name] = self.jobs[name].run()
        return {"started": started, "ended": time.monotonic()}

    def verify(self, name: str) -> dict[str, Any]:
        """Check the last repetition's weights; return the mean final loss."""
        job, result = self.jobs[name], self.results[name]
        seen = self.work.labels if job.labels is None else job.labels(result)
        return {"loss": verify(self.work._replace(labels=seen), job.collect(result))}


def shared_work(models: int, steps: int, copy: int, copies: int) -> Work:
    """Draw one copy's share of the models, every ``copies``-th one."""
    work = draw_work(models, steps)
    mine = slice(copy, None, copies)
    return work._replace(
        labels=work.labels[mine],
        order=work.order[mine],
        levels=work.levels[mine],
        weights=[(kernel[mine], bias[mine]) for kernel, bias in work.weights],
    )


def main(models: int, steps: int, copy: int, copies: int) -> None:
    """Answer commands until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints goes to standard error
    worker = Worker(shared_work(models, steps, copy, copies))
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(worker, command["do"])(command["name"])
        except Exception as error:  # the driver reports it and goes on with the others
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
