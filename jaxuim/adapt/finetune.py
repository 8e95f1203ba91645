"""Full fine-tuning: all weights and a new head are trained on the task."""

import jax
import jax.numpy as jnp
import optax

from jaxuim.adapt.fitted import Encoder, Fitted
from jaxuim.models import Params
from jaxuim.models.layers import affine
from jaxuim.rng import stream
from jaxuim.train.optimizer import flat_on_cpu


def adapt(
    encoder: Encoder,
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
    width = jax.eval_shape(encoder, params, x).shape[-1]
    head = {"kernel": jnp.zeros((width, classes)), "bias": jnp.zeros((classes,))}
    if "bias" not in params.get("head", head):  # a network without biases gets a head without
        del head["bias"]
    chain = flat_on_cpu(optax.adam(learning_rate))
    body = {name: layer for name, layer in params.items() if name != "head"}
    start = {**body, "head": head}
    places = jax.random.randint(stream(key, "finetune"), (steps, batch_size), 0, x.shape[0])

    def logits(weights: Params, x: jax.Array) -> jax.Array:
        bias = weights["head"].get("bias", jnp.zeros((classes,)))
        features = encoder({**params, **{k: v for k, v in weights.items() if k != "head"}}, x)
        return affine(features, weights["head"]["kernel"], bias)

    def loss(weights: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        return optax.softmax_cross_entropy_with_integer_labels(logits(weights, x), y).mean()

    def step(
        state: tuple[Params, optax.OptState], place: jax.Array
    ) -> tuple[tuple[Params, optax.OptState], None]:
        weights, opt_state = state
        gradient = jax.grad(lambda p: loss(p, x[place], y[place]))(weights)
        updates, opt_state = chain.update(gradient, opt_state, weights)
        return (optax.apply_updates(weights, updates), opt_state), None

    (tuned, _), _ = jax.lax.scan(step, (start, chain.init(start)), places)
    finite = jnp.stack([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(tuned)]).all()
    return Fitted(logits=lambda new: logits(tuned, new), converged=finite)
