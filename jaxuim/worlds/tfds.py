"""A world from a data set of tensorflow-datasets, read without TensorFlow."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from jaxuim.worlds.data import WorldData
from jaxuim.worlds.fixed import permutation
from jaxuim.worlds.images import area_average
from jaxuim.worlds.labelled import Labelled, world_of


def build(
    *,
    name: str,
    data_dir: str | None = None,
    held_out: float = 0.3,
    image_size: int = 8,
    examples: int = 20000,
    shortcut: bool = False,
    shots: int = 5,
) -> WorldData:
    """Return the world of the classification data set ``name``, from its train split.

    Nothing is downloaded: the data set must lie in ``data_dir`` in array_record format, the one
    that is read without TensorFlow. At most ``examples`` of it are used, a fixed random choice for
    a prepared data set. Images are cut to their central square and averaged down to ``image_size``
    pixels a side; numeric vectors are standardised. How classes are held out, how parts are split
    and what near_ood is: see :func:`jaxuim.worlds.labelled.world_of`.

    Args:
        name: e.g. ``"mnist"`` or ``"mnist:3.0.1"``.
        data_dir: where prepared data sets lie; by default where tensorflow-datasets keeps them.
        held_out: share of the classes kept for far_ood, the last in the order of their labels.
        image_size: side of the averaged images, in pixels.
        examples: how many examples are used at most.
        shortcut: whether downstream inputs carry an attribute that a bias can tie to the label.
        shots: labels a class of the few_shot task.

    Raises:
        ValueError: if the data set is unknown, not prepared, incomplete, not one of classification,
            or has too few classes or examples.
    """
    source, info = _open(name, data_dir)
    x_key, y_key = _keys(name, info)
    rows = _read(name, source, y_key, examples, data_dir)
    labels = np.array([row[y_key] for row in rows], np.int32)
    if np.ndim(rows[0][x_key]) == 3:
        x = np.stack([area_average(_unit(row[x_key]), image_size) for row in rows])
        height, width, channels = x.shape[1:]
        data = Labelled(x, labels, None, (height, width, channels))
    else:
        data = Labelled(np.stack([row[x_key] for row in rows]), labels, None, None)
    kind = f"world.kind = 'tfds:{name}'"
    world = world_of(kind, data, held_out=held_out, shortcut=shortcut, shots=shots)
    return world._replace(name=f"tfds:{name}")


def _open(name: str, data_dir: str | None) -> tuple[Sequence[dict[str, Any]], Any]:
    """Return the random-access train split and the description of a prepared data set."""
    import tensorflow_datasets as tfds

    place = data_dir or tfds.core.constants.DATA_DIR
    try:
        builder = tfds.builder(name, data_dir=place)
    except (tfds.core.registered.DatasetNotFoundError, ValueError, AssertionError) as unknown:
        raise ValueError(
            f"world.kind = 'tfds:{name}' is neither a data set of tensorflow-datasets nor prepared "
            f"in {place!r}"
        ) from unknown
    except ImportError as missing:
        reason = str(missing).rpartition(": ")[2]
        problem = f"needs a module to be opened ({reason}), unless it lies prepared"
        raise ValueError(_advice(name, place, problem)) from missing
    splits = builder.info.splits
    split = "train" if "train" in splits or not splits else sorted(splits)[0]
    problem = "is not prepared in array_record format"
    try:
        source = builder.as_data_source(split=split)
        # tensorflow-datasets 4.9.10 also opens parquet, and silently loses examples
        if builder.info.file_format.value != "array_record":
            raise ValueError(_advice(name, place, problem))
    except (NotImplementedError, AssertionError, ImportError, OSError, KeyError) as bad:
        raise ValueError(_advice(name, place, problem)) from bad
    return source, builder.info


def _read(
    name: str, source: Sequence[dict[str, Any]], y_key: str, examples: int, data_dir: str | None
) -> list[dict[str, Any]]:
    """Return a fixed random choice of the labelled examples."""
    chosen = permutation(401, len(source))[:examples]
    try:
        rows = [source[int(i)] for i in chosen]
    except (RuntimeError, IndexError, OSError) as bad:  # a truncated or missing file
        place = data_dir or "the default data directory"
        raise ValueError(_advice(name, place, "is damaged or incomplete as prepared")) from bad
    rows = [row for row in rows if row[y_key] >= 0]  # -1 stands for a hidden label
    if not rows:
        raise ValueError(f"world.kind = 'tfds:{name}' has no labelled examples in its train split")
    return rows


def _advice(name: str, place: str, problem: str) -> str:
    """Return a sentence that says what is wrong and how the data set is prepared."""
    return (
        f"world.kind = 'tfds:{name}' {problem} in {place!r}; with a network connection, run "
        f"tensorflow_datasets.builder({name!r}, data_dir=DIR, file_format='array_record')"
        f".download_and_prepare() into a fresh DIR (some data sets need TensorFlow for this step, "
        f"none for reading) and set world.data_dir = DIR"
    )


def _keys(name: str, info: Any) -> tuple[str, str]:
    """Return the names of input and label; refuse what is not an image or vector with a class."""
    import tensorflow_datasets as tfds

    keys, features = info.supervised_keys, info.features
    plain = isinstance(keys, tuple) and len(keys) == 2 and all(isinstance(k, str) for k in keys)
    if plain and isinstance(features[keys[1]], tfds.features.ClassLabel):
        given = features[keys[0]]
        vector = type(given) is tfds.features.Tensor and len(given.shape) == 1
        if isinstance(given, tfds.features.Image) or (vector and None not in given.shape):
            return keys
    raise ValueError(
        f"world.kind = 'tfds:{name}' is not a data set of images or numeric vectors with one class "
        f"label each"
    )


def _unit(image: np.ndarray) -> np.ndarray:
    """Scale an image of integers to [0, 1] by the largest value of its type."""
    if image.dtype.kind in "iu":
        return image.astype(np.float32) / np.iinfo(image.dtype).max
    return image.astype(np.float32)
