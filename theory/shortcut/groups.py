"""Least squares on a core and a spurious feature: weights and errors of the two groups."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.gaussian import tail


class Features(NamedTuple):
    """Two features of a label y = +-1: x_c = y mu_c + sigma_c z, x_s = a mu_s + sigma_s z'.

    The attribute a = +-1 agrees with the label with probability (1 + r) / 2. Means and standard
    deviations are in one arbitrary unit each.
    """

    core: ArrayLike
    core_sd: ArrayLike
    spurious: ArrayLike
    spurious_sd: ArrayLike


def strengths(features: Features, ridge: ArrayLike = 0.0) -> tuple[jax.Array, jax.Array]:
    """Return S = mu^2 / (sigma^2 + ridge) of the core and of the spurious feature.

    Args:
        features: means and standard deviations.
        ridge: penalty in the 1/n-normalised loss, in units of squared features.

    >>> [float(s) for s in strengths(Features(1.0, 1.0, 2.0, 1.0))]
    [1.0, 4.0]
    """
    core = jnp.square(features.core) / (jnp.square(features.core_sd) + ridge)
    spurious = jnp.square(features.spurious) / (jnp.square(features.spurious_sd) + ridge)
    return core, spurious


def fitted(
    features: Features,
    r: ArrayLike,
    ridge: ArrayLike = 0.0,
    start: tuple[ArrayLike, ArrayLike] = (0.0, 0.0),
) -> tuple[jax.Array, jax.Array]:
    """Return (w_c, w_s) that minimise E (y - w x)^2 + ridge |w - start|^2.

    Ridge regression from ``start`` = 0; fine-tuning that is held at pre-trained weights with
    stiffness ``ridge`` otherwise.

    Args:
        features: means and standard deviations.
        r: correlation of attribute and label in the data, in [-1, 1].
        ridge: penalty (stiffness) in the 1/n-normalised loss.
        start: weights that the penalty pulls to.

    Source: derived here; the model in the spirit of Sagawa et al. 2020 (arXiv 2005.04345).

    >>> core, spurious = fitted(Features(1.0, 1.0, 2.0, 1.0), 0.9)
    >>> round(float(spurious / core), 4)
    1.0227
    """
    r = jnp.asarray(r, dtype=float)
    own = jnp.square(features.core) + jnp.square(features.core_sd) + ridge
    other = jnp.square(features.spurious) + jnp.square(features.spurious_sd) + ridge
    shared = r * features.core * features.spurious
    right = features.core + ridge * jnp.asarray(start[0])
    wrong = r * features.spurious + ridge * jnp.asarray(start[1])
    scale = own * other - jnp.square(shared)
    return (other * right - shared * wrong) / scale, (own * wrong - shared * right) / scale


def group_errors(
    features: Features, weights: tuple[ArrayLike, ArrayLike]
) -> tuple[jax.Array, jax.Array]:
    """Return the errors of sign(w x) where the attribute agrees with the label, and where not.

    Q((w_c mu_c + w_s mu_s) / sd) and, for the worst group, Q((w_c mu_c - w_s mu_s) / sd) with
    sd^2 = w_c^2 sigma_c^2 + w_s^2 sigma_s^2: the noise of new inputs, without any ridge.

    Args:
        features: means and standard deviations.
        weights: w_c and w_s, up to a common positive factor.

    >>> kind = Features(1.0, 1.0, 2.0, 1.0)
    >>> [round(float(e), 4) for e in group_errors(kind, fitted(kind, 0.9))]
    [0.0166, 0.7676]
    """
    own, other = jnp.asarray(weights[0]), jnp.asarray(weights[1])
    sd = jnp.hypot(own * features.core_sd, other * features.spurious_sd)
    right, wrong = own * features.core, other * features.spurious
    return tail((right + wrong) / sd), tail((right - wrong) / sd)


def worst_error(features: Features, r: ArrayLike, ridge: ArrayLike = 0.0) -> jax.Array:
    """Return the error of the worst group after training at correlation r.

    Arguments as for ``fitted``.

    >>> round(float(worst_error(Features(1.0, 1.0, 2.0, 1.0), 0.9)), 4)
    0.7676
    """
    return group_errors(features, fitted(features, r, ridge))[1]
