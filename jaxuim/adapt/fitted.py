"""What an adaptation returns: a predictor and whether its fit converged."""

from collections.abc import Callable
from typing import NamedTuple

import jax


class Fitted(NamedTuple):
    """An adapted model: ``logits`` maps x f32[n, d] to f32[n, classes]; ``converged`` is bool[]."""

    logits: Callable[[jax.Array], jax.Array]
    converged: jax.Array
