"""Denoising diffusion with classes as conditions, on data of few dimensions."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.models import Network, Params
from jaxuim.train.objectives.noising import corrupted, inputs, rates
from jaxuim.train.objectives.objective import Objective, Sizes
from jaxuim.train.objectives.sampling import sample
from jaxuim.types.objectives import TIME_FEATURES

FEATURE_TIME = 0.1  # time at which downstream tasks read the network
DRAWS = 8  # fixed times and noises, the same for every example, behind the loss of one example


def diffusion(
    sizes: Sizes,
    *,
    prediction: str = "noise",
    dropout: float = 0.1,
    condition_noise: float = 0.0,
) -> Objective:
    """Return the mean squared error of the noise, or of the data, in a noisy input.

    The input at time t, uniform on [0, 1], is ``x_t = cos(pi t/2) x + sin(pi t/2) e``, e standard
    normal. The network reads x_t, features of t and the one-hot label, which is replaced by zeros
    with probability ``dropout``; the loss is ``|f - e|^2 / d`` (prediction "noise") or
    ``|f - x|^2 / d`` ("data"). A wrong label is a wrong condition. Downstream tasks build on the
    features at t = 0.1 without noise or condition. The floor is the mean over t of the conditional
    variance of the target given x_t and the condition; ``floor`` has it for Gaussian data.

    Args:
        sizes: those of the world.
        prediction: what the network predicts, "noise" or "data".
        dropout: share of examples whose condition is left out.
        condition_noise: length of the noise that is added to every condition, drawn anew at each
            step, in units of the condition's; see ``noising.corrupted``. Samples and ``losses``
            have none.

    Source: Ho et al. 2020 (arXiv 2006.11239); cosine schedule of Nichol and Dhariwal 2021; dropout
    of the condition as in Ho and Salimans 2022 (arXiv 2207.12598); noise in the condition as in
    Chen et al. 2024 (arXiv 2405.20494).
    """
    classes, size = sizes.classes, sizes.inputs

    def errors(
        network: Network,
        params: Params,
        x: jax.Array,
        condition: jax.Array,
        times: jax.Array,
        noise: jax.Array,
    ) -> jax.Array:
        signal, sigma = rates(times)
        seen = signal[:, None] * x + sigma[:, None] * noise
        target = noise if prediction == "noise" else x
        found = network.apply(params, inputs(seen, times, condition))
        return jnp.square(found - target).mean(axis=-1)

    def loss(
        network: Network, params: Params, x: jax.Array, y: jax.Array, key: jax.Array
    ) -> jax.Array:
        key_uniform, key_noise = jax.random.split(key)
        times, kept = jax.random.uniform(key_uniform, (2, len(x)))
        condition = jnp.where(kept[:, None] < dropout, 0.0, jax.nn.one_hot(y, classes))
        condition = corrupted(condition, jax.random.fold_in(key, 2), condition_noise)
        noise = jax.random.normal(key_noise, x.shape)
        return errors(network, params, x, condition, times, noise).mean()

    def losses(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        noises = jax.random.normal(jax.random.key(0), (DRAWS, size))
        times = (jnp.arange(DRAWS) + 0.5) / DRAWS
        condition = jax.nn.one_hot(y, classes)

        def one(draw: tuple[jax.Array, jax.Array]) -> jax.Array:
            time, noise = draw
            return errors(network, params, x, condition, jnp.full((len(x),), time), noise)

        return jax.lax.map(one, (times, noises)).mean(axis=0)

    def features(network: Network, params: Params, x: jax.Array) -> jax.Array:
        times = jnp.full((len(x),), FEATURE_TIME)
        signal, _ = rates(times)
        seen = signal[:, None] * x
        return network.features(params, inputs(seen, times, jnp.zeros((len(x), classes))))

    def generate(network: Network, params: Params, key: jax.Array, labels: jax.Array) -> jax.Array:
        return sample(
            network, params, key, labels, classes=classes, size=size, prediction=prediction
        )

    read = size + TIME_FEATURES + classes
    return Objective(read, size, loss, features, losses=losses, sample=generate)


def floor(covariance: np.ndarray, prediction: str = "noise") -> float:
    """Return the lowest loss for Gaussian data of one class, whose covariance is S.

    With s_i the standard deviations along S's axes: the mean of ``s_i / (1 + s_i)`` for the noise
    and of ``s_i^2 / (1 + s_i)`` for the data. At time t the optimum is linear in x_t, with the loss
    ``a^2 s^2 / (a^2 s^2 + b^2)`` or ``s^2 b^2 / (a^2 s^2 + b^2)``, where a = cos(pi t/2) and
    b = sin(pi t/2); the integral over t is elementary (derived here).

    Args:
        covariance: S f[d, d].
        prediction: "noise" or "data".

    >>> floor(np.eye(2)), floor(4 * np.eye(2), "data")
    (0.5, 1.3333333333333333)
    """
    spread = np.sqrt(np.maximum(np.linalg.eigvalsh(covariance), 0.0))
    power = spread if prediction == "noise" else spread**2
    return float(np.mean(power / (1 + spread)))
