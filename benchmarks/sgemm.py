"""The ceiling: float32 products of 2048 x 2048 matrices over all cores, by numpy and by JAX."""

import numpy as np

from benchmarks.work import Job, Weights, Work

SIDE = 2048
PRODUCTS = 16
FLOPS = 2 * SIDE**3 * PRODUCTS


def prepare(work: Work, library: str = "numpy") -> Job:
    """Make ``PRODUCTS`` matrix products ready.

    ``library`` is ``numpy``, ``jax`` (one product on the first device at a time) or ``jax_each``
    (one product on every device at once, for processes that split the cores into devices).
    """
    rng = np.random.default_rng(0)
    left, right = (rng.standard_normal((SIDE, SIDE), np.float32) for _ in range(2))
    return _numpy(left, right) if library == "numpy" else _jax(left, right, library)


def _numpy(left: np.ndarray, right: np.ndarray) -> Job:
    out = np.empty_like(left)

    def run() -> None:
        for _ in range(PRODUCTS):
            np.matmul(left, right, out=out)

    run()
    return Job(run, _nothing, f"numpy {np.__version__}")


def _jax(left: np.ndarray, right: np.ndarray, library: str) -> Job:
    import jax

    devices = jax.devices() if library == "jax_each" else jax.devices()[:1]
    pairs = [jax.device_put((left, right), device) for device in devices]
    product = jax.jit(lambda a, b: a @ b)

    def run() -> None:
        for _ in range(PRODUCTS // len(pairs)):
            jax.block_until_ready([product(a, b) for a, b in pairs])

    run()
    return Job(run, _nothing, f"jax {jax.__version__}, {len(pairs)} device(s)")


def _nothing(_: None) -> Weights:
    return []
