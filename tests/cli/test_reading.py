"""Reading tables: every format gives the same numbers, everything wrong is one sentence."""

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jaxuim.cli.filters import condition
from jaxuim.cli.main import main
from jaxuim.cli.reading import read_table

TEXT = "n,loss,kind\n10,2.5,a\n20,1e0,b\n40,,a\n"


def _write(path: Path, content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return str(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", TEXT),
        ("a.csv.gz", TEXT),
        ("a.tsv", TEXT.replace(",", "\t")),
        ("semicolons.csv", TEXT.replace(",", ";")),
        ("bom.csv", "\ufeff" + TEXT),
        ("crlf.csv", TEXT.replace("\n", "\r\n")),
        ("spaces.csv", TEXT.replace(",", " , ")),
        ("quoted.csv", TEXT.replace("10", '"10"')),
        ("UPPER.CSV", TEXT),
    ],
)
def test_every_way_of_writing_a_table_gives_the_same_numbers(
    tmp_path: Path, name: str, content: str
) -> None:
    table = read_table(_write(tmp_path / name, content))
    assert table.numbers("n", "--x").tolist() == [10.0, 20.0, 40.0]
    np.testing.assert_array_equal(table.numbers("loss", "--y", missing=True), [2.5, 1.0, np.nan])
    groups = table.labels("kind", "--by")
    assert groups[0] == groups[2] != groups[1]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {"n": [1, 2], "ok": [True, False], "text": ["3", "4.5"], "seed": [7, 8]}
    pq.write_table(pa.table(columns), path)
    table = read_table(str(path), [condition("ok=true")])
    assert table.rows.tolist() == [1]
    assert read_table(str(path)).numbers("text", "--x").tolist() == [3.0, 4.5]
    assert read_table(str(path)).numbers("ok", "--x").tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("n=20", [2]),
        ("n==2e1", [2]),
        ("n!=20", [1, 3]),
        ("n>10", [2, 3]),
        ("n >= 20", [2, 3]),
        ("n<20", [1]),
        ("n<=20", [1, 2]),
        ("kind=a", [1, 3]),
        ("kind!=a", [2]),
        ("loss>0", [1, 2]),
    ],
)
def test_filters_keep_the_rows_that_they_name(tmp_path: Path, text: str, rows: list[int]) -> None:
    table = read_table(_write(tmp_path / "a.csv", TEXT), [condition(text)])
    assert table.rows.tolist() == rows


def test_filters_add_up_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.csv", TEXT)
    table = read_table(path, [condition("kind=a"), condition("n>10")])
    assert table.rows.tolist() == [3]
    with pytest.raises(ValueError, match="--y 'loss', row 3: is empty"):
        table.numbers("loss", "--y")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "n,loss\n1,2\nx,3\n", "--x 'n', row 2: 'x' is not a number"),
        ("a.csv", "n,loss\n1,2\n,3\n", "--x 'n', row 2: is empty or not finite"),
        ("a.csv", "n,loss\n1,2\ninf,3\n", "--x 'n', row 2: is empty or not finite"),
        ("a.csv", "n,loss\n1,2\n3\n", "line 3 has 1 cells, the header has 2"),
        ("a.csv", "m,loss\n1,2\n", "--x 'n': no such column (allowed: loss, m)"),
        ("a.csv", "nn,loss\n1,2\n", "did you mean 'nn'?"),
        ("a.csv", "n,n\n1,2\n", "column 'n' occurs twice"),
        ("a.csv", "n,loss\n", "holds no rows"),
        ("a.csv", "", "cannot be read: Empty CSV file"),
        ("a.csv", b"n,loss\xe9\n1,2\n", "the header is not UTF-8 text"),
        ("a.csv", "n,loss\n1,2\n".encode("utf-16"), "it is UTF-16 text; save it as UTF-8"),
        ("a.csv", "n,loss\n1,x\n", "--y 'loss', row 1: 'x' is not a number"),
        ("a.csv", "n,loss\n1,\n2,\n", "--y 'loss' holds no number"),
        ("a.csv.gz", "", "cannot be read"),
        ("a.parquet", "no", "cannot be read"),
        ("a.txt", TEXT, "must end in .csv, .tsv"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: Any, words: str
) -> None:
    path = _write(tmp_path / name, content)
    if name == "a.csv.gz":
        Path(path).write_bytes(b"no gzip")
    assert main(["fit", path, "--form", "power", "--x", "n", "--y", "loss"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"jaxuim: {path}: ")
    assert words in captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("n=abc", "'n' holds numbers and 'abc' is none"),
        ("kind>a", "'kind' holds text, which allows only = and !="),
        ("kind=z", "matches no row; 'kind' has a, b"),
        ("m=1", "--where 'm': no such column"),
    ],
)
def test_what_is_wrong_with_a_filter_is_told(tmp_path: Path, text: str, words: str) -> None:
    path = _write(tmp_path / "a.csv", TEXT)
    with pytest.raises(ValueError) as caught:
        read_table(path, [condition(text)])
    assert words in str(caught.value)


def test_rows_of_a_sweep_must_be_of_one_curve(sweep: Path, engine: Any) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    table = read_table("results/small")
    with pytest.raises(ValueError, match="the rows mix values of 'measure' \\(error, effective"):
        table.refuse_mixture(["bias.level", "value", "seed"])
    one = read_table("results/small", [condition("measure=error"), condition("task=id")])
    one.refuse_mixture(["bias.level", "value", "seed"])
    assert one.title("value") == "error"


def test_empty_cells_are_found_in_every_type_and_chunk(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    numbers = pa.chunked_array([[1, None, 3], [None], [5] * 20]).slice(1)
    flags = pa.chunked_array([[True, None] * 11 + [False]])
    pq.write_table(pa.table({"n": numbers, "flag": flags, "none": [None] * 23}), path)
    table = read_table(str(path))
    expected = [np.nan, 3.0, np.nan, *[5.0] * 20]
    np.testing.assert_array_equal(table.numbers("n", "--x", missing=True), expected)
    flag = table.numbers("flag", "--x", missing=True)
    np.testing.assert_array_equal(flag, [1.0, np.nan] * 11 + [0.0])
    assert np.isnan(table.numbers("none", "--x", missing=True)).all()


def test_a_long_table_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("n,loss\n" + "1,0.5\n" * 1_000_000)
    table = read_table(str(path), [condition("n>0")])
    assert table.numbers("loss", "--y").sum() == 500_000
