"""Inputs and captions that belong together are told from those that do not."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxuim.models import Network, Params
from jaxuim.train.objectives import captions
from jaxuim.train.objectives.contrastive import on_sphere
from jaxuim.train.objectives.objective import Objective, Sizes, read_features


def image_text(sizes: Sizes, *, embedding: int = 32) -> Objective:
    """Return the InfoNCE loss in nats between inputs and captions, mean of both directions.

    Every example comes with a caption of its label, one of eight that say the same, drawn anew at
    each step: a wrong label is a swapped pair. With s_ij the scaled cosine of input i and caption j
    the loss is the mean over i of ``-log softmax_j(s_ij)_i / 2 - log softmax_j(s_ji)_i / 2``. The
    scale is learnt. Predictions are zero-shot: the scaled cosine of an input to the mean of each
    class's captions. See ``floor``.

    Args:
        sizes: those of the world.
        embedding: size of the shared embedding.

    Raises:
        ValueError: for more classes than captions can name, or a network that reads no captions.

    Source: Radford et al. 2021 (arXiv 2103.00020).
    """
    table = captions.table(sizes.classes)

    def loss(
        network: Network, params: Params, x: jax.Array, y: jax.Array, key: jax.Array
    ) -> jax.Array:
        module = _reader(network, params)
        words = captions.draw(table, y, key)
        scores = module.scale() * on_sphere(module(x)) @ on_sphere(module.caption(words)).T
        return info_nce(scores)

    def logits(network: Network, params: Params, x: jax.Array) -> jax.Array:
        module = _reader(network, params)
        return module.scale() * on_sphere(module(x)) @ _names(module, table).T

    return Objective(sizes.inputs, embedding, loss, read_features, logits)


def info_nce(scores: jax.Array) -> jax.Array:
    """Return the mean of both directions' cross-entropies f32[] of scores f32[B, B]; i fits i.

    >>> bool(jnp.isclose(info_nce(jnp.zeros((4, 4))), jnp.log(4.0)))
    True
    """
    own = jnp.arange(len(scores))
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels
    return (cross_entropy(scores, own).mean() + cross_entropy(scores.T, own).mean()) / 2


def floor(labels: jax.Array) -> jax.Array:
    """Return the lowest expected loss f32[] in nats of a batch with labels i32[B].

    The mean over examples of ``log n_i``, n_i the examples of the batch with i's label. Captions of
    one class are drawn independently of the inputs, so which caption of its class belongs to an
    input cannot be known: given all inputs and captions, every matching inside a class is equally
    probable (derived here). Labels that the input does not determine raise the attainable loss.

    >>> round(float(floor(jnp.array([0, 0, 1]))), 4)
    0.4621
    """
    same = labels[:, None] == labels[None, :]
    return jnp.log(same.sum(axis=1)).mean()


def _reader(network: Network, params: Params) -> Any:
    """Return the network as a module that has a tower of captions."""
    module = network.module(params)
    if not hasattr(module, "caption"):
        raise ValueError(
            f"objective 'image_text' needs model kind 'dual_encoder', and a "
            f"{type(module).__name__} reads no captions"
        )
    return module


def _names(module: Any, table: np.ndarray) -> jax.Array:
    """Return the unit mean embedding f32[K, e] of each class's captions."""
    classes, variants, length = table.shape
    embedded = on_sphere(module.caption(jnp.asarray(table.reshape(-1, length))))
    return on_sphere(embedded.reshape(classes, variants, -1).mean(axis=1))
