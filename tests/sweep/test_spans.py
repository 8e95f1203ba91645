"""Tests for jaxuim/sweep/spans.py and observed.py: comparisons of runs, their seeds, resuming."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from jaxuim.measure import lira_online_auc, memorisation_score
from jaxuim.sweep import Spec, Store, load, make_plan
from jaxuim.sweep.expect import Expect
from jaxuim.sweep.expectations import check
from jaxuim.sweep.observed import Observed
from jaxuim.sweep.results import seed_values
from jaxuim.sweep.run import lacking, run
from jaxuim.sweep.spans import _column, pseudo_values
from jaxuim.types.registry import catalogue
from jaxuim.types.status import STATUSES

SPEC = {
    "name": "tiny",
    "world": {"kind": "digits"},
    "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.5]},
    "model": {"kind": "mlp", "width": 8, "depth": 1},
    "pretrain": {"samples": 400, "steps": 5, "batch_size": 8},
    "downstream": {"tasks": ["id"], "adaptations": ["linear_probe"]},
    "analysis": {"response": "memorisation_score", "axis": "bias.level"},
}
JACKKNIFED = "memorisation_score"
AGAINST_CLEAN = "cka_to_clean"


def spec(seeds, *names):
    changed = {"seeds": {"count": seeds}, "measures": {"names": list(names)}}
    return Spec.from_dict({**SPEC, **changed})


def rows(frame, measure):
    return frame[frame["measure"] == measure]


def squares(x):
    return (x - x.mean()) ** 2


def test_pseudo_values_have_the_mean_of_the_values_and_the_error_of_the_jackknife():
    x = np.random.default_rng(0).normal(size=6).astype(np.float32)
    found = pseudo_values(squares, squares(x), x)
    without = np.array([np.delete(x, one).var() for one in range(6)])
    assert found.mean() == pytest.approx(x.var(), abs=1e-6)
    error = np.sqrt(5 / 6 * ((without - without.mean()) ** 2).sum())
    assert found.std(ddof=1) / np.sqrt(6) == pytest.approx(error, rel=1e-4)
    assert np.isnan(pseudo_values(squares, squares(x[:3]), x[:3])).all()


@pytest.mark.parametrize(
    "measure", [memorisation_score, pytest.param(lira_online_auc, marks=pytest.mark.slow)]
)
def test_a_true_null_is_not_rejected_more_often_than_promised(measure):
    """The level changes nothing: runs as independent seeds reject it in 16 to 19 % of sweeps."""
    sweeps, runs, examples = 200, 8, 100
    rng = np.random.default_rng(1)
    difficulty = rng.normal(0, 2, examples)
    rejected = np.zeros(2)
    for _ in range(sweeps):
        member = np.stack([rng.permutation(examples) < examples // 2 for _ in range(runs)])
        sides = []
        for _ in range(2):
            scores = difficulty + 0.5 * member + rng.normal(size=member.shape)
            values = np.asarray(measure(jnp.asarray(scores, jnp.float32), member))
            pseudo = pseudo_values(measure, values, jnp.asarray(scores, jnp.float32), member)
            sides.append((pseudo, values))
        tests = [stats.ttest_rel(a, b).pvalue for a, b in zip(*sides, strict=True)]
        rejected += np.array(tests) < 0.05
    error = np.sqrt(0.05 * 0.95 / sweeps)
    assert rejected[0] / sweeps < 0.05 + 2 * error
    assert rejected[1] / sweeps > 0.05 + 3 * error  # what the jackknife is for


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Rows of a sweep of 2 seeds, then of 4 with a second comparison; models of both launches."""
    directory = tmp_path_factory.mktemp("spans") / "r"
    frames, models = [], []
    for seeds, names in ((2, [JACKKNIFED]), (4, [JACKKNIFED, AGAINST_CLEAN])):
        wanted = spec(seeds, *names)
        with Store.open(directory, wanted) as store:
            models.append(run(make_plan(wanted), store, progress=False).models)
            assert not list(lacking(make_plan(wanted), store))
        frames.append(load(directory).frame)
    return frames, models


def test_too_few_runs_are_a_status_until_more_join(grown):
    few, joined = (rows(frame, JACKKNIFED) for frame in grown[0])
    assert set(few["status"]) == {"not_applicable"} and few["value"].isna().all()
    assert len(joined) == 8 and set(joined["status"]) == {"ok"}
    assert joined["pseudo_value"].notna().all()


def test_a_second_comparison_completes_a_finished_sweep(grown):
    (_, after), models = grown
    assert models == [4, 8]  # of the first four runs the features had not been kept
    found = rows(after, AGAINST_CLEAN)
    assert set(found["status"]) == {"ok"} and found["pseudo_value"].isna().all()
    clean = found["bias.level"] == 0
    assert found["value"][clean].to_numpy() == pytest.approx(1.0, abs=1e-5)
    assert (found["value"][~clean] < 0.9999).all()


def test_expectations_take_pseudo_values_and_say_when_there_are_none(grown):
    frame = grown[0][-1]
    one = Expect(name="it", statistic="mean", measure=JACKKNIFED, about=-1.0, expected="positive")
    (found,) = check(frame, [one])
    own = rows(frame, JACKKNIFED)
    assert not np.allclose(own["value"], own["pseudo_value"])
    known = stats.ttest_1samp(own.groupby("seed")["pseudo_value"].mean() + 1.0, 0.0)
    ends = known.confidence_interval(0.95)
    assert (found.lower, found.upper) == pytest.approx((ends.low, ends.high))
    assert found.estimate - 1.0 == pytest.approx(own["value"].mean(), abs=1e-6)
    (unknown,) = check(frame.drop(columns="pseudo_value"), [one])
    assert unknown.verdict == "open"
    alone = frame["measure"] == AGAINST_CLEAN
    assert seed_values(frame)[alone].to_list() == frame["value"][alone].to_list()


def test_statuses_of_runs_that_cannot_be_compared():
    rng = np.random.default_rng(0)
    member = np.stack([rng.permutation(20) < 10 for _ in range(5)])
    scores = rng.normal(size=(5, 20)).astype(np.float32)
    scores[:3, 0] = np.nan
    known = catalogue("measures")
    values, status, pseudo = _column(known[JACKKNIFED], [scores, member])
    assert [STATUSES[code] for code in status] == ["diverged"] * 3 + ["not_applicable"] * 2
    assert np.isnan(values).all() and np.isnan(pseudo).all()
    features = rng.normal(size=(2, 12, 3)).astype(np.float32)
    features[0, 0, 0] = np.nan
    values, status, _ = _column(known[AGAINST_CLEAN], [features, features])
    assert [STATUSES[code] for code in status] == ["diverged", "ok"]
    assert values[1] == pytest.approx(1.0, abs=1e-5)


def test_arrays_of_a_run_may_lie_in_several_files(tmp_path):
    kept = Observed(tmp_path)
    kept.write("one", ["a", "b"], {"x": np.arange(3), "n": np.array([1, 2, 3])})
    kept.write("one", ["b"], {"y": np.array([[7.0, 8.0]])})
    for observed in (kept, Observed(tmp_path)):
        assert observed.has("b", ("x", "y")) and observed.has("a", ("x", "n"))
        assert not observed.has("a", ("y",)) and not observed.has("c", ("x",))
        assert observed.read(["b"], ("x", "y"))["y"].tolist() == [[7.0, 8.0]]
        assert observed.read(["b", "a"], ("x",))["x"].tolist() == [1, 0]
        with pytest.raises(KeyError):
            observed.read(["a", "b"], ("y",))
