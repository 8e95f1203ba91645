"""Perturbed weights: their loss, where more pre-training stops to pay, exponent and speed."""

import jax
import jax.numpy as jnp
import numpy as np

from theory.numerics.repeat import mean_error
from theory.overtraining import dynamics, stopping
from theory.overtraining.learning_parts import HIDDEN, INPUTS, OUTPUTS, START, TARGETS
from theory.overtraining.simulation import (
    Array,
    Noise,
    draw_noise,
    flow,
    loss_powers,
    noisy_losses,
    one_mode_noise,
    small_network,
)
from theory.study.claim import Exponent, Outcome, Row, Tip
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import root, study_crossing

SEEDS, DRAWS = 12, 40  # a seed is the mean of so many perturbations and their negatives
MODE, EARLY = 2, 0.11  # index of the mode whose noise tips, and its strength early on
NOISE = 0.2
DIMENSIONS = (INPUTS, OUTPUTS, HIDDEN)


def losses(size: Size) -> Outcome:
    """Losses of matrices that were integrated and then perturbed."""
    rng, rows = size.rng("losses"), []
    network = small_network(rng, TARGETS, START, INPUTS, OUTPUTS, HIDDEN)
    noises = (0.05, 0.2)
    for time, trained in zip((2.0, 6.0), flow(network, [2.0, 6.0]), strict=True):
        found = noisy_losses(rng, trained, noises, size.repetitions(30_000))
        mean, error = mean_error(found)
        s = dynamics.mode_strength(time, jnp.array(TARGETS), START)
        for column, noise in enumerate(noises):
            predicted = float(stopping.perturbed_loss(s, jnp.array(TARGETS), noise, *DIMENSIONS))
            name = f"loss under noise of {noise}, t = {time:g}"
            rows.append(Row(name, predicted, float(mean[column]), float(error[column])))
    times, levels = np.linspace(0.0, 5.0, 26), np.array([0.0, 0.1, 0.2, 0.25])
    path = _strengths(times)
    drawn = draw_noise(rng, size.repetitions(1000), len(TARGETS), *DIMENSIONS)
    powers = loss_powers(drawn, path, TARGETS)
    seen = powers @ (levels[:, None] ** np.arange(5)).T
    mean, error = mean_error(seen)
    curves = {"times": times, "levels": levels, "mean": mean.T, "error": error.T}
    return Outcome(rows=tuple(rows), curves=curves)


def tipping(size: Size) -> Outcome:
    """Where stopping early, not training at all, and stopping at T* become best; the penalty."""
    drawn = _seeds(size)
    curves: dict[str, Array] = {}
    tips = (_worth_it(size, drawn), _catastrophe(size, drawn, curves), _turning(size, drawn))
    studied = _penalty(size, curves)
    return Outcome(tips=tips, exponents=(studied,), curves=curves)


def speed(size: Size) -> Outcome:
    """Time the losses at all times and noise levels against perturbing and multiplying each."""
    times, levels = np.linspace(0.0, 6.0, 13), np.linspace(0.0, 0.4, 11)
    network = small_network(size.rng("speed"), TARGETS, START, *DIMENSIONS)
    path = flow(network, list(times))
    strengths, powers = _strengths(times), levels[:, None] ** np.arange(5)

    def program(repetitions: int) -> Array:
        drawn = draw_noise(size.rng("fast"), repetitions, len(TARGETS), *DIMENSIONS)
        found: Array = loss_powers(drawn, strengths, TARGETS) @ powers.T
        return found

    def loop(rng: np.random.Generator) -> Array:
        one, two = rng.standard_normal((HIDDEN, INPUTS)), rng.standard_normal((OUTPUTS, HIDDEN))
        return np.array([
            [np.sum(((n.second + g * two) @ (n.first + g * one) - n.target) ** 2) for g in levels]
            for n in path
        ])  # fmt: skip

    return Outcome(speeds=(study_speed("loss at 13 times and 11 noises", program, loop, 4000),))


def _strengths(times: Array) -> Array:
    grid = jax.vmap(lambda t: dynamics.mode_strength(t, jnp.array(TARGETS), START))
    return np.asarray(grid(jnp.asarray(times)))


def _seeds(size: Size) -> Noise:
    """Return perturbations averaged over the draws of each seed."""
    blocks = []
    rng = size.rng("seeds")
    for _ in range(size.studies):
        drawn = draw_noise(rng, SEEDS * DRAWS, len(TARGETS), *DIMENSIONS)
        blocks.append(
            Noise(*(part.reshape(SEEDS, DRAWS, *part.shape[1:]).mean(1) for part in drawn))
        )
    return Noise(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def _one(drawn: Noise, mode: int) -> Noise:
    """Return what a network of that mode alone needs."""
    k = slice(mode, mode + 1)
    return Noise(
        drawn.diagonal[:, k], drawn.lengths[:, k], drawn.cross[:, k, k], drawn.product[:, k],
        drawn.pull[:, k], drawn.square,
    )  # fmt: skip


def _even(powers: Array, noises: Array) -> Array:
    """Return losses averaged over a perturbation and its negative, (repetitions, times, noises)."""
    levels = np.asarray(noises)
    even: Array = powers[..., ::2] @ np.stack([levels**0, levels**2, levels**4])
    return even


def _studied(size: Size, values: Array) -> Array:
    return values.reshape(size.studies, SEEDS, -1)


def _worth_it(size: Size, drawn: Noise) -> Tip:
    """A little learning of one mode against none: worse beyond the noise that c = s* gives."""
    target, noises = TARGETS[MODE], np.linspace(0.20, 0.46, 14)
    powers = loss_powers(_one(drawn, MODE), np.array([[START], [EARLY]]), (target,))
    losses = _even(powers, noises)
    cost = target - 0.5 * (START + EARLY)
    return study_crossing(
        "noise beyond which learning a mode hurts from the start",
        noises,
        _studied(size, losses[:, 1] - losses[:, 0]),
        float(stopping.tipping_noise(cost, INPUTS, OUTPUTS)),
        asymptotic=float(stopping.tipping_noise(target, INPUTS, OUTPUTS)),
    )


def _catastrophe(size: Size, drawn: Noise, curves: dict[str, Array]) -> Tip:
    """One mode learned to the end against not at all: worse from c = s*/2 on."""
    target, noises = TARGETS[MODE], np.linspace(0.12, 0.36, 13)
    powers = loss_powers(_one(drawn, MODE), np.array([[START], [target]]), (target,))
    losses = _even(powers, noises)
    paired = _studied(size, losses[:, 1] - losses[:, 0])
    limit = float(stopping.tipping_noise(0.5 * target, INPUTS, OUTPUTS))
    tip = study_crossing(
        "noise beyond which a fully learned mode is worse than none", noises, paired,
        float(stopping.tipping_noise(0.5 * (target - START), INPUTS, OUTPUTS)), asymptotic=limit,
    )  # fmt: skip
    mean, error = mean_error(paired[0])
    cost = np.asarray(stopping.noise_cost(noises, INPUTS, OUTPUTS))
    theory = 2 * cost * (target - START) - (target - START) ** 2
    curves |= {"noises": noises, "harm": mean, "harm error": error, "harm theory": theory}
    return tip


def _turning(size: Size, drawn: Noise) -> Tip:
    """Longer against shorter pre-training of all modes: worse beyond T*."""
    times, lag = np.linspace(0.9, 3.0, 15), 0.1
    early, late = _strengths(times - lag), _strengths(times + lag)
    difference = loss_powers(drawn, late, TARGETS) - loss_powers(drawn, early, TARGETS)
    paired = _studied(size, _even(difference, np.array([NOISE]))[..., 0])
    goals = jnp.array(TARGETS)

    def change(time: float) -> jax.Array:
        one, two = (
            stopping.perturbed_loss(
                dynamics.mode_strength(time + step, goals, START), goals, NOISE, *DIMENSIONS
            )
            for step in (-lag, lag)
        )
        return two - one

    best = float(stopping.best_time(goals, START, stopping.noise_cost(NOISE, INPUTS, OUTPUTS)))
    return study_crossing(
        "pre-training time at which more of it hurts", times, paired,
        root(change, best - 0.3, best + 0.3), asymptotic=best,
    )  # fmt: skip


def _penalty(size: Size, curves: dict[str, Array]) -> Exponent:
    """Converged minus stopped in time, the strongest mode: c^2, the fourth power of the noise.

    Every level has perturbations of its own: with common ones all would err by the same factor.
    """
    target, noises = TARGETS[0], np.geomspace(0.05, 0.25, 12)
    cost = np.asarray(stopping.noise_cost(noises, INPUTS, OUTPUTS))
    rng, count, found = size.rng("penalty"), size.studies * SEEDS, []
    for noise, stopped in zip(noises, target - cost, strict=True):
        drawn = one_mode_noise(rng, count, DRAWS, *DIMENSIONS)
        powers = loss_powers(drawn, np.array([[stopped], [target]]), (target,))
        found.append(_even(powers[:, 1] - powers[:, 0], np.array([noise]))[:, 0])
    paired = _studied(size, np.stack(found, axis=1))
    theory = np.asarray(stopping.convergence_penalty(target, cost))
    mean, error = mean_error(paired[0])
    studied = study_exponent(
        "penalty of convergence against noise", noises, theory, paired, asymptotic=-4.0
    )
    curves |= {"small": noises, "penalty": mean, "penalty error": error}
    curves |= {"penalty theory": theory, "alpha": np.array([studied.fitted])}
    return studied
