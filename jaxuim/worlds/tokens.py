"""From documents of token numbers to a world: the four tasks, and further sources of documents."""

from typing import NamedTuple

import numpy as np

from jaxuim.worlds.data import Part, Task, WorldData
from jaxuim.worlds.fixed import integers
from jaxuim.worlds.tokens_chains import uniforms

SUBSTITUTED = 0.1  # share of tokens that near_ood replaces
CANARIES = 128  # the first half may be inserted, the second half serves as reference


class TokenParts(NamedTuple):
    """The raw material of a world of tokens, as :class:`jaxuim.worlds.assemble.Parts` is."""

    pool: Part
    id_train: Part
    id_test: Part
    near_test: Part
    far_train: Part
    far_test: Part


def token_world(
    name: str,
    parts: TokenParts,
    *,
    vocabulary: int,
    groups: int,
    shots: int,
    stamps: np.ndarray | None,
    aux: dict[str, Part],
    info: dict[str, float | str],
) -> WorldData:
    """Build a world of tokens from its parts; every array becomes read-only.

    ``stamps`` i32[kinds, length], where there are any, are added to documents: the pool is given
    without, each task's documents with a fixed draw of its own.

    Raises:
        ValueError: if a far_ood class has fewer than ``shots`` training documents.
    """
    rarest = int(np.bincount(parts.far_train.y).min())
    if shots > rarest:
        raise ValueError(
            f"world.shots = {shots} is more than the {rarest} training documents of the rarest "
            f"far_ood class; at most {rarest} are allowed"
        )
    own, far = _shown(parts.id_train, stamps, 0), _shown(parts.far_train, stamps, 1)
    tests = {
        "id": _shown(parts.id_test, stamps, 2),
        "near_ood": _shown(parts.near_test, stamps, 2),
        "far_ood": _shown(parts.far_test, stamps, 3),
    }

    def task(name: str, test: str, train: Part, shots: int | None = None) -> Task:
        head = "id" if train is own else name
        part, classes = tests[test], int(train.y.max()) + 1
        return Task(
            name, head, classes, train.x, train.y, part.x, part.y, part.groups, groups, shots
        )

    tasks = {
        "id": task("id", "id", own),
        "near_ood": task("near_ood", "near_ood", own),
        "far_ood": task("far_ood", "far_ood", far),
        "few_shot": task("few_shot", "far_ood", far, shots),
    }
    pool, classes = _frozen(parts.pool), int(parts.pool.y.max()) + 1
    return WorldData(
        name,
        classes,
        None,
        pool.x,
        pool.y,
        _i32(stamps),
        tasks,
        info,
        pool_groups=pool.groups,
        vocabulary=vocabulary,
        aux={key: _frozen(part) for key, part in aux.items()},
    )


def substituted(part: Part, key: int, tokens: np.ndarray, start: int = 0) -> Part:
    """Return documents in which each token from ``start`` on is replaced with probability 0.1.

    The replacement is uniform over ``tokens``; draws are fixed.

    >>> documents = Part(np.zeros((50, 40), int), np.zeros(50, int))
    >>> round(float((substituted(documents, 0, np.arange(1, 9)).x > 0).mean()), 2)
    0.1
    """
    hit = uniforms(key, part.x.shape) < SUBSTITUTED
    hit[:, :start] = False
    other = tokens[integers(key + 1, part.x.size, len(tokens))]
    return part._replace(x=np.where(hit, other.reshape(part.x.shape), part.x))


def canaries(key: int, length: int, tokens: np.ndarray, classes: int) -> Part:
    """Return 128 fixed documents of ``length`` tokens, each uniform over ``tokens``.

    >>> canaries(0, 4, np.arange(3), 2).x.shape
    (128, 4)
    """
    x = tokens[integers(key, CANARIES * length, len(tokens))].reshape(CANARIES, length)
    return Part(x, integers(key + 1, CANARIES, classes))


def _shown(part: Part, stamps: np.ndarray | None, key: int) -> Part:
    """Return a part with a fixed random attribute on every document."""
    if stamps is None:
        return _frozen(part)
    return _frozen(part._replace(x=part.x + stamps[integers(5000 + key, len(part.y), len(stamps))]))


def _frozen(part: Part) -> Part:
    x, y = np.array(part.x, np.int32), np.array(part.y, np.int32)
    x.flags.writeable = y.flags.writeable = False
    return Part(x, y, _i32(part.groups))


def _i32(array: np.ndarray | None) -> np.ndarray | None:
    """Return a read-only copy, or None."""
    if array is None:
        return None
    copied = np.array(array, np.int32)
    copied.flags.writeable = False
    return copied
