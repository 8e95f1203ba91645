"""Sweep files with variants: what merges, what is refused, what does not apply."""

import copy
from pathlib import Path
from typing import Any

import pytest

from jaxuim.sweep import (
    Spec,
    SpecError,
    Store,
    load_collection,
    load_collection_results,
    make_plan,
)
from jaxuim.sweep.atomic import StoreError
from jaxuim.sweep.collection import collection_from_dict, is_collection, merged
from jaxuim.sweep.matrix_columns import Consequence
from jaxuim.sweep.matrix_store import FILE, begin, read_collection

Raw = dict[str, Any]
_NOISE: Raw = {"name": "noise", "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.4]}}
_TAIL: Raw = {"name": "tail", "bias": {"kind": "long_tail", "level": [0.0, 0.5, 1.0]}}
_SHORTCUT: Raw = {"name": "shortcut", "bias": {"kind": "spurious_correlation", "level": [0.9]}}


@pytest.fixture
def collection(raw: Raw) -> Raw:
    """A collection of two variants of the small sweep, with a matrix of two consequences."""
    base = {key: value for key, value in raw.items() if key not in ("bias", "measures")}
    matrix = {"consequences": ["error", {"measure": "error", "task": "upstream"}]}
    return {**base, "variant": copy.deepcopy([_NOISE, _TAIL]), "matrix": matrix}


def test_a_variant_is_an_ordinary_sweep(collection: Raw, raw: Raw) -> None:
    found = collection_from_dict(collection)
    alone = {**raw, **_NOISE, "measures": {"names": ["error"]}}
    assert found.variants["noise"].resolved() == Spec.from_dict(alone).resolved()
    assert list(found.variants) == ["noise", "tail"]
    assert is_collection(collection)
    assert not is_collection(raw)


def test_tables_merge_and_those_of_another_kind_replace(collection: Raw) -> None:
    collection["model"] = {"kind": "mlp", "width": 16, "depth": 3}
    collection["variant"][0] |= {"model": {"width": 8}, "pretrain": {"steps": 7}}
    collection["variant"][1] |= {"model": {"kind": "cnn", "width": 4}, "expectation": "less"}
    found = collection_from_dict(collection)
    noise, tail = (found.variants[name].resolved() for name in ("noise", "tail"))
    assert (noise["model"]["width"], noise["model"]["depth"]) == ([8], [3])
    assert (noise["pretrain"]["steps"], noise["pretrain"]["samples"]) == ([7], [64])
    assert tail["model"]["kind"] == "cnn"
    assert tail["model"]["depth"] != [3]
    assert (tail["expectation"], noise["expectation"]) == ("less", "")


def test_lists_ranges_and_biases_replace_whole() -> None:
    base = {"bias": {"kind": "a", "level": 0.1, "m": 2}, "pretrain": {"steps": {"linspace": [1]}}}
    change = {"bias": {"kind": "a", "level": 0.2}, "pretrain": {"steps": {"logspace": [2]}}}
    before = copy.deepcopy(base)
    assert merged(base, change) == {"bias": change["bias"], "pretrain": change["pretrain"]}
    assert merged(base, {"pretrain": {"samples": [1, 2]}})["pretrain"] == {
        "steps": {"linspace": [1]},
        "samples": [1, 2],
    }
    assert base == before


def test_overrides_hold_for_all_variants_and_the_matrix(collection: Raw) -> None:
    settings = ["seeds.count=5", "matrix.confidence=0.9", "name=other", "world.shortcut=true"]
    found = collection_from_dict(collection, settings)
    assert {spec.seeds.count for spec in found.variants.values()} == {5}
    assert found.name == "other"
    assert found.matrix is not None
    assert found.matrix.confidence == 0.9


def test_without_a_matrix_a_variant_measures_what_it_says(collection: Raw) -> None:
    del collection["matrix"]
    collection["variant"][0]["measures"] = {"names": ["error", "nll"]}
    found = collection_from_dict(collection)
    assert found.matrix is None
    assert found.variants["noise"].measures.names == ("error", "nll")
    assert found.notes["tail"].reference == (1.0,)


def test_consequences_settle_on_the_furthest_task(collection: Raw) -> None:
    collection["matrix"]["consequences"].append("effective_rank")
    found = collection_from_dict(collection)
    assert found.matrix is not None
    assert found.matrix.consequences == (
        Consequence("error", "far_ood", "linear_probe"),
        Consequence("error", "upstream", "none"),
        Consequence("effective_rank", "far_ood", "none"),
    )
    settled = collection_from_dict(collection, ["matrix.task=id"]).matrix
    assert settled is not None
    assert [one.task for one in settled.consequences] == ["id", "upstream", "id"]
    del collection["matrix"]["consequences"]
    everything = collection_from_dict(collection).matrix
    assert everything is not None
    assert {"error", "nll", "effective_rank"} <= {one.measure for one in everything.consequences}


def test_what_does_not_apply_is_declared_and_not_run(collection: Raw) -> None:
    collection["matrix"]["consequences"].append("unwanted_probability")
    collection["variant"].append(_SHORTCUT)
    found = collection_from_dict(collection)
    assert list(found.variants) == ["noise", "tail"]
    assert "world.shortcut = true" in found.notes["shortcut"].excluded
    assert "needs a world with unwanted" in found.notes["noise"].lacking["unwanted_probability"]
    assert "unwanted_probability" not in found.variants["noise"].measures.names
    whole = collection_from_dict(collection, ["world.shortcut=true"])
    assert list(whole.variants) == ["noise", "tail", "shortcut"]
    assert not any(note.excluded for note in whole.notes.values())
    del collection["matrix"]
    with pytest.raises(SpecError, match=r"variant 'shortcut': key 'bias.kind' = 'spurious_"):
        collection_from_dict(collection)


def test_a_list_of_measures_in_the_file_stands(collection: Raw) -> None:
    collection["variant"][0]["measures"] = {"names": ["error"]}
    collection["matrix"]["consequences"].append("nll")
    found = collection_from_dict(collection)
    assert "not among the measures" in found.notes["noise"].lacking["nll"]
    assert found.notes["tail"].lacking == {}


def test_the_response_is_measured(collection: Raw) -> None:
    del collection["analysis"]["response"]
    collection["matrix"]["consequences"] = ["nll"]
    assert collection_from_dict(collection).variants["noise"].analysis.response == "nll"
    spec = collection_from_dict(collection, ["analysis.response=ece"]).variants["noise"]
    assert spec.measures.names == ("nll", "ece")


def test_what_is_expected_is_measured(collection: Raw) -> None:
    slope = {"name": "a", "statistic": "slope", "axis": "bias.level", "expected": "positive"}
    collection["variant"][1]["expect"] = [{**slope, "measure": "nll"}]
    found = collection_from_dict(collection).variants
    assert found["tail"].measures.names == ("error", "nll")
    assert found["noise"].measures.names == ("error",)
    collection["variant"][1]["expect"] = [{**slope, "measure": "nlll"}]
    with pytest.raises(SpecError, match=r"variant 'tail': key 'expect"):
        collection_from_dict(collection, source="file")


def test_what_is_expected_of_all_variants_is_checked(collection: Raw) -> None:
    mean = {"name": "a", "statistic": "mean", "measure": "error", "expected": "positive"}
    collection["expect"] = [{**mean, "where": {"variant": "noise", "task": "id"}}]
    assert len(collection_from_dict(collection).expect) == 1
    for change, sentence in (
        ({"measure": "errror"}, r"\[0\].measure' = 'errror': .*did you mean 'error'"),
        ({"where": {"varaint": "noise"}}, r"where.varaint' .*did you mean 'variant'"),
        ({"versus": {"variant": 2}}, r"versus.variant' = 2: must be text"),
    ):
        collection["expect"] = [{**mean, **change}]
        with pytest.raises(SpecError, match=r"^file: key 'expect.*" + sentence):
            collection_from_dict(collection, source="file")


def test_references(collection: Raw) -> None:
    pair = [{**_NOISE["bias"]}, {**_TAIL["bias"]}]
    collection["variant"].append({"name": "both", "bias": pair, "reference": [0.4, 0.5]})
    collection["variant"][1]["reference"] = 0.5
    found = {name: note.reference for name, note in collection_from_dict(collection).notes.items()}
    assert found == {"noise": (0.4,), "tail": (0.5,), "both": (0.4, 0.5)}
    assert collection_from_dict(collection).notes["both"].biases == (
        "symmetric_label_noise",
        "long_tail",
    )


REFUSED: list[tuple[Raw, str]] = [
    ({"reference": 0.3}, r"variant 'noise': key 'reference' = 0.3: must be a level above 0"),
    ({"reference": [0.4, 0.4]}, r"variant 'noise': key 'reference'.*one level for each of 1"),
    ({"reference": 1.3}, r"file: key 'variant.reference' = 1.3: must be between 0 and 1"),
    ({"name": "a/b"}, r"file: key 'variant.name' = 'a/b'"),
    ({"name": "tail"}, r"file: key 'variant.name' = 'tail': is taken"),
    ({"name": "figures"}, r"file: key 'variant.name' = 'figures': is taken"),
    ({"bais": 1}, r"variant 'noise': key 'bais': is unknown; did you mean 'bias'"),
    ({"pretrain": {"steps": 0}}, r"variant 'noise': key 'pretrain.steps' = 0: must be between 1"),
    ({"bias": {"kind": "lng_tail"}}, r"variant 'noise': key 'bias.kind'.*did you mean 'long_tail'"),
    ({"bias": {"kind": "long_tail"}}, r"variant 'noise': key 'bias.level': is required"),
    ({"model": {"kind": 3}}, r"variant 'noise': key 'model.kind' = 3: must be text"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_wrong_variant_is_named_with_its_key(collection: Raw, change: Raw, sentence: str) -> None:
    collection["variant"][0] |= change
    with pytest.raises(SpecError, match=sentence) as caught:
        collection_from_dict(collection, source="file")
    assert str(caught.value).startswith("file: ")
    assert "\n" not in str(caught.value)


OVERRIDES = [
    (["matrix.consequences=['eror']"], "--set: key 'matrix.consequences' = 'eror': is not known"),
    (["matrix.consequences=[]"], "--set: key 'matrix.consequences'"),
    (["matrix.consequences=[{measure='error',tsk='id'}]"], "did you mean 'task'"),
    (["matrix.consequences=[{measure='error',task='few_shot'}]"], "is taken by no variant"),
    (["matrix.consequences=['error','error']"], "is asked for twice"),
    (["matrix.confidence=2"], "--set: key 'matrix.confidence' = 2.0: must be between 0.5"),
    (["matrix.level=0.3"], "variant 'noise': key 'reference' = 0.3"),
    (["variant.name=a"], "--set: key 'variant.name': holds for no single variant"),
    (["analysis.response=nlll"], "--set: key 'analysis.response' = 'nlll'"),
    (["measures=3"], "--set: key 'measures' = 3: must be a table"),
    (["nme=a"], "key 'nme': is unknown; did you mean 'name'"),
]


@pytest.mark.parametrize(("settings", "sentence"), OVERRIDES, ids=lambda value: str(value)[:40])
def test_a_wrong_override_is_told_from_the_file(
    collection: Raw, settings: list[str], sentence: str
) -> None:
    with pytest.raises(SpecError) as caught:
        collection_from_dict(collection, settings, source="file")
    assert sentence in str(caught.value)


@pytest.mark.parametrize("variants", [[], 3, {"name": "a"}, [3], [{}]])
def test_variants_are_a_list_of_named_tables(collection: Raw, variants: Any) -> None:
    collection["variant"] = variants
    with pytest.raises(SpecError, match=r"^file: key 'variant"):
        collection_from_dict(collection, source="file")


def test_the_directory_is_that_of_one_collection(collection: Raw, tmp_path: Path) -> None:
    found = collection_from_dict(collection)
    place = tmp_path / "out"
    begin(place, found)
    begin(place, found)
    assert list(read_collection(place)["variants"]) == ["noise", "tail"]
    with pytest.raises(StoreError, match="holds the collection 'small', not 'other'"):
        begin(place, collection_from_dict(collection, ["name=other"]))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(StoreError, match=f"holds 'notes.txt' but no {FILE}"):
        begin(tmp_path, found)
    (place / FILE).write_text("{")
    with pytest.raises(StoreError, match="is damaged"):
        load_collection_results(place)
    (place / FILE).write_text('{"format": "jaxuim-collection", "format_version": 9}')
    with pytest.raises(StoreError, match="has format 9"):
        load_collection_results(place)


def test_results_come_as_one_frame_with_the_variant(
    collection: Raw, tmp_path: Path, rows: Any
) -> None:
    found = collection_from_dict(collection)
    begin(tmp_path, found)
    assert load_collection_results(tmp_path).frame.empty
    for name, spec in found.variants.items():
        with Store.open(tmp_path / name, spec) as store:
            store.write_shard("all", rows(make_plan(spec)), {"seconds": 1.0})
    results = load_collection_results(tmp_path)
    assert list(results.results) == ["noise", "tail"]
    counts = results.frame.groupby("variant")["run_id"].nunique()
    assert counts.to_dict() == {"noise": 2 * 2 * 3, "tail": 3 * 2 * 3}
    assert results.frame.columns[0] == "variant"


def test_the_shipped_matrix_introduces_itself() -> None:
    path = Path(__file__).parents[2] / "sweeps" / "matrix.toml"
    found = load_collection(path)
    assert found.name == path.stem
    assert found.matrix is not None
    assert all([found.question, found.expectation, found.source, found.cost])
    assert not any(note.excluded for note in found.notes.values())
    text = path.read_text()
    opening = text[: text.index("\nname =")].splitlines()
    for word in ("Question:", "Expected:", "Source:", "Cost:", f"jaxuim run sweeps/{path.name}"):
        assert sum(word in line for line in opening) == 1
