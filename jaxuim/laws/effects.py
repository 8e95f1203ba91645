"""Effects paired by seed: how much was inherited, how much of it was passed on."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence

Array = NDArray[np.float64]


class InheritedEffect(NamedTuple):
    """Mean paired difference with its interval; arrays of the shape of one seed's values.

    ``n`` counts the pairs that were used, ``sd`` is the standard deviation of the differences.
    """

    mean: Array
    lower: Array
    upper: Array
    n: NDArray[np.int64]
    sd: Array
    p_value: Array


class Transmission(NamedTuple):
    """Share of the upstream effect found downstream, with Fieller's interval.

    ``status`` is ``"ok"``, ``"no_upstream_effect"`` (the upstream effect's interval includes 0: the
    ratio has no bounded interval) or ``"too_few"`` (fewer than 2 pairs); ratio and interval are
    NaN unless ``"ok"``. Arrays of the shape of one seed's values.
    """

    ratio: Array
    lower: Array
    upper: Array
    n: NDArray[np.int64]
    status: NDArray[np.str_]


class FiellerSet(NamedTuple):
    """A confidence set for a ratio of means.

    ``kind`` is ``"interval"`` ([lower, upper]), ``"complement"`` (all outside (lower, upper)),
    ``"all"`` (every number; the ends are infinite) or ``"undefined"`` (NaN).
    """

    kind: Literal["interval", "complement", "all", "undefined"]
    ratio: float
    lower: float
    upper: float
    n: int


def _paired(values: ArrayLike, baseline: ArrayLike) -> Array:
    """Return values - baseline, shape (seeds, ...), NaN where either is not finite."""
    v, b = np.asarray(values, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    if v.ndim == 0 or b.ndim == 0 or b.ndim > v.ndim or v.shape[: b.ndim] != b.shape:
        raise ValueError(
            f"values have shape {v.shape} and baseline {b.shape}; the baseline must be "
            "(seeds,) or of the same shape, seeds first"
        )
    b = b.reshape(b.shape + (1,) * (v.ndim - b.ndim))
    with np.errstate(invalid="ignore"):
        difference = v - b
    return np.where(np.isfinite(difference), difference, np.nan)


def _moments(differences: Array) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return mean, standard deviation and count over seeds; NaN where too few are left."""
    used = np.isfinite(differences)
    n = used.sum(axis=0)
    total = np.where(used, differences, 0.0).sum(axis=0)
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    squares = np.where(used, differences - mean, 0.0) ** 2
    sd = np.where(n > 1, np.sqrt(squares.sum(axis=0) / np.maximum(n - 1, 1)), np.nan)
    return mean, sd, n.astype(np.int64)


def inherited_effect(
    values: ArrayLike, baseline: ArrayLike, *, confidence: float = 0.95
) -> InheritedEffect:
    """Return the effect of a bias, paired by seed, with Student's interval.

    I = mean_s d_s, d_s = values_s - baseline_s; I -+ t_{n-1} sd(d) / sqrt(n). Pairs of which one
    side is not finite (a diverged run) are dropped; ``n`` says how many were left. With one pair
    there is a mean but no interval (NaN).

    Args:
        values: measure at the biased levels, shape (seeds,) or (seeds, levels, ...).
        baseline: measure at level 0, shape (seeds,) or that of ``values``; same seeds in order.
        confidence: of the interval.

    Raises:
        ValueError: shapes do not pair up, or confidence is not inside (0, 1).

    >>> found = inherited_effect([0.3, 0.5, 0.4], [0.1, 0.2, 0.1])
    >>> round(float(found.mean), 3), round(float(found.lower), 3), int(found.n)
    (0.267, 0.123, 3)
    """
    level = check_confidence(confidence)
    mean, sd, n = _moments(_paired(values, baseline))
    dof = np.maximum(n - 1, 1)
    error = sd / np.sqrt(np.maximum(n, 1))
    half = special.stdtrit(dof, 0.5 + level / 2) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(mean == 0, 0.0, np.abs(mean) / error)
    p_value = np.where(n > 1, 2 * special.stdtr(dof, -statistic), np.nan)
    return InheritedEffect(mean, mean - half, mean + half, n, sd, p_value)


def fieller(
    numerator: ArrayLike, denominator: ArrayLike, *, confidence: float = 0.95
) -> FiellerSet:
    """Return the confidence set of mean(numerator) / mean(denominator) from paired observations.

    All r with |mean(a - r b)| <= t_{n-1} sd(a - r b) / sqrt(n), exact for Gaussian pairs. The set
    is bounded iff the denominator's own t interval excludes 0.

    Args:
        numerator: a, shape (n,).
        denominator: b, shape (n,); pairs that are not finite are dropped.
        confidence: of the set.

    Raises:
        ValueError: the shapes differ or are not one-dimensional.

    Source: Fieller 1954.

    >>> found = fieller([1.0, 2.1, 2.9], [2.0, 4.0, 6.0], confidence=0.9)
    >>> found.kind, round(found.ratio, 3), found.lower < 0.5 < found.upper
    ('interval', 0.5, True)
    """
    level = check_confidence(confidence)
    a, b = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"numerator {a.shape} and denominator {b.shape} must be equal vectors")
    used = np.isfinite(a) & np.isfinite(b)
    a, b, n = a[used], b[used], int(used.sum())
    if n < 2:
        return FiellerSet("undefined", np.nan, np.nan, np.nan, n)
    quantile = float(special.stdtrit(n - 1, 0.5 + level / 2)) ** 2 / n
    (vaa, vab), (_, vbb) = np.cov(a, b) * quantile
    return _fieller_roots(a.mean(), b.mean(), vaa, vab, vbb, n)


def _fieller_roots(a: float, b: float, vaa: float, vab: float, vbb: float, n: int) -> FiellerSet:
    """Solve (b^2 - vbb) r^2 - 2 (ab - vab) r + (a^2 - vaa) <= 0."""
    ratio = float(a / b) if b != 0 else float("nan")
    square, linear, constant = b * b - vbb, a * b - vab, a * a - vaa
    if square <= 1e-14 * vbb or (b == 0 and vbb == 0):
        discriminant = linear * linear - square * constant
        if square == 0 or discriminant < 0 or (b == 0 and vbb == 0):
            return FiellerSet("all", ratio, -np.inf, np.inf, n)
        root = np.sqrt(discriminant)
        ends = sorted(((linear - root) / square, (linear + root) / square))
        return FiellerSet("complement", ratio, float(ends[0]), float(ends[1]), n)
    root = np.sqrt(max(linear * linear - square * constant, 0.0))
    lower, upper = (linear - root) / square, (linear + root) / square
    return FiellerSet("interval", ratio, float(min(lower, ratio)), float(max(upper, ratio)), n)


def transmission(
    downstream: ArrayLike,
    downstream_baseline: ArrayLike,
    upstream: ArrayLike,
    upstream_baseline: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Transmission:
    """Return downstream effect / upstream effect on seeds that have both, with Fieller's interval.

    Args:
        downstream: measure after adaptation, shape (seeds,) or (seeds, levels, ...).
        downstream_baseline: the same at level 0, shape (seeds,) or that of ``downstream``.
        upstream: the run's own head on clean held-out data, shape of ``downstream``.
        upstream_baseline: the same at level 0.
        confidence: of the interval, and of the upstream interval that must exclude 0.

    Raises:
        ValueError: shapes do not pair up.

    Source: Fieller 1954; the definition of transmission is jaxuim's.

    >>> up, down = [0.4, 0.5, 0.6], [0.2, 0.26, 0.29]
    >>> found = transmission(down, [0.0, 0.0, 0.0], up, [0.0, 0.0, 0.0])
    >>> str(found.status), round(float(found.ratio), 2)
    ('ok', 0.5)
    """
    below, above = _paired(downstream, downstream_baseline), _paired(upstream, upstream_baseline)
    if below.shape != above.shape:
        raise ValueError(f"downstream has shape {below.shape} but upstream {above.shape}")
    shape = below.shape[1:]
    flat = zip(below.reshape(len(below), -1).T, above.reshape(len(above), -1).T, strict=True)
    sets = [fieller(a, b, confidence=confidence) for a, b in flat]
    named = {"interval": "ok", "undefined": "too_few"}
    status = [named.get(found.kind, "no_upstream_effect") for found in sets]
    numbers = np.array([[f.ratio, f.lower, f.upper] for f in sets]).reshape(len(sets), 3)
    numbers[np.array(status) != "ok"] = np.nan
    ratio, lower, upper = (numbers[:, i].reshape(shape) for i in range(3))
    n = np.array([f.n for f in sets], dtype=np.int64).reshape(shape)
    return Transmission(ratio, lower, upper, n, np.array(status).reshape(shape))


def hedges_g(values: ArrayLike, baseline: ArrayLike) -> Array:
    """Return the paired effect in between-seed standard deviations at level 0, corrected for bias.

    g = J(n-1) mean(d) / sd(baseline), J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)). NaN with
    fewer than 3 baselines or none that differ.

    Args:
        values: shape (seeds,) or (seeds, levels, ...).
        baseline: shape (seeds,).

    Raises:
        ValueError: shapes do not pair up.

    Source: Hedges 1981, with the control group's standard deviation (Glass).

    >>> float(hedges_g([2.0, 3.0, 4.0, 5.0], [1.0, 2.0, 3.0, 4.0]).round(4))
    0.5605
    """
    mean, _, _ = _moments(_paired(values, baseline))
    control = np.asarray(baseline, dtype=np.float64)
    _, sd, n = _moments(np.where(np.isfinite(control), control, np.nan))
    half = np.maximum(n - 1, 2) / 2
    correction = np.exp(special.gammaln(half) - special.gammaln(half - 0.5)) / np.sqrt(half)
    usable = (n > 2) & (sd > 0)
    return np.asarray(np.where(usable, correction * mean / np.where(usable, sd, 1.0), np.nan))
