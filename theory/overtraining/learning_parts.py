"""Learning, fine-tuning drift and best times held against the flow of the matrices themselves."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from theory.overtraining import dynamics, stopping
from theory.overtraining.simulation import Network, expected_loss, flow, small_network
from theory.study.claim import Outcome, Row
from theory.study.size import Size

TARGETS, START = (3.0, 2.0, 1.2, 0.4), 0.01
INPUTS, OUTPUTS, HIDDEN = 12, 10, 20
NOISE = 0.2
COST = 0.5 * NOISE**2 * (INPUTS + OUTPUTS)
EXACT = "the integrator keeps eleven digits"


def learning(size: Size) -> Outcome:
    """Singular values of the product along the flow, and how fast fine-tuning moves it."""
    rng, rows = size.rng("learning"), []
    network = small_network(rng, TARGETS, START, INPUTS, OUTPUTS, HIDDEN)
    times = np.linspace(0.0, 7.0, 29)
    path = flow(network, list(times))
    strengths = np.array([np.diag(n.left.T @ n.second @ n.first @ n.right) for n in path])
    for time in (1.0, 2.0, 4.0, 6.0):
        place = int(np.argmin(np.abs(times - time)))
        for mode in (0, 2, 3):
            predicted = float(dynamics.mode_strength(time, TARGETS[mode], START))
            found = float(strengths[place, mode])
            name = f"strength of the mode of {TARGETS[mode]}, t = {time:g}"
            rows.append(Row(name, predicted, found, None, 1e-7, reason=EXACT))
        values = np.linalg.svd(path[place].second @ path[place].first, compute_uv=False)
        aligned = float(np.abs(np.sort(values[:4]) - np.sort(strengths[place])).max())
        name = f"singular values off the target's directions, t = {time:g}"
        rows.append(Row(name, 0.0, aligned, None, floor=1e-8, reason=EXACT))
    rows += [_drift(path[int(np.argmin(np.abs(times - t)))], t) for t in (1.0, 6.0)]
    return Outcome(rows=tuple(rows), curves={"times": times, "strengths": strengths})


def best_times(size: Size) -> Outcome:
    """When each mode, and the whole, should stop: least loss along the integrated flow."""
    rows = []
    for target in TARGETS:
        time, least, last = _searched(target)
        predicted = float(stopping.stopping_time(target, START, COST))
        name = f"best time of the mode of {target}, c = {COST:.2f}"
        rows.append(
            Row(name, predicted, time, None, 1e-5, 1e-6, "a minimum is flat: root of 1e-12")
        )
        penalty = float(stopping.convergence_penalty(target, COST, START))
        name = f"convergence against the best time, mode of {target}"
        rows.append(Row(name, penalty, last - least, None, 1e-6, reason=EXACT))
    small = float(stopping.convergence_penalty(TARGETS[-1], COST))
    rows.append(Row("the same for a vanishing start", small, last - least, None, 0.005,
                    reason="of the order of the start over the target"))  # fmt: skip
    time = _whole(size)
    predicted = float(stopping.best_time(jnp.array(TARGETS), START, COST))
    rows.append(Row("best time of all modes", predicted, time, None, 1e-5, reason="flat minimum"))
    noises = np.geomspace(0.02, 0.45, 60)
    best = jax.vmap(
        lambda g: stopping.best_time(
            jnp.array(TARGETS), START, stopping.noise_cost(g, INPUTS, OUTPUTS)
        )
    )
    return Outcome(
        rows=tuple(rows), curves={"noises": noises, "best": np.asarray(best(jnp.asarray(noises)))}
    )


def _drift(network: Network, time: float) -> Row:
    """Fine-tune shortly towards product + e u_0 v_2' and return the share that is reached."""
    tau, change = 0.01, 1e-5
    product = network.second @ network.first
    move = np.outer(network.left[:, 0], network.right[:, 2])
    after = flow(network, [tau], product + change * move)[0]
    share = np.vdot(move, after.second @ after.first - product) / change
    strong, weak = (dynamics.mode_strength(time, TARGETS[k], START) for k in (0, 2))
    predicted = float(dynamics.moved_share(strong, weak, tau))
    name = f"share of a small change that fine-tuning makes, t = {time:g}"
    return Row(name, predicted, float(share), None, 1e-4, reason="first order in the change")


def _searched(target: float) -> tuple[float, float, float]:
    """Return the best time of one mode, the loss there and at convergence, from its equation."""
    found = solve_ivp(
        lambda _, s: 2 * s * (target - s), (0.0, 40.0), [START], method="DOP853",
        rtol=1e-12, atol=1e-14, dense_output=True,
    )  # fmt: skip

    def loss(time: float) -> float:
        s = float(found.sol(time)[0])
        return (s - target) ** 2 + 2 * COST * s

    grid = np.linspace(0.0, 40.0, 4001)
    best = float(grid[np.argmin([loss(t) for t in grid])])
    if best > 0:
        ends = (best - 0.01, best + 0.01)
        best = float(minimize_scalar(loss, bounds=ends, method="bounded",
                                     options={"xatol": 1e-10}).x)  # fmt: skip
    return best, loss(best), loss(40.0)


def _whole(size: Size) -> float:
    """Return the best time of all modes: least expected loss of the integrated matrices."""
    network = small_network(size.rng("whole"), TARGETS, START, INPUTS, OUTPUTS, HIDDEN)
    times = np.linspace(1.70, 1.86, 33)  # around the least of a coarse look
    losses = [expected_loss(n, NOISE) for n in flow(network, list(times))]
    coarse = [expected_loss(n, NOISE) for n in flow(network, list(np.linspace(0, 8, 81)))]
    if min(losses) > min(coarse):
        return float("nan")
    quartic = np.polynomial.Polynomial.fit(times, losses, 8)
    return float(minimize_scalar(quartic, bounds=(1.70, 1.86), method="bounded",
                                 options={"xatol": 1e-10}).x)  # fmt: skip
