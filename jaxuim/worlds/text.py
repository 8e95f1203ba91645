"""A world from any text: passages of bytes, labelled by the section or the file they stand in."""

from pathlib import Path

import numpy as np

from jaxuim.worlds.assemble import FAR_SHARES, SHARES, stratified
from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.tokens import TokenParts, canaries, substituted, token_world
from jaxuim.worlds.tokens_chains import entropy

VOCABULARY = 256  # bytes
FEWEST = 10  # passages of a class


def build(*, path: str, shots: int = 5, length: int = 64, sections: int = 8) -> WorldData:
    """Return the world of the text file, or of the ``.txt`` files of the directory, at ``path``.

    The text is read as UTF-8 and its bytes are the tokens. It is cut into passages of ``length``
    bytes that do not overlap; a rest at the end is dropped. The label of a passage is, in a file,
    which of ``sections`` equally long pieces it stands in, and in a directory, which file, in the
    order of their names. The last quarter of the labels, at least 2, are far_ood; the passages of
    each other label are split at random 64:16:20 into pool, id training and id test part, those
    of far_ood in halves. near_ood: a tenth of the bytes of test passages are replaced by random
    ones among those that occur. ``info["unigram_entropy"]`` is that of the pool's bytes, in nats:
    a model that knows no context does no better.

    Args:
        path: a file or a directory, relative to the working directory.
        shots: labels a class of the few_shot task.
        length: bytes in a passage.
        sections: labels that a single file is cut into.

    Raises:
        ValueError: if there is no such text, it is not UTF-8, or it has too few labels or passages.

    >>> build(path="none.txt")
    Traceback (most recent call last):
    ValueError: world.path = 'none.txt' is neither a file nor a directory
    """
    pieces = _pieces(Path(path), path, length, sections)
    fewest = min(len(piece) for piece in pieces)
    if len(pieces) < 4 or fewest < FEWEST:
        raise ValueError(
            f"world.path = {path!r} has {len(pieces)} labels, the rarest with {fewest} passages of "
            f"{length} bytes; at least 4 labels with {FEWEST} passages each are needed"
        )
    classes = len(pieces) - max(2, len(pieces) // 4)
    x = np.concatenate(pieces).astype(np.int32)
    y = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    near, far = np.flatnonzero(y < classes), np.flatnonzero(y >= classes)
    index = [near[part] for part in stratified(y[near], SHARES)]
    index += [far[part] for part in stratified(y[far], FAR_SHARES)]
    y = np.where(y < classes, y, y - classes)
    pool, id_train, id_test, far_train, far_test = (Part(x[i], y[i]) for i in index)
    used = np.unique(x)
    near_test = substituted(id_test, 6311, used)
    share = np.bincount(pool.x.reshape(-1)) / pool.x.size
    return token_world(
        f"text:{Path(path).name}",
        TokenParts(pool, id_train, id_test, near_test, far_train, far_test),
        vocabulary=VOCABULARY,
        groups=0,
        shots=shots,
        stamps=None,
        aux={"canary": canaries(6411, length, used, classes)},
        info={
            "near_ood": "a tenth of the bytes of test passages are replaced by random bytes",
            "unigram_entropy": entropy(share),
        },
    )


def _pieces(place: Path, path: str, length: int, sections: int) -> list[np.ndarray]:
    """Return the passages u8[n, length] of each label."""
    if place.is_dir():
        files = sorted(place.glob("*.txt"))
        if not files:
            raise ValueError(f"world.path = {path!r} is a directory without .txt files")
        return [_passages(file, path, length) for file in files]
    if not place.is_file():
        raise ValueError(f"world.path = {path!r} is neither a file nor a directory")
    return np.array_split(_passages(place, path, length), sections)


def _passages(file: Path, path: str, length: int) -> np.ndarray:
    """Return the passages u8[n, length] of a file."""
    try:
        text = file.read_bytes()
        text.decode("utf-8")
    except (OSError, UnicodeDecodeError) as broken:
        raise ValueError(
            f"world.path = {path!r}: {file.name} is no UTF-8 text: {broken}"
        ) from broken
    count = len(text) // length
    return np.frombuffer(text, np.uint8)[: count * length].reshape(count, length)
