"""Small data sets on disk for the tests of worlds."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CLASSES, EACH = 5, 30


def blobs(shape: tuple[int, ...], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Bytes around a level that grows with the label, and the labels."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(CLASSES * EACH) % CLASSES)
    level = 40 * y.reshape(-1, *(1 for _ in shape))
    return (level + rng.integers(0, 60, (len(y), *shape))).astype(np.uint8), y


@pytest.fixture
def npz(tmp_path: Path) -> Callable[..., str]:
    """A function that writes arrays to an .npz file and returns its path."""

    def write(**arrays: Any) -> str:
        path = tmp_path / "data.npz"
        np.savez(path, **arrays)
        return str(path)

    return write


@pytest.fixture(scope="session")
def tfds_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A data directory with prepared data sets: images, vectors, regression and too few classes."""
    import tensorflow_datasets as tfds
    from PIL import Image

    def image(pixels: np.ndarray) -> io.BytesIO:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        file.seek(0)
        return file

    label = tfds.features.ClassLabel(num_classes=CLASSES)
    pixels, y = blobs((16, 20))
    vectors = blobs((3,))[0].astype(np.float32)
    tables = {
        "blob_images": (tfds.features.Image(shape=(16, 20, 1)), label, map(image, pixels), y),
        "blob_vectors": (tfds.features.Tensor(shape=(3,), dtype=np.float32), label, vectors, y),
        "blob_numbers": (
            tfds.features.Tensor(shape=(3,), dtype=np.float32),
            tfds.features.Tensor(shape=(), dtype=np.float32),
            vectors,
            y.astype(np.float32),
        ),
        "blob_pair": (tfds.features.Tensor(shape=(3,), dtype=np.float32), label, vectors, y % 2),
    }
    place = str(tmp_path_factory.mktemp("tfds"))
    for name, (x_feature, y_feature, xs, ys) in tables.items():
        _prepare(name, x_feature, y_feature, list(zip(xs, ys, strict=True)), place)
    return place


def _prepare(name: str, x_feature: Any, y_feature: Any, rows: list[Any], place: str) -> None:
    import tensorflow_datasets as tfds

    with tfds.core.registered.skip_registration():

        class Builder(tfds.core.GeneratorBasedBuilder):
            VERSION = tfds.core.Version("1.0.0")

            def _info(self) -> Any:
                features = tfds.features.FeaturesDict({"input": x_feature, "label": y_feature})
                return tfds.core.DatasetInfo(
                    builder=self, features=features, supervised_keys=("input", "label")
                )

            def _split_generators(self, manager: Any) -> dict[str, Any]:
                return {"train": self._generate_examples()}

            def _generate_examples(self) -> Iterator[tuple[int, dict[str, Any]]]:
                for key, (x, y) in enumerate(rows):
                    yield key, {"input": x, "label": y}

        Builder.name = name
        Builder(data_dir=place, file_format="array_record").download_and_prepare()
