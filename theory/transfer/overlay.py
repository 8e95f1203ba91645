"""The prediction for the sweep of label noise on digits, in the results schema."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from theory.transfer.isotropic import Tasks, catastrophic_rate

if TYPE_CHECKING:
    import pandas as pd

CLASSES, SAMPLES = 7, 512
# (Task, adaptation) -> errors with clean pre-training and without any, of width 32, 512 samples and
# 8 seeds. Theory says how one goes over into the other, not what they are.
ENDS = {
    ("id", "linear_probe"): (0.034, 0.173),
    ("id", "finetune"): (0.045, 0.121),
    ("near_ood", "linear_probe"): (0.132, 0.310),
    ("near_ood", "finetune"): (0.170, 0.245),
    ("far_ood", "linear_probe"): (0.075, 0.118),
    ("far_ood", "finetune"): (0.045, 0.043),
}


def inherited_share(
    level: ArrayLike, classes: ArrayLike, dimension: ArrayLike, samples: ArrayLike
) -> jax.Array:
    """Return how far an error has gone from that of clean pre-training to that of none.

    f (1 - s^2) / (s^2 + f (1 - s^2)), s = 1 - level K/(K - 1), f = d/(n - d - 1): what a probe on
    one inherited feature misses of its own task, 1 - cos^2. Highest, 1, at level (K - 1)/K; beyond
    it, the feature only changes its sign.

    Args:
        level: share of labels replaced by one of the K - 1 others.
        classes: K.
        dimension: effective dimension d of the inputs.
        samples: n > d + 1.

    Source: derived here.

    >>> [round(float(inherited_share(level, 7, 10, 500)), 3) for level in (0.0, 6 / 7)]
    [0.0, 1.0]
    """
    k, d = jnp.asarray(classes, dtype=float), jnp.asarray(dimension, dtype=float)
    square = jnp.square(1.0 - jnp.asarray(level) * k / (k - 1.0))
    spread = d / (jnp.asarray(samples) - d - 1.0) * (1.0 - square)
    return spread / (square + spread)


def tipping_level(classes: int, dimension: float, samples: int) -> float:
    """Return the level above which theory calls pre-training on the same task worse than none.

    >>> round(tipping_level(7, 10.0, 500), 3)
    0.847
    """
    rate = float(catastrophic_rate(Tasks(1.0, dimension, samples)))
    return 2.0 * rate * (classes - 1) / classes


def effective_dimension() -> float:
    """Return (tr S)^2 / tr S^2 of the pixels of the digits that networks are pre-trained on.

    >>> 5 < effective_dimension() < 30
    True
    """
    from jaxuim import worlds

    pixels = np.asarray(worlds.build((("kind", "digits"),)).pool_x, dtype=np.float64)
    covariance = np.cov(pixels.T)
    return float(np.trace(covariance) ** 2 / np.sum(covariance**2))


def overlay(
    levels: ArrayLike | None = None,
    ends: Mapping[tuple[str, str], tuple[float, float]] = ENDS,
) -> "pd.DataFrame":
    """Return the predicted errors for ``sweeps/label_noise.toml``, for ``jaxuim report --overlay``.

    Args:
        levels: levels of label noise, shape (n,); 0 to 1 in steps of 1/40 by default.
        ends: (task, adaptation) -> errors with clean pre-training and without any.

    >>> overlay([0.0]).query("task == 'id'")["value"].round(3).tolist()
    [0.034, 0.045]
    """
    import pandas as pd

    at = np.linspace(0.0, 1.0, 41) if levels is None else np.asarray(levels, dtype=np.float64)
    share = np.asarray(inherited_share(at, CLASSES, effective_dimension(), SAMPLES))
    tables = [
        pd.DataFrame(
            {
                "bias.level": at,
                "measure": "error",
                "task": task,
                "adaptation": adaptation,
                "value": clean + (untrained - clean) * share.astype(np.float64),
                "label": "one inherited feature",
                "pretrain.samples": SAMPLES,
            }
        )
        for (task, adaptation), (clean, untrained) in ends.items()
    ]
    return pd.concat(tables, ignore_index=True)
