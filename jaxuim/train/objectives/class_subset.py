"""Cross-entropy over a random subset of the classes, as image-text batches imply it."""

import jax
import jax.numpy as jnp
import optax

from jaxuim.models import Network, Params
from jaxuim.train.objectives.objective import Objective, Sizes, read_features, read_outputs


def class_subset(sizes: Sizes, *, keep: float = 0.5) -> Objective:
    """Return the mean cross-entropy of the label among itself and a random share of the others.

    At every step each class is kept with probability ``keep``, independently; of an example's
    softmax only the kept classes and its own label take part. At ``keep = 1`` this is ordinary
    cross-entropy. The floor is at most that of cross-entropy: fewer classes compete.

    Args:
        sizes: of the world.
        keep: probability in (0, 1] that another class takes part.

    Source: the mechanism by which captions in a batch name few classes, Wen et al. 2024,
    arXiv 2405.21070.
    """

    def losses(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        logits = network.apply(params, x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y)

    def loss(
        network: Network, params: Params, x: jax.Array, y: jax.Array, key: jax.Array
    ) -> jax.Array:
        logits = network.apply(params, x)
        kept = jax.random.uniform(key, (sizes.classes,)) < keep
        kept = kept[None] | jax.nn.one_hot(y, sizes.classes, dtype=bool)
        masked = jnp.where(kept, logits, -jnp.inf)
        return optax.softmax_cross_entropy_with_integer_labels(masked, y).mean()

    return Objective(sizes.inputs, sizes.classes, loss, read_features, read_outputs, losses)
