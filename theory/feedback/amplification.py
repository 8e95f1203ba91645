"""A share that is sharpened and fed back: the map, its branches and its folds."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

CLOSE = 1e-12  # of |m| to 1, before artanh
HALVINGS = 80
WIDEST = 30.0  # artanh m at most


def next_share(
    share: ArrayLike, real: ArrayLike, reentry: ArrayLike, sharpening: ArrayLike
) -> jax.Array:
    """Return p' = (1 - s) p0 + s p^b / (p^b + (1 - p)^b).

    With m = 2 p - 1 this is m' = (1 - s)(2 p0 - 1) + s tanh(b artanh m), the form computed.

    Args:
        share: p in [0, 1], share of option 1 in the present model's output.
        real: p0, its share in real data.
        reentry: s in [0, 1], share of the model's output in the next training data.
        sharpening: b >= 1, the model's output being sharpened like at temperature 1/b.

    Source: derived here; a mean-field Ising map.

    >>> round(float(next_share(0.6, 0.5, 0.5, 2.0)), 4)
    0.5962
    """
    m = jnp.clip(2.0 * jnp.asarray(share) - 1.0, -1.0 + CLOSE, 1.0 - CLOSE)
    pulled = (1.0 - jnp.asarray(reentry)) * (2.0 * jnp.asarray(real) - 1.0)
    return 0.5 * (1.0 + pulled + reentry * jnp.tanh(sharpening * jnp.arctanh(m)))


def settled_share(
    share: ArrayLike,
    real: ArrayLike,
    reentry: ArrayLike,
    sharpening: ArrayLike,
    generations: int,
) -> jax.Array:
    """Return the share after so many generations; near s b = 1 it takes more than 10 / |1 - s b|.

    Arguments as for ``next_share``; all may be arrays that broadcast.

    >>> round(float(settled_share(0.9, 0.5, 0.3, 2.0, 100)), 4)
    0.5
    """
    arguments = [jnp.asarray(v, dtype=float) for v in (share, real, reentry, sharpening)]
    begin, *rest = jnp.broadcast_arrays(*arguments)
    return jax.lax.fori_loop(0, generations, lambda _, p: next_share(p, *rest), begin)


def critical_reentry(sharpening: ArrayLike) -> jax.Array:
    """Return s* = 1 / b, above which an even split is unstable (a pitchfork, for p0 = 1/2).

    >>> float(critical_reentry(2.0))
    0.5
    """
    return 1.0 / jnp.asarray(sharpening)


def _root(function, low: jax.Array, high: jax.Array) -> jax.Array:  # type: ignore[no-untyped-def]
    """Return where an increasing function is zero, by halving, and one step that differentiates."""

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        middle = 0.5 * (ends[0] + ends[1])
        above = function(middle) > 0
        return jnp.where(above, ends[0], middle), jnp.where(above, middle, ends[1])

    ends = jax.lax.fori_loop(0, HALVINGS, halve, (low, high))
    found = jax.lax.stop_gradient(0.5 * (ends[0] + ends[1]))
    slope = jax.lax.stop_gradient(jax.grad(lambda u: jnp.sum(function(u)))(found))
    value = function(found)
    # The step itself is rounding; its derivative is that of the root.
    return found - (value - jax.lax.stop_gradient(value)) / jnp.where(slope > 0, slope, 1.0)


def amplitude(reentry: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return m >= 0 of the stable split for p0 = 1/2: 0 for s b <= 1, else tanh u = s tanh(b u).

    sqrt(2 s - 1) for b = 2; scalar arguments, vmap over grids.

    Args:
        reentry: s in [0, 1].
        sharpening: b > 1.

    Source: derived here.

    >>> round(float(amplitude(0.6, 2.0)), 4)
    0.4472
    """
    s, b = jnp.asarray(reentry, dtype=float), jnp.asarray(sharpening, dtype=float)
    above = s * b > 1.0
    used = jnp.where(above, s, 0.5 * (1.0 + 1.0 / b))
    gap = lambda u: jnp.log(jnp.tanh(u)) - jnp.log(jnp.tanh(b * u)) - jnp.log(used)
    u = _root(gap, jnp.full_like(s, 1e-8), jnp.full_like(s, WIDEST))
    return jnp.where(above, jnp.tanh(u), 0.0)


def amplitude_onset(reentry: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return sqrt(3 (s b - 1) / (s b (b^2 - 1))), what ``amplitude`` tends to as s falls to 1/b.

    The exponent is 1/2; corrections are of relative order s b - 1.

    >>> round(float(amplitude_onset(1.003 / 2.0, 2.0)), 5)
    0.05469
    """
    s, b = jnp.asarray(reentry), jnp.asarray(sharpening)
    excess = jnp.maximum(s * b - 1.0, 0.0)
    return jnp.sqrt(3.0 * excess / (s * b * (jnp.square(b) - 1.0)))


def fold(reentry: ArrayLike, sharpening: ArrayLike) -> tuple[jax.Array, jax.Array]:
    """Return (h, m): the pull below which the upper branch is gone, and the share there.

    Where cosh(b u) / cosh(u) = sqrt(s b), u = artanh m; h = m - s tanh(b u). Reached by real data
    only if |h| <= 1 - s, at p0 = (1 + h / (1 - s)) / 2; the lower branch ends at -h. Scalars.

    Args:
        reentry: s with s b > 1.
        sharpening: b > 1.

    Source: derived here.

    >>> h, m = fold(0.7, 2.0)
    >>> round(float(h), 4), round(float(m), 3)
    (-0.0867, 0.337)
    """
    s, b = jnp.asarray(reentry, dtype=float), jnp.asarray(sharpening, dtype=float)

    def log_cosh(v: jax.Array) -> jax.Array:
        return v + jnp.log1p(jnp.exp(-2.0 * v))

    gap = lambda u: log_cosh(b * u) - log_cosh(u) - 0.5 * jnp.log(s * b)
    u = _root(gap, jnp.zeros_like(s), jnp.full_like(s, WIDEST))
    m = jnp.tanh(u)
    return m - s * jnp.tanh(b * u), m


def fold_share(reentry: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return the real share p0 at which the upper branch ends; below 0 it never does.

    >>> round(float(fold_share(0.7, 2.0)), 4)
    0.3555
    """
    h, _ = fold(reentry, sharpening)
    return 0.5 * (1.0 + h / (1.0 - jnp.asarray(reentry)))


def reentry_of(share: ArrayLike, real: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return the s at which a share p stays, (m - m0) / (tanh(b artanh m) - m0): all branches.

    >>> round(float(reentry_of(0.5 + 0.2236, 0.5, 2.0)), 3)
    0.6
    """
    m, m0 = 2.0 * jnp.asarray(share) - 1.0, 2.0 * jnp.asarray(real) - 1.0
    return (m - m0) / (jnp.tanh(sharpening * jnp.arctanh(m)) - m0)
