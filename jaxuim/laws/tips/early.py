"""Early-warning signals: variance across seeds and lag-1 autocorrelation on the way to a point."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws.checks import finite, vector

Array = NDArray[np.float64]

SEEDS_NEEDED = 4
LEVELS_NEEDED = 4
REPLICAS = 1999


@dataclass(frozen=True)
class EarlyWarning:
    """Trends of the spread between seeds along the level.

    ``variance`` is that across seeds at every level, ``autocorrelation`` the correlation across
    seeds of the deviations at a level and at the one before (NaN at the first). ``tau_...`` is
    Kendall's rank correlation of each with the level, ``p_...`` its one-sided p-value against "no
    rise" (NaN where too little is left, see ``reason``).
    """

    levels: Array
    variance: Array
    autocorrelation: Array
    tau_variance: float
    p_variance: float
    tau_autocorrelation: float
    p_autocorrelation: float
    seeds: int
    dropped: int
    reason: str

    @property
    def card(self) -> dict[str, Any]:
        """The result as plain JSON values (None for what is not finite)."""
        return {
            "levels": self.levels.tolist(),
            "variance": [finite(value) for value in self.variance],
            "autocorrelation": [finite(value) for value in self.autocorrelation],
            "tau_variance": finite(self.tau_variance),
            "p_variance": finite(self.p_variance),
            "tau_autocorrelation": finite(self.tau_autocorrelation),
            "p_autocorrelation": finite(self.p_autocorrelation),
            "seeds": self.seeds,
            "dropped": self.dropped,
            "reason": self.reason,
        }


def early_warning(
    values: ArrayLike,
    levels: ArrayLike | None = None,
    *,
    before: float | None = None,
    replicas: int = REPLICAS,
    seed: int = 0,
) -> EarlyWarning:
    """Ask whether seeds spread, and remember, more and more on the way to a tipping point.

    Near a critical point perturbations decay slowly: the variance between seeds rises, and so does
    the correlation of a seed's deviation from the mean with its deviation one level before. The
    null is that deviations are stationary along the level; then each seed's deviations may be read
    backwards. The p-value is the share of random choices of seeds to be read backwards whose
    Kendall tau is at least the observed one, so that correlation along the level does not matter.

    Args:
        values: response, shape (seeds, levels); seeds with a value that is not finite are dropped.
        levels: shape (levels,), rising; 0, 1, 2, ... without.
        before: use only levels below this one, that is before the tipping point.
        replicas: number of random choices.
        seed: of the random choices.

    Returns:
        An ``EarlyWarning``.

    Raises:
        ValueError: values is not a table, levels has another length or does not rise.

    Source: Scheffer et al. 2009; Dakos et al. 2012 (Kendall tau); reading seeds backwards is
    derived here.

    >>> rng = np.random.default_rng(0)
    >>> spread = np.linspace(0.1, 1.0, 12)
    >>> early_warning(spread * rng.standard_normal((16, 12))).p_variance < 0.01
    True
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"values has shape {table.shape}; (seeds, levels) is needed")
    place = vector("levels", np.arange(table.shape[1]) if levels is None else levels)
    if len(place) != table.shape[1] or not np.all(np.diff(place) > 0):
        raise ValueError(f"levels must be {table.shape[1]} rising numbers")
    if before is not None:
        table, place = table[:, place < before], place[place < before]
    keep = np.all(np.isfinite(table), axis=1)
    table, dropped = table[keep], int(np.sum(~keep))
    reason = ""
    if len(table) < SEEDS_NEEDED:
        reason = f"fewer than {SEEDS_NEEDED} seeds with finite values"
    elif len(place) < LEVELS_NEEDED:
        reason = f"fewer than {LEVELS_NEEDED} levels"
    if reason:
        blank, nan = np.full(len(place), np.nan), float("nan")
        return EarlyWarning(place, blank, blank, nan, nan, nan, nan, len(table), dropped, reason)
    size = np.abs(table).max()
    scaled = table / size if size > 0 else table
    scaled = scaled - scaled.mean(axis=0)
    flips = np.random.default_rng(seed).integers(0, 2, size=(replicas, len(scaled), 1))
    variance, memory = _signals(scaled[None])
    backwards = scaled[:, ::-1]
    drawn = [_signals(np.where(part, backwards, scaled)) for part in np.array_split(flips, 20)]
    taus, ps = [], []
    for observed, k in ((variance, 0), (memory, 1)):
        tau = float(_kendall(observed)[0])
        null = np.concatenate([_kendall(signals[k]) for signals in drawn])
        taus.append(tau)
        ps.append(float((1 + np.sum(null >= tau - 1e-9)) / (1 + replicas)))
    spread = variance[0] * size**2 * len(table) / (len(table) - 1)
    correlation = np.concatenate([[np.nan], memory[0]])
    return EarlyWarning(
        place, spread, correlation, taus[0], ps[0], taus[1], ps[1], len(table), dropped, ""
    )


def _signals(deviations: Array) -> tuple[Array, Array]:
    """Return variance (k, levels) and lag-1 correlation (k, levels - 1) of (k, seeds, levels)."""
    centred = deviations - deviations.mean(axis=1, keepdims=True)
    variance = np.mean(centred**2, axis=1)
    product = np.mean(centred[:, :, 1:] * centred[:, :, :-1], axis=1)
    size = np.sqrt(variance[:, 1:] * variance[:, :-1])
    return variance, product / np.where(size > 0, size, np.inf)


def _kendall(rows: Array) -> Array:
    """Return Kendall's tau of every row with its order, 0 where all values are equal."""
    first, second = np.triu_indices(rows.shape[1], 1)
    difference = rows[:, second] - rows[:, first]
    scale = np.abs(rows).max(axis=1, keepdims=True)
    differs = np.abs(difference) > 1e-12 * scale
    return np.asarray(np.mean(np.sign(difference) * differs, axis=1))
