"""Times all contenders round by round and prints how many model-steps each does in a second.

    python -m benchmarks.throughput [--quick] [--repetitions 5] [--only ours] [--json FILE]

Each round runs every contender once, one at a time, starting with another one each round. Ratios
are taken within a round, where the machine is in the same mood for both.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import machine
from benchmarks.contenders import CONTENDERS, OURS, Contender
from benchmarks.pool import Pool
from benchmarks.table import render
from benchmarks.work import BATCH, SIZES

SETTLE = 0.3  # seconds for the threads of the last contender to go to sleep


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and return the exit code: 1 where a contender failed."""
    options = _parser().parse_args(arguments)
    if options.quick:
        options.models, options.steps, options.repetitions = 16, 20, 2
    chosen = [
        c
        for c in CONTENDERS
        if not options.only or {c.name, c.module, c.family} & set(options.only)
    ]
    about = machine.describe()
    with Pool(options.models, options.steps) as pool:
        notes, failures = _prepare(pool, chosen)
        failures += _disagreements(notes)
        entered = [c for c in chosen if c.name in notes]
        rounds = _rounds(pool, entered, options.repetitions, notes)
    result = {
        "machine": about,
        "work": {"models": options.models, "steps": options.steps, "batch": BATCH, "sizes": SIZES},
        "rounds": rounds,
        "contenders": notes,
        "failures": failures,
    }
    print(render(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    return bool(failures)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.throughput", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--models", type=int, default=256)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="16 models, 20 steps, 2 repetitions")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="a contender, module or family"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every timing here")
    return parser


def _prepare(pool: Pool, chosen: list[Contender]) -> tuple[dict[str, Any], list[str]]:
    """Warm every contender, verify one repetition of each, and note who could not."""
    notes: dict[str, Any] = {}
    failures = []
    for contender in chosen:
        try:
            answers = pool.ask(contender, "prepare")
            note: dict[str, Any] = {
                "note": answers[0]["note"],
                "prepared_in": answers[0]["seconds"],
            }
            if not contender.ceiling:
                pool.ask(contender, "run")
                losses = [answer["loss"] for answer in pool.ask(contender, "verify")]
                note["loss"] = sum(losses) / len(losses)
            notes[contender.name] = note
            _say(f"ready: {contender.name} {note}")
        except RuntimeError as error:
            failures.append(str(error))
            _say(f"left out: {error}")
    return notes, failures


def _disagreements(notes: dict[str, Any]) -> list[str]:
    """Name contenders whose mean final loss is off: they did other work.

    Peers share all their inputs and differ by rounding only; our engine draws its own.
    """
    losses = {name: note["loss"] for name, note in notes.items() if "loss" in note}
    middle = median(losses.values()) if losses else 0.0
    return [
        f"{name}: mean final loss {loss:.4f}, the others' {middle:.4f}"
        for name, loss in losses.items()
        if abs(loss - middle) > (0.05 if name == OURS else 0.001) * middle
    ]


def _rounds(
    pool: Pool, entered: list[Contender], repetitions: int, notes: dict[str, Any]
) -> list[dict[str, float]]:
    """Seconds of every contender in every round."""
    rounds = []
    for number in range(repetitions):
        start = number % max(len(entered), 1)
        seconds = {}
        for contender in entered[start:] + entered[:start]:
            time.sleep(SETTLE)
            seconds[contender.name] = pool.seconds(contender)
        rounds.append(seconds)
        _say(f"round {number + 1}: " + ", ".join(f"{k} {v:.2f} s" for k, v in seconds.items()))
    if OURS not in notes:
        _say("our engine took no part, so there are no ratios")
    return rounds


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
