"""Where the loop tips: the pitchfork, the end of the upper branch, and the exponent of onset."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from theory.feedback.amplification import amplitude, critical_reentry, fold_share
from theory.feedback.simulated import measured, populations
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import study_tip

Array = NDArray[np.float64]
B = 2.0
SEEDS, OUTPUTS = 16, 400
# So many that chance moves the tipping points by far less than the gap between two levels.
AGENTS, GENERATIONS = 1_000_000, 400
UPPER = 0.99  # share at the start of populations that begin on the upper branch
REENTRIES = np.linspace(0.3, 0.7, 21)
FOLD = (0.7, 2.0)
REALS = np.linspace(0.2, 0.5, 41)
_amplitude = jax.jit(jax.vmap(amplitude, in_axes=(0, None)))


def squares(rng: np.random.Generator, studies: int) -> Array:
    """Return unbiased estimates of m^2 at ``REENTRIES``, shape (studies, SEEDS, levels).

    Each is the product of m in two independent halves of the outputs of one population, which
    began with an even split.
    """
    shape = (studies, SEEDS, len(REENTRIES))
    share = populations(rng, shape, AGENTS, REENTRIES, B, 1, settled=GENERATIONS - 1)[0]
    halves = [2.0 * measured(rng, share, shape, OUTPUTS // 2) - 1.0 for _ in range(2)]
    return halves[0] * halves[1]


def pitchfork(size: Size) -> Outcome:
    """Find the re-entry share at which the squared amplitude of populations leaves zero."""
    found = squares(size.rng("pitchfork"), size.studies)
    critical = float(critical_reentry(B))
    tip = study_tip(
        "re-entry share at which the split leaves one half", "kink", REENTRIES, found, critical,
        asymptotic=critical,
    )  # fmt: skip
    mean, error = mean_error(found[0])
    theory = np.square(np.asarray(_amplitude(jnp.asarray(REENTRIES), B)))
    curves = {"levels": REENTRIES, "mean": mean, "error": error, "theory": theory}
    return Outcome(tips=(tip,), curves=curves)


def amplitudes(rng: np.random.Generator, studies: int, excess: Array) -> tuple[Array, Array]:
    """Return m in outputs of populations, shape (studies, SEEDS, levels), and theory's m.

    Populations begin on the upper side, so that none has to wait for chance to break the tie.
    """
    s = (1.0 + excess) / B
    shape = (studies, SEEDS, len(s))
    share = populations(rng, shape, AGENTS, s, B, 1, settled=GENERATIONS - 1, begin=UPPER)[0]
    theory = np.asarray(_amplitude(jnp.asarray(s), B))
    return 2.0 * measured(rng, share, shape, OUTPUTS) - 1.0, theory


def onset(size: Size) -> Outcome:
    """Fit the amplitude above the pitchfork as a power of the distance from it."""
    excess = np.geomspace(0.02, 0.5, 9)  # s b - 1
    found, theory = amplitudes(size.rng("onset"), size.studies, excess)
    exponent = study_exponent(
        "amplitude above the pitchfork", excess, theory, found, asymptotic=-0.5
    )
    mean, error = mean_error(found[0])
    curves = {"excess": excess, "theory": theory, "mean": mean, "error": error}
    return Outcome(exponents=(exponent,), curves=curves)


def jump(size: Size) -> Outcome:
    """Find the share in real data at which a population falls off the upper branch.

    One population at each level. So large a one falls at the fold itself, and a data set cannot
    tell where between two levels that is; each therefore has its levels moved by its own random
    part of a gap, without which the fold would lie at the same place of a gap in all of them.
    """
    (s, b), rng = FOLD, size.rng("jump")
    levels = REALS + (REALS[1] - REALS[0]) * rng.random((size.studies, 1))
    share = populations(
        rng, levels.shape, AGENTS, s, b, 1, settled=GENERATIONS - 1, real=levels, begin=UPPER
    )[0]
    found = measured(rng, share, levels.shape, OUTPUTS)
    end = float(fold_share(s, b))
    tip = study_tip(
        "share in real data at which the upper branch is left", "jump", levels, found, end,
        asymptotic=end,
    )  # fmt: skip
    return Outcome(tips=(tip,))
