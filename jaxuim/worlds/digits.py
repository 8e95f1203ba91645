"""Handwritten digits: 1,797 real images of 8 x 8 pixels that ship with scikit-learn."""

import numpy as np

from jaxuim.worlds.assemble import FAR_SHARES, Parts, assemble, stratified
from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.fixed import permutation
from jaxuim.worlds.images import SHIFT, translate

UPSTREAM = 7  # classes 0-6 are pre-trained on, 7-9 are far OOD
POOL, ID_TRAIN = 800, 200
_IMAGE = (8, 8, 1)


def build(*, shortcut: bool = False, shots: int = 5) -> WorldData:
    """Return the digits world: pre-training on classes 0-6, far_ood on 7-9.

    Pixels are divided by 16. A fixed permutation of classes 0-6 gives 800 images to the pool, 200
    to the id training part and the rest to the id test part; classes 7-9 are halved within each
    class. near_ood: the id test images are translated down by 1/16 of their height, half a pixel
    (the mean of each row and the one above it). A small network trained on clean data errs there
    on about 20 % of the images, against 2 % on id and 86 % by chance. The shortcut, where asked
    for, lights up pixel ``attribute`` of the left column, which is almost always black.

    Args:
        shortcut: whether downstream inputs carry an attribute that a bias can tie to the label.
        shots: labels a class of the few_shot task.

    Raises:
        ValueError: if a far_ood class has fewer than ``shots`` training examples.

    Source: E. Alpaydin and C. Kaynak, UCI optical recognition of handwritten digits, 1998.

    >>> build().pool_x.shape
    (800, 64)
    """
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    x, y = (pixels / 16).astype(np.float32), labels.astype(np.int32)
    near = np.flatnonzero(y < UPSTREAM)
    near = near[permutation(7, len(near))]
    far = np.flatnonzero(y >= UPSTREAM)
    far_train, far_test = (far[part] for part in stratified(y[far], FAR_SHARES))
    pool, id_train, id_test = np.split(near, [POOL, POOL + ID_TRAIN])
    parts = Parts(
        pool=Part(x[pool], y[pool]),
        id_train=Part(x[id_train], y[id_train]),
        id_test=Part(x[id_test], y[id_test]),
        near_test=Part(translate(x[id_test], _IMAGE), y[id_test]),
        far_train=Part(x[far_train], y[far_train] - UPSTREAM),
        far_test=Part(x[far_test], y[far_test] - UPSTREAM),
    )
    return assemble(
        "digits",
        parts,
        image_shape=_IMAGE,
        shortcut=shortcut,
        shots=shots,
        info={"near_ood": SHIFT},
    )
