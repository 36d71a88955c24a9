"""The Ollama library: web pages with rounded pull counts.

The library has no listing in JSON. `GET /library` is one page with every model as
`li[x-test-model]`; the marks inside (`x-test-model-title`, `x-test-capability`, `x-test-size`, `x-test-pull-count`,
`x-test-tag-count`, `x-test-updated`) are those that published readers of the page look for. `GET /search` has twenty
models a page, the title marked `x-test-search-response-title`, and at its end `li[hx-get="/search?page=2"]`; the later
pages are given only to requests with `HX-Request: true`, others are sent back to the first (303). `GET /api/tags` is
the list that https://docs.ollama.com describes, without counts.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from .messages import HTML, Asked, Headers, Reply, Row, said

A_PAGE = 20


class Ollama:
    """The library. `models` are rows with `name`, `pulls` (a number, shown rounded; a text is shown as it is) and, if
    wanted, `description`, `capabilities`, `sizes`, `tag_count`, `updated`.
    """

    name = "ollama"
    listing = r"^GET /(library|search)(\?|$)"
    counter = "pulls"
    optional = "tag_count"
    key = "name"

    def __init__(self, models: Iterable[Mapping[str, Any]] = ()) -> None:
        self.models = models

    @property
    def models(self) -> list[Row]:
        """The rows; may be set anew."""
        return self._models

    @models.setter
    def models(self, given: Iterable[Mapping[str, Any]]) -> None:
        self._models = [{"tag_count": 1, "updated": "2 weeks ago", **row} for row in given]

    def answer(self, asked: Asked) -> Reply:
        """See `Site.answer`."""
        if asked.path == "/library":
            return Reply(
                200, HTML, rows=list(self.models), write=lambda rows: _document(rows, "x-test-model-title", "")
            )
        if asked.path == "/search":
            return self._search(asked)
        if asked.path == "/api/tags":
            return said({"models": [_tag(row) for row in self.models]})
        name = asked.path.removeprefix("/library/")
        for row in self.models:
            if row["name"] == name:
                return _library([row])
        return Reply(404, HTML, b"<html><body>404</body></html>")

    def limited(self, wait: int) -> Headers:
        """See `Site.limited`."""
        return ()

    def next_page(self, asked: Asked, reply: Reply) -> Headers:
        """See `Site.next_page`; here the page itself promises the next."""
        return ()

    def _search(self, asked: Asked) -> Reply:
        page = asked.get("page") or asked.get("p") or "1"
        if not page.isdigit() or (page != "1" and asked.headers.get("hx-request") != "true"):
            return Reply(303, (("Location", "/search"),))
        rows = [row for row in self.models if asked.get("q").lower() in row["name"].lower()]
        end = int(page) * A_PAGE
        more = ""
        if end < len(rows):
            query = [(key, value) for key, value in asked.query if key not in ("page", "p")]
            more = f"/search?{urlencode([*query, ('page', str(int(page) + 1))])}"
        return Reply(
            200,
            HTML,
            rows=rows[end - A_PAGE : end],
            write=lambda shown: _document(shown, "x-test-search-response-title", more),
        )


def rounded(pulls: Any) -> str:
    """A count as the library shows it: `118.7M`, `67.4K`, `512`."""
    if not isinstance(pulls, int):
        return str(pulls)
    for size, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if abs(pulls) >= size:
            text = f"{pulls / size:.1f}"
            return f"{text.removesuffix('.0')}{letter}"
    return str(pulls)


def _library(rows: list[Row]) -> Reply:
    return Reply(200, HTML, rows=list(rows), write=lambda of: _document(of, "x-test-model-title", ""))


def _document(rows: list[Row], title: str, more: str) -> bytes:
    items = "\n".join(_item(row, title) for row in rows)
    last = f'<li hx-get="{html.escape(more)}" hx-trigger="revealed" hx-swap="outerHTML"></li>' if more else ""
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>library</title></head>
<body><main><div id="repo"><ul role="list">
{items}
{last}</ul></div></main></body></html>
"""
    return page.encode()


def _item(row: Row, title: str) -> str:
    name = html.escape(str(row.get("name", "")))
    link = f'<a href="/library/{name}" class="group w-full">' if name else '<a class="group w-full">'
    heading = f'<h2 class="truncate text-xl font-medium"><span {title}>{name}</span></h2>' if name else ""
    if title == "x-test-model-title" and name:
        opening = f'<div class="flex flex-col mb-1" x-test-model-title title="{name}">'
        heading = f'<h2 class="truncate text-xl font-medium"><span>{name}</span></h2>'
    else:
        opening = f'<div class="flex flex-col mb-1" title="{name}">'
    marks = [f"<span x-test-capability>{html.escape(text)}</span>" for text in row.get("capabilities", ())]
    marks += [f"<span x-test-size>{html.escape(text)}</span>" for text in row.get("sizes", ())]
    facts = [
        f'<span class="flex items-center"><span {mark}>{html.escape(shown)}</span>'
        f'<span class="hidden sm:flex">&nbsp;{word}</span></span>'
        for key, mark, word, shown in (
            ("pulls", "x-test-pull-count", "Pulls", rounded(row.get("pulls"))),
            ("tag_count", "x-test-tag-count", "Tags", str(row.get("tag_count"))),
            ("updated", "x-test-updated", "Updated", str(row.get("updated"))),
        )
        if row.get(key) is not None
    ]
    return f"""<li x-test-model class="flex items-baseline border-b border-neutral-200 py-6">
  {link}
    {opening}{heading}<p class="max-w-lg break-words">{html.escape(str(row.get("description", "")))}</p></div>
    <div class="flex flex-col"><div class="flex flex-wrap space-x-2">{"".join(marks)}</div>
    <p class="my-1 flex space-x-5">{"".join(facts)}</p></div>
  </a>
</li>"""


def _tag(row: Row) -> Row:
    return {
        "name": row["name"],
        "model": row["name"],
        "modified_at": "2025-01-01T00:00:00Z",
        "size": 0,
        "digest": "0" * 12,
        "details": {"format": "", "family": "", "families": None, "parameter_size": "", "quantization_level": ""},
    }
