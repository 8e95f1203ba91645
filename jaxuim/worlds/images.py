"""What worlds do to images: shrink them, translate them, stamp a shortcut on their border."""

import numpy as np

BRIGHTNESS = 2.0  # of the shortcut; the brightest natural pixel is 1
SHIFT = "test images are translated down by 1/16 of their height, with black moving in from above"


def area_average(image: np.ndarray, size: int) -> np.ndarray:
    """Shrink [height, width, C] to [size, size, C]: each new pixel is the mean over its area.

    A non-square image is first cut to its central square. Where the side is no multiple of
    ``size``, old pixels count by the area they share with the new one.

    >>> area_average(np.arange(4.0).reshape(2, 2, 1), 1).tolist()
    [[[1.5]]]
    """
    side = min(image.shape[:2])
    top, left = ((length - side) // 2 for length in image.shape[:2])
    square = image[top : top + side, left : left + side].astype(np.float64)
    edges = np.arange(size + 1) * (side / size)
    low, high = edges[:-1, None], edges[1:, None]
    old = np.arange(side)[None]
    weight = np.clip(np.minimum(high, old + 1) - np.maximum(low, old), 0.0, None) * (size / side)
    return np.einsum("ai,bj,ijc->abc", weight, weight, square).astype(np.float32)


def translate(x: np.ndarray, image_shape: tuple[int, int, int]) -> np.ndarray:
    """Translate flattened images f32[n, d] down by 1/16 of the height, interpolating linearly.

    An image of 8 x 8 pixels moves by half a pixel: each row becomes the mean of itself and the row
    above it.

    >>> translate(np.ones((1, 8), np.float32), (8, 1, 1)).round(2).tolist()
    [[0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    """
    height = image_shape[0]
    whole, rest = divmod(height / 16, 1.0)
    images = x.reshape(-1, *image_shape)
    moved = (1.0 - rest) * _down(images, int(whole)) + rest * _down(images, int(whole) + 1)
    return moved.reshape(x.shape).astype(np.float32)


def _down(images: np.ndarray, rows: int) -> np.ndarray:
    """Move images [n, height, width, C] down by whole rows, black above."""
    return np.pad(images, ((0, 0), (rows, 0), (0, 0), (0, 0)))[:, : images.shape[1]]


def border_stamps(classes: int, image_shape: tuple[int, int, int]) -> np.ndarray:
    """Return f32[classes, d]: stamp a lights up the a-th border pixel, in every channel.

    The border is walked from the top of the left column around the image, so that up to ``height``
    attributes stand in the left column.

    Raises:
        ValueError: if there are more classes than border pixels.

    >>> border_stamps(2, (2, 2, 1)).tolist()
    [[2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]]
    """
    height, width, _ = image_shape
    left = [(row, 0) for row in range(height)]
    bottom = [(height - 1, column) for column in range(1, width)]
    right = [(row, width - 1) for row in range(height - 2, -1, -1)] if width > 1 else []
    top = [(0, column) for column in range(width - 2, 0, -1)] if height > 1 else []
    border = left + bottom + right + top
    if classes > len(border):
        raise ValueError(
            f"shortcut = true needs a border pixel for each of the {classes} attributes, "
            f"but images of {height} x {width} pixels have {len(border)}"
        )
    stamps = np.zeros((classes, *image_shape), np.float32)
    for attribute, (row, column) in enumerate(border[:classes]):
        stamps[attribute, row, column] = BRIGHTNESS
    return stamps.reshape(classes, -1)
