"""What a worker process does: compute one part, or draw one claim's figure."""

import os
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from theory.study.size import Size

SKIPPED_WHEN_QUICK = ("speed",)
FORMATS = ("svg", "pdf", "png")


def configure() -> None:
    """Set up JAX and LAPACK before their first import: small matrices, one thread a process.

    Float64 linear algebra on small matrices is a CPU's work; ``JAX_PLATFORMS`` overrules it.
    """
    from jaxuim.train import devices

    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    flags = os.environ.get("XLA_FLAGS", "")
    if "xla_cpu_multi_thread_eigen" not in flags and os.environ["JAX_PLATFORMS"] == "cpu":
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    devices.configure(1)


def start(paths: list[str]) -> None:
    """Begin a process: the same import path as the parent's, 64-bit numbers."""
    sys.path[:] = paths
    configure()
    import jax

    jax.config.update("jax_enable_x64", True)
    # Formulas reach their limits (0/0 inside a branch that is not taken); rows say what is finite.
    warnings.filterwarnings("ignore", category=RuntimeWarning)


def compute(claim: str, part: str, size: "Size", path: str, key: str) -> float:
    """Compute one part and store it under a key; return the processor seconds that it took."""
    from theory import catalogue
    from theory.runner import store

    chosen = next(p for p in catalogue.load(claim).parts if p.name == part)
    begun = time.process_time()
    outcome = chosen.run(size)
    seconds = time.process_time() - begun
    store.save(Path(path), key, outcome, seconds)
    return seconds


def draw(claim: str, places: dict[str, tuple[str, str]], folder: str) -> None:
    """Draw a claim's figure from its parts' files and keys, as SVG, PDF and PNG."""
    import matplotlib as mpl

    mpl.use("agg")
    from theory import catalogue
    from theory.runner import store
    from theory.study.drawing import STYLE, finish

    loaded = catalogue.load(claim)
    entries = {part: store.read(Path(path), key) for part, (path, key) in places.items()}
    outcomes = {part: entry.outcome for part, entry in entries.items() if entry is not None}
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context(STYLE):
        figure = loaded.figure(outcomes)
        finish(figure)
        for form in FORMATS:
            path = Path(folder) / f"{claim}-{loaded.name}.{form}"
            figure.savefig(path, dpi=200, metadata=dates.get(form))
