"""Samples the posterior of a forecast's law with an ensemble of walkers, in one program."""

from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.forecasts.falling import Prior, law
from jaxuim.laws.forecasts.modes import Modes, Rows

Array = NDArray[np.float64]

WALKERS = 64
SWEEPS = 600
BUCKETS = (32, 64, 128)  # rows are padded to one of these, so that few programs are compiled
KEPT = 15  # ensembles, one after every ``APART`` sweeps at the end
APART = 20
FREEDOM = 5.0  # degrees of freedom of the noise: Student's t, for outliers


class _Padded(NamedTuple):
    """Rows padded with ``used`` 0, each shape (n,); ``linear`` is a scalar."""

    t: Any
    z: Any
    error: Any
    used: Any
    linear: Any


def _padded(rows: Rows) -> _Padded:
    """Return the rows in float32."""
    n = len(rows.t)
    size = next(bucket for bucket in BUCKETS if bucket >= n)
    pad = lambda values: np.concatenate([values, np.zeros(size - n)]).astype(np.float32)
    t, z, error, used = (pad(values) for values in (*rows[:3], np.ones(n)))
    return _Padded(t, z, error, used, np.float32(rows.linear))


def _log_posterior(rows: _Padded, mean: Any, sd: Any, point: Any) -> Any:
    u, log_sigma = point[:-1], point[-1]
    variance = jnp.exp(2.0 * log_sigma) + rows.error**2
    residual = law(jnp, u, rows.t, rows.linear) - rows.z
    tail = (FREEDOM + 1.0) * jnp.log1p(residual**2 / (FREEDOM * variance))
    value = -0.5 * jnp.sum(rows.used * (jnp.log(variance) + tail))
    value -= 0.5 * jnp.sum(((point - mean) / sd) ** 2)
    return jnp.where(jnp.isfinite(value), value, -jnp.inf)


class _Chance(NamedTuple):
    """Random numbers of every sweep and half, leading axes (SWEEPS, 2), the same in every call."""

    first: Any
    second: Any
    scale: Any
    jitter: Any
    log_uniform: Any


@lru_cache(maxsize=1)
def _chance(dimension: int) -> _Chance:
    """Draw once on the host: a generator inside the program takes seconds to compile."""
    rng = np.random.default_rng(0)
    shape, half = (SWEEPS, 2, WALKERS // 2), WALKERS // 2
    first = rng.integers(0, half, shape)
    second = (first + rng.integers(1, half, shape)) % half
    # One move in ten goes the whole difference, which carries walkers between modes.
    scale = np.where(rng.uniform(size=shape) < 0.1, 1.0, 2.38 / np.sqrt(2.0 * dimension))
    scale = scale * np.exp(0.3 * rng.standard_normal(shape))
    jitter = 1e-4 * rng.standard_normal((*shape, dimension))
    uniform = np.log(rng.uniform(size=shape))
    return _Chance(first, second, *(v.astype(np.float32) for v in (scale, jitter, uniform)))


def _half(density: Any, sd: Any, moving: Any, log_p: Any, others: Any, chance: _Chance) -> Any:
    """Move half of the walkers by differences between walkers of the other half."""
    apart = others[chance.first] - others[chance.second]
    proposed = moving + chance.scale[:, None] * apart + sd * chance.jitter
    value = density(proposed)
    taken = chance.log_uniform < value - log_p
    return jnp.where(taken[:, None], proposed, moving), jnp.where(taken, value, log_p)


@jax.jit
def _sample(rows: _Padded, mean: Any, sd: Any, points: Any, chance: _Chance) -> Any:
    density = jax.vmap(partial(_log_posterior, rows, mean, sd))

    def turn(state: Any, chance: _Chance) -> Any:
        moving, log_p, others, log_others = state
        moving, log_p = _half(density, sd, moving, log_p, others, chance)
        return (others, log_others, moving, log_p), None

    def stretch(state: Any, chance: _Chance) -> Any:
        state, _ = jax.lax.scan(turn, state, chance)
        return state, jnp.concatenate([state[0], state[2]])

    value = density(points)
    half = WALKERS // 2
    start = (points[:half], value[:half], points[half:], value[half:])
    turns = jax.tree.map(lambda v: v.reshape(-1, 2 * APART, *v.shape[2:]), chance)
    _, ensembles = jax.lax.scan(stretch, start, turns)
    return ensembles[-KEPT:]


def _scatter(found: Modes) -> Array:
    """Return starting points around the modes, shape (WALKERS, 9), each mode by its weight."""
    rng = np.random.default_rng(1)
    share = np.exp(np.min(found.loss) - found.loss)
    chosen = rng.choice(len(share), p=share / share.sum(), size=WALKERS)
    noise = rng.standard_normal((WALKERS, found.u.shape[1] + 1))
    points = np.empty_like(noise)
    for mode in np.unique(chosen):
        mine = chosen == mode
        values, vectors = np.linalg.eigh(found.hessian[mode])
        root = vectors / np.sqrt(np.maximum(values, 1e-12 * values[-1]))
        points[mine, :-1] = found.u[mode] + 0.7 * noise[mine, :-1] @ root.T
        points[mine, -1] = 0.5 * np.log(found.variance[mode]) + 0.15 * noise[mine, -1]
    return points


def sample(rows: Rows, prior: Prior, found: Modes) -> Array:
    """Return draws of (parameters, log sigma), shape (KEPT, WALKERS, 9), from a fixed seed.

    In float32, which the differences of a log posterior that decide a move bear.

    ``found`` are the modes under this prior, without a leading axis. Differential evolution
    moves within two halves of an ensemble that starts around the modes.

    Source: ter Braak 2006 (differential evolution Markov chain); the two halves as in
    Foreman-Mackey et al. 2013.
    """
    single = lambda values: np.asarray(values, dtype=np.float32)
    points = single(_scatter(found))
    inputs = _padded(rows)
    chance = _chance(points.shape[1])
    return np.asarray(_sample(inputs, single(prior.mean), single(prior.sd), points, chance))
