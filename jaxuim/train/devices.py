"""Set-up of JAX before its first use: host devices and the compilation cache; imports no JAX."""

import os
import sys
from pathlib import Path

CACHE = "JAX_COMPILATION_CACHE_DIR"
_COUNT = "--xla_force_host_platform_device_count"


def configure(devices: int | None = None, cache: str | Path | None = None) -> None:
    """Give a CPU one JAX device per core (or ``devices`` of them) and switch on the cache.

    Blocks of runs then work on all cores. Compiled programs are kept in
    ``JAX_COMPILATION_CACHE_DIR``, by default ``~/.cache/jaxuim``, so that a later launch of the
    same sweep compiles nothing. Settings that are in the environment already are left as they are;
    the number of CPU devices plays no part where there is an accelerator.

    Raises:
        ValueError: if JAX has been imported before, since it reads these settings only then, and
            it does not have as many devices as asked for.
    """
    if "jax" in sys.modules:
        _check(devices)
        return
    flags = os.environ.get("XLA_FLAGS", "")
    if _COUNT not in flags:
        count = devices or len(os.sched_getaffinity(0))
        os.environ["XLA_FLAGS"] = f"{flags} {_COUNT}={count}".strip()
    os.environ.setdefault(CACHE, str(cache or Path.home() / ".cache" / "jaxuim"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")


def _check(devices: int | None) -> None:
    """Raise if a JAX that is running already has too few devices."""
    import jax

    there = jax.local_device_count()
    if devices is not None and devices > there:
        raise ValueError(
            f"{devices} devices were asked for, but JAX is running already with {there}; "
            f"set XLA_FLAGS={_COUNT}={devices} before it is imported"
        )
