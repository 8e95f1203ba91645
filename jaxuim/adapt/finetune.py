"""Full fine-tuning: all weights and a new head are trained on the task."""

import jax
import jax.numpy as jnp
import optax

from jaxuim.adapt.fitted import Fitted
from jaxuim.models import Network, Params
from jaxuim.rng import stream
from jaxuim.train.objective import supervised
from jaxuim.train.optimizer import flat_on_cpu


def adapt(
    network: Network,
    params: Params,
    x: jax.Array,
    y: jax.Array,
    classes: int,
    key: jax.Array,
    *,
    steps: int,
    batch_size: int,
    learning_rate: jax.typing.ArrayLike,
) -> Fitted:
    """Train the pre-trained weights and a new head on x f32[n, d], y i32[n] with Adam.

    The new head starts at 0, so the result depends on the pre-trained weights and the order of the
    batches alone. Batches are drawn with replacement from the key; ``converged`` says whether all
    weights are finite after the last of ``steps`` steps.
    """
    head = jax.tree.map(lambda leaf: jnp.zeros((*leaf.shape[:-1], classes)), params["head"])
    chain = flat_on_cpu(optax.adam(learning_rate))
    start = {**params, "head": head}
    places = jax.random.randint(stream(key, "finetune"), (steps, batch_size), 0, x.shape[0])

    def step(
        state: tuple[Params, optax.OptState], place: jax.Array
    ) -> tuple[tuple[Params, optax.OptState], None]:
        weights, opt_state = state
        gradient = jax.grad(lambda p: supervised(network, p, x[place], y[place]))(weights)
        updates, opt_state = chain.update(gradient, opt_state, weights)
        return (optax.apply_updates(weights, updates), opt_state), None

    (tuned, _), _ = jax.lax.scan(step, (start, chain.init(start)), places)
    finite = jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tuned)]).all()
    return Fitted(logits=lambda new: network.apply(tuned, new), converged=finite)
