"""Turns the timings of the throughput benchmark into a Markdown table."""

from statistics import median
from typing import Any

from benchmarks import machine
from benchmarks.contenders import CONTENDERS, OURS, Contender
from benchmarks.sgemm import FLOPS
from benchmarks.work import flops_per_model_step

PEAK_TARGET = 0.60


def render(result: dict[str, Any]) -> str:
    """The machine, the table and the verdict on every promise."""
    work, rounds = result["work"], result["rounds"]
    entered = [c for c in CONTENDERS if c.name in result["contenders"]]
    total = work["models"] * work["steps"]
    peaks = _peaks(entered, rounds)
    lines = [
        f"{work['models']} MLPs {'-'.join(map(str, work['sizes']))}, Adam, batch {work['batch']}, "
        f"{work['steps']} steps: {total:,} model-steps of {flops_per_model_step() / 1e6:.2f} "
        f"MFLOP; {len(rounds)} rounds, median (lowest to highest).",
        "",
        machine.markdown(result["machine"]),
        "",
        "| contender | model-steps/s | GFLOP/s | of sgemm | ours is faster by | mean final loss |",
        "|---|---|---|---|---|---|",
    ]
    for contender in entered:
        lines.append(_row(contender, rounds, total, peaks, result["contenders"][contender.name]))
    lines += ["", *_verdicts(entered, rounds, total, peaks)]
    lines += [f"- left out: {failure}" for failure in result["failures"]]
    return "\n".join(lines)


def _row(
    contender: Contender,
    rounds: list[dict[str, float]],
    total: int,
    peaks: list[float],
    note: dict[str, Any],
) -> str:
    """One contender's line."""
    if contender.ceiling:
        rates = [FLOPS / one[contender.name] / 1e9 for one in rounds]
        return f"| {contender.name} | | {_spread(rates, '.0f')} | | | |"
    steps = [total / one[contender.name] for one in rounds]
    gflops = [rate * flops_per_model_step() / 1e9 for rate in steps]
    share = [a / b for a, b in zip(gflops, peaks or gflops, strict=True)]
    cells = [
        contender.name,
        _spread(steps, ",.0f"),
        _spread(gflops, ".1f"),
        _spread(share, ".0%") if peaks else "",
        _spread(ratios(contender, rounds), ".2f") if contender.name != OURS else "",
        f"{note['loss']:.4f}",
    ]
    return "| " + " | ".join(cells) + " |"


def _peaks(entered: list[Contender], rounds: list[dict[str, float]]) -> list[float]:
    """Every round's rate, in GFLOP/s, of the library whose median rate is the highest."""
    rates = [[FLOPS / one[c.name] / 1e9 for one in rounds] for c in entered if c.ceiling]
    return max(rates, key=median, default=[])


def ratios(contender: Contender, rounds: list[dict[str, float]]) -> list[float]:
    """How many times faster ours was in every round; empty where it took no part."""
    return [one[contender.name] / one[OURS] for one in rounds if OURS in one]


def _verdicts(
    entered: list[Contender], rounds: list[dict[str, float]], total: int, peaks: list[float]
) -> list[str]:
    """One line for every promise: the best setting of each peer, and the share of the ceiling."""
    if OURS not in {contender.name for contender in entered}:
        return []
    lines = []
    for family in dict.fromkeys(c.family for c in entered if c.target):
        peers = [c for c in entered if c.family == family]
        best = min(peers, key=lambda peer: median(one[peer.name] for one in rounds))
        factor = median(ratios(best, rounds))
        lines.append(_verdict(f"against {best.name}", factor, best.target or 0.0, ".2f"))
    if peaks:
        rates = [total / one[OURS] * flops_per_model_step() / 1e9 for one in rounds]
        share = median(a / b for a, b in zip(rates, peaks, strict=True))
        lines.append(_verdict("share of sgemm", share, PEAK_TARGET, ".0%"))
    return lines


def _verdict(what: str, found: float, target: float, form: str) -> str:
    met = "met" if found >= target else "MISSED"
    return f"- {what}: {found:{form}}, promised at least {target:{form}}: {met}"


def _spread(values: list[float], form: str) -> str:
    """The median with the lowest and highest value."""
    if not values:
        return ""
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"
