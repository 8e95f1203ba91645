"""A Gaussian for each class whose mean a network gives: generation that can be solved."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.models import Network, Params
from jaxuim.train.objectives.noising import corrupted
from jaxuim.train.objectives.objective import Gaussians, Objective, Seen, Sizes


def conditional_gaussian(sizes: Sizes, *, condition_noise: float = 0.0) -> Objective:
    """Return the mean of ``|x - f(c + g e / sqrt(K))|^2 / d``, c the one-hot label, e normal noise.

    The network reads the condition alone. It generates class k as ``N(f(c_k), R)`` at the clean
    condition, R the covariance of the residuals that it leaves in training, under the noise that it
    was trained with: exact for model "linear", from 2K points for others. For a linear network the
    optimum is that of ``corrupted_law``, and the floor is the trace of its covariance over d, plus
    what the class means leave. Logits are ``-|x - f(c_k)|^2 / 2``, and downstream tasks build on
    the features at the conditions that they make likely, weighted by their softmax.

    Args:
        sizes: those of the world.
        condition_noise: g, the length of the noise in units of the condition's.

    Source: Chen et al. 2024 (arXiv 2405.20494), whose theory this sets up; derived here.
    """
    classes, size = sizes.classes, sizes.inputs
    codes = jnp.eye(classes)

    def errors(network: Network, params: Params, x: jax.Array, condition: jax.Array) -> jax.Array:
        return jnp.square(network.apply(params, condition) - x).mean(axis=-1)

    def loss(
        network: Network, params: Params, x: jax.Array, y: jax.Array, key: jax.Array
    ) -> jax.Array:
        return errors(network, params, x, corrupted(codes[y], key, condition_noise)).mean()

    def losses(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        return errors(network, params, x, codes[y])

    def logits(network: Network, params: Params, x: jax.Array) -> jax.Array:
        made = network.apply(params, codes)
        return -0.5 * jnp.square(x[:, None] - made).sum(axis=-1)

    def features(network: Network, params: Params, x: jax.Array) -> jax.Array:
        return network.features(params, jax.nn.softmax(logits(network, params, x)))

    def law(network: Network, params: Params, seen: Seen) -> Gaussians:
        counts, means, within = class_moments(seen, classes)
        # 2K conditions about each code, with the mean and the covariance of the noise
        around = condition_noise * jnp.concatenate([codes, -codes])
        made = jax.vmap(lambda code: network.apply(params, code + around))(codes)
        off = means[:, None] - made
        spread = jnp.einsum("k,kpi,kpj->ij", counts / counts.sum(), off, off) / (2 * classes)
        return Gaussians(network.apply(params, codes), within + spread)

    return Objective(classes, size, loss, features, logits, losses, law=law)


def class_moments(seen: Seen, classes: int) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return counts f32[K], class means f32[K, d] and the covariance f32[d, d] about them.

    The covariance divides by the number of examples; the mean of a class without example is 0.

    >>> seen = Seen(jnp.array([[0.0], [2.0], [9.0]]), jnp.array([0, 0, 1]), jnp.array([1, 1, 0]))
    >>> [part.tolist() for part in class_moments(seen, 2)]
    [[2.0, 0.0], [[1.0], [0.0]], [[1.0]]]
    """
    member = jax.nn.one_hot(seen.y, classes) * seen.used[:, None]
    counts = member.sum(axis=0)
    means = member.T @ seen.x / jnp.maximum(counts, 1.0)[:, None]
    left = (seen.x - means[seen.y]) * seen.used[:, None]
    return counts, means, left.T @ left / jnp.maximum(counts.sum(), 1.0)


def corrupted_law(
    means: np.ndarray, shares: np.ndarray, covariance: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return means [K, d] and covariance [d, d] that the best linear model generates.

    Conditions are one-hot and noisy in training, clean in generation. With class shares p_k and
    h = g^2/K the weights are ``E[x c'] E[c c']^-1`` for noisy c, which shrinks class k to
    ``mu_k p_k/(p_k + h)``; what that leaves of the means becomes covariance,
    ``S + sum_k p_k h/(p_k + h) mu_k mu_k'``, of rank K beyond S. Equal shares shrink all classes by
    ``1/(1 + g^2)``, and rare classes shrink most.

    Args:
        means: of the classes, mu f[K, d].
        shares: p f[K], positive, of sum 1.
        covariance: S f[d, d], common to the classes.
        level: g.

    Source: derived here. Chen et al. 2024 (arXiv 2405.20494, lemma 4) have one class with codes
    +-1, and ``g^2/(1 + g^2) |mu|^2 I`` in place of ``g^2/(1 + g^2) mu mu'``, which is what
    minimises the loss that they state.

    >>> corrupted_law(np.eye(2), np.array([0.5, 0.5]), np.eye(2), 1.0)[0]
    array([[0.5, 0. ],
           [0. , 0.5]])
    """
    kept = shares / (shares + level**2 / len(shares))
    spread = np.einsum("k,ki,kj->ij", shares * (1 - kept), means, means)
    return kept[:, None] * means, covariance + spread


def tipping_level(
    samples: float, means: np.ndarray, variance: float, *, covariance: bool = True
) -> float:
    """Return g_c, up to which noise in the conditions of n examples brings samples nearer.

    Nearer means a smaller squared Wasserstein-2 distance of what is generated to the truth, the
    mean over K equally frequent classes of law ``N(mu_k, s^2 I)``. To the leading order in 1/n and
    g^2 the gain over g = 0 is ``a g^2/n - b g^4``: shrinking takes away variance of the estimated
    means, ``a = 2 K d s^2``, for a bias ``b = m^2``, the mean of |mu_k|^2. The covariance of the
    residuals is estimated too small where it is estimated at all, and the part that noise adds
    mends that: it adds ``m^2 (3 (d + 1) + 4 K)/8`` to a, and ``|B|^2/(4 s^2)`` to b, B the mean of
    mu_k mu_k'. So ``g_c = sqrt(a/(n b))``, and half of that squared is the best g^2.

    Args:
        samples: n in all.
        means: mu f[K, d].
        variance: s^2.
        covariance: whether the covariance is estimated as well as the means.

    Source: derived here; ``sqrt(2 d s^2/(n |mu|^2))`` for one class and known covariance follows
    Chen et al. 2024 (arXiv 2405.20494).

    >>> round(tipping_level(50, np.full((1, 16), 1.7 / 4), 1.0, covariance=False), 2)
    0.47
    """
    classes, size = means.shape
    square = float((means**2).sum(axis=1).mean())
    gain, harm = 2.0 * classes * size * variance, square
    if covariance:
        between = means.T @ means / classes
        gain += square * (3 * (size + 1) + 4 * classes) / 8
        harm += float((between**2).sum()) / (4 * variance)
    return float(np.sqrt(gain / (samples * harm)))
