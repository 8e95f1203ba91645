"""What weight noise after pre-training costs, and when pre-training should have stopped."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.overtraining.dynamics import mode_strength, time_to_reach

GRID, HALVINGS = 512, 60


def noise_cost(noise: ArrayLike, d_in: ArrayLike, d_out: ArrayLike) -> jax.Array:
    """Return c = noise^2 (d_in + d_out) / 2, half of what a unit of strength costs under noise.

    Args:
        noise: standard deviation of the perturbation of every weight.
        d_in: inputs.
        d_out: outputs.

    Source: derived here; setting of Springer et al. 2025 (arXiv 2503.19206).

    >>> round(float(noise_cost(0.2, 12, 10)), 4)
    0.44
    """
    return 0.5 * jnp.square(jnp.asarray(noise, dtype=float)) * (jnp.asarray(d_in) + d_out)


def perturbed_loss(
    strengths: ArrayLike,
    targets: ArrayLike,
    noise: ArrayLike,
    d_in: ArrayLike,
    d_out: ArrayLike,
    hidden: ArrayLike,
) -> jax.Array:
    """Return the expected |W2 W1 - A|^2 after Gaussian noise on all weights.

    sum (s - s*)^2 + 2 c sum s + noise^4 d_in d_out hidden; without the factor 1/2 of the training
    loss.

    Args:
        strengths: singular values of the product of balanced weights, shape (modes,).
        targets: singular values of A, shape (modes,).
        noise: standard deviation of the perturbation of every weight.
        d_in: inputs.
        d_out: outputs.
        hidden: hidden units.

    Source: derived here.

    >>> round(float(perturbed_loss(jnp.array([3.0]), jnp.array([3.0]), 0.1, 12, 10, 20)), 4)
    0.9
    """
    s, goal = jnp.asarray(strengths, dtype=float), jnp.asarray(targets, dtype=float)
    variance = jnp.square(jnp.asarray(noise, dtype=float))
    linear = variance * (jnp.asarray(d_in) + d_out) * jnp.sum(s)
    return jnp.sum(jnp.square(s - goal)) + linear + variance**2 * d_in * d_out * hidden


def stopping_time(target: ArrayLike, start: ArrayLike, cost: ArrayLike) -> jax.Array:
    """Return when one mode should stop: at strength s* - c, or at once where that is below s0.

    log[(s*/s0 - 1)(s* - c)/c] / (2 s*).

    Args:
        target: singular value s* of A.
        start: strength s0 at time 0.
        cost: c > 0, see ``noise_cost``.

    Source: derived here.

    >>> round(float(stopping_time(3.0, 0.01, 0.44)), 4), float(stopping_time(0.4, 0.01, 0.44))
    (1.2436, 0.0)
    """
    goal, first = jnp.asarray(target, dtype=float), jnp.asarray(start, dtype=float)
    best = goal - jnp.asarray(cost)
    pays = best > first
    safe = jnp.where(pays, best, 0.5 * (goal + first))
    return jnp.where(pays, time_to_reach(safe, goal, first), 0.0)


def tipping_noise(target: ArrayLike, d_in: ArrayLike, d_out: ArrayLike) -> jax.Array:
    """Return sqrt(2 s*/(d_in + d_out)), the noise beyond which a mode is not worth learning.

    For a vanishing start; learning it to the end is worse than not at all from 1/sqrt(2) of this
    on.

    Source: derived here.

    >>> round(float(tipping_noise(1.2, 12, 10)), 4)
    0.3303
    """
    return jnp.sqrt(2.0 * jnp.asarray(target, dtype=float) / (jnp.asarray(d_in) + d_out))


def convergence_penalty(target: ArrayLike, cost: ArrayLike, start: ArrayLike = 0.0) -> jax.Array:
    """Return the perturbed loss of a mode at convergence minus that at its own best time.

    c^2 where s* - c > s0, else 2 c s* - s*^2 - (2 (c - s*) s0 + s0^2). Arguments as for
    ``stopping_time``.

    Source: derived here.

    >>> round(float(convergence_penalty(3.0, 0.44)), 4)
    0.1936
    """
    goal, first = jnp.asarray(target, dtype=float), jnp.asarray(start, dtype=float)
    c = jnp.asarray(cost, dtype=float)
    never = 2.0 * c * goal - goal**2 - (2.0 * (c - goal) * first + first**2)
    return jnp.where(goal - c > first, c**2, never)


def best_time(targets: ArrayLike, start: ArrayLike, cost: ArrayLike) -> jax.Array:
    """Return T*, the pre-training time with the least perturbed loss over all modes.

    The loss may have several minima. The best of a grid up to the latest stopping time of a single
    mode (none lies beyond) is refined by bisection of sum (s - s* + c) s (s* - s) = 0; 0 where no
    mode is worth learning. Differentiable (implicitly).

    Args:
        targets: singular values of A, shape (modes,).
        start: common strength s0 at time 0.
        cost: c > 0, see ``noise_cost``.

    Source: derived here.

    >>> round(float(best_time(jnp.array([3.0, 2.0, 1.2, 0.4]), 0.01, 0.44)), 3)
    1.78
    """
    goals, c = jnp.asarray(targets, dtype=float), jnp.asarray(cost, dtype=float)
    first = jnp.asarray(start, dtype=float)
    held = jax.lax.stop_gradient
    time = _refined(held(goals), held(first), held(c))

    def slope(t: jax.Array) -> jax.Array:
        return _slope(t, goals, first, c)

    # One step of Newton's method with live arguments gives the derivative of the root.
    bend = held(jax.grad(lambda t: _slope(t, held(goals), held(first), held(c)))(time))
    inside = time > 0
    return jnp.where(inside, time - slope(time) / jnp.where(inside, bend, 1.0), 0.0)


def _slope(time: jax.Array, goals: jax.Array, first: jax.Array, c: jax.Array) -> jax.Array:
    """Return a quarter of the time derivative of the perturbed loss."""
    s = mode_strength(time, goals, first)
    return jnp.sum((s - goals + c) * s * (goals - s))


@jax.jit
def _refined(goals: jax.Array, first: jax.Array, c: jax.Array) -> jax.Array:
    latest = jnp.max(stopping_time(goals, first, c))
    times = jnp.linspace(0.0, 1.0, GRID) * latest
    s = mode_strength(times[:, None], goals, first)
    best = jnp.argmin(jnp.sum(jnp.square(s - goals) + 2.0 * c * s, axis=1))
    low, high = times[jnp.maximum(best - 1, 0)], times[jnp.minimum(best + 1, GRID - 1)]

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        low, high = ends
        middle = 0.5 * (low + high)
        falls = _slope(middle, goals, first, c) < 0
        return jnp.where(falls, middle, low), jnp.where(falls, high, middle)

    low, high = jax.lax.fori_loop(0, HALVINGS, halve, (low, high))
    return jnp.where(best == 0, 0.0, 0.5 * (low + high))
