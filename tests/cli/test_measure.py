"""``jaxuim measure``: numbers of a file as the library gives them, intervals, and refusals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jaxuim import measure
from jaxuim.cli.main import main

N, K = 400, 4
Write = dict[str, Any]


def arrays() -> Write:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, K, N)
    logits = (rng.standard_normal((N, K)) + 1.5 * np.eye(K)[labels]).astype(np.float32)
    return {"logits": logits, "labels": labels}


def write(path: Path, **content: Any) -> str:
    np.savez(path, **content)
    return str(path)


def taken(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["measure", *arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out, parse_constant=lambda text: pytest.fail(f"not JSON: {text}"))


def row_of(content: Any, name: str) -> Any:
    return next(row for row in content["measures"] if row["measure"] == name)


def test_numbers_are_those_of_the_library_with_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arrays()
    groups = np.array(["north", "south"])[np.arange(N) % 2]
    file = write(tmp_path / "a.npz", **given, sensitive_features=groups, comment=np.arange(3))
    names = ["error", "ece", "worst_group_error", "error"]
    content = taken(capsys, file, "--names", *names)
    assert [row["measure"] for row in content["measures"]] == names[:3]
    assert content["keys"]["groups"] == "sensitive_features"
    assert content["unused"] == ["comment"]
    assert content["sizes"] == {"n": N, "K": K, "groups": 2}
    error = row_of(content, "error")
    expected = float(measure.error(given["logits"], given["labels"]))
    assert error["value"] == pytest.approx(expected, abs=1e-6)
    assert (error["better"], error["chance"], error["family"]) == ("lower", 0.75, "performance")
    wrong = round(expected * N)
    ends = [float(end) for end in measure.clopper_pearson(wrong, N)]
    assert [error["lower"], error["upper"]] == pytest.approx(ends, abs=1e-6)
    worst = measure.worst_group_error(
        given["logits"], given["labels"], np.arange(N) % 2, num_groups=2
    )
    assert row_of(content, "worst_group_error")["value"] == pytest.approx(float(worst), abs=1e-6)
    assert content["interval"].startswith("0.95; of shares exact")
    (reason,) = content["without_interval"]  # one reason for both
    assert "biased" in reason and content["without_interval"][reason] == names[1:3]
    assert row_of(content, "ece")["lower"] is None
    wide = row_of(taken(capsys, file, "--names", "error", "--confidence", "0.99"), "error")
    assert wide["upper"] > error["upper"]


def test_means_have_bootstrap_intervals_and_none_without_resamples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arrays()
    file = write(tmp_path / "a.npz", **given)
    content = taken(capsys, file, "--names", "nll")
    row = row_of(content, "nll")
    p = np.exp(given["logits"]) / np.exp(given["logits"]).sum(1, keepdims=True)
    loss = -np.log(p[np.arange(N), given["labels"]])
    half = 1.96 * loss.std() / np.sqrt(N)
    # a quantile of 200 resamples has a standard error of about 0.19 standard deviations
    assert row["upper"] - row["value"] == pytest.approx(half, rel=5 * 0.19 / 1.96)
    assert row["value"] - row["lower"] == pytest.approx(half, rel=5 * 0.19 / 1.96)
    assert "basic bootstrap, 200 resamples of the examples" in content["interval"]
    sure = write(tmp_path / "b.npz", logits=np.zeros((9, 2)), labels=np.arange(9) % 2)
    content = taken(capsys, sure, "--names", "nll")
    assert row_of(content, "nll")["lower"] is None  # all resamples are alike
    assert content["without_interval"] == {"no resamples, or all alike": ["nll"]}


def test_no_error_at_all_leaves_room_for_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = np.arange(20) % 2
    file = write(
        tmp_path / "a.npz",
        logits=9 * np.eye(2)[labels],
        labels=labels,
        triggered_logits=9 * np.eye(2)[labels],
        target=np.int64(1),
    )
    content = taken(capsys, file, "--names", "error", "attack_success_rate")
    error, attack = content["measures"]
    # Clopper and Pearson at 0 of n: 1 - 0.025^(1/n); only the ten of class 0 can be attacked
    assert (error["lower"], error["upper"]) == (0.0, pytest.approx(1 - 0.025 ** (1 / 20)))
    assert (attack["value"], attack["upper"]) == (0.0, pytest.approx(1 - 0.025 ** (1 / 10)))
    assert main(["measure", file]) == 0
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("no interval: ") and "biased" in line]
    assert " ece," in line and "worst_class_error" in line and " error" not in line


def test_float64_is_measured_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    features = rng.gamma(2.0, size=(50, 3))
    near, far = (
        row_of(taken(capsys, file, "--names", "feature_skewness"), "feature_skewness")["value"]
        for file in (
            write(tmp_path / "near.npz", features=features),
            write(tmp_path / "far.npz", features=features + 1e8),
        )
    )
    assert far == pytest.approx(near, abs=1e-4)


def test_what_lacks_an_array_is_left_out_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    losses = {"canary_losses": np.arange(4.0), "reference_losses": np.arange(9.0) + 0.5}
    file = write(tmp_path / "a.npz", **losses)
    content = taken(capsys, file)
    assert [row["measure"] for row in content["measures"]] == ["exposure"]
    assert content["left_out"]["error"] == ["logits", "labels"]
    assert main(["measure", file]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == f"{file}: canary_losses, reference_losses; c = 4, r = 9"
    line = next(line for line in out if line.startswith("left out: "))
    assert "(no logits, labels)" in line and "contamination_inflation (no logits" in line


def test_training_outputs_without_a_mask_count_as_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = arrays()
    names = ("--names", "generalisation_gap", "--draws", "2")
    trained = {"train_logits": 9 * np.eye(K)[given["labels"]], "y_train": given["labels"]}
    file = write(tmp_path / "a.npz", **given, **trained)
    error = float(measure.error(given["logits"], given["labels"]))
    gap = row_of(taken(capsys, file, *names), "generalisation_gap")
    assert gap["value"] == pytest.approx(error, abs=1e-6)


def test_a_measure_that_spans_runs_gives_its_mean_without_interval(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    member = np.arange(8)[:, None] % 2 == np.arange(30) % 2
    scores = rng.standard_normal((8, 30)) + 6 * member
    file = write(tmp_path / "a.npz", scores=scores, member=member)
    content = taken(capsys, file, "--names", "global_attack_auc")
    row = row_of(content, "global_attack_auc")
    assert row["value"] > 0.99 and row["lower"] is None and content["interval"] == "none"


def test_what_a_measure_refuses_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "a.npz", **arrays(), leaked=np.zeros(N, bool))
    wanted = ["measure", file, "--names", "contamination_inflation"]
    assert main(wanted) == 2
    sentence = capsys.readouterr().err
    assert "contamination_inflation: leaked marks 0 of 400 examples" in sentence


BAD: list[tuple[Write, str]] = [
    ({"weights": np.ones(3)}, "holds 'weights'; known keys are logits, labels"),
    ({"logit": np.ones((N, K)), "logits": np.ones((N, K))}, "both stand for 'logits'"),
    ({"logits": np.ones(N)}, "key 'logits' has shape (400,); allowed is f32[n, K]"),
    ({"logits": np.ones((0, K))}, "key 'logits' has shape (0, 4); allowed is f32[n, K], no axis"),
    ({"logits": np.full((N, K), np.nan)}, "key 'logits'[0, 0] = nan must be finite"),
    ({"logits": np.full((N, K), "a")}, "key 'logits' has dtype <U1; allowed is f32[n, K]"),
    ({"logits": np.array([[None]])}, "key 'logits' holds Python objects; numbers are needed"),
    ({"labels": np.arange(3)}, "key 'labels' has n = 3 and 'logits' has n = 400; they must agree"),
    ({"labels": np.full(N, K)}, "key 'labels'[0] = 4 must be a class from 0 to 3"),
    ({"labels": np.full(N, 0.5)}, "key 'labels'[0] = 0.5 must be a whole number"),
    ({"leaked": np.full(N, 2)}, "key 'leaked'[0] = 2 must be 0 or 1"),
    ({"target": np.int64(9), "triggered_logits": np.ones((N, K))}, "'target' = 9 must be a class"),
]


@pytest.mark.parametrize(("changes", "words"), BAD)
def test_a_bad_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: Write, words: str
) -> None:
    content = changes if set(changes) & {"weights"} else arrays() | changes
    file = write(tmp_path / "a.npz", **content)
    assert main(["measure", file]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.splitlines()) == 1
    assert captured.err.startswith(f"jaxuim: {file}: ") and words in captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--names", "errr"], "--names 'errr': is no measure; did you mean 'error'?"),
        (
            ["--names", "effective_rank"],
            "measure 'effective_rank' needs 'features'; the file holds",
        ),
        (["--draws", "0"], "'0' must be a whole number of at least 1"),
        (["--confidence", "2"], "'2' must lie strictly between 0 and 1"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    file = write(tmp_path / "a.npz", **arrays())
    try:
        code = main(["measure", file, *arguments])
    except SystemExit as stopped:
        code = int(str(stopped.code))
    captured = capsys.readouterr()
    assert code == 2 and captured.out == ""
    assert len(captured.err.splitlines()) == 1 and words in captured.err
