"""One page that opens from disk: the picture of an answer, its table, and what stands beside the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from weighbridge.charts.text import clean
from weighbridge.charts.theme import FONT, THEMES
from weighbridge.records.written import cell

ROWS_MOST = 2_000
"""Rows of the table; the CSV holds all."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(document: Mapping[str, Any], spec: Mapping[str, Any], svg: str) -> str:
    """The page. All text of the answer is escaped; the page holds no script and refers to nothing outside.

    Args:
        document: the answer's.
        spec: the specification.
        svg: its picture.
    """
    said = spec["usermeta"]["weighbridge"]
    return "\n".join([
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(said['title'])}</title>",
        f"<style>{_style(said['theme'])}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<figure>{svg.strip()}</figure>",
        *_table(document),
        *_notes(document),
        "</main>",
        "</body>",
        "</html>",
        "",
    ])  # fmt: skip


def _style(name: str) -> str:
    theme = THEMES[name]
    return (
        f"html{{color-scheme:{name};background:{theme.ground};color:{theme.ink};font:15px/1.5 {FONT}}}"
        "body{margin:0}main{max-width:960px;margin:0 auto;padding:8px}figure{margin:0}"
        "figure svg{display:block;max-width:100%;height:auto}"
        f"h2{{font-size:17px;margin:24px 8px 8px}}div{{overflow-x:auto}}table{{border-collapse:collapse;margin:0 8px}}"
        f"th,td{{padding:4px 12px 4px 0;border-bottom:1px solid {theme.grid};text-align:left;vertical-align:top}}"
        "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td{overflow-wrap:anywhere}"
        f"li,p{{color:{theme.soft}}}@media print{{html{{background:#fff;color:#000}}}}"
    )


def _table(document: Mapping[str, Any]) -> Iterator[str]:
    """The rows, numbers to the right."""
    rows: Sequence[Mapping[str, Any]] = document.get("rows") or ()
    heads = list(rows[0]) if rows else []
    numeric = {
        head for head in heads if all(isinstance(row.get(head), (int, float)) or row.get(head) is None for row in rows)
    }
    yield '<h2 id="table">The figures</h2>'
    yield '<div role="region" aria-labelledby="table" tabindex="0">'
    yield f"<table><thead><tr>{''.join(_cell('th', head, head in numeric) for head in heads)}</tr></thead><tbody>"
    for row in rows[:ROWS_MOST]:
        yield f"<tr>{''.join(_cell('td', cell(row.get(head)), head in numeric) for head in heads)}</tr>"
    yield "</tbody></table></div>"
    if len(rows) > ROWS_MOST:
        yield f"<p>{len(rows) - ROWS_MOST:,} more rows are not shown.</p>"


def _cell(tag: str, text: str, number: bool) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{' class=n' if number else ''}>{escape(clean(text))}</{tag}>"


def _notes(document: Mapping[str, Any]) -> Iterator[str]:
    """What the answer says of itself, and what was removed."""
    said = [clean(note) for note in document.get("notes") or ()]
    for removal in document.get("removed") or ():
        if removal.get("downloads"):
            said.append(clean(f"Removed by {removal['rule']}: {removal['title']}; {removal['downloads']:,} in all."))
    if said:
        yield "<h2>Notes</h2>"
        yield f"<ul>{''.join(f'<li>{escape(note)}</li>' for note in said)}</ul>"
