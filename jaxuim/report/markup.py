"""HTML by hand: escaping, sections, tables, the box of a chart."""

import re
from collections.abc import Sequence
from html import escape


class Markup(str):
    """Text that is HTML already and is not escaped again."""


def html(value: object) -> str:
    """Return a value as HTML: markup as it is, anything else escaped.

    >>> html("<b>"), html(Markup("<b>"))
    ('&lt;b&gt;', '<b>')
    """
    return str(value) if isinstance(value, Markup) else escape(str(value))


def html_table(
    headers: Sequence[object], rows: Sequence[Sequence[object]], text: int = 1, caption: str = ""
) -> Markup:
    """Return a table that scrolls inside its box; the first ``text`` columns are left-aligned."""
    align = lambda i: "" if i < text else ' class="number"'
    head = "".join(f'<th scope="col"{align(i)}>{html(h)}</th>' for i, h in enumerate(headers))
    body = "".join(
        "<tr>" + "".join(f"<td{align(i)}>{html(v)}</td>" for i, v in enumerate(row)) + "</tr>"
        for row in rows
    )
    title = f'<p class="caption">{html(caption)}</p>' if caption else ""
    return Markup(
        f'{title}<div class="scroll" tabindex="0" role="region" '
        f'aria-label="{escape(caption or "table")}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def section(name: str, title: str, *content: str) -> str:
    """Return a section with its heading; empty parts are left out."""
    body = "\n".join(part for part in content if part)
    return f'<section id="{name}">\n<h2>{escape(title)}</h2>\n{body}\n</section>'


def navigation(parts: Sequence[str]) -> str:
    """Return links to the sections, read from their own headings."""
    found = [re.search(r'<section id="([^"]+)">\s*<h2>(.*?)</h2>', part) for part in parts]
    links = [f'<a href="#{m[1]}">{m[2]}</a>' for m in found if m]
    return f'<nav aria-label="Sections">{"".join(links)}</nav>' if len(links) > 1 else ""


def paragraph(text: str, kind: str = "") -> str:
    """Return an escaped paragraph."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def chart(name: str, caption: str = "") -> str:
    """Return the box that a script fills: controls, legend, panels, and a count of seeds."""
    note = f'<p class="note">{escape(caption)}</p>' if caption else ""
    empty = "<noscript><p>Charts need JavaScript; figures/ holds them as files.</p></noscript>"
    return (
        f'<div id="{name}" class="chart"><div class="controls"></div><div class="legend"></div>'
        f'<div class="panels"></div><p class="count"></p>{note}{empty}</div>'
    )
