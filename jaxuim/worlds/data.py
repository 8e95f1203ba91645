"""What every world yields: a pre-training pool and downstream tasks, as plain arrays."""

from typing import NamedTuple

import numpy as np


class Task(NamedTuple):
    """One downstream task: a training part that fits a head and a test part.

    ``head`` names the task whose training part fits the head (``near_ood`` uses that of ``id`` and
    shares its arrays). ``train_x`` f32[n, d], ``train_y`` i32[n] in [0, ``classes``), likewise
    ``test_x``, ``test_y``; ``test_groups`` i32[m] in [0, ``groups``) or None. ``shots`` is the
    number of labels a class that a few-shot task may use (which ones is the run's draw), else None.
    """

    name: str
    head: str
    classes: int
    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    test_groups: np.ndarray | None
    groups: int
    shots: int | None


class WorldData(NamedTuple):
    """A built world.

    ``pool_x`` f32[N, d] and ``pool_y`` i32[N] in [0, ``classes``) are the pre-training pool,
    without a shortcut. ``image_shape`` is (height, width, channels) of the row-major flattened
    inputs, or None. Adding ``stamps[a]`` (f32[K, d], or None where the world has no shortcut) to an
    input renders shortcut attribute a; with two shortcuts there are K^2, and number ``a1 + K a2``
    renders the pair. ``info`` holds facts such as the Bayes error and, as text,
    the near_ood shift. The clean held-out pre-training data is the test part of ``tasks["id"]``.
    ``pool_groups`` i32[N] are subgroups of the pool, or None. Where ``vocabulary`` is positive
    inputs are token numbers i32[N, d] below it. ``aux`` are further sources of pre-training
    examples, by name, that a bias may show in place of the pool's.
    """

    name: str
    classes: int
    image_shape: tuple[int, int, int] | None
    pool_x: np.ndarray
    pool_y: np.ndarray
    stamps: np.ndarray | None
    tasks: dict[str, Task]
    info: dict[str, float | str]
    pool_groups: np.ndarray | None = None
    vocabulary: int = 0
    aux: "dict[str, Part] | None" = None


class Part(NamedTuple):
    """Labelled examples on their way into a world: x f32[n, d], y i32[n], groups i32[n] or None."""

    x: np.ndarray
    y: np.ndarray
    groups: np.ndarray | None = None
