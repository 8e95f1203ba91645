"""The matrix: effects against simulation and exact cases, cells from rows, their correction."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jaxuim.laws import hedges_g, inherited_effect
from jaxuim.sweep import Run, Store, inheritance_matrix, load_collection_results, make_plan
from jaxuim.sweep.collection import Collection, collection_from_dict
from jaxuim.sweep.matrix_cells import COLUMNS, corrected, worst
from jaxuim.sweep.matrix_effect import standardised_effect, untested
from jaxuim.sweep.matrix_store import begin, note

SEEDS = 6
RNG = np.random.default_rng(5)
NOISE = RNG.normal(0, 0.01, (2, SEEDS))  # by level 0 and above, by seed


@pytest.mark.parametrize("delta", [0.0, 1.0, 20.0])
def test_intervals_hold_the_standardised_effect(delta: float) -> None:
    sets, n = 1200, 8
    rng = np.random.default_rng(int(delta) + 1)
    low = rng.normal(size=(sets, n))
    high = delta + 0.6 * low + 0.8 * rng.normal(size=(sets, n))
    found = [standardised_effect(v, b) for v, b in zip(high, low, strict=True)]
    held = np.mean([one.g_lower <= delta <= one.g_upper for one in found])
    assert abs(held - 0.95) < 4 * np.sqrt(0.95 * 0.05 / sets)
    mean, error = np.mean([one.g for one in found]), np.std([one.g for one in found]) / sets**0.5
    assert abs(mean - delta) < 4 * error  # J takes the bias away


@pytest.mark.parametrize("seed", range(8))
def test_the_interval_excludes_zero_iff_the_paired_test_rejects(seed: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.normal(size=6)
    high = low + rng.normal(0.8, 1.0, 6)
    found = standardised_effect(high, low, confidence=0.9)
    assert found.p_value == pytest.approx(stats.ttest_rel(high, low).pvalue)
    assert (found.p_value < 0.1) == (not found.g_lower < 0 < found.g_upper)
    assert found.g == pytest.approx(float(hedges_g(high, low)))
    raw = inherited_effect(high, low, confidence=0.9)
    assert (found.effect_lower, found.effect_upper) == (float(raw.lower), float(raw.upper))


def test_units_do_not_matter_and_signs_mirror() -> None:
    low, high = NOISE[0], NOISE[1] + 0.02
    found, scaled = standardised_effect(high, low), standardised_effect(100 * high, 100 * low)
    mirrored = standardised_effect(-high, -low)
    assert scaled[7:] == pytest.approx(found[7:])
    ends = (-found.g, -found.g_upper, -found.g_lower)
    assert (mirrored.g, mirrored.g_lower, mirrored.g_upper) == pytest.approx(ends)


def test_a_shift_of_all_seeds_alike_leaves_only_the_spread_uncertain() -> None:
    found = standardised_effect(NOISE[0] + 0.5, NOISE[0])
    scales = np.sqrt(stats.chi2.ppf([0.025, 0.975], SEEDS - 1) / (SEEDS - 1))
    ends = 0.5 / NOISE[0].std(ddof=1) * scales
    assert (found.g_lower, found.g_upper) == pytest.approx(tuple(ends), rel=1e-4)
    assert np.isnan(found.p_value)  # nothing varies: nothing to test
    still = standardised_effect(NOISE[0], NOISE[0])
    assert (still.status, still.g, still.g_lower, still.g_upper) == ("ok", 0.0, 0.0, 0.0)


def test_without_spread_at_level_zero_there_is_no_g() -> None:
    found = standardised_effect(0.9 + NOISE[0], np.full(SEEDS, 0.1))
    assert found.status == "no_spread"
    assert np.isnan(found.g)
    assert found.effect == pytest.approx(0.8, abs=0.02)
    assert found.p_value < 1e-6
    rounded = standardised_effect(np.full(SEEDS, 0.3), np.float32(0.1) + 1e-9 * NOISE[0])
    assert rounded.status == "no_spread"
    assert np.isnan(rounded.p_value)


def test_few_pairs_and_lost_pairs() -> None:
    high = NOISE[1] + 0.1
    lost = np.where(np.arange(SEEDS) < 2, np.nan, high)
    assert standardised_effect(lost, NOISE[0]) == pytest.approx(
        standardised_effect(high[2:], NOISE[0, 2:])
    )
    assert standardised_effect(high[:2], NOISE[0, :2]).status == "too_few"
    assert standardised_effect([], []).n == 0
    with pytest.raises(ValueError, match=r"values \(2,\) and baseline \(6,\) must be equal"):
        standardised_effect(high[:2], NOISE[0])


def test_the_correction_is_benjamini_and_yekutielis() -> None:
    p = np.array([0.001, np.nan, 0.01, 0.2, 0.9])
    tested = np.sort(p[np.isfinite(p)])
    m = len(tested)
    steps = tested * m / np.arange(1, m + 1) * np.sum(1 / np.arange(1, m + 1))
    expected = np.minimum.accumulate(steps[::-1])[::-1].clip(max=1)
    assert corrected(p)[[0, 2, 3, 4]] == pytest.approx(expected)
    assert np.isnan(corrected(p)[1])
    assert np.isnan(corrected(np.full(3, np.nan))).all()


def test_a_spread_of_its_own_standardises_without_changing_the_test() -> None:
    high, low, own = NOISE[1] + 0.02, NOISE[0], 3 * NOISE[0]
    plain = standardised_effect(high, low)
    found = standardised_effect(high, low, spread=own)
    assert (found.effect, found.effect_lower, found.effect_upper, found.p_value) == (
        plain.effect,
        plain.effect_lower,
        plain.effect_upper,
        plain.p_value,
    )
    assert found[7:10] == pytest.approx(np.array(plain[7:10]) / 3)
    with pytest.raises(ValueError, match=r"spread \(2,\) must be as long as baseline \(6,\)"):
        standardised_effect(high, low, spread=own[:2])


def test_a_measure_that_is_constant_by_definition_has_no_test(
    raw: dict[str, Any], tmp_path: Path, rows: Any
) -> None:
    """Rounding at level 0 must not become a spread, nor a certain effect a test."""

    def value(run: Run, *_: str) -> float:
        return 1 - run.levels[0] / 2 + 1e-2 * NOISE[0, run.seed]

    base = {key: value for key, value in raw.items() if key not in ("bias", "measures")}
    noise = {"name": "noise", "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.4]}}
    matrix = {"consequences": ["cka_to_clean"]}
    found = collection_from_dict(
        {**base, "seeds": {"count": SEEDS}, "variant": [noise], "matrix": matrix}
    )
    begin(tmp_path, found)
    with Store.open(tmp_path / "noise", found.variants["noise"]) as store:
        table = rows(make_plan(found.variants["noise"]), value=value)
        store.write_shard("all", table, {"seconds": 1.0})
    (cell,) = inheritance_matrix(load_collection_results(tmp_path)).itertuples()
    assert (cell.status, cell.n) == ("no_spread", SEEDS)
    assert cell.effect == pytest.approx(-0.2, abs=1e-3)
    assert np.isnan([cell.g, cell.p_value, cell.q_value]).all() and not cell.significant
    assert untested(standardised_effect([1.0], [1.0])).status == "too_few"


Make = Callable[..., Path]


def _value(run: Run, task: str, adaptation: str, measure: str) -> float:
    """Noise takes 0.5 x level off everything, a tail adds 0.05; ranks differ by seed only."""
    level = run.levels[-1]
    shift = -0.5 * level if run.params["bias.kind"] == "symmetric_label_noise" else 0.05 * level
    if measure == "worst_class_error":
        return 0.25 + (0.1 + NOISE[1, run.seed]) * (level > 0)
    return 0.3 + shift + float(NOISE[int(level > 0), run.seed]) + 0.1 * (task == "upstream")


@pytest.fixture
def collection(raw: dict[str, Any]) -> Collection:
    base = {key: value for key, value in raw.items() if key not in ("bias", "measures")}
    consequences = ["error", "worst_class_error", "effective_rank", "unwanted_probability"]
    variants = [
        {"name": "noise", "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.2, 0.4]}},
        {"name": "tail", "reference": 0.5, "bias": {"kind": "long_tail", "level": [0.5, 1.0]}},
        {"name": "late", "bias": {"kind": "long_tail", "level": [1.0]}},
        {"name": "shortcut", "bias": {"kind": "spurious_correlation", "level": [1.0]}},
    ]
    matrix = {"consequences": [*consequences, {"measure": "error", "task": "upstream"}]}
    return collection_from_dict(
        {**base, "seeds": {"count": SEEDS}, "variant": variants, "matrix": matrix}
    )


@pytest.fixture
def cells(collection: Collection, tmp_path: Path, rows: Any) -> pd.DataFrame:
    """The matrix of a collection of which one variant failed and one does not apply."""
    begin(tmp_path, collection)
    for name in ("noise", "tail"):
        with Store.open(tmp_path / name, collection.variants[name]) as store:
            table = rows(make_plan(collection.variants[name]), value=_value)
            store.write_shard("all", table, {"seconds": 1.0})
    note(tmp_path, collection, {"late": "no such file"})
    return inheritance_matrix(load_collection_results(tmp_path))


def _cell(cells: pd.DataFrame, variant: str, measure: str, task: str = "far_ood") -> Any:
    chosen = (cells["variant"] == variant) & (cells["measure"] == measure)
    (row,) = cells[chosen & (cells["task"] == task)].itertuples()
    return row


def test_every_variant_meets_every_consequence(cells: pd.DataFrame) -> None:
    assert tuple(cells.columns) == COLUMNS
    assert len(cells) == 4 * 5
    assert len(cells.drop_duplicates(["variant", "measure", "task", "adaptation"])) == 20


def test_a_cell_is_the_effect_of_its_seeds_at_the_reference(cells: pd.DataFrame) -> None:
    for name, shift in (("noise", -0.5 * 0.4), ("tail", 0.05 * 0.5)):
        wanted = standardised_effect(0.3 + shift + NOISE[1], 0.3 + NOISE[0])
        cell = _cell(cells, name, "error")
        assert (cell.status, cell.n, cell.lost) == ("ok", SEEDS, 0)
        found = (cell.g, cell.g_lower, cell.g_upper, cell.effect, cell.p_value)
        asked = (wanted.g, wanted.g_lower, wanted.g_upper, wanted.effect, wanted.p_value)
        assert found == pytest.approx(asked, rel=1e-5)
    assert _cell(cells, "noise", "error").g < 0 < _cell(cells, "tail", "error").g


def test_what_has_no_number_says_why(cells: pd.DataFrame) -> None:
    flat = _cell(cells, "tail", "worst_class_error")
    assert flat.status == "no_spread"
    assert flat.effect == pytest.approx(0.1, abs=0.02)
    assert np.isfinite(flat.q_value)
    late = _cell(cells, "late", "error")
    assert (late.status, late.reason) == ("missing", "no such file")
    alone = _cell(cells, "noise", "unwanted_probability", "upstream")
    assert alone.status == "not_applicable"
    assert alone.inherited
    assert not _cell(cells, "noise", "error", "upstream").inherited
    assert "needs a world with unwanted" in alone.reason
    alien = cells[cells["variant"] == "shortcut"]
    assert set(alien["status"]) == {"not_applicable"}
    assert alien["p_value"].isna().all()


def test_the_correction_counts_the_tests_there_are(cells: pd.DataFrame) -> None:
    tested = cells["p_value"].notna()
    assert tested.sum() == 8  # two variants that ran, four measures that apply
    expected = stats.false_discovery_control(cells.loc[tested, "p_value"], method="by")
    assert cells.loc[tested, "q_value"].to_numpy() == pytest.approx(expected)
    assert (cells["significant"] == (cells["q_value"] <= 0.05)).all()


def test_the_worst_are_harms_by_their_lower_bound(cells: pd.DataFrame) -> None:
    found = worst(cells, count=10)
    assert set(found["variant"]) == {"tail"}  # noise does good here
    assert "effective_rank" not in set(found["measure"])  # neither better nor worse
    assert "upstream" not in set(found["task"])  # the same is read downstream
    assert (found["g_lower"] > 0).all()
    assert found["g_lower"].is_monotonic_decreasing
    assert len(worst(cells, count=1)) == 1


def test_harm_is_positive_where_more_is_better(
    cells: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from jaxuim.sweep import matrix_cells
    from jaxuim.types.registry import catalogue

    known = dict(catalogue("measures"))
    known["error"] = dataclasses.replace(known["error"], better="higher")
    monkeypatch.setattr(matrix_cells, "catalogue", lambda kind: known)
    before, after = (
        _cell(table, "noise", "error")
        for table in (cells, inheritance_matrix(load_collection_results(tmp_path)))
    )
    assert (after.g, after.g_lower, after.g_upper) == (-before.g, -before.g_upper, -before.g_lower)
    assert (after.effect, after.p_value) == (before.effect, before.p_value)


def test_a_diverged_run_loses_its_seed_only(
    collection: Collection, tmp_path: Path, rows: Any
) -> None:
    plan = make_plan(collection.variants["noise"])
    table = rows(plan, value=_value).to_pandas()
    begin(tmp_path, collection)
    bad = (table["seed"] == 2) & (table["bias.level"] == 0.4) & (table["model.width"] == 16)
    table.loc[bad, "status"] = "diverged"
    import pyarrow as pa

    with Store.open(tmp_path / "noise", collection.variants["noise"]) as store:
        store.write_shard("all", pa.Table.from_pandas(table), {"seconds": 1.0})
    cell = _cell(inheritance_matrix(load_collection_results(tmp_path)), "noise", "error")
    kept = np.arange(SEEDS) != 2
    assert (cell.n, cell.lost) == (SEEDS - 1, 1)
    wanted = standardised_effect(0.1 + NOISE[1, kept], 0.3 + NOISE[0, kept])
    assert cell.g == pytest.approx(wanted.g, rel=1e-5)
