"""Where the loop tips: the pitchfork, the end of the upper branch, and the exponent of onset."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from theory.feedback.amplification import amplitude, fold_share, settled_share
from theory.feedback.simulated import measured
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import root, study_tip

Array = NDArray[np.float64]
B = 2.0
SEEDS, OUTPUTS = 16, 400
REENTRIES = np.linspace(0.3, 0.7, 21)
FOLD, GENERATIONS = (0.7, 2.0), 400
REALS, READ = np.linspace(0.2, 0.5, 41), 3
_amplitude = jax.jit(jax.vmap(amplitude, in_axes=(0, None)))
_settled = jax.jit(settled_share, static_argnames="generations")


def _squares(rng: np.random.Generator, shape: tuple[int, ...], s: Array) -> Array:
    """Return unbiased estimates of m^2 from two independent halves of a model's outputs."""
    share = 0.5 * (1.0 + np.asarray(_amplitude(jnp.asarray(s), B)))
    halves = [2.0 * measured(rng, share, shape, OUTPUTS // 2) - 1.0 for _ in range(2)]
    return halves[0] * halves[1]


def pitchfork(size: Size) -> Outcome:
    """Find the re-entry share at which the squared amplitude leaves zero."""
    shape = (size.studies, SEEDS, len(REENTRIES))
    squares = _squares(size.rng("pitchfork"), shape, REENTRIES)
    tip = study_tip(
        "re-entry share at which the split leaves one half", "kink", REENTRIES, squares, 1.0 / B,
        asymptotic=1.0 / B,
    )  # fmt: skip
    mean, error = mean_error(squares[0])
    theory = np.square(np.asarray(_amplitude(jnp.asarray(REENTRIES), B)))
    curves = {"levels": REENTRIES, "mean": mean, "error": error, "theory": theory}
    return Outcome(tips=(tip,), curves=curves)


def onset(size: Size) -> Outcome:
    """Fit the amplitude above the pitchfork as a power of the distance from it."""
    excess = np.geomspace(0.02, 0.5, 9)  # s b - 1
    s = (1.0 + excess) / B
    theory = np.asarray(_amplitude(jnp.asarray(s), B))
    shape = (size.studies, SEEDS, len(s))
    found = 2.0 * measured(size.rng("onset"), 0.5 * (1.0 + theory), shape, OUTPUTS) - 1.0
    exponent = study_exponent(
        "amplitude above the pitchfork", excess, theory, found, asymptotic=-0.5
    )
    mean, error = mean_error(found[0])
    curves = {"excess": excess, "theory": theory, "mean": mean, "error": error}
    return Outcome(exponents=(exponent,), curves=curves)


def jump(size: Size) -> Outcome:
    """Find the share in real data at which a population falls off the upper branch.

    One model at each level, of which few outputs are read: with many, the jump is certain to lie
    between two levels, and an interval that is the gap between them always holds it.
    """
    s, b = FOLD
    share = np.asarray(_settled(1.0, REALS, s, b, generations=GENERATIONS))
    curves = measured(size.rng("jump"), share, (size.studies, len(REALS)), READ)
    ends = lambda p0: float(_settled(1.0, p0, s, b, generations=GENERATIONS)) - 0.5
    middle = float(fold_share(s, b))
    predicted = root(ends, middle - 0.05, middle + 0.05)
    tip = study_tip(
        "share in real data at which the upper branch is left", "jump", REALS, curves, predicted,
        asymptotic=middle,
    )  # fmt: skip
    return Outcome(tips=(tip,))
