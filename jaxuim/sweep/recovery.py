"""What a repair was predicted to win back of a bias's harm, beside what it won."""

import numpy as np
import pandas as pd

from jaxuim.laws import inherited_effect
from jaxuim.sweep.results import Results
from jaxuim.sweep.store import StoreError

REPAIR, LEVEL = "pretrain.repair", "bias.level"
_KEYS = ["task", "adaptation"]
_RUN = ["cell", "seed", LEVEL]  # with the repair, what a run is
_PARTS = ["achieved", "predicted", "full", "difference"]
_FEWEST = 3  # noise rates without repair, to interpolate between


def recovery(results: Results, measure: str = "error", confidence: float = 0.95) -> pd.DataFrame:
    """Return achieved and predicted recovery of every repair at every level above 0.

    With E(b) the response without repair at level b and E_r(b) that with repair r, what was
    achieved is ``E(b) - E_r(b)``, in the unit of the response. For the prediction the responses
    without repair are taken as a function F of the true noise rate of their data, linear between
    the rates that there were and flat beyond them. It is ``E(b) - F(q)``, where q is the noise rate
    that the audit expected to be left: the audit and the runs without repair alone enter. ``full``
    is ``E(b) - E(0)``, all that there is to win back. All are paired by seed and by the other axes
    of the sweep, then averaged over these axes within a seed.

    Columns: task, adaptation, the level, repair, seeds, and mean, lower and upper end of achieved,
    predicted, full and of the difference achieved - predicted.

    Args:
        results: of a sweep over ``pretrain.repair`` with the measures ``expected_noise_rate`` and
            ``remaining_noise_rate``, under a bias of labels.
        measure: the response.
        confidence: of the t intervals over seeds.

    Raises:
        StoreError: the results have no runs with or without repair, not these measures, or nowhere
            3 noise rates to interpolate between.

    Source: derived here.
    """
    frame = _of_runs(results.frame)
    rows = frame[frame["measure"] == measure]
    rates = {
        name: frame[frame["measure"] == name].rename(columns={"value": "rate"})
        for name in ("expected_noise_rate", "remaining_noise_rate")
    }
    expected, true = (table[[*_RUN, REPAIR, "rate"]] for table in rates.values())
    plain = rows[rows[REPAIR] == "none"].merge(true, on=[*_RUN, REPAIR])
    pairs = rows[(rows[REPAIR] != "none") & (rows[LEVEL] > 0)].merge(expected, on=[*_RUN, REPAIR])
    if pairs.empty or plain.empty:
        raise StoreError(
            f"{results.directory}: a recovery needs runs with and without pretrain.repair and the "
            f"measures expected_noise_rate and remaining_noise_rate"
        )
    found = _recovered(plain, pairs)
    if found.empty:
        raise StoreError(f"{results.directory}: a recovery needs at least {_FEWEST} noise rates")
    by_seed = found.groupby([*_KEYS, LEVEL, REPAIR, "seed"])[_PARTS].mean()
    table = [
        (*key, len(group), *_summary(group.to_numpy(float), confidence))
        for key, group in by_seed.groupby([*_KEYS, LEVEL, REPAIR])
    ]
    names = [f"{part}{end}" for part in _PARTS for end in ("", "_lower", "_upper")]
    return pd.DataFrame(table, columns=[*_KEYS, "level", "repair", "seeds", *names])


def _of_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the finite rows of last steps; ``cell`` numbers combinations of the other axes."""
    frame = frame[(frame["step"] == frame["pretrain.steps"]) & (frame["status"] != "diverged")]
    frame = frame[np.isfinite(frame["value"])]
    if REPAIR not in frame:
        frame = frame.assign(**{REPAIR: "none"})
    others = [c for c in frame.columns if "." in c and c not in (REPAIR, LEVEL)]
    varying = [c for c in others if frame[c].nunique(dropna=False) > 1]
    cell = frame.groupby(varying, dropna=False).ngroup() if varying else 0
    return frame.assign(cell=cell)


def _recovered(plain: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of every repaired run that has its partners and a curve."""
    place = [*_KEYS, "cell", "seed"]
    harmed = plain[[*place, LEVEL, "value"]].rename(columns={"value": "harmed"})
    clean = harmed[harmed[LEVEL] == 0].drop(columns=LEVEL).rename(columns={"harmed": "clean"})
    pairs = pairs.merge(harmed, on=[*place, LEVEL]).merge(clean, on=place)
    drawn = {key: _curve(group) for key, group in plain.groupby(place)}
    curves = {key: curve for key, curve in drawn.items() if len(curve[0]) >= _FEWEST}
    keys = list(pairs[place].itertuples(index=False, name=None))
    pairs = pairs[[key in curves for key in keys]]
    known = [key for key in keys if key in curves]
    left = [np.interp(q, *curves[key]) for key, q in zip(known, pairs["rate"], strict=True)]
    achieved, predicted = pairs["harmed"] - pairs["value"], pairs["harmed"] - np.array(left, float)
    full, difference = pairs["harmed"] - pairs["clean"], achieved - predicted
    return pairs.assign(achieved=achieved, predicted=predicted, full=full, difference=difference)


def _curve(group: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return true noise rates and responses of one seed without repair, sorted by rate."""
    means = group.groupby("rate")["value"].mean().sort_index()
    return means.index.to_numpy(float), means.to_numpy(float)


def _summary(values: np.ndarray, confidence: float) -> list[float]:
    """Return mean and interval of each column over seeds."""
    numbers: list[float] = []
    for column in values.T:
        found = inherited_effect(column, np.zeros_like(column), confidence=confidence)
        numbers += [float(found.mean), float(found.lower), float(found.upper)]
    return numbers
