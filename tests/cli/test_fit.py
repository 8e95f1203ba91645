"""``jaxuim fit``: laws fitted to tables, told in JSON, in words and in a figure."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jaxuim import laws
from jaxuim.cli.main import main
from jaxuim.laws.forecasts.forecasting import Forecast

ONE = ["--form", "saturating_power", "--x", "n", "--y", "loss", "--bootstrap", "20"]
TWO = ["--form", "chinchilla", "--y", "loss", "--bootstrap", "0", "--scale", "log"]
TRUTH = {"E": 1.7, "A": 400.0, "B": 410.0, "alpha": 0.34, "beta": 0.28}


@pytest.fixture
def curve(tmp_path: Path) -> str:
    """Three seeds of loss = 0.1 + 2 n^-0.5 with small noise; seed 9 is another law."""
    rng = np.random.default_rng(0)
    lines = ["n,loss,sem,seed"]
    for seed in (1, 2, 3, 9):
        for n in (16, 64, 256, 1024, 4096, 16384):
            loss = 0.1 + 2 * n**-0.5 * (1 + 0.02 * rng.standard_normal()) + (seed == 9)
            lines.append(f"{n},{loss},0.01,{seed}")
    path = tmp_path / "curve.csv"
    path.write_text("\n".join(lines))
    return str(path)


@pytest.fixture
def surface(tmp_path: Path) -> str:
    """The published law of two inputs without noise."""
    lines = ["tokens,params,loss"]
    for n in np.geomspace(1e7, 1e10, 5):
        for d in np.geomspace(1e9, 1e12, 5):
            t = TRUTH
            loss = t["E"] + t["A"] * n ** -t["alpha"] + t["B"] * d ** -t["beta"]
            lines.append(f"{d},{n},{loss}")
    path = tmp_path / "surface.csv"
    path.write_text("\n".join(lines))
    return str(path)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out, parse_constant=lambda text: pytest.fail(f"not JSON: {text}"))


def test_json_is_the_card_of_the_fit_with_the_intervals_of_the_bootstrap(
    curve: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = _json(capsys, "fit", curve, *ONE, "--by", "seed", "--where", "seed<9", "--seed", "5")
    rows = np.genfromtxt(curve, delimiter=",", names=True)[:18]
    same = laws.bootstrap(
        "saturating_power", rows["n"], rows["loss"], groups=rows["seed"], replicas=20, seed=5
    )
    assert content["params"] == pytest.approx(same.fit.params)
    for name, ends in same.interval(0.95).items():
        assert content["intervals"][name] == pytest.approx(ends)
    assert content["bootstrap"]["method"] == "cluster"
    assert (content["status"], content["n"], content["dropped"]) == ("ok", 18, 0)
    assert content["inputs"] == {"x": "n"}
    assert {"starts", "starts_agree", "condition", "decrement", "loss", "scale"} <= set(content)


def test_the_columns_find_their_inputs_by_name_or_by_order(
    surface: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = _json(capsys, "fit", surface, "--x", "params,tokens", *TWO)
    assert content["params"] == pytest.approx(TRUTH, rel=1e-3)
    assert content["inputs"] == {"N": "params", "D": "tokens"}
    named = tmp_path / "named.csv"
    named.write_text(Path(surface).read_text().replace("tokens,params", "D,N"))
    content = _json(capsys, "fit", str(named), "--x", "D,N", *TWO, "--predict", "1e12,1e10;1e9,1e7")
    assert content["params"] == pytest.approx(TRUTH, rel=1e-3)
    first, second = content["predictions"]
    assert first["x"] == {"N": 1e10, "D": 1e12}
    t = TRUTH
    expected = t["E"] + t["A"] * 1e7 ** -t["alpha"] + t["B"] * 1e9 ** -t["beta"]
    assert second["mean"] == pytest.approx(expected, rel=1e-4)
    assert second["lower"] is None


def test_predictions_come_from_values_or_from_a_table(
    curve: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = tmp_path / "places.csv"
    places.write_text("n\n100000\n1000000\n")
    arguments = ["fit", curve, *ONE, "--where", "seed=1"]
    by_table = _json(capsys, *arguments, "--predict", str(places))["predictions"]
    by_value = _json(capsys, *arguments, "--predict", "1e5,1e6")["predictions"]
    assert by_table == by_value
    assert by_value[0]["lower"] <= by_value[0]["mean"] <= by_value[0]["upper"]


def test_a_forecast_is_told_with_its_status_and_weights(
    curve: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def forecast(x: Any, y: Any, x_new: Any, **options: Any) -> Forecast:
        asked.append((x.tolist(), x_new.tolist(), options["confidence"]))
        mean = np.full(len(x_new), 0.11)
        weights = {"one": 0.75, "two": 0.25}
        return Forecast(x_new, mean, mean / 2, mean * 2, weights, "ok", "", options["confidence"])

    monkeypatch.setattr("jaxuim.cli.fitting.forecast", forecast)
    arguments = ["fit", curve, *ONE, "--where", "seed=1", "--confidence", "0.8"]
    arguments += ["--forecast", "65536,1e6"]
    assert main([*arguments, "--out", str(tmp_path / "a.png")]) == 0
    out = capsys.readouterr().out
    assert "forecast of new observations, by several laws" in out
    assert "status: ok; weights: one 0.75, two 0.25" in out
    ahead = _json(capsys, *arguments)["forecast"]
    assert ahead["points"][1] == {"x": {"n": 1e6}, "mean": 0.11, "lower": 0.055, "upper": 0.22}
    assert (ahead["status"], ahead["weights"]) == ("ok", {"one": 0.75, "two": 0.25})
    assert asked[0] == ([16, 64, 256, 1024, 4096, 16384], [65536, 1e6], 0.8)


def test_where_no_forecast_can_be_made_the_sentence_names_the_option(
    curve: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", curve, *ONE, "--forecast", "0"]) == 2
    assert capsys.readouterr().err.startswith("jaxuim: --forecast: ")


def test_the_text_is_a_sentence_a_table_and_how_it_was_done(
    curve: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["fit", curve, *ONE, "--where", "seed=1", "--y-err", "sem", "--predict", "1e5"]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert out.startswith("Loss falls from 0.6")
    assert "as n grows over the data, towards e = 0.1" in out
    assert "95 % interval" in out
    assert "intervals: bootstrap (residual, 20 replicas); loss: squared on the linear scale" in out
    assert "status: ok" in out


@pytest.mark.parametrize("name", ["law.png", "law.SVG", "law.pdf"])
def test_the_figure_has_the_format_of_its_name(
    curve: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = tmp_path / name
    arguments = ["fit", curve, *ONE, "--where", "seed=1", "--predict", "1e5", "--out", str(path)]
    assert _json(capsys, *arguments)["figure"] == str(path)
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[path.suffix[1:].lower()]
    assert path.read_bytes().startswith(start)


def test_a_failure_of_the_numbers_is_a_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "same.csv"
    path.write_text("n,loss\n" + "4,0.5\n" * 6)
    content = _json(capsys, "fit", str(path), *ONE, "--out", str(tmp_path / "a.png"))
    assert content["status"] == "failed"
    assert content["params"] == {"e": None, "a": None, "alpha": None}
    assert content["intervals"] == {name: [None, None] for name in ("e", "a", "alpha")}
    assert content["sentence"].startswith("No saturating power law could be fitted: fewer distinct")
    assert main(["fit", str(path), *ONE, "--bootstrap", "0"]) == 0


def test_the_laws_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["fit", "--forms"], ["fit", "--form", "help"]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 0
        text = capsys.readouterr().out
        assert all(
            f"{name} (" in text and form.formula in text for name, form in laws.FORMS.items()
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--form", "powr"], "--form 'powr': no such law; did you mean 'power'?"),
        (["--form", "chinchilla"], "--x 'n': law 'chinchilla' has 2 inputs (N,D), 1 column given"),
        (["--x", "n,seed"], "--x 'n,seed': law 'saturating_power' has 1 input (x)"),
        (["--x", "n,n"], "--x 'n,n' must name columns, each once"),
        (["--y", "n"], "--y 'n' is also a column of --x"),
        (["--y-err", "sd"], "--y-err 'sd': no such column"),
        (["--y-err", "zero"], "--y-err 'zero', row 1: must be positive"),
        (["--by", "zero"], "--by 'zero' names one cluster, 2 are needed"),
        (["--where", "n=16", "--where", "seed<3"], "3 parameters but only 2 points"),
        (["--y", "zero", "--scale", "log"], "--y 'zero', row 1: must be positive for --scale log"),
        (["--form", "power", "--x", "zero"], "--x 'zero', row 1: is 0 but law 'power' is defined"),
        (["--delta", "0.1"], "--delta 0.1 goes with --loss huber"),
        (["--predict", "many"], "--predict 'many': is neither a table nor numbers"),
        (["--predict", "inf"], "--predict 'inf': every value must be finite"),
        (["--predict", ","], "--predict ',': holds no value"),
        (["--predict", "-1"], "--predict: form 'saturating_power' is defined for non-negative x"),
    ],
)
def test_bad_input_is_one_sentence(
    curve: str, capsys: pytest.CaptureFixture[str], changes: list[str], words: str
) -> None:
    lines = Path(curve).read_text().splitlines()
    Path(curve).write_text("\n".join([lines[0] + ",zero", *(line + ",0" for line in lines[1:])]))
    assert main(["fit", curve, *ONE, "--json", *changes]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert words in captured.err


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--out", "a.jpg"], "must end in .png, .svg, .pdf"),
        (["--out", "none/a.png"], "there is no directory 'none'"),
        (["--out", ".png/"], "must end in .png"),
        (["--confidence", "95"], "must lie strictly between 0 and 1"),
        (["--confidence", "high"], "'high' must be a number"),
        (["--bootstrap", "1"], "must be 0 (no bootstrap) or at least 2"),
        (["--seed", "-1"], "must be a whole number of at least 0"),
        (["--loss", "cubic"], "invalid choice: 'cubic'"),
        (["--delta", "0"], "must be a positive number"),
        (["--where", "seed"], "must be COLUMN=VALUE"),
    ],
)
def test_bad_options_are_one_sentence(
    curve: str, capsys: pytest.CaptureFixture[str], option: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["fit", curve, *ONE, *option])
    assert stopped.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert words in captured.err


def test_a_bad_table_is_refused_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from jaxuim.cli.main import main\n"
        "open('a.csv', 'w').write('n,loss\\n1,x\\n')\n"
        "for command in (['fit', '--form', 'power'], ['tip', '--where', 'n=1']):\n"
        "    assert main([*command, 'a.csv', '--x', 'n', '--y', 'loss']) == 2\n"
        "print({'jax', 'scipy', 'pandas', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout == "set()\n"
