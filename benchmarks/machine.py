"""What the timings were taken on: processor, cores, load, versions, commit."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("jaxuim", "jax", "jaxlib", "numpy", "optax", "flax", "torch")


def describe() -> dict[str, Any]:
    """Return the machine and the software as plain values."""
    return {
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "commit": _commit(),
    }


def markdown(machine: dict[str, Any]) -> str:
    """One paragraph that names the machine and the versions."""
    packages = ", ".join(
        f"{name} {number}" for name, number in machine["versions"].items() if number
    )
    return (
        f"{machine['when']}; {machine['processor']}, {machine['cores']} cores, "
        f"load {machine['load']} at the start; "
        f"Python {machine['python']}, {packages}; commit {machine['commit']}."
    )


def _processor() -> str:
    """The processor's name and its widest vector and matrix units."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine()
    fields = dict(
        line.replace("\t", "").split(":", 1)
        for line in cpuinfo.read_text().splitlines()
        if ":" in line
    )
    flags = set(fields.get("flags", "").split())
    units = [name for name in ("avx2", "avx512f", "amx_tile") if name in flags]
    return " ".join([fields.get("model name", platform.machine()).strip(), f"({', '.join(units)})"])


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    """The checkout's commit, marked where files differ from it."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"
