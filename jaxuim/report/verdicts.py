"""One plain sentence about a fitted law, or about a tipping point."""

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws import FitResult, TippingPoint
from jaxuim.report import labels
from jaxuim.report.points import Points

Array = NDArray[np.float64]
Ends = dict[str, tuple[float, float]]
FLAT = 1e-3  # a change below this share of the value is none
FAR = (1e30, 1e60)  # factors by which inputs grow to see where the law ends
SETTLED = 1e-3  # relative difference of the law at these two


def law_sentence(data: Points, fitted: FitResult, ends: Ends, confidence: float) -> str:
    """Say what a law says: which way the response goes, where to, by which parameters.

    ``ends`` are the intervals of the parameters at ``confidence``.
    """
    name = labels.law(fitted.form.name)
    if fitted.status == "failed":
        return f"No {name} law could be fitted: {fitted.reason}."
    text = f"{_course(data, fitted)}{_limit(data, fitted, ends, confidence)}"
    text = f"{_started(data, text)}: {name} law, {labels.count(fitted.n, 'point')}"
    text += f", {fitted.dropped} without a value left out." if fitted.dropped else "."
    if fitted.status != "ok":
        text = f"Not to be relied on, the fit did not converge ({fitted.reason}). {text}"
    return text


def _course(data: Points, fitted: FitResult) -> str:
    """Say where the law goes while all inputs grow from their smallest to their largest value."""
    x = data.x[data.finite]
    first, last = fitted.predict(np.stack([x.min(axis=0), x.max(axis=0)])).tolist()
    names = " and ".join(n for n in (", ".join(data.inputs[:-1]), data.inputs[-1]) if n)
    grow = f"as {names} {'grow' if len(data.inputs) > 1 else 'grows'} over the data"
    if not np.isfinite(first) or not np.isfinite(last):
        return f"{data.response} follows {names}"
    if abs(last - first) <= FLAT * max(abs(first), abs(last)):
        return f"{data.response} stays near {labels.number(first, 3)} {grow}"
    verb = "falls" if last < first else "rises"
    return (
        f"{data.response} {verb} from {labels.number(first, 3)} to {labels.number(last, 3)} {grow}"
    )


def _limit(data: Points, fitted: FitResult, ends: Ends, confidence: float) -> str:
    """Say what the law tends to when all inputs go on growing, if it is one of its parameters."""
    top = data.x[data.finite].max(axis=0)
    if np.any(top <= 0):
        return ""
    near, far = fitted.predict(np.stack([top * factor for factor in FAR])).tolist()
    if not np.isfinite(far) or abs(near - far) > SETTLED * abs(far):
        return ""
    for name, value in fitted.params.items():
        if abs(value - far) <= SETTLED * abs(far) and np.all(np.isfinite(ends[name])):
            shown, interval = labels.estimate(value, *ends[name])
            return f", towards {name} = {shown} ({100 * confidence:g} % {interval})"
    return f", towards {labels.number(far, 3)}" if abs(far) > 1e-12 else ", towards 0"


def tipping_sentence(data: Points, found: TippingPoint) -> str:
    """Say where the response tips and how, or why no tipping point is claimed."""
    p = labels.p_value(found.p_value)
    if found.location is None or found.interval is None:
        reason = found.reason or "none is detected"
        return f"No tipping point: {reason} ({p})."
    place, ends = labels.estimate(found.location, *found.interval)
    at = f"{data.response} tips at {data.inputs[0]} = {place}"
    text = f"{_started(data, at)} ({100 * found.confidence:g} % {ends}), a {found.kind}"
    if found.width is not None and found.width_interval is not None:
        text += f" of width {labels.estimate(found.width, *found.width_interval)[0]}"
    if len(found.weights) > 1:
        text += f" (probability {found.weights[found.kind]:.2f})"
    return f"{text}, {p}."


def _started(data: Points, text: str) -> str:
    """Begin a sentence with the response; symbols and names of columns stay as they are."""
    word = len(data.response) > 1 and data.response.isalpha()
    return labels.sentence(text) if word else text
