"""Samples of a trained diffusion model."""

import jax
import jax.numpy as jnp

from jaxuim.models import Network, Params
from jaxuim.train.objectives.noising import inputs, rates

_LAST = 0.98  # time at which samples start as pure noise; at 1 nothing of the data is left


def sample(
    network: Network,
    params: Params,
    key: jax.Array,
    labels: jax.Array,
    *,
    classes: int,
    size: int,
    prediction: str = "noise",
    steps: int = 50,
    guidance: float = 1.0,
    eta: float = 0.0,
) -> jax.Array:
    """Return samples f32[n, size] of the classes i32[n], one for each label; -1 is of any class.

    From time t to the next s: ``x_s = a_s x0 + sqrt(b_s^2 - v^2) e + v z`` with the predictions x0
    of the data and e of the noise, z standard normal, ``v = eta (b_s/b_t) sqrt(1 - a_t^2/a_s^2)``,
    a and b the factors of data and noise. The first t is 0.98. Maps over runs as one function of
    ``params`` and ``key``.

    Args:
        network: that the diffusion objective trained.
        params: its trained parameters.
        key: of the noise.
        labels: i32[n], conditions.
        classes: K of the pre-training world.
        size: features d of a sample.
        prediction: what the network predicts, "noise" or "data".
        steps: evaluations of the network.
        guidance: w in ``f(none) + w (f(label) - f(none))``; 1 needs no evaluation without label.
        eta: 0 for the deterministic sampler (DDIM), 1 for ancestral sampling.

    Source: Song et al. 2021 (arXiv 2010.02502); Ho and Salimans 2022 (arXiv 2207.12598).
    """
    condition = jax.nn.one_hot(labels, classes)
    times = jnp.linspace(_LAST, 0.0, steps + 1)

    def predicted(x: jax.Array, time: jax.Array) -> tuple[jax.Array, jax.Array]:
        moment = jnp.full((len(x),), time)
        found = network.apply(params, inputs(x, moment, condition))
        if guidance != 1.0:
            free = network.apply(params, inputs(x, moment, jnp.zeros_like(condition)))
            found = free + guidance * (found - free)
        signal, sigma = rates(time)
        if prediction == "noise":
            return (x - sigma * found) / signal, found
        return found, (x - signal * found) / sigma

    def step(x: jax.Array, now: tuple[jax.Array, jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        time, following, key_step = now
        (a_t, b_t), (a_s, b_s) = rates(time), rates(following)
        data, noise = predicted(x, time)
        added = eta * b_s / b_t * jnp.sqrt(jnp.maximum(1 - (a_t / a_s) ** 2, 0.0))
        kept = jnp.sqrt(jnp.maximum(b_s**2 - added**2, 0.0))
        fresh = jax.random.normal(key_step, x.shape) if eta else 0.0
        return a_s * data + kept * noise + added * fresh, None

    key_start, key_steps = jax.random.split(key)
    start = jax.random.normal(key_start, (len(labels), size))
    moves = (times[:-1], times[1:], jax.random.split(key_steps, steps))
    return jax.lax.scan(step, start, moves)[0]
