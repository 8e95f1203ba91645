"""Standard deviations of the located hinge of two lines and of a jump, at finite size."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

JUMP_VARIANCE = 26.0  # of the argmax of W(v) - |v| / 2


def crowding(place: ArrayLike, sd: ArrayLike) -> jax.Array:
    """Return e = 4 sd / (t (1 - t)), by which the asymptotic law of a hinge is judged.

    >>> round(float(crowding(0.5, 0.01)), 4)
    0.16
    """
    t = jnp.asarray(place)
    return 4.0 * jnp.asarray(sd) / (t * (1.0 - t))


def hinge_sd(place: ArrayLike, change: ArrayLike, noise: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return the asymptotic sd of a hinge located by least squares, levels even on [0, 1].

    sqrt(4 / (t (1 - t) n)) s / |d|: the inverse Fisher information with both lines unknown. It is
    too small, by a share of about 0.4 e with e of ``crowding``; see ``hinge_sd_refined``.

    Args:
        place: t in (0, 1), as a share of the range of levels.
        change: d, by which the slope changes, response per range of levels.
        noise: s, sd of a single response, same units.
        n: number of levels, one response each.

    Source: Feder 1975, Hansen 2017; the closed form is derived here.

    >>> round(float(hinge_sd(0.4, 2.0, 0.3, 200.0)), 6)
    0.043301
    """
    t = jnp.asarray(place)
    return 2.0 * jnp.abs(jnp.asarray(noise) / change) / jnp.sqrt(t * (1.0 - t) * n)


def hinge_sd_refined(
    place: ArrayLike, change: ArrayLike, noise: ArrayLike, n: ArrayLike
) -> jax.Array:
    """Return the sd of a located hinge with the first finite-size term: sd sqrt(1 + c e).

    c = sqrt(2 / pi) and e of ``crowding``. The score is read off at the located hinge, not at the
    true one; in between it moves like Brownian motion, which adds 2 c e to the variance, while the
    rounded corner of the curve that is fitted takes c e away. The next terms are of order e^2.

    Args: as for ``hinge_sd``.

    Source: derived here.

    >>> round(float(hinge_sd_refined(0.4, 2.0, 0.3, 3200.0)), 4)
    0.0116
    """
    sd = hinge_sd(place, change, noise, n)
    return sd * jnp.sqrt(1.0 + jnp.sqrt(2.0 / jnp.pi) * crowding(place, sd))


def hinge_sd_design(
    levels: ArrayLike, place: ArrayLike, change: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return the asymptotic sd of a located hinge for any levels: s sqrt((G'G)^-1_44).

    G has columns 1, x, max(x - t, 0) and -d 1[x > t].

    Args:
        levels: x, shape (n,), two or more on either side of the hinge.
        place: t, in units of the levels.
        change: d, response per unit of the levels.
        noise: s, sd of a single response.

    Source: derived here (Gauss-Newton).

    >>> round(float(hinge_sd_design((jnp.arange(200) + 0.5) / 200, 0.4, 2.0, 0.3)), 3)
    0.043
    """
    x, t, d = jnp.asarray(levels), jnp.asarray(place), jnp.asarray(change)
    after = jnp.where(x > t, 1.0, 0.0)
    columns = jnp.stack([jnp.ones_like(x), x, (x - t) * after, -d * after], axis=1)
    inverse = jnp.linalg.inv(columns.T @ columns)
    return jnp.asarray(noise) * jnp.sqrt(inverse[3, 3])


def jump_sd(change: ArrayLike, noise: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return the sd of a located small jump, sqrt(26) (s / d)^2 / n, levels even on [0, 1].

    The rate is 1/n, not n^(-1/2), and the place does not matter. It needs jumps that are small
    against the noise but plain over all levels, n (d / s)^2 of 1000 or more; jumps of the size of
    the noise are located better than it says, since places are whole levels.

    Args:
        change: d, height of the jump.
        noise: s, sd of a single response.
        n: number of levels, one response each.

    Source: Yao 1987, Bai 1997.

    >>> round(float(jump_sd(0.25, 1.0, 4000.0)), 4)
    0.0204
    """
    return jnp.sqrt(JUMP_VARIANCE) * jnp.square(jnp.asarray(noise) / change) / n
