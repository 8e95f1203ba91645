"""Who is timed: every contender's module, settings and process, and what we promise against it."""

from dataclasses import dataclass, field
from typing import Any

from benchmarks.ours import ENVIRONMENT

OURS = "ours"


@dataclass(frozen=True)
class Contender:
    """One way of doing the work.

    ``process`` names the worker process that hosts it; ``copies`` processes share the models among
    them and start together. ``family`` joins settings of one peer of which only the best counts;
    ``target`` is the factor by which our engine should be faster. ``ceiling`` marks
    plain matrix products.
    """

    name: str
    module: str
    process: str
    options: dict[str, Any] = field(default_factory=dict)
    copies: int = 1
    family: str = ""
    target: float | None = None
    ceiling: bool = False


CONTENDERS = (
    Contender(OURS, "ours", "engine"),
    Contender("sgemm, numpy", "sgemm", "engine", {"library": "numpy"}, ceiling=True),
    Contender("sgemm, JAX", "sgemm", "engine", {"library": "jax"}, ceiling=True),
    Contender("sgemm, JAX, each device", "sgemm", "engine", {"library": "jax_each"}, ceiling=True),
    Contender("JAX, jit(vmap(train))", "jax_vmap", "jax", family="vmap", target=2.4),
    Contender("JAX, loop over jit(train)", "jax_loop", "jax", family="loop", target=2.0),
    *(
        Contender(
            f"PyTorch, {threads} thread(s)",
            "torch_sequential",
            "torch",
            {"threads": threads},
            family="torch",
            target=9.0,
        )
        for threads in (1, 2)
    ),
    Contender(
        "PyTorch, 2 processes",
        "torch_sequential",
        "torch_pair",
        {"threads": 1},
        copies=2,
        family="torch_pair",
        target=5.5,
    ),
    *(
        Contender(
            f"torch.func, {threads} thread(s)",
            "torch_ensemble",
            "torch",
            {"threads": threads},
            family="torch_func",
            target=2.5,
        )
        for threads in (1, 2)
    ),
    *(
        Contender(
            f"torch.func, blocks of 16, {threads} thread(s)",
            "torch_ensemble",
            "torch",
            {"threads": threads, "block": 16},
        )
        for threads in (1, 2)
    ),
)


def environment(process: str) -> dict[str, str]:
    """The variables that a worker process needs before it imports anything."""
    return dict(ENVIRONMENT) if process == "engine" else {}
