"""How initialisation, head and learning rates depend on width: standard, or so that rates carry."""

from typing import Any

import jax

STANDARD, MUP = "standard", "mup"
PARAMETRISATIONS = (STANDARD, MUP)
BASE_WIDTH = 32  # where both parametrisations are one

# Matrices whose input or output is no wider in a wider network: they keep the learning rate.
_FIXED = {"head", "caption_head", "embedding", "positions", "patches"}
_INPUT = ("layers", 0)  # the first layer of a network that reads vectors or images


def width_ratio(parametrisation: str, width: int) -> float:
    """Return ``width / 32`` under mup and 1 under standard.

    Raises:
        ValueError: for an unknown parametrisation.

    >>> width_ratio("mup", 128), width_ratio("standard", 128)
    (4.0, 1.0)
    """
    if parametrisation not in PARAMETRISATIONS:
        raise ValueError(
            f"parametrisation {parametrisation!r} is unknown; known are "
            f"{', '.join(PARAMETRISATIONS)}"
        )
    return width / BASE_WIDTH if parametrisation == MUP else 1.0


def rate_factors(params: Any, width: int) -> Any:
    """Return the factor on Adam's learning rate of every parameter under mup, as a tree of floats.

    Matrices from width to width get ``32 / width``; embeddings, the first layer, heads, biases and
    gains 1. Together with heads whose weights keep their variance and whose output is multiplied by
    ``32 / width``, the best learning rate is the same at every width, and at width 32 the network
    is the standard one.

    Args:
        params: nested dictionaries of arrays, as a network's ``init`` returns them.
        width: units in each hidden layer.

    Source: Yang and Hu 2021 (arXiv 2011.14522); Yang et al. 2022 (arXiv 2203.03466), table 8,
    column of Adam.

    >>> import jax.numpy as jnp
    >>> rate_factors({"head": {"kernel": jnp.ones((64, 2))}, "blocks": jnp.ones((64, 64))}, 64)
    {'blocks': 0.5, 'head': {'kernel': 1.0}}
    """

    def factor(path: tuple[Any, ...], leaf: jax.Array) -> float:
        names = tuple(getattr(step, "key", None) for step in path)
        fixed = leaf.ndim < 2 or names[0] in _FIXED or names[:2] == _INPUT
        return 1.0 if fixed else BASE_WIDTH / width

    return jax.tree_util.tree_map_with_path(factor, params)
