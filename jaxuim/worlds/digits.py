"""Handwritten digits: 1,797 real images of 8 x 8 pixels that ship with scikit-learn."""

import numpy as np

from jaxuim.worlds.assemble import FAR_SHARES, Parts, assemble, stratified
from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.fixed import permutation
from jaxuim.worlds.images import SHIFT, translate

UPSTREAM = 7  # classes 0-6 are pre-trained on, 7-9 are far OOD
POOL, ID_TRAIN = 800, 200
_IMAGE = (8, 8, 1)


def build(
    *,
    shortcut: bool = False,
    shots: int = 5,
    second_shortcut: bool | None = None,
    downstream_tie: float | None = None,
) -> WorldData:
    """Return the digits world: pre-training on classes 0-6, far_ood on 7-9.

    Pixels are divided by 16. A fixed permutation of classes 0-6 gives 800 images to the pool, 200
    to the id training part and the rest to the id test part; classes 7-9 are halved within each
    class. near_ood: the id test images are translated down by 1/16 of their height, half a pixel
    (the mean of each row and the one above it). A small network trained on clean data errs there
    on about 20 % of the images, against 2 % on id and 86 % by chance. The shortcut, where asked
    for, lights up pixel ``attribute`` of the left column, which is almost always black; a second
    one lights up the next pixels along the border.

    Subgroups are thin (0) and thick (1) strokes: ink, the sum of all pixels, of at most or above
    the median of the digit's class. They are the groups of all tasks, unless there is a shortcut.

    Args:
        shortcut: whether downstream inputs carry an attribute that a bias can tie to the label.
        shots: labels a class of the few_shot task.
        second_shortcut: whether there is a second attribute.
        downstream_tie: probability that in the tasks' training parts the attribute is the label.

    Raises:
        ValueError: if a far_ood class has fewer than ``shots`` training examples, or there is a
            second shortcut without a first.

    Source: E. Alpaydin and C. Kaynak, UCI optical recognition of handwritten digits, 1998.

    >>> build().pool_x.shape
    (800, 64)
    """
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    x, y = (pixels / 16).astype(np.float32), labels.astype(np.int32)
    thick = _thick(x, y)
    near = np.flatnonzero(y < UPSTREAM)
    near = near[permutation(7, len(near))]
    far = np.flatnonzero(y >= UPSTREAM)
    far_train, far_test = (far[part] for part in stratified(y[far], FAR_SHARES))
    pool, id_train, id_test = np.split(near, [POOL, POOL + ID_TRAIN])
    index = (pool, id_train, id_test, id_test, far_train, far_test)
    parts = Parts(*(Part(x[rows], y[rows] % UPSTREAM, thick[rows]) for rows in index))
    parts = parts._replace(
        near_test=parts.near_test._replace(x=translate(parts.near_test.x, _IMAGE))
    )
    return assemble(
        "digits",
        parts,
        image_shape=_IMAGE,
        shortcut=shortcut,
        second_shortcut=bool(second_shortcut),
        downstream_tie=downstream_tie or 0.0,
        shots=shots,
        groups=0 if shortcut else 2,
        info={"near_ood": SHIFT},
    )


def _thick(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return i32[n]: whether an image has more ink than the median one of its class."""
    ink = x.sum(axis=1)
    median = np.array([np.median(ink[y == label]) for label in range(10)])
    return (ink > median[y]).astype(np.int32)
