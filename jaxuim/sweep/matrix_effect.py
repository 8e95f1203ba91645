"""An inherited effect in between-seed standard deviations at level 0, with an interval for it."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from jaxuim.laws import hedges_g, inherited_effect

Array = NDArray[np.float64]
FEWEST = 3  # seeds, for a standard deviation that is worth anything
_ROUNDING = 1e-6  # relative spread below which float32 values are equal
_FAR = 300.0  # |t| above which only the spread of the standard deviation matters


class StandardisedEffect(NamedTuple):
    """A paired effect, raw and standardised.

    ``effect`` with its interval is the mean paired difference in units of the measure; ``g`` with
    its interval is Hedges' g. ``n`` counts the pairs; ``status`` is ``"ok"``, ``"no_spread"`` (the
    values at level 0 do not differ: there is nothing to standardise by) or ``"too_few"``. What is
    not defined is NaN.
    """

    status: Literal["ok", "no_spread", "too_few"]
    n: int
    baseline: float
    baseline_sd: float
    effect: float
    effect_lower: float
    effect_upper: float
    g: float
    g_lower: float
    g_upper: float
    p_value: float


def standardised_effect(
    values: ArrayLike,
    baseline: ArrayLike,
    *,
    spread: ArrayLike | None = None,
    confidence: float = 0.95,
) -> StandardisedEffect:
    """Return Hedges' g of paired differences by the spread of the baseline, with its interval.

    g = J(n-1) mean(d) / s_0 with d = values - baseline and s_0 the baseline's standard deviation.
    The interval is that of delta = E[d] / sigma_0: for Gaussian pairs mean(d) is independent of
    s_0, so that sqrt(n) mean(d) / (r s_0) has a non-central t distribution with n - 1 degrees of
    freedom and non-centrality delta sqrt(n) / r, where r = sd(d) / sigma_0 is put in as it was
    estimated. So it excludes 0 iff the paired t test rejects; in simulations with 4 to 16 seeds
    nominal 95 % intervals held delta in 93.7 to 96.0 % of data sets.

    Args:
        values: at the reference level, shape (seeds,).
        baseline: at level 0, the same seeds in order.
        spread: values at level 0 whose standard deviation is s_0 in place of the baseline's, such
            as those of the runs themselves where the others are pseudo-values of the jackknife:
            these tell the error of a mean, not how far two runs differ.
        confidence: of both intervals.

    Returns:
        The effect; the p-value is that of the paired t test, NaN where nothing varies at all.
        Pairs of which one side is not finite are dropped.

    Raises:
        ValueError: the shapes differ, or confidence is not inside (0, 1).

    Source: Hedges 1981, with the control group's standard deviation (Glass); interval derived here.

    >>> found = standardised_effect([2.1, 3.0, 4.2, 5.1], [1.0, 2.0, 3.0, 4.0])
    >>> found.status, round(found.g, 2), found.g_lower < found.g < found.g_upper
    ('ok', 0.62, True)
    """
    v, b = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    if v.ndim != 1 or v.shape != b.shape:
        raise ValueError(f"values {v.shape} and baseline {b.shape} must be equal vectors")
    own = b if spread is None else np.asarray(spread, dtype=np.float64)
    if own.shape != b.shape:
        raise ValueError(f"spread {own.shape} must be as long as baseline {b.shape}")
    used = np.isfinite(v) & np.isfinite(b) & np.isfinite(own)
    v, b, own = v[used], b[used], own[used]
    raw = inherited_effect(v, b, confidence=confidence)
    n, mean, sd = len(v), float(raw.mean), float(raw.sd)
    level = float(b.mean()) if n else np.nan
    varies, differ = _spread(v - b, np.abs(np.r_[v, b])), _spread(own, np.abs(own))
    p_value = float(raw.p_value) if varies else np.nan
    ends = (float(raw.lower), float(raw.upper)) if varies else (np.nan, np.nan)
    nothing = (np.nan, np.nan, np.nan)
    if n < FEWEST:
        return StandardisedEffect("too_few", n, level, np.nan, mean, *ends, *nothing, np.nan)
    if not differ:
        return StandardisedEffect("no_spread", n, level, 0.0, mean, *ends, *nothing, p_value)
    s0 = float(own.std(ddof=1))
    g = float(hedges_g(own + (v - b), own))
    lower, upper = _interval(mean, sd if varies else 0.0, s0, n, confidence)
    return StandardisedEffect("ok", n, level, s0, mean, *ends, g, lower, upper, p_value)


def untested(effect: StandardisedEffect) -> StandardisedEffect:
    """Return the raw effect alone, of a measure that has one value at level 0 by its definition.

    There is nothing to standardise by, and no hypothesis to test: any change at all is one.
    """
    if effect.status == "too_few":
        return effect
    bare = effect._replace(status="no_spread", baseline_sd=0.0, p_value=np.nan)
    return bare._replace(g=np.nan, g_lower=np.nan, g_upper=np.nan)


def _spread(values: Array, scale: Array) -> bool:
    """Return whether values differ by more than the rounding of numbers of this scale."""
    return len(values) > 0 and bool(np.ptp(values) > _ROUNDING * scale.max())


def _interval(mean: float, sd: float, s0: float, n: int, confidence: float) -> tuple[float, float]:
    """Return the interval of delta = mean / s0 for differences of standard deviation ``sd``."""
    tails = np.array([0.5 + confidence / 2, 0.5 - confidence / 2])
    t = mean * np.sqrt(n) / sd if sd > 0 else np.inf
    if abs(t) < _FAR:
        lower, upper = special.nctdtrinc(n - 1, tails, t) * sd / (s0 * np.sqrt(n))
    else:  # the mean is as good as known: only that of s0 is uncertain
        scales = np.sqrt(stats.chi2.ppf(1 - tails, n - 1) / (n - 1))
        lower, upper = np.sort(mean / s0 * scales)
    return float(lower), float(upper)
