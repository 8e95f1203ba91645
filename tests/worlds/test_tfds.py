"""tensorflow-datasets: read without TensorFlow, averaged down, and told plainly what is missing."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from jaxuim.worlds.tfds import build


def test_images_are_cut_and_averaged(tfds_dir: str) -> None:
    world = build(name="blob_images", data_dir=tfds_dir, image_size=4)
    assert world.image_shape == (4, 4, 1) and world.name == "tfds:blob_images"
    assert (world.classes, world.tasks["far_ood"].classes) == (3, 2)
    # pixels of class y are 40 y + U{0..59}; their mean over 16 pixels stays near that
    for label in range(3):
        level = world.pool_x[world.pool_y == label].mean() * 255
        assert abs(level - (40 * label + 29.5)) < 3
    assert "tensorflow" not in sys.modules


def test_vectors_are_standardised_and_examples_limited(tfds_dir: str) -> None:
    world = build(name="blob_vectors", data_dir=tfds_dir, examples=140)
    assert world.image_shape is None and world.pool_x.shape[1] == 3
    tasks = world.tasks
    parts = [world.pool_y, *(tasks[k].train_y for k in ("id", "far_ood"))]
    parts += [tasks[k].test_y for k in ("id", "far_ood")]
    assert sum(map(len, parts)) == 140
    assert np.allclose(world.pool_x.mean(0), 0, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mnist", "'tfds:mnist' is not prepared in array_record format in .*download_and_prepare"),
        ("no_such_set", "'tfds:no_such_set' is neither a data set of tensorflow-datasets nor"),
        ("blob_numbers", "is not a data set of images or numeric vectors with one class label"),
        ("blob_pair", "has 2 classes; at least 4 are needed"),
        ("", "'tfds:' is neither"),
        ("../x", "'tfds:../x' is neither"),
    ],
)
def test_what_cannot_be_used_is_refused(tfds_dir: str, name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(name=name, data_dir=tfds_dir)


def test_a_builder_that_needs_an_absent_module_is_refused(
    tfds_dir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow_datasets

    def builder(name: str, data_dir: str) -> None:
        raise ModuleNotFoundError(f"Failed to construct {name}: No module named 'h5py'")

    monkeypatch.setattr(tensorflow_datasets, "builder", builder)
    with pytest.raises(ValueError, match=r"needs a module to be opened \(No module named 'h5py'\)"):
        build(name="robots", data_dir=tfds_dir)


@pytest.mark.parametrize("damage", ["truncated", "short", "missing"])
def test_a_damaged_data_set_is_refused(tfds_dir: str, tmp_path: Path, damage: str) -> None:
    place = Path(shutil.copytree(tfds_dir, tmp_path / "copy"))
    (records,) = place.glob("blob_vectors/*/*.array_record*")
    if damage == "truncated":
        records.write_bytes(records.read_bytes()[:1000])
    elif damage == "missing":
        records.unlink()
    else:  # fewer examples than the description says
        file = records.parent / "dataset_info.json"
        assert '"150"' in file.read_text()
        file.write_text(file.read_text().replace('"150"', '"151"'))
    with pytest.raises(ValueError, match=r"blob_vectors' is (damaged|not prepared) .*fresh DIR"):
        build(name="blob_vectors", data_dir=str(place))


def test_parquet_is_refused(tfds_dir: str, tmp_path: Path) -> None:
    place = Path(shutil.copytree(tfds_dir, tmp_path / "copy"))
    (file,) = place.glob("blob_vectors/*/dataset_info.json")
    assert '"array_record"' in file.read_text()
    file.write_text(file.read_text().replace('"array_record"', '"parquet"'))
    with pytest.raises(ValueError, match="is not prepared in array_record format"):
        build(name="blob_vectors", data_dir=str(place))
