"""The report of a sweep: one offline HTML page, figures as PNG and SVG, tables as CSV."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from jaxuim.sweep import Results

__all__ = ["build", "write"]


def build(directory: str | Path, overlay: "str | Path | pd.DataFrame | None" = None) -> Path:
    """Write report.html, figures/ and tables/ into a directory of results.

    Args:
        directory: what a sweep was written to.
        overlay: predictions to draw over the curves, rows in the results schema (see
            ``jaxuim.report.overlay``).

    Returns:
        The path of report.html.

    Raises:
        ValueError: the directory holds no results, or the overlay cannot be read.
    """
    from jaxuim.sweep import load

    return write(load(directory), Path(directory), overlay)


def write(
    results: "Results", directory: Path, overlay: "str | Path | pd.DataFrame | None" = None
) -> Path:
    """Write the report of results that are loaded already; see ``build``."""
    from jaxuim.report.analysis import analyse
    from jaxuim.report.figures import write_figures
    from jaxuim.report.findings import findings
    from jaxuim.report.interactive import payload
    from jaxuim.report.page import render
    from jaxuim.report.tables import frames, write_csv
    from jaxuim.sweep.atomic import unwritable, write_atomic

    analysis = analyse(results, overlay)
    found = findings(analysis)
    page = directory / "report.html"
    try:
        paths = write_figures(analysis, directory / "figures")
        paths += write_csv(frames(analysis, found), directory / "tables")
    except OSError as error:
        raise unwritable(directory, error) from None
    names = [path.relative_to(directory).as_posix() for path in paths]
    text = render(analysis, found, payload(analysis), names)
    write_atomic(page, lambda file: file.write(text.encode()))
    return page
