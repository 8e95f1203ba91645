"""Ridge regression simulated: label noise integrated out, whole grids from one factorisation."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
BATCH_NUMBERS = 1_500_000  # input entries that are held at once


class Fits(NamedTuple):
    """Exact risks given drawn inputs, affine in the noise: bias + noise * variance.

    ``bias`` and ``variance`` make the excess risk, ``train_bias`` and ``train_variance`` the
    training mean squared error; each of shape (repetitions, ridges).
    """

    bias: Array
    variance: Array
    train_bias: Array
    train_variance: Array

    def excess(self, noise: ArrayLike) -> Array:
        """Return the excess risk."""
        return self.bias + np.asarray(noise) * self.variance

    def train(self, noise: ArrayLike) -> Array:
        """Return the training mean squared error."""
        return self.train_bias + np.asarray(noise) * self.train_variance


def over_ridges(
    rng: np.random.Generator,
    repetitions: int,
    spectrum: ArrayLike,
    beta: ArrayLike,
    n: int,
    ridges: ArrayLike,
    *,
    signs: bool = False,
) -> Fits:
    """Return the risks at every ridge and any noise, one eigendecomposition for each data set.

    In the eigenbasis of the kernel X X' (or of X'X where d <= n) a fit is a diagonal filter of the
    labels, so that a further ridge costs n^2 and a further noise level nothing.

    Args:
        rng: generator.
        repetitions: independent data sets.
        spectrum: eigenvalues, shape (d,).
        beta: coefficients, shape (d,), or one vector for each repetition, shape (repetitions, d).
        n: samples.
        ridges: shape (r,), not negative; 0 is the shortest interpolant, or least squares.
        signs: Rademacher instead of Gaussian entries.
    """
    spectrum, ridges = np.asarray(spectrum, dtype=float), np.asarray(ridges, dtype=float)
    d = spectrum.size
    targets = np.broadcast_to(np.asarray(beta, dtype=float), (repetitions, d))
    batch = max(1, BATCH_NUMBERS // (n * d))
    solve = _kernel if n < d else _coordinates
    found = []
    for start in range(0, repetitions, batch):
        target = targets[start : start + batch]
        # 32-bit draws take half the time and are far finer than any error here.
        z = rng.standard_normal((len(target), n, d), dtype=np.float32)
        x = (np.sign(z) if signs else z) * np.sqrt(spectrum)
        found.append(solve(x, spectrum, target[:, :, None], n * ridges))
    return Fits(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _kernel(x: Array, spectrum: Array, beta: Array, penalties: Array) -> Fits:
    """Return the risks from X X': fits are filters 1 / (s + L) on rotated labels."""
    n = x.shape[1]
    weighted = x * spectrum
    values, vectors = np.linalg.eigh(x @ x.mT)
    labels = (vectors.mT @ (x @ beta))[..., 0]
    cross = (vectors.mT @ (weighted @ beta))[..., 0]
    metric = vectors.mT @ (weighted @ x.mT) @ vectors
    filters = 1.0 / (values[:, None, :] + penalties[:, None])
    fitted = filters * labels[:, None, :]
    energy = np.sum(spectrum * np.square(beta[..., 0]), axis=-1)[:, None]
    met = (fitted @ cross[..., None])[..., 0]
    bias = energy - 2.0 * met + np.sum((fitted @ metric) * fitted, axis=-1)
    weights = np.diagonal(metric, axis1=1, axis2=2)[:, None, :]
    left = np.square(penalties[:, None] * filters) / n
    return Fits(
        bias,
        np.sum(weights * np.square(filters), axis=-1),
        np.sum(left * np.square(labels)[:, None, :], axis=-1),
        np.sum(left, axis=-1),
    )


def _coordinates(x: Array, spectrum: Array, beta: Array, penalties: Array) -> Fits:
    """Return the risks from X'X, d <= n: what is lost are filters L / (s + L) on rotated beta."""
    n = x.shape[1]
    values, vectors = np.linalg.eigh(x.mT @ x)
    metric = (vectors.mT * spectrum) @ vectors
    filters = 1.0 / (values[:, None, :] + penalties[:, None])
    lost = penalties[:, None] * filters
    missed = lost * (vectors.mT @ beta)[:, None, :, 0]
    weights = (np.diagonal(metric, axis1=1, axis2=2) * values)[:, None, :]
    return Fits(
        np.sum((missed @ metric) * missed, axis=-1),
        np.sum(weights * np.square(filters), axis=-1),
        np.sum(values[:, None, :] * np.square(missed), axis=-1) / n,
        1.0 - np.sum(1.0 - np.square(lost), axis=-1) / n,
    )


def over_samples(key: jax.Array, spectrum: jax.Array, betas: jax.Array, *, rows: int) -> jax.Array:
    """Return bias and variance without ridge for every n = 1..rows of one nested data set.

    The Cholesky factor of a leading block is the leading block of the factor, so that X X' = L L',
    Q = L^-1 X holds the solution for every prefix: w_n = sum_{i <= n} q_i (L^-1 y)_i, and all
    risks are running sums over one table.

    Args:
        key: random key.
        spectrum: eigenvalues, shape (d,), d > rows.
        betas: targets, shape (m, d).
        rows: the largest n, static.

    Returns:
        Shape (m + 1, rows): the bias for each target, then the variance at unit noise.
    """
    z = jax.random.normal(key, (rows, spectrum.size), dtype="float32")
    x = z * jnp.sqrt(spectrum)
    lower = jnp.linalg.cholesky(x @ x.T)
    inverse = solve_triangular(lower, jnp.eye(rows), lower=True)
    basis = inverse @ x
    metric = (basis * spectrum) @ basis.T

    def running(table: jax.Array) -> jax.Array:
        """Return the sums over all leading blocks of a symmetric table."""
        return jnp.cumsum(2.0 * jnp.sum(jnp.tril(table), axis=1) - jnp.diagonal(table))

    def bias(beta: jax.Array) -> jax.Array:
        steps = basis @ beta
        met = jnp.cumsum(steps * (basis @ (spectrum * beta)))
        energy = jnp.sum(spectrum * jnp.square(beta))
        return energy - 2.0 * met + running(metric * jnp.outer(steps, steps))

    variance = running(metric * (inverse @ inverse.T))
    return jnp.concatenate([jax.vmap(bias)(betas), variance[None]])
