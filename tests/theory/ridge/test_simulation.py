"""The shortcuts of the simulations against ridge regression written out."""

import jax
import numpy as np
import pytest

from theory.ridge.simulation import over_ridges, over_samples
from theory.ridge.studies import seeds_of, shuffled

D = 24
SPECTRUM = np.arange(1.0, D + 1) ** -1.3
BETA = np.cos(np.arange(D))


def written_out(x: np.ndarray, ridge: float) -> tuple[float, float, float, float]:
    """Return bias, variance and both training parts of one data set, from the fitted matrix."""
    n = len(x)
    total = x.T @ x + n * ridge * np.eye(D)
    fit = np.linalg.solve(total, x.T) if ridge else np.linalg.pinv(x)
    missed, hat = fit @ (x @ BETA) - BETA, x @ fit
    rest = np.eye(n) - hat
    return (
        float(SPECTRUM @ missed**2),
        float(np.sum(SPECTRUM[:, None] * fit**2)),
        float(np.mean((rest @ (x @ BETA)) ** 2)),
        float(np.sum(rest**2) / n),
    )


@pytest.mark.parametrize("n", [10, 23, 24, 60])
@pytest.mark.parametrize("signs", [False, True])
def test_over_ridges(n: int, signs: bool) -> None:
    ridges = [1e-3, 0.2] if signs else [0.0, 1e-3, 0.2]
    fits = over_ridges(np.random.default_rng(3), 2, SPECTRUM, BETA, n, ridges, signs=signs)
    z = np.random.default_rng(3).standard_normal((2, n, D), dtype=np.float32)
    x = (np.sign(z) if signs else z) * np.sqrt(SPECTRUM)
    for k, ridge in enumerate(ridges):
        expected = [written_out(own, ridge) for own in x]
        found = np.stack([part[:, k] for part in fits], axis=1)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(fits.excess(0.5), fits.bias + 0.5 * fits.variance)


def test_one_target_for_each_repetition() -> None:
    many = np.stack([BETA, 2 * BETA])
    fits = over_ridges(np.random.default_rng(0), 2, SPECTRUM, many, 10, [0.1])
    alone = over_ridges(np.random.default_rng(0), 2, SPECTRUM, BETA, 10, [0.1])
    np.testing.assert_allclose(fits.bias[:, 0], alone.bias[:, 0] * [1.0, 4.0])


def test_over_samples() -> None:
    key, rows = jax.random.key(4), 12
    z = np.asarray(jax.random.normal(key, (rows, D), dtype="float32"), dtype=float)
    x = z * np.sqrt(SPECTRUM)
    found = jax.jit(over_samples, static_argnames="rows")(
        key, SPECTRUM, np.stack([BETA, 0 * BETA]), rows=rows
    )
    for n in (1, 5, 12):
        bias, variance, _, _ = written_out(x[:n], 0.0)
        np.testing.assert_allclose(found[:, n - 1], [bias, 0.0, variance], rtol=1e-5, atol=1e-9)


def test_seeds_are_other_repetitions() -> None:
    pool = np.arange(30.0)[:, None] + np.array([0.0, 100.0, 200.0])
    sets = seeds_of(pool, 5, 4, np.random.default_rng(0))
    assert sets.shape == (5, 4, 3)
    for one in sets:
        assert len(np.unique(one % 100)) == 12
        assert (one // 100 == np.arange(3)).all()
    with pytest.raises(ValueError, match="too few"):
        seeds_of(pool, 1, 11, np.random.default_rng(0))


def test_shuffled_uses_every_number_once() -> None:
    pool = np.arange(60.0).reshape(20, 3)
    sets = shuffled(pool, 5, 4, np.random.default_rng(0))
    assert sets.shape == (5, 4, 3)
    for level in range(3):
        assert sorted(sets[:, :, level].ravel()) == list(pool[:, level])
    with pytest.raises(ValueError, match="too few"):
        shuffled(pool, 6, 4, np.random.default_rng(0))
