"""What an adaptation takes and returns: an encoder, and a predictor with whether it converged."""

from collections.abc import Callable
from typing import NamedTuple

import jax

from jaxuim.models import Params

# From pre-trained parameters and inputs [batch, d] to features f32[batch, width].
Encoder = Callable[[Params, jax.Array], jax.Array]


class Fitted(NamedTuple):
    """An adapted model: ``logits`` maps x f32[n, d] to f32[n, classes]; ``converged`` is bool[]."""

    logits: Callable[[jax.Array], jax.Array]
    converged: jax.Array
