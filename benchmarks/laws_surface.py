"""Forecasts public scaling data of two inputs: fit the bottom 80 % of compute, score the rest.

    python -m benchmarks.laws_surface --data DIR [--share 0.8]

DIR holds chinchilla_epoch245.csv, misfitting_final.csv, overtraining_openlm.csv and isoflops.csv.
Peers, in the same run and with the same solver from many starts: Chinchilla's law by Huber's loss
(1e-3 on log loss) and by least squares, and the law of Kaplan et al. 2020 by least squares, all on
log loss; the best of the three is picked with hindsight. Error is the root mean square of log y
over log forecast ("rmsle"). Cover is the share of the points inside the 90 % interval.
"""

import argparse
import time
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import pandas as pd

from benchmarks import machine
from jaxuim.laws import FORMS, Coefficient, Form, forecast
from jaxuim.laws.fits import solver

CENTRE = (1e8, 1e9)
SMALLEST = 20  # rows of a set


class Data(NamedTuple):
    """One set: parameters and tokens (n, 2), compute, loss."""

    name: str
    x: Any
    compute: Any
    loss: Any


def _kaplan(n: Any, d: Any, p: Any, q: Any, a: Any, b: Any) -> Any:
    """((Nc/N)^(a/b) + Dc/D)^b with p and q the logarithms of its terms at the centre."""
    terms = (p - a * jnp.log(n / CENTRE[0])) / b, (q - b * jnp.log(d / CENTRE[1])) / b
    return jnp.exp(b * jnp.logaddexp(*terms))


KAPLAN = Form(
    name="kaplan",
    formula="L = ((Nc/N)^(aN/aD) + Dc/D)^aD",
    coefficients=(
        Coefficient("p"),
        Coefficient("q"),
        Coefficient("aN", "log"),
        Coefficient("aD", "log"),
    ),
    function=_kaplan,
    starts=lambda n, d, y: {
        "p": [0.0, 1.0],
        "q": [0.0, 1.0],
        "aN": [0.03, 0.1, 0.3],
        "aD": [0.03, 0.1, 0.3, 0.6],
    },
    inputs=("N", "D"),
    domain="positive",
)
PEERS: dict[str, tuple[Form, float]] = {
    "Huber": (FORMS["chinchilla"], 1e-3),
    "squares": (FORMS["chinchilla"], np.inf),
    "Kaplan": (KAPLAN, np.inf),
}


def main(arguments: list[str] | None = None) -> int:
    """Print a Markdown table of all sets."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.laws_surface")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--share", type=float, default=0.8, help="of the rows, by compute, to fit")
    options = parser.parse_args(arguments)
    print(machine.markdown(machine.describe()), end="\n\n")
    print(f"| set | n | ours | {' | '.join(PEERS)} | over the best | cover | half-width | s |")
    print("|" + "---|" * (len(PEERS) + 7))
    rows = [scored(data, options.share) for data in every_set(options.data)]
    for row in rows:
        print(_line(row))
    print(_summary(rows))
    return 0


def every_set(folder: Path) -> list[Data]:
    """Return all sets of at least 20 rows."""
    chinchilla = pd.read_csv(folder / "chinchilla_epoch245.csv").query("used_by_epoch_fit == 1")
    found = [_data("chinchilla", chinchilla, "N", "D", "C", "loss")]
    misfitting = pd.read_csv(folder / "misfitting_final.csv").sort_values("loss", kind="stable")
    best = misfitting.drop_duplicates(["N", "D"])
    found.append(_data("misfitting", best, "N", "D", "C", "loss"))
    found.append(_data("misfitting, no embeddings", best, "N_no_emb", "D", "C", "loss"))
    openlm = pd.read_csv(folder / "overtraining_openlm.csv")
    openlm["C"] = 6.0 * openlm["N"] * openlm["D"]
    for source, part in openlm.groupby("train_data"):
        found.append(_data(f"openlm {source}", part, "N", "D", "C", "loss_c4"))
    isoflops = pd.read_csv(folder / "isoflops.csv")
    kept = isoflops[isoflops["outlier"].astype(str) != "True"]
    for keys, part in kept.groupby(["source", "dataset", "model", "condition"], dropna=False):
        name = "isoflops " + " ".join(str(key) for key in keys if str(key) != "nan")
        found.append(_data(name, part, "params", "tokens", "budget", "loss"))
    return [data for data in found if len(data.loss) >= SMALLEST]


def _data(name: str, table: pd.DataFrame, n: str, d: str, compute: str, loss: str) -> Data:
    table = table.dropna(subset=[n, d, compute, loss])
    columns = [table[key].to_numpy(dtype=np.float64) for key in (n, d, compute, loss)]
    return Data(name, np.stack(columns[:2], axis=1), columns[2], columns[3])


def scored(data: Data, share: float) -> dict[str, Any]:
    """Return the errors of all contenders on one set."""
    order = np.argsort(data.compute, kind="stable")
    cut = int(share * len(order))
    fitted, new = order[:cut], order[cut:]
    x, y, truth = data.x[fitted], data.loss[fitted], data.loss[new]
    begin = time.perf_counter()
    ours = forecast(x, y, data.x[new], confidence=0.9)
    seconds = time.perf_counter() - begin
    error = lambda value: float(np.sqrt(np.mean((np.log(value) - np.log(truth)) ** 2)))
    peers = {name: error(_fitted(*peer, x.T, y, data.x[new].T)) for name, peer in PEERS.items()}
    inside = (ours.lower <= truth) & (truth <= ours.upper)
    return {
        "name": data.name,
        "n": f"{cut} + {len(new)}",
        "ours": error(ours.mean),
        "peers": peers,
        "inside": inside,
        "half": float(np.median(np.log(ours.upper / ours.lower)) / 2),
        "seconds": seconds,
        "status": ours.status,
    }


def _fitted(form: Form, delta: float, x: Any, y: Any, x_new: Any) -> Any:
    starts = solver.linear_starts(form, x, y, 1.0 / y, form.start_grid(x, y))
    ends = solver.solve(form, x, y[None], np.ones((1, len(y))), starts[None], delta, 300, "log")
    return solver.evaluate(form, ends.u[0, np.argmin(ends.value[0])], x_new)


def _line(row: dict[str, Any]) -> str:
    peers = " | ".join(f"{value:.4f}" for value in row["peers"].values())
    status = "" if row["status"] == "ok" else f" ({row['status']})"
    return (
        f"| {row['name']}{status} | {row['n']} | {row['ours']:.4f} | {peers} | "
        f"{row['ours'] / min(row['peers'].values()):.2f} | {np.mean(row['inside']):.2f} | "
        f"{row['half']:.3f} | {row['seconds']:.1f} |"
    )


def _summary(rows: list[dict[str, Any]]) -> str:
    ratio = np.array([row["ours"] / min(row["peers"].values()) for row in rows])
    cover = np.array([np.mean(row["inside"]) for row in rows])
    pooled = float(np.mean(np.concatenate([row["inside"] for row in rows])))
    good = int(np.sum((cover >= 0.8) & (cover <= 0.97)))
    return (
        f"\nWithin 10 % of the best: {int(np.sum(ratio <= 1.1))} of {len(rows)}, geometric mean of "
        f"the ratios {np.exp(np.mean(np.log(ratio))):.2f}, largest {ratio.max():.2f}. Cover .80 to "
        f".97 on {good} of {len(rows)}, over all points {pooled:.3f}."
    )


if __name__ == "__main__":
    raise SystemExit(main())
