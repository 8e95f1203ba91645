"""Bootstrap: whole clusters, spread against theory, bands, reproducibility, statuses."""

import numpy as np
import pytest
from scipy import stats

from jaxuim.laws import bootstrap, fit
from jaxuim.laws.fits.resampling import expanded_tail

SIZES = np.geomspace(32.0, 8192.0, 16)


def power_data(rng, noise=0.02):
    return 3.0 * SIZES**-0.4 + noise * rng.standard_normal(len(SIZES))


def test_shapes_bands_and_order():
    rng = np.random.default_rng(0)
    result = bootstrap("power", SIZES, power_data(rng, 0.01))
    assert result.predict(SIZES[:3]).shape == (200, 3)
    lower, upper = result.band(SIZES, 0.9)
    assert lower.shape == upper.shape == SIZES.shape
    assert np.all(lower <= upper)
    narrow = result.band(SIZES, 0.5)
    assert np.all(lower <= narrow[0])
    assert np.all(narrow[1] <= upper)
    assert set(result.interval(0.9)) == {"c", "alpha"}
    assert result.params["alpha"].shape == (200,)


def test_residual_spread_agrees_with_the_delta_method():
    rng = np.random.default_rng(1)
    y = power_data(rng)
    drawn = [bootstrap("power", SIZES, y, seed=seed) for seed in range(5)]
    result = drawn[0]
    found = fit("power", SIZES, y)
    low, high = found.interval(0.95)["alpha"]
    expected = (high - low) / (2 * stats.t.ppf(0.975, found.dof))
    spread = np.std([r.params["alpha"] for r in drawn])
    # the standard error of a standard deviation of 1,000 replicas is 2.2 %
    assert spread == pytest.approx(expected, rel=0.12)
    assert (result.method, result.clusters, result.status) == ("residual", 16, "ok")


def test_clusters_are_drawn_whole():
    """With a common offset per seed the spread is the between-seed one, not that of single rows."""
    rng = np.random.default_rng(2)
    seeds, levels = 8, SIZES
    factor = np.exp(0.1 * rng.standard_normal(seeds))
    y = (factor[:, None] * 3.0 * levels**-0.4).ravel()
    x, groups = np.tile(levels, seeds), np.repeat(np.arange(seeds), len(levels))
    clustered = bootstrap("power", x, y, groups=groups)
    rows = bootstrap("power", x, y, method="pairs")
    assert clustered.method == "cluster"
    assert clustered.clusters == seeds
    # every seed has the same exponent, so resampling seeds cannot move it
    assert np.std(clustered.params["alpha"]) < 1e-8
    assert np.std(rows.params["alpha"]) > 1e-3
    assert np.std(clustered.params["c"]) == pytest.approx(
        3.0 * np.std(factor) / np.sqrt(seeds), rel=0.15
    )


def test_cluster_intervals_cover():
    """Coverage of the 90 % cluster interval with 8 seeds, within 4 standard errors below."""
    replicas, rng = 80, np.random.default_rng(3)
    x, groups = np.tile(SIZES, 8), np.repeat(np.arange(8), len(SIZES))
    hits = 0
    for i in range(replicas):
        tilt = 0.4 + 0.05 * rng.standard_normal((8, 1))
        y = 3.0 * np.exp(-tilt * np.log(SIZES / 500.0) - 0.4 * np.log(500.0))
        y = y * (1 + 0.02 * rng.standard_normal(y.shape))
        low, high = bootstrap("power", x, y.ravel(), groups=groups, seed=i).interval(0.9)["alpha"]
        hits += low <= 0.4 <= high
    error = np.sqrt(0.9 * 0.1 / replicas)
    assert hits / replicas > 0.9 - 4 * error
    assert hits < replicas


def test_same_seed_same_replicas_and_groups_labels_do_not_matter():
    rng = np.random.default_rng(4)
    x, groups = np.tile(SIZES, 8), np.repeat(np.arange(8), len(SIZES))
    y = np.concatenate([power_data(rng) for _ in range(8)])
    first = bootstrap("power", x, y, groups=groups, seed=5)
    again = bootstrap("power", x, y, groups=[f"seed {g}" for g in groups], seed=5)
    other = bootstrap("power", x, y, groups=groups, seed=6)
    assert np.array_equal(first.params["alpha"], again.params["alpha"])
    assert not np.array_equal(first.params["alpha"], other.params["alpha"])


def test_a_failed_fit_has_no_replicas_but_no_exception_either():
    result = bootstrap("power", SIZES, np.full_like(SIZES, np.nan))
    assert result.status == "failed"
    assert np.isnan(result.params["c"]).all()
    assert np.isnan(result.band(SIZES)[0]).all()


def test_an_unidentified_fit_is_not_ok():
    result = bootstrap("saturating_power", np.linspace(0, 1, 16), np.full(16, 0.5))
    assert result.status == "not_converged"


def test_bad_input():
    with pytest.raises(ValueError, match="single cluster"):
        bootstrap("power", SIZES, SIZES, groups=np.zeros(16))
    with pytest.raises(ValueError, match="replicas is 1"):
        bootstrap("power", SIZES, SIZES, replicas=1)
    with pytest.raises(ValueError, match="method is 'wild'"):
        bootstrap("power", SIZES, SIZES, method="wild")


@pytest.mark.parametrize("clusters", [4, 16, 100])
def test_expanded_tail_against_scipy(clusters):
    quantile = stats.t.ppf(0.975, clusters - 1) * np.sqrt(clusters / (clusters - 1))
    assert expanded_tail(0.95, clusters) == pytest.approx(stats.norm.cdf(-quantile))
