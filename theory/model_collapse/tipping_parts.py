"""Where pooling biased samples stops to pay, how its harm scales with their share, and speed."""

import jax
import numpy as np
from numpy.typing import NDArray

from theory.model_collapse.pooling import (
    noise_factor,
    pooled_risk,
    tipping_bias,
    tipping_bias_limit,
)
from theory.model_collapse.simulated_generations import GENERATIONS, least_squares
from theory.model_collapse.simulated_pooling import pooled, pooled_errors
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import study_crossing

Array = NDArray[np.float64]
SETTING = (60, 200, 100, 1.0)  # d, clean, biased, noise
SEEDS = 24
_pooled_theory = jax.jit(pooled_risk)
LEVELS = np.linspace(0.0, 2.4, 13)


def tipping(size: Size) -> Outcome:
    """Find where pooled minus clean alone, paired by seed, crosses zero."""
    d, clean, biased, noise = SETTING
    count = size.studies * SEEDS
    moments = pooled(size.rng("tipping"), count, d, clean, biased)
    errors = pooled_errors(moments[:, None], noise, LEVELS)
    paired = (errors - noise * moments[:, 3:]).reshape(size.studies, SEEDS, len(LEVELS))
    tip = study_crossing(
        "squared bias at which pooling stops to pay", LEVELS, paired, float(tipping_bias(*SETTING)),
        asymptotic=float(tipping_bias_limit(*SETTING)),
    )  # fmt: skip
    mean, error = mean_error(paired[0])
    theory = _pooled_theory(*SETTING, LEVELS) - noise * noise_factor(d, clean)
    curves = {"levels": LEVELS, "mean": mean, "error": error, "theory": np.asarray(theory)}
    return Outcome(tips=(tip,), curves=curves)


def harm(size: Size) -> Outcome:
    """Fit the harm of the bias as a power of the share of biased samples."""
    shares, seeds, total, bias = np.geomspace(0.05, 0.6, 9), 12, 1000, 1.0
    data, predicted = [], []
    for share in shares:
        biased = round(total * share)
        numbers = (10, total - biased, biased)
        count = size.studies * seeds
        moments = pooled(size.rng(f"harm {biased}"), count, *numbers)
        # The same samples without bias are the pair: only what c adds remains.
        data.append(bias * moments[:, 0])
        predicted.append(float(_pooled_theory(*numbers, 0.0, bias)))
    used = np.array([round(total * share) / total for share in shares])
    table = np.stack(data, axis=-1).reshape(-1, seeds, len(shares))
    found = study_exponent(
        "harm by the share of biased samples", used, predicted, table, asymptotic=-2.0
    )
    mean, error = mean_error(table[0])
    curves = {"shares": used, "theory": np.array(predicted), "mean": mean, "error": error}
    return Outcome(exponents=(found,), curves=curves)


def speed(size: Size) -> Outcome:
    """Time lineages, and the pooled fits at all bias levels, against loops."""
    lineages = study_speed(
        "ten generations, labels replaced and accumulated",
        lambda count: least_squares(size.rng("speed"), count, 40, 160, 0.5),
        _lineage_loop, 256,
    )  # fmt: skip

    def grid(count: int) -> Array:
        moments = pooled(size.rng("speed"), count, *SETTING[:3])
        return pooled_errors(moments[:, None], SETTING[3], LEVELS)

    pools = study_speed("pooled fits at 13 levels of bias", grid, _pooled_loop, 512)
    return Outcome(speeds=(lineages, pools))


def _lineage_loop(rng: np.random.Generator) -> list[list[float]]:
    """Fit ten generations by ``lstsq`` under the three policies."""
    d, samples, deviation = 40, 160, np.sqrt(0.5)
    fixed = rng.standard_normal((samples, d))
    replaced_w, fresh_w = np.zeros(d), np.zeros(d)
    same_w: Array = np.zeros(d)
    inputs, labels, same_labels, found = [], [], [], []
    for _ in range(GENERATIONS):
        x = rng.standard_normal((samples, d))
        y = x @ replaced_w + deviation * rng.standard_normal(samples)
        replaced_w = np.linalg.lstsq(x, y, rcond=None)[0]
        inputs.append(x)
        labels.append(x @ fresh_w + deviation * rng.standard_normal(samples))
        x, y = np.concatenate(inputs), np.concatenate(labels)
        fresh_w = np.linalg.lstsq(x, y, rcond=None)[0]
        same_labels.append(fixed @ same_w + deviation * rng.standard_normal(samples))
        average = np.asarray(np.mean(same_labels, axis=0), dtype=np.float64)
        same_w = np.asarray(np.linalg.lstsq(fixed, average, rcond=None)[0], dtype=np.float64)
        found.append([float(w @ w) for w in (fresh_w, replaced_w, same_w)])
    return found


def _pooled_loop(rng: np.random.Generator) -> list[float]:
    """Fit pooled data by ``lstsq`` at every level of bias."""
    d, clean, biased, noise = SETTING
    x = rng.standard_normal((clean + biased, d))
    e = np.sqrt(noise) * rng.standard_normal(clean + biased)
    direction = np.zeros(d)
    direction[0] = 1.0
    found = []
    for bias in LEVELS:
        y = e.copy()
        y[clean:] += np.sqrt(bias) * (x[clean:] @ direction)
        w = np.linalg.lstsq(x, y, rcond=None)[0]
        found.append(float(w @ w))
    alone = np.linalg.lstsq(x[:clean], e[:clean], rcond=None)[0]
    return [value - float(alone @ alone) for value in found]
