"""The page: one HTML file with styles, scripts and data inside, which loads nothing."""

from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template
from typing import Any

import jaxuim
from jaxuim.report import labels, law_sections, run_sections, sections
from jaxuim.report.analysis import Analysis
from jaxuim.report.finding import Finding
from jaxuim.report.interactive import to_json
from jaxuim.report.joint_section import joint_section
from jaxuim.report.markup import navigation
from jaxuim.report.pair_section import pair_section
from jaxuim.report.recovery_section import recovery_section

SCRIPTS = ("charts.js", "explorer.js", "laws.js", "main.js")


def render(
    analysis: Analysis, found: Sequence[Finding], data: dict[str, Any], files: Sequence[str]
) -> str:
    """Return the whole page as HTML.

    Args:
        analysis: what the page is about.
        found: the headline.
        data: what the interactive charts draw.
        files: paths of figures and tables relative to the page.
    """
    title = labels.sentence(labels.plain(str(analysis.spec["name"])))
    parts = (
        sections.headline(found),
        sections.curves(analysis, data),
        joint_section(analysis),
        sections.effect_tables(analysis),
        pair_section(analysis),
        recovery_section(analysis),
        law_sections.law_section(analysis),
        law_sections.tipping_section(analysis),
        sections.representation(analysis, data),
        run_sections.what_was_run(analysis),
        run_sections.failures(analysis),
        run_sections.origin(analysis, files),
    )
    kept = [part for part in parts if part]
    return Template(asset("page.html")).substitute(
        title=escape(title),
        version=escape(jaxuim.__version__),
        intro=sections.intro(analysis),
        nav=navigation(kept),
        sections="\n".join(kept),
        style=asset("style.css"),
        data=to_json(data),
        plotly=plotly_source(),
        scripts="\n".join(asset(name) for name in SCRIPTS),
    )


def asset(name: str) -> str:
    """Return the text of a file that ships with the report."""
    return (resources.files("jaxuim.report") / "assets" / name).read_text(encoding="utf-8")


def plotly_source() -> str:
    """Return plotly.js, which the installed plotly package carries, fit for a script element."""
    from plotly.offline import get_plotlyjs

    source: str = get_plotlyjs()
    return source.replace("</script", "<\\/script")
