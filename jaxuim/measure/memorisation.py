"""What a model knows of an example because it was trained on it: leave-one-out by many runs."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.measure.host import reals, truths
from jaxuim.measure.membership import checked_runs
from jaxuim.measure.performance import nan_unless_finite


class Effects(NamedTuple):
    """Estimated effects of training on an example, with standard errors; NaN without two runs.

    Arrays of the same shape, f64.
    """

    value: NDArray[np.float64]
    error: NDArray[np.float64]


def example_memorisation(outcomes: ArrayLike, member: ArrayLike) -> Effects:
    """Return each example's memorisation, ``E[outcome | trained on] - E[outcome | not]``.

    Both means are over runs trained on random subsets. The standard error is Welch's: runs are
    independent, and the two groups of runs need not vary alike.

    Args:
        outcomes: f32[runs, N], 1 where the run is right on the example, else 0; or its probability
            of the true label.
        member: bool[runs, N], which examples each run was trained on.

    Returns:
        :class:`Effects`, f64[N] in [-1, 1] for outcomes in [0, 1]; the value is NaN where no run
        trained on the example or every one did, the error where fewer than two did or did not.

    Raises:
        ValueError: wrong shapes or a value that is not finite.

    Source: Feldman and Zhang 2020.

    >>> example_memorisation([[1.0], [1.0], [0.0], [0.0]], [[1], [1], [0], [0]])
    Effects(value=array([1.]), error=array([0.]))
    """
    values = reals("outcomes", outcomes, "runs N")
    inside = truths("member", member, "runs N", runs=values.shape[0], N=values.shape[1])
    parts = [_moments(values, chosen) for chosen in (inside, ~inside)]
    return Effects(parts[0][0] - parts[1][0], np.sqrt(parts[0][1] + parts[1][1]))


def influence(outcomes: ArrayLike, member: ArrayLike) -> Effects:
    """Return the influence of every training on every test example, with standard errors.

    ``E[outcome on j | trained on i] - E[outcome on j | not]``, from the same runs as
    :func:`example_memorisation`. Of N x T estimates some are large by chance: compare
    with the errors.

    Args:
        outcomes: f32[runs, T], on test examples.
        member: bool[runs, N].

    Returns:
        :class:`Effects`, f64[N, T]; NaN as :func:`example_memorisation`.

    Raises:
        ValueError: wrong shapes, different numbers of runs, or a value that is not finite.

    Source: Feldman and Zhang 2020.

    >>> influence([[1.0, 0.0], [0.0, 0.0]], [[1], [0]]).value
    array([[1., 0.]])
    """
    values = reals("outcomes", outcomes, "runs T")
    inside = truths("member", member, "runs N", runs=values.shape[0]).astype(np.float64)
    middle = values.mean(axis=0)
    centred = values - middle
    means, squares = [], []
    for weight in (inside, 1.0 - inside):
        count = weight.sum(axis=0)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = weight.T @ centred / count
            spread = np.maximum(weight.T @ centred**2 - count * mean**2, 0.0) / (count - 1.0)
            means.append(mean)
            squares.append(np.where(count > 1, spread / count, np.nan))
    return Effects(means[0] - means[1], np.sqrt(squares[0] + squares[1]))


def memorisation_score(scores: ArrayLike, member: ArrayLike) -> jax.Array:
    """Return each run's mean memorisation of the examples that it was trained on.

    For each of them: the run's probability of the true label minus the mean of the runs that were
    not trained on the example.

    Args:
        scores: f32[runs, N], log-odds of the true label, log(p / (1 - p)).
        member: bool[runs, N].

    Returns:
        f32[runs] in [-1, 1], about 0 where nothing is memorised; NaN for a run none of whose
        examples was left out by another, or, while tracing, if a score is not finite.

    Raises:
        ValueError: wrong shapes, fewer than 2 runs, or a value that is not finite.

    Source: Feldman and Zhang 2020; one number a run instead of one an example.

    >>> memorisation_score([[99.0, -99.0], [-99.0, 99.0]], [[1, 0], [0, 1]]).tolist()
    [1.0, 1.0]
    """
    return _score(*checked_runs(scores, member, least=2))


@jax.jit
def _score(phi: jax.Array, inside: jax.Array) -> jax.Array:
    p = jax.nn.sigmoid(phi)
    left_out = (~inside).sum(axis=0)
    baseline = jnp.where(inside, 0.0, p).sum(axis=0) / jnp.maximum(left_out, 1)
    used = inside & (left_out > 0)
    mean = jnp.where(used, p - baseline, 0.0).sum(axis=1) / used.sum(axis=1)
    return nan_unless_finite(mean, phi)


def _moments(
    values: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean over the chosen runs and its squared standard error, f64[N] each."""
    count = chosen.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(chosen, values, 0.0).sum(axis=0) / count
        squares = np.where(chosen, (values - mean) ** 2, 0.0).sum(axis=0)
        spread = squares / (count - 1.0) / count
    return mean, np.where(count > 1, spread, np.nan)
