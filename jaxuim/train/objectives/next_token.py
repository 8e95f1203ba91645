"""Language modelling: each token is predicted from those before it."""

import jax
import optax

from jaxuim.models import Network, Params
from jaxuim.train.objectives.objective import Objective, Sizes, read_features


def next_token(sizes: Sizes) -> Objective:
    """Return the mean of ``-log p(token t | tokens before t)``, in nats per predicted token.

    The first token of a sequence is given: T tokens make T - 1 predictions, all counted alike.
    ``losses`` are sums over a sequence, so ``exp(-losses)`` is the probability of all its tokens
    but the first; they take sequences of any length up to that of the world.

    Args:
        sizes: those of a world of tokens, at least 2 of them in a sequence.

    Raises:
        ValueError: if the world has no tokens, or one a sequence.

    Its floor is the entropy rate of the sequences.
    """
    if not sizes.vocabulary or sizes.inputs < 2:
        raise ValueError(
            f"next_token needs sequences of at least 2 tokens; this world has a vocabulary of "
            f"{sizes.vocabulary} and inputs of length {sizes.inputs}"
        )

    def losses(network: Network, params: Params, x: jax.Array, _: jax.Array) -> jax.Array:
        logits = network.apply(params, x[:, :-1])
        return optax.softmax_cross_entropy_with_integer_labels(logits, x[:, 1:]).sum(-1)

    def loss(
        network: Network, params: Params, x: jax.Array, y: jax.Array, _: jax.Array
    ) -> jax.Array:
        return losses(network, params, x, y).mean() / (x.shape[1] - 1)

    return Objective(sizes.inputs, sizes.vocabulary, loss, read_features, losses=losses)
