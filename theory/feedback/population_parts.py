"""Comparisons of finite populations: variance, memory, ramps and early warning."""

import numpy as np
from numpy.typing import NDArray

from jaxuim import laws
from theory.feedback.linear_parts import row
from theory.feedback.population import memory, ramp_variance, share_variance
from theory.feedback.simulated import populations, ramps
from theory.numerics.repeat import mean_error, ratio_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.timing import study_speed

SHARPENING = 2.0
LINEAR = "the cubic term, from linear and cubic theory"
CUBIC = "the next order, taken as the square of the cubic one"
SLOPE = "the cubic term takes the part (b^2 - 1) 4 var p off the slope"
RAMP = np.linspace(0.05, 0.47, 43)
AGENTS, SEEDS = 5000, 24


def spread(size: Size) -> Outcome:
    """Compare variance and memory of large populations with linear and cubic theory."""
    rows: list[Row] = []
    for agents, product in ((20_000, 0.4), (20_000, 0.7), (20_000, 0.9), (2000, 0.9)):
        s, many = product / SHARPENING, agents == 20_000
        rng, chains = size.rng(f"population {agents} {product}"), size.repetitions(3000, 300)
        off = populations(rng, (chains,), agents, s, SHARPENING, 300, settled=60) - 0.5
        squares = np.mean(np.square(off), axis=0)
        name = f"{agents} agents, s b = {product:g}"
        linear, cubic = (float(share_variance(agents, s, SHARPENING, c)) for c in (False, True))
        order = abs(cubic / linear - 1.0)
        # With few agents linear theory is declared to fail: nothing is allowed for it there.
        allowed, reason = (order, LINEAR) if many else (0.0, "")
        mean, error = (float(v) for v in mean_error(squares))
        rows.append(Row(f"variance of the share, {name}, linear", linear, mean, error,
                        allowed, 0.0, reason, holds=many))  # fmt: skip
        rows.append(Row(f"variance of the share, {name}, cubic", cubic, mean, error,
                        order**2, 0.0, CUBIC))  # fmt: skip
        if many:
            products = np.mean(off[1:] * off[:-1], axis=0), np.mean(np.square(off[:-1]), axis=0)
            lag = float(memory(s, SHARPENING))
            found = ratio_error(*products)
            rows.append(Row(f"correlation of successive shares, {name}", lag, *found,
                            4.0 * (SHARPENING**2 - 1.0) * cubic, 0.0, SLOPE))  # fmt: skip
    return Outcome(tuple(rows))


def warning(size: Size) -> Outcome:
    """Compare the rise of variance on a ramp, and the false alarms where nothing changes."""
    rng, studies = size.rng("ramp"), size.studies // 2
    shares = ramps(rng, (studies, SEEDS), AGENTS, RAMP, SHARPENING)
    still = ramps(rng, (studies, SEEDS), AGENTS, np.full(len(RAMP), 0.3), SHARPENING)
    found = [laws.early_warning(table, RAMP) for table in shares[: max(10, studies // 8)]]
    calm = [laws.early_warning(table, RAMP) for table in still[: max(20, studies // 2)]]
    alarms = np.array([one.p_variance <= 0.05 for one in calm])
    recall = np.array([one.p_autocorrelation <= 0.05 for one in calm])
    theory = np.asarray(ramp_variance(AGENTS, RAMP, SHARPENING))
    squares = np.square(shares - 0.5).reshape(-1, len(RAMP))
    near = "fourth moments: 7 % at 2000 agents and s b = 0.9, in proportion to 1 / agents"
    rows = [
        row(f"variance of the share on a ramp, at s b = {2 * RAMP[place]:.2g}", theory[place],
            squares[:, place], 0.03, near)
        for place in (20, 42)
    ]  # fmt: skip
    rows += [
        _alarms("variance", alarms),
        _alarms("memory", recall),
    ]
    mean, error = mean_error(squares)
    curves = {"ramp": RAMP, "theory": theory, "mean": mean, "error": error}
    curves["seeds"] = found[0].variance
    curves["memory"] = found[0].autocorrelation
    curves["p"] = np.array([found[0].p_variance, found[0].p_autocorrelation])
    curves["alarms"] = np.array([
        np.mean([one.p_variance <= 0.05 for one in found]),
        np.mean([one.p_autocorrelation <= 0.05 for one in found]),
    ])  # fmt: skip
    return Outcome(tuple(rows), curves=curves)


def _alarms(signal: str, alarms: NDArray[np.bool_]) -> Row:
    """Return the row of the share of false alarms of a test at 5 %, with its binomial error."""
    error = float(np.sqrt(0.05 * 0.95 / len(alarms)))
    name = f"false alarms by {signal} where nothing changes"
    return Row(name, 0.05, float(alarms.mean()), error)


def speed(size: Size) -> Outcome:
    """Time populations at all re-entry shares against a loop over levels and generations."""
    rng = size.rng("speed")

    def together(count: int) -> NDArray[np.float64]:
        return populations(rng, (count, len(RAMP)), AGENTS, RAMP, SHARPENING, 100)

    return Outcome(speeds=(
        study_speed("100 generations of 5000 agents at 43 re-entry shares", together, _loop, 32),
    ))  # fmt: skip


def _loop(rng: np.random.Generator) -> list[list[float]]:
    """Follow one population at each re-entry share, generation by generation."""
    found = []
    for s in RAMP:
        share, path = 0.5, []
        for _ in range(100):
            option = share**SHARPENING / (share**SHARPENING + (1.0 - share) ** SHARPENING)
            probability = (1.0 - s) * 0.5 + s * option
            share = rng.binomial(AGENTS, probability) / AGENTS
            path.append(share)
        found.append(path)
    return found
