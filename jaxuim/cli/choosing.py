"""``--form auto``: compare the laws of one input on a table and take the best."""

from typing import Any

import numpy as np

from jaxuim import laws
from jaxuim.laws.checks import finite
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forecasts.comparison import compare
from jaxuim.report.points import Points

AUTO = "auto"
ROWS_EACH = 3  # rows that each parameter needs for its law to be tried
SPARE = 2  # distinct inputs beyond the number of parameters


def best_form(data: Points, scale: Scale) -> tuple[laws.Form, list[dict[str, Any]]]:
    """Return the law that extrapolates best to held-out tails, and how all that were tried did.

    Laws with too many parameters for the data, or not defined for all x, are not tried. Where x
    has values that are not positive nothing can be held out by a factor: AICc decides.

    Raises:
        ValueError: more than one input, or too few rows for any law.
    """
    x = data.x[data.finite, 0]
    distinct = len(np.unique(x))
    tried = [
        form
        for form in laws.FORMS.values()
        if len(form.inputs) == 1
        and form.name != "m1"  # the power law again, with a positive exponent
        and ROWS_EACH * len(form.names) <= len(x)
        and len(form.names) + SPARE <= distinct
        and form.accepts(x)
    ]
    if len(data.inputs) > 1:
        named = [f.name for f in laws.FORMS.values() if len(f.inputs) == len(data.inputs)]
        raise ValueError(
            f"--form auto compares laws of one input; for {len(data.inputs)} inputs name one"
            + (f": {', '.join(named)}" if named else "")
        )
    if not tried:
        fewest = min(len(f.names) for f in laws.FORMS.values())
        raise ValueError(
            f"--form auto needs at least {ROWS_EACH * fewest} rows with {fewest + SPARE} distinct "
            f"{data.inputs[0]}, there are {len(x)} with {distinct}"
        )
    rows = _by_tails(tried, data, scale) if x.min() > 0 else _by_aicc(tried, data, scale)
    usable = [row for row in rows if row["status"] == "ok"]
    return laws.FORMS[(usable or rows)[0]["form"]], rows


def _by_tails(tried: list[laws.Form], data: Points, scale: Scale) -> list[dict[str, Any]]:
    return compare(tried, data.x[:, 0], data.y, y_err=data.y_err, scale=scale).card


def _by_aicc(tried: list[laws.Form], data: Points, scale: Scale) -> list[dict[str, Any]]:
    fits = [laws.fit(f, data.x[:, 0], data.y, y_err=data.y_err, scale=scale) for f in tried]
    rows = [
        {
            "form": fit.form.name,
            "held_out": None,
            "aicc": finite(fit.aicc),
            "status": fit.status,
            "ordered_by": "aicc",
        }
        for fit in fits
    ]
    return sorted(rows, key=lambda row: np.inf if row["aicc"] is None else row["aicc"])
