"""A random perturbation of all weights whose size depends on nothing that was learnt."""

import math

import jax

from jaxuim.models import Params

SIZE = 0.3  # in units of 1/sqrt(fan_in)


def perturbed(params: Params, key: jax.Array, size: float = SIZE) -> Params:
    """Return the parameters with ``size / sqrt(fan_in) N(0, 1)`` added to every weight matrix.

    The scale is that of the weights at the start of training, so it is the same however long a
    run was trained; biases stay as they are.

    Source: fixed-size Gaussian perturbation as in Springer et al., arXiv 2503.19206.

    >>> import jax.numpy as jnp
    >>> moved = perturbed({"kernel": jnp.zeros((4, 2)), "bias": jnp.zeros(2)}, jax.random.key(0))
    >>> bool((moved["kernel"] != 0).all()), bool((moved["bias"] == 0).all())
    (True, True)
    """
    leaves, tree = jax.tree.flatten(params)
    moved = [
        leaf + size / math.sqrt(math.prod(leaf.shape[:-1])) * jax.random.normal(k, leaf.shape)
        if leaf.ndim > 1
        else leaf
        for leaf, k in zip(leaves, jax.random.split(key, len(leaves)), strict=True)
    ]
    return jax.tree.unflatten(tree, moved)
