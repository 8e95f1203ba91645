"""Risk of fine-tuning from pre-trained weights for any two covariances, and where it tips."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.kappa import df2, effective_ridge


class Stage(NamedTuple):
    """One stage of ridge regression: argmin_w (1/n)|y - Xw|^2 + ridge |w - start|^2.

    ``covariance`` holds eigenvalues, shape (d,), where both stages share an eigenbasis, or is a
    matrix, shape (d, d); ``beta`` are the true coefficients, shape (d,); ``noise`` the variance of
    the label noise; ``ridge`` the penalty of the 1/n-normalised loss, in units of the eigenvalues.
    """

    covariance: ArrayLike
    beta: ArrayLike
    samples: ArrayLike
    ridge: ArrayLike
    noise: ArrayLike


class Risks(NamedTuple):
    """Excess risks downstream: after ``transfer`` and from ``scratch``.

    ``slope`` is the increase of ``transfer`` per unit of pre-training noise variance.
    """

    transfer: jax.Array
    scratch: jax.Array
    slope: jax.Array


def risks(first: Stage, second: Stage) -> Risks:
    """Return the downstream excess risk E (w - beta_2)' S_2 (w - beta_2) with and without transfer.

    With kappa and gamma of either stage, A = (S_2+kappa_2)^-1 S_2 (S_2+kappa_2)^-1, the mean
    residual r = beta_2 - beta_1 + kappa_1 (S_1+kappa_1)^-1 beta_1 and the pre-training test error
    E_1, T = r'Ar + (E_1/n_1) tr[A S_1 (S_1+kappa_1)^-2] and
    transfer = (kappa_2^2 T + gamma_2 noise_2) / (1 - gamma_2); from scratch T = beta_2' A beta_2.
    Relative corrections are of order 1 / df_1. The two covariances need not commute.

    Args:
        first: pre-training, started at 0.
        second: fine-tuning, started at the pre-trained weights.

    Source: derived here, from the deterministic equivalent of ridge regression in both stages.

    >>> ones = jnp.ones(20)
    >>> out = risks(Stage(ones, ones, 1e9, 0.0, 0.0), Stage(ones, ones, 100.0, 0.1, 0.0))
    >>> round(float(out.transfer), 6)  # the task is known already
    0.0
    """
    flat = all(jnp.ndim(stage.covariance) == 1 for stage in (first, second))
    spread1, beta1, kappa1, gamma1 = _solved(first, flat)
    spread2, beta2, kappa2, gamma2 = _solved(second, flat)
    times = jnp.multiply if flat else jnp.matmul
    inverse1, inverse2 = _shifted_inverse(spread1, kappa1), _shifted_inverse(spread2, kappa2)
    weight = times(times(inverse2, spread2), inverse2)
    missed = kappa1 * times(inverse1, beta1)
    residual = beta2 - beta1 + missed
    # What a unit of test error in pre-training adds to T.
    noisy = times(times(inverse1, spread1), inverse1)
    spread = jnp.sum(weight * noisy) / first.samples
    test = (missed @ times(spread1, missed) + first.noise) / (1.0 - gamma1)
    gain = jnp.square(kappa2) / (1.0 - gamma2)
    own = gamma2 * second.noise / (1.0 - gamma2)
    return Risks(
        transfer=gain * (residual @ times(weight, residual) + test * spread) + own,
        scratch=gain * (beta2 @ times(weight, beta2)) + own,
        slope=gain * spread / (1.0 - gamma1),
    )


def general_tipping_noise(first: Stage, second: Stage) -> jax.Array:
    """Return the pre-training noise variance above which pre-training is worse than none.

    Transfer is affine in that variance: (scratch - transfer without noise) / slope. Below 0 means
    that pre-training is harmful without any noise; ``first.noise`` is ignored.

    Args:
        first: pre-training.
        second: fine-tuning; must have an effective ridge, or nothing is inherited.

    Source: derived here.

    >>> ones = jnp.ones(20)
    >>> first = Stage(ones, ones, 200.0, 0.0, 0.0)
    >>> second = Stage(ones, ones, 30.0, 0.1, 1.0)
    >>> round(float(general_tipping_noise(first, second)), 1)  # 20 (200 - 20) / 20
    180.0
    """
    clean = risks(first._replace(noise=0.0), second)
    return (clean.scratch - clean.transfer) / clean.slope


def tipping_bias(first: Stage, second: Stage, direction: ArrayLike) -> jax.Array:
    """Return both sizes c of a bias of the pre-training task at which transfer equals scratch.

    The pre-training task is beta_1 = first.beta + c direction; transfer is quadratic in c, so that
    three evaluations give its roots, shape (2,), in ascending order; NaN where there are none.

    Args:
        first: pre-training at c = 0.
        second: fine-tuning.
        direction: shape (d,), in the units of beta.

    Source: derived here.

    >>> ones, bias = jnp.ones(20), jnp.eye(20)[0]
    >>> first = Stage(ones, ones, 1e9, 0.0, 0.0)
    >>> [round(float(c), 2) for c in tipping_bias(first, Stage(ones, ones, 30.0, 0.1, 0.0), bias)]
    [-4.47, 4.47]
    """

    def gap(size: float) -> jax.Array:
        out = risks(first._replace(beta=first.beta + size * jnp.asarray(direction)), second)
        return out.transfer - out.scratch

    below, middle, above = gap(-1.0), gap(0.0), gap(1.0)
    curvature, tilt = (above + below) / 2.0 - middle, (above - below) / 2.0
    reach = jnp.sqrt(jnp.square(tilt) - 4.0 * curvature * middle)
    return (jnp.stack([-reach, reach]) - tilt) / (2.0 * curvature)


def _solved(stage: Stage, flat: bool) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Return the covariance (as eigenvalues if ``flat``), beta, kappa and gamma."""
    covariance = jnp.asarray(stage.covariance, dtype=float)
    diagonal = covariance.ndim == 1
    spectrum = covariance if diagonal else jnp.linalg.eigvalsh(covariance)
    kappa = effective_ridge(spectrum, stage.samples, stage.ridge)
    gamma = df2(spectrum, kappa) / stage.samples
    spread = jnp.diag(covariance) if diagonal and not flat else covariance
    return spread, jnp.asarray(stage.beta, dtype=float), kappa, gamma


def _shifted_inverse(spread: jax.Array, kappa: jax.Array) -> jax.Array:
    """Return (S + kappa)^-1 of eigenvalues or of a matrix."""
    if spread.ndim == 1:
        return 1.0 / (spread + kappa)
    return jnp.linalg.inv(spread + kappa * jnp.eye(len(spread)))
