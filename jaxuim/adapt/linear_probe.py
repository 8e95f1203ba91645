"""Linear probe: multinomial logistic regression on frozen features, to convergence."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxuim.adapt.fitted import Encoder, Fitted
from jaxuim.models import Params

TOLERANCE = 3e-6  # largest entry of the gradient at convergence; float32 resolves about 1e-7
MAX_ITERATIONS = 4000
_JITTER = 1e-6  # keeps the bound's factorisation positive where features are dependent


class Probe(NamedTuple):
    """A fitted probe: weights f32[d, K], bias f32[K], iterations i32[] and the last gradient."""

    weights: jax.Array
    bias: jax.Array
    iterations: jax.Array
    gradient: jax.Array

    @property
    def converged(self) -> jax.Array:
        """Whether the largest entry of the gradient is below the tolerance."""
        return self.gradient <= TOLERANCE


class _Iterate(NamedTuple):
    """State of the accelerated iteration; parameters f32[d + 1, K] with the bias as last row."""

    theta: jax.Array
    ahead: jax.Array
    momentum: jax.Array
    iterations: jax.Array
    error: jax.Array


def adapt(
    encoder: Encoder,
    params: Params,
    x: jax.Array,
    y: jax.Array,
    classes: int,
    key: jax.Array,
    *,
    l2: jax.typing.ArrayLike,
) -> Fitted:
    """Fit a probe on the features of x f32[n, d] with labels y i32[n]; ``key`` is not used."""
    del key
    probe = fit(encoder(params, x), y, classes, l2)
    return Fitted(
        logits=lambda new: encoder(params, new) @ probe.weights + probe.bias,
        converged=probe.converged,
    )


def fit(features: jax.Array, labels: jax.Array, classes: int, l2: jax.typing.ArrayLike) -> Probe:
    """Minimise ``mean cross-entropy + (l2/2) |W|^2`` over weights W and an unpenalised bias.

    The same problem as scikit-learn's ``LogisticRegression(C=1/(n l2))``. Deterministic: starts at
    0 and follows Nesterov's accelerated gradient with restarts, in the metric of Boehning's bound
    ``H <= X'X/(2n) + l2``, in which the step size 1 never overshoots.

    Args:
        features: f32[n, d].
        labels: i32[n] in [0, classes).
        classes: K.
        l2: penalty in units of the mean loss.

    Source: Boehning and Lindsay 1988 (bound); O'Donoghue and Candes 2015 (restarts).

    >>> probe = fit(jnp.array([[-1.0], [1.0]]), jnp.array([0, 1]), 2, 0.1)
    >>> bool(probe.converged), bool(probe.weights[0, 1] > 0)
    (True, True)
    """
    count, size = features.shape
    inputs = jnp.concatenate([features, jnp.ones((count, 1))], axis=1)
    targets = jax.nn.one_hot(labels, classes)
    penalty = jnp.append(jnp.full((size,), l2), 0.0)[:, None]
    bound = inputs.T @ inputs / (2 * count) + jnp.diag(penalty[:, 0])
    bound = bound + _JITTER * jnp.trace(bound) / (size + 1) * jnp.eye(size + 1)
    inverse = jax.scipy.linalg.cho_solve((jnp.linalg.cholesky(bound), True), jnp.eye(size + 1))

    def gradient(theta: jax.Array) -> jax.Array:
        residual = jax.nn.softmax(inputs @ theta) - targets
        return inputs.T @ residual / count + penalty * theta

    def step(now: _Iterate) -> _Iterate:
        slope = gradient(now.ahead)
        theta = now.ahead - inverse @ slope
        uphill = jnp.sum(slope * (theta - now.theta)) > 0
        momentum = jnp.where(uphill, 1.0, now.momentum)
        following = (1 + jnp.sqrt(1 + 4 * momentum**2)) / 2
        push = jnp.where(uphill, 0.0, (momentum - 1) / following)
        ahead = theta + push * (theta - now.theta)
        return _Iterate(theta, ahead, following, now.iterations + 1, jnp.max(jnp.abs(slope)))

    zero = jnp.zeros((size + 1, classes))
    start = _Iterate(zero, zero, jnp.float32(1.0), jnp.int32(0), jnp.float32(jnp.inf))
    end = jax.lax.while_loop(
        lambda now: (now.error > TOLERANCE) & (now.iterations < MAX_ITERATIONS), step, start
    )
    return Probe(end.theta[:-1], end.theta[-1], end.iterations, end.error)
