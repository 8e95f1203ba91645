"""Exposure of canaries: how far up a secret ranks among those that might have been inserted."""

from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray
from scipy import special

from jaxuim.measure.checks import flags, shape
from jaxuim.measure.host import reals
from jaxuim.measure.intervals import clopper_pearson
from jaxuim.measure.performance import nan_unless_finite
from jaxuim.measure.ranks import ranks

Family = Literal["skew_normal", "normal"]


class Exposure(NamedTuple):
    """Exposure of each canary in bits, with its interval: ``value``, ``low``, ``high`` f64[c]."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


class FittedExposure(NamedTuple):
    """Exposure of each canary in bits from a fitted density, f64[c], and how well it fits.

    ``distance`` is the largest between the fitted and the empirical distribution function of the
    references (Kolmogorov and Smirnov).
    """

    value: NDArray[np.float64]
    distance: float


def exposure(
    canary_losses: ArrayLike,
    reference_losses: ArrayLike,
    canaries_shown: ArrayLike | None = None,
) -> jax.Array:
    """Return the mean over canaries that were shown of ``log2 |R| - log2 rank``.

    R are the references and the canary itself, rank 1 is the lowest loss, and equal losses share
    the mean of their ranks. Where none was shown it is the mean over all: the value of no exposure.

    Args:
        canary_losses: f[c], losses of the canaries that might have been inserted; concrete losses
            are compared in their own precision.
        reference_losses: f[r], losses of canaries of the same form that were not.
        canaries_shown: bool[c], which of the canaries were inserted; all if None.

    Returns:
        f32[] from 0 to log2(r + 1), in bits; about log2 e = 1.44 where nothing was learned (the
        mean over uniform ranks); while tracing, NaN if a loss is not finite.

    Raises:
        ValueError: wrong shapes, no canary, no reference, a loss that is not finite, or a mark
            that is no truth value.

    Source: Carlini et al. 2019.

    >>> float(exposure([0.5], [1.0, 2.0, 3.0]))
    2.0
    >>> float(exposure([0.5, 9.0], [1.0, 2.0, 3.0], [True, False]))
    2.0
    """
    canaries = shape("canary_losses", canary_losses, "c")[0]
    count = shape("reference_losses", reference_losses, "r")[0]
    given = jnp.ones(canaries, bool) if canaries_shown is None else canaries_shown
    shape("canaries_shown", given, "c", c=canaries)
    inserted = flags("canaries_shown", given)
    counted = inserted | ~inserted.any()
    losses, others = ranks(canary_losses=canary_losses, reference_losses=reference_losses)
    ordered = jnp.sort(others)
    below = jnp.searchsorted(ordered, losses, side="left")
    upto = jnp.searchsorted(ordered, losses, side="right")
    each = jnp.log2((count + 1.0) / (1.0 + 0.5 * (below + upto)))
    mean = jnp.where(counted, each, 0.0).sum() / counted.sum()
    return nan_unless_finite(nan_unless_finite(mean, losses), others)


def exposure_by_rank(
    canary_losses: ArrayLike,
    reference_losses: ArrayLike,
    *,
    space: float | None = None,
    confidence: float = 0.95,
) -> Exposure:
    """Return each canary's exposure and its interval, references being a sample of the space.

    The share of the space below the canary has the exact interval of Clopper and Pearson; its
    ends' -log2 bound the exposure. A canary below every reference has no upper end but log2 of
    the size of the space.

    Args:
        canary_losses: f32[c].
        reference_losses: f32[r], of canaries drawn at random from the space.
        space: how many canaries there could have been, the references and at least one more;
            ``None`` if unknown.
        confidence: of each interval.

    Returns:
        An :class:`Exposure` in bits; ``high`` is infinite where the space is unknown and nothing
        ranks below.

    Raises:
        ValueError: as :func:`exposure`, or a space that is not finite or holds no canary beside
            the references.

    Source: Carlini et al. 2019; the interval is derived here.

    >>> found = exposure_by_rank([0.5], [1.0] * 99, space=1024)
    >>> [round(float(end[0]), 2) for end in found]
    [6.64, 4.77, 10.0]
    """
    losses = reals("canary_losses", canary_losses, "c")
    others = np.sort(reals("reference_losses", reference_losses, "r"))
    r = len(others)
    if space is not None and not r + 1 <= space < np.inf:
        raise ValueError(
            f"space = {space}; allowed is a finite number from {r + 1}, the references and a canary"
        )
    below = (np.searchsorted(others, losses) + np.searchsorted(others, losses, "right")) / 2.0
    least, most = clopper_pearson(below, r, confidence)
    ceiling = np.inf if space is None else np.log2(space)
    with np.errstate(divide="ignore"):
        high = np.minimum(-np.log2(least), ceiling)
    return Exposure(np.log2((r + 1.0) / (1.0 + below)), np.maximum(-np.log2(most), 0.0), high)


def exposure_by_fit(
    canary_losses: ArrayLike, reference_losses: ArrayLike, family: Family = "skew_normal"
) -> FittedExposure:
    """Return each canary's exposure by extrapolation, ``-log2 F(loss)`` of a fitted density.

    It goes beyond log2 of the number of references, as far as the density can be trusted there:
    look at ``distance``, and prefer :func:`exposure_by_rank` for what rests on data alone.

    Args:
        canary_losses: f32[c].
        reference_losses: f32[r], at least 8 that are not all equal.
        family: ``"skew_normal"``, as in the paper, or ``"normal"``; both by maximum likelihood.

    Returns:
        A :class:`FittedExposure`, values at least 0 in bits.

    Raises:
        ValueError: as :func:`exposure`, fewer than 8 references or equal ones, or an unknown
            family.

    Source: Carlini et al. 2019.

    >>> import numpy as np
    >>> from scipy import stats
    >>> losses = stats.norm.ppf((np.arange(999) + 0.5) / 999)
    >>> round(float(exposure_by_fit([-6.0], losses, "normal").value[0]), 1)
    30.0
    """
    losses = reals("canary_losses", canary_losses, "c")
    others = reals("reference_losses", reference_losses, "r")
    if len(others) < 8 or np.ptp(others) == 0.0:
        raise ValueError(
            f"reference_losses hold {len(others)} losses, {len(np.unique(others))} different; "
            "at least 8 that are not all equal are needed"
        )
    if family not in ("skew_normal", "normal"):
        raise ValueError(f"family = {family!r}; allowed are 'skew_normal' and 'normal'")
    from scipy import stats  # half a second that only this function is worth

    law = stats.norm if family == "normal" else stats.skewnorm
    frozen = law(*law.fit(others))
    distance = float(stats.kstest(others, frozen.cdf).statistic)
    return FittedExposure(np.maximum(-_log_cdf(frozen, losses) / np.log(2.0), 0.0), distance)


def _log_cdf(law: Any, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log F(x) from the log density, since scipy's own is lost in a skew normal's tail.

    F(x) is the integral of f(x - e^v) e^v over v, whose integrand falls off at both ends, so that
    the trapezoid rule converges fast.
    """
    v = np.log(law.std()) + np.linspace(-30.0, 6.0, 1801)
    terms = law.logpdf(x[:, None] - np.exp(v)) + v
    log_f: NDArray[np.float64] = special.logsumexp(terms, axis=1) + np.log(v[1] - v[0])
    return log_f
