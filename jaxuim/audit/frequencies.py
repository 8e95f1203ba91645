"""Class frequencies: tail exponents with intervals, and how unequal the classes are."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from jaxuim.audit.checks import Array
from jaxuim.audit.intervals import normal_quantile

FEWEST_TAIL = 5


class TailExponent(NamedTuple):
    """Exponent alpha of P(X > x) ~ x^-alpha from the ``k`` largest of ``n`` values, above
    ``threshold``; ``error`` is its standard error, ``hill`` the textbook's estimate, which is
    k/(k - 1) times ``alpha``. NaN where there are too few values.
    """

    alpha: float
    lower: float
    upper: float
    error: float
    k: int
    n: int
    threshold: float
    hill: float


class Zipf(NamedTuple):
    """Exponent b of frequency ~ rank^-b with interval; ``error`` its standard error.

    ``r_squared`` of the line in log-log coordinates tells whether there is such a law at all.
    """

    exponent: float
    lower: float
    upper: float
    error: float
    r_squared: float


class ClassBalance(NamedTuple):
    """How unequal the classes are.

    ``ratio`` = n_max / n_min with interval, at least 1; ``level`` = log_100 of it, the level of
    this library's exponential long tail. ``p_value`` of the test that all classes are equally
    frequent. ``counts`` i64[K].
    """

    counts: np.ndarray
    ratio: float
    lower: float
    upper: float
    level: float
    p_value: float


def hill(values: ArrayLike, k: int | None = None, *, confidence: float = 0.95) -> TailExponent:
    """Return Hill's estimate of a tail exponent.

    1/hill = mean_{i<=k} log(x_(i) / x_(k+1)); alpha = hill (k - 1)/k is unbiased for a Pareto
    tail and its standard error is alpha / sqrt(k - 2). The interval is exact for Pareto tails:
    2 k alpha / hill is chi-square with 2k degrees of freedom. Without ``k``, the k of 5 to n - 1
    whose Pareto law is nearest to the values above the threshold (Kolmogorov distance); the
    interval covers neither that choice nor a law that is a Pareto law in its far tail alone
    (for |t| of 2 degrees of freedom, where alpha is 2, it holds 2 in about half of the samples).

    Args:
        values: positive numbers [n]; smaller ones are no part of a tail and are left out.
        k: number of upper order statistics, 3 <= k < n.
        confidence: of the interval.

    Returns:
        The exponent; NaN where fewer than 6 positive values are given.

    Raises:
        ValueError: values are not finite or k is out of range.

    Source: Hill 1975; the choice of k Clauset, Shalizi and Newman 2009.

    >>> x = np.random.default_rng(0).pareto(1.5, 4000) + 1
    >>> found = hill(x, 1000)
    >>> found.lower < 1.5 < found.upper
    True
    """
    x = _positive(values)
    n, z = len(x), 0.5 - confidence / 2
    normal_quantile(confidence)
    if k is not None and not 3 <= k < n:
        raise ValueError(f"k is {k} with {n} positive values; 3 <= k < {n} is needed")
    if n <= FEWEST_TAIL:
        return TailExponent(np.nan, np.nan, np.nan, np.nan, 0, n, np.nan, np.nan)
    logs = np.log(x[::-1])
    used = _choice(logs) if k is None else k
    spread = float(np.mean(logs[:used]) - logs[used])
    if spread <= 1e-12:
        threshold = float(np.exp(logs[used]))
        return TailExponent(np.nan, np.nan, np.nan, np.nan, used, n, threshold, np.nan)
    alpha = (used - 1) / used / spread
    ends = stats.chi2.ppf([z, 1 - z], 2 * used) / (2 * used * spread)
    error = alpha / np.sqrt(used - 2)
    return TailExponent(
        alpha,
        float(ends[0]),
        float(ends[1]),
        float(error),
        used,
        n,
        float(np.exp(logs[used])),
        1 / spread,
    )


def _positive(values: ArrayLike) -> Array:
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError(f"values have shape {x.shape}; a vector of finite numbers is needed")
    return np.sort(x[x > 0])


def _choice(logs: Array) -> int:
    """Return the k whose Pareto law is nearest to the k largest values (logs, descending)."""
    n = len(logs)
    tried = np.unique(np.geomspace(FEWEST_TAIL, n - 1, 60).astype(int))
    means = np.cumsum(logs) / np.arange(1, n + 1)
    distances = []
    for k in tried:
        spread = means[k - 1] - logs[k]
        above = np.exp(-(logs[:k] - logs[k]) / max(spread, 1e-12))  # P(X > x), ascending
        ranks = np.arange(1, k + 1) / k
        distances.append(np.max(np.maximum(np.abs(above - ranks), np.abs(above - ranks + 1 / k))))
    return int(tried[int(np.argmin(distances))])


def zipf(counts: ArrayLike, *, confidence: float = 0.95) -> Zipf:
    """Return the exponent of the rank-frequency law, count_r ~ r^-b.

    Least squares of log(rank - 1/2) on log count, whose slope is -1/b; the standard error of
    1/b is sqrt(2/K) / b, far above that of the regression, because ranks are dependent.
    The interval assumes many classes of a power law; with few it is wide. Counts that are small
    pull b down: their noise and the classes that were never seen shorten the tail.

    Args:
        counts: examples of each class, [K]; empty classes are left out.
        confidence: of the interval.

    Returns:
        b and its interval; NaN with fewer than 3 classes, exponent 0 where all are equal.

    Raises:
        ValueError: counts are not finite.

    Source: Gabaix and Ibragimov 2011.

    >>> round(zipf(1e6 / np.arange(1, 200) ** 1.2).exponent, 1)
    1.2
    """
    x = _positive(counts)[::-1]
    if len(x) < 3:
        return Zipf(np.nan, np.nan, np.nan, np.nan, np.nan)
    if x[0] == x[-1]:
        return Zipf(0.0, 0.0, 0.0, 0.0, np.nan)
    fitted = stats.linregress(np.log(x), np.log(np.arange(len(x)) + 0.5))
    slope = -float(fitted.slope)  # 1 / b
    half = normal_quantile(confidence) * slope * np.sqrt(2 / len(x))
    upper = 1 / (slope - half) if half < slope else np.inf
    error = np.sqrt(2 / len(x)) / slope
    return Zipf(
        1 / slope, float(1 / (slope + half)), float(upper), float(error), float(fitted.rvalue) ** 2
    )


def class_balance(counts: ArrayLike, *, confidence: float = 0.95) -> ClassBalance:
    """Return the imbalance ratio n_max / n_min and a test of equal frequencies.

    Log ratios of two counts have the intervals log(n_i / n_j) -+ z sqrt(1/n_i + 1/n_j), all
    K (K - 1)/2 pairs at once by Bonferroni's correction of z, because largest and smallest are
    picked; the ends are the largest of the lower and of the upper ones. It holds 1 in 96 % of
    samples of 1000 from 10 equal classes, and the ratio nearly always where classes differ.

    Args:
        counts: examples of each class, [K], at least 1 each, K >= 2.
        confidence: of the interval.

    Raises:
        ValueError: fewer than two classes, an empty one, or no whole numbers.

    >>> found = class_balance([100, 50, 10])
    >>> found.ratio, round(found.level, 3)
    (10.0, 0.5)
    """
    x = np.asarray(counts, dtype=np.float64)
    if x.ndim != 1 or len(x) < 2 or not (x >= 1).all():
        raise ValueError(f"counts are {x.tolist()}; at least 2 classes of 1 example are needed")
    if not (np.isfinite(x) & (x == np.floor(x))).all():
        raise ValueError(f"counts are {x.tolist()}; whole numbers are needed")
    high, low = float(x.max()), float(x.min())
    z = normal_quantile(confidence, len(x) * (len(x) - 1) // 2)
    ratio = high / low
    lower = np.max(np.log(high / x) - z * np.sqrt(1 / high + 1 / x))
    upper = np.max(np.log(x / low) + z * np.sqrt(1 / x + 1 / low))
    ends = max(1.0, np.exp(lower)), np.exp(upper)
    level = float(np.log(ratio) / np.log(100.0))
    p_value = float(stats.chisquare(x).pvalue)
    return ClassBalance(x.astype(np.int64), ratio, float(ends[0]), float(ends[1]), level, p_value)
