"""The driver's side of the workers: all stay alive, and only the one that is told to works."""

import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any

from benchmarks.contenders import Contender, environment

# Set on some machines for old OpenBLAS builds; they slow a current numpy.
LEFT_OUT = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Pool:
    """Worker processes by name, started when first needed and ended with the pool."""

    def __init__(self, models: int, steps: int) -> None:
        self.models, self.steps = models, steps
        self.processes: dict[tuple[str, int], subprocess.Popen[str]] = {}

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes.values():
            if process.stdin:
                process.stdin.close()
        for process in self.processes.values():
            process.kill()
            process.wait()

    def ask(self, contender: Contender, do: str) -> list[dict[str, Any]]:
        """Send one command to all copies of a contender at once and return their answers.

        Raises ``RuntimeError`` where a worker reports an error or is gone.
        """
        workers = [self._process(contender, copy) for copy in range(contender.copies)]
        command = json.dumps({"do": do, "name": contender.name}) + "\n"
        for worker in workers:
            _stream(worker.stdin).write(command)
            _stream(worker.stdin).flush()
        lines = [_stream(worker.stdout).readline() for worker in workers]
        answers = [json.loads(line) if line else {"error": "the worker died"} for line in lines]
        for answer in answers:
            if "error" in answer:
                raise RuntimeError(f"{contender.name}: {answer['error']}")
        return answers

    def seconds(self, contender: Contender) -> float:
        """Time one repetition, from the first copy's start to the last one's end."""
        answers = self.ask(contender, "run")
        return max(a["ended"] for a in answers) - min(a["started"] for a in answers)

    def _process(self, contender: Contender, copy: int) -> subprocess.Popen[str]:
        key = (contender.process, copy)
        if key not in self.processes:
            shares = (self.models, self.steps, copy, contender.copies)
            kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
            self.processes[key] = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.worker", *map(str, shares)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**kept, **environment(contender.process)},
            )
        return self.processes[key]


def _stream(stream: Any) -> Any:
    """The pipe, which is there because the process was started with one."""
    if stream is None:
        raise RuntimeError("a worker was started without a pipe")
    return stream
