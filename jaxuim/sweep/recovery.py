"""What a repair was predicted to win back of a bias's harm, beside what it won."""

import numpy as np
import pandas as pd

from jaxuim.laws import inherited_effect
from jaxuim.sweep.results import Results
from jaxuim.sweep.store import StoreError

REPAIR, LEVEL = "pretrain.repair", "bias.level"
_KEYS = ["task", "adaptation"]
_FEWEST = 3  # levels without repair, to interpolate between


def recovery(results: Results, measure: str = "error", confidence: float = 0.95) -> pd.DataFrame:
    """Return achieved and predicted recovery of every repair at every level above 0.

    With E(b) the response without repair at level b and E_r(b) that with repair r, what was
    achieved is ``E(b) - E_r(b)``, paired by seed, in the unit of the response. The prediction is
    ``E(b) - E(b')``, where b' is the noise rate that the audit expected to be left and E is
    interpolated linearly between the levels of the same seed: it uses the audit and the runs
    without repair alone. ``full`` is ``E(b) - E(0)``, all that there is to win back.

    Columns: task, adaptation, the level, repair, seeds, and mean, lower and upper end of achieved,
    predicted, full and of the difference achieved - predicted.

    Args:
        results: of a sweep over ``pretrain.repair`` with the measure ``expected_noise_rate``.
        measure: the response.
        confidence: of the t intervals over seeds.

    Raises:
        StoreError: the results have no runs without repair, no audit, or fewer than 3 levels.

    Source: derived here.
    """
    frame = results.frame[results.frame["step"] == results.frame["pretrain.steps"]]
    frame = frame[frame["status"] != "diverged"]
    expected = frame[frame["measure"] == "expected_noise_rate"].dropna(subset="value")
    rows = frame[frame["measure"] == measure]
    if REPAIR not in frame or expected.empty or "none" not in set(rows[REPAIR]):
        raise StoreError(
            f"{results.directory}: a recovery needs runs with and without pretrain.repair and the "
            f"measure expected_noise_rate"
        )
    plain = rows[rows[REPAIR] == "none"]
    if plain[LEVEL].nunique() < _FEWEST:
        raise StoreError(f"{results.directory}: a recovery needs at least {_FEWEST} levels")
    keys = [expected[name] for name in (LEVEL, REPAIR, "seed")]
    left = dict(zip(zip(*keys, strict=True), expected["value"], strict=True))
    curves = {key: _curve(group) for key, group in plain.groupby([*_KEYS, "seed"])}
    found = []
    repaired = rows[(rows[REPAIR] != "none") & (rows[LEVEL] > 0)]
    for key, group in repaired.groupby([*_KEYS, LEVEL, REPAIR]):
        task, adaptation, level, repair = (group[name].iloc[0] for name in [*_KEYS, LEVEL, REPAIR])
        values = zip(group["seed"], group["value"], strict=True)
        table = [
            _of_seed(curves[task, adaptation, seed], level, value, left[level, repair, seed])
            for seed, value in values
            if (task, adaptation, seed) in curves and (level, repair, seed) in left
        ]
        found.append((*key, len(table), *_summary(table, confidence)))
    ends = ("", "_lower", "_upper")
    parts = ("achieved", "predicted", "full", "difference")
    names = [f"{part}{end}" for part in parts for end in ends]
    return pd.DataFrame(found, columns=[*_KEYS, "level", "repair", "seeds", *names])


def _curve(group: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return levels and responses of one seed without repair, sorted by level."""
    means = group.groupby(LEVEL)["value"].mean().sort_index()
    return means.index.to_numpy(float), means.to_numpy(float)


def _of_seed(
    curve: tuple[np.ndarray, np.ndarray], level: float, repaired: float, left: float
) -> tuple[float, float, float, float]:
    """Return achieved, predicted and full recovery of one seed, and achieved less predicted."""
    harmed = float(np.interp(level, *curve))
    achieved = harmed - repaired
    predicted = harmed - float(np.interp(left, *curve))
    return achieved, predicted, harmed - float(np.interp(0.0, *curve)), achieved - predicted


def _summary(table: list[tuple[float, float, float, float]], confidence: float) -> list[float]:
    """Return mean and interval of each column over seeds."""
    values = np.array(table, float).reshape(len(table), 4)
    numbers: list[float] = []
    for column in values.T:
        found = inherited_effect(column, np.zeros_like(column), confidence=confidence)
        numbers += [float(found.mean), float(found.lower), float(found.upper)]
    return numbers
