"""What a datasheet draws without scripts: bars, a shaded matrix, thumbnails."""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from jaxuim.report import labels
from jaxuim.report.markup import Markup

LARGEST_IMAGE = 256  # pixels a side


def bars(names: Sequence[str], amounts: Sequence[int], caption: str) -> Markup:
    """Return horizontal bars with their amounts, the longest as wide as the box.

    >>> "width:50.0%" in bars(["a", "b"], [10, 5], "classes")
    True
    """
    longest, total = max(max(amounts), 1), max(sum(amounts), 1)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="track">'
        f'<span class="bar" style="width:{100 * amount / longest:.1f}%"></span></td>'
        f'<td class="amount">{amount:,} ({100 * amount / total:.1f} %)</td></tr>'
        for name, amount in zip(names, amounts, strict=True)
    )
    return Markup(f'<p class="caption">{escape(caption)}</p><table class="bars">{body}</table>')


def matrix(
    names: Sequence[str], values: NDArray[np.float64], errors: NDArray[np.float64], caption: str
) -> Markup:
    """Return a square table of shares, the darker the larger; the error stands in the tooltip."""
    off = values[~np.eye(len(values), dtype=bool)]
    top = max(float(off.max()), 1e-9)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = ""
    for i, name in enumerate(names):
        cells = ""
        for j, value in enumerate(values[i]):
            weight = value if i == j else 0.75 * value / top * min(1.0, 20 * top)
            kind = ' class="own"' if i == j else ""
            cells += (
                f'<td{kind} style="--w:{weight:.3f}" title="standard error {errors[i, j]:.3f}">'
                f"{value:.3f}</td>"
            )
        body += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    return Markup(
        f'<p class="caption">{escape(caption)}</p><div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table class="matrix"><thead><tr><th scope="col">'
        f"true \\ given</th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def is_image(shape: Sequence[int]) -> bool:
    """Say whether examples of these dimensions [n, ...] can be shown as small images.

    >>> is_image((10, 8, 8)), is_image((10, 64)), is_image((10, 8, 8, 3))
    (True, False, True)
    """
    if len(shape) not in (3, 4) or not all(2 <= side <= LARGEST_IMAGE for side in shape[1:3]):
        return False
    return len(shape) == 3 or shape[3] in (1, 3)


def thumbnail(image: NDArray[np.generic], low: float, high: float) -> Markup:
    """Return an image [h, w] or [h, w, 1 or 3] inside the page; ``low`` is black, ``high`` white.

    >>> thumbnail(np.eye(4), 0.0, 1.0)[:10]
    '<img class'
    """
    from PIL import Image

    scaled = (np.asarray(image, dtype=np.float64) - low) / max(high - low, 1e-12)
    pixels = (255 * np.clip(scaled, 0, 1)).astype(np.uint8)
    pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return Markup(f'<img class="thumb" alt="" src="data:image/png;base64,{data}">')


def value_cell(value: float, lower: float, upper: float) -> Markup:
    """Return a value with its interval below, or the value alone."""
    shown, ends = worded(value, lower, upper)
    return Markup(f"{shown}<small>{ends}</small>" if ends else shown)


def worded(value: float, lower: float, upper: float) -> tuple[str, str]:
    """Return a value and its interval as text; the interval is empty where there is none.

    >>> worded(0.063391, float("nan"), float("nan")), worded(0.154, 0.126, 0.181)
    (('0.0634', ''), ('0.154', '0.126 to 0.181'))
    """
    if np.isnan(lower) or np.isnan(upper):
        return labels.number(round(value) if value >= 1000 else value, 3), ""
    return labels.estimate(value, lower, upper)
