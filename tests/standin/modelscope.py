"""ModelScope: the public listing of models.

Shapes are those that modelscope_hub 0.5.1 reads (`_openapi.py`: `list_models`, `get_model`, `_request`; `api.py`:
`_extract_paged`, `_repo_info_from_payload`; `errors.py`: `_OPENAPI_CODE_MAP`) and answers recorded in 2026: the
envelope `{success, request_id, data: {models, total_count, page_number, page_size}}`, at most 50 rows a page, no
further than `page_number * page_size` of 3,000 (403 `QuotaLimitExceed`), and a `search` that matches the beginning of
names, whatever their case. Before that listing there was `PUT /api/v1/dolphin/models`, with names in capitals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from .messages import JSON, Asked, Headers, Reply, Row, compact, said

MOST_ROWS = 50
FURTHEST = 3000
USUAL_ROWS = 10
LISTING = "/openapi/v1/models"
OLD_LISTING = "/api/v1/dolphin/models"
SORTED_BY = {"default": "downloads", "downloads": "downloads", "likes": "likes", "last_modified": "last_modified"}


class ModelScope:
    """The hub. `models` are rows with `id` (`owner/name`), `downloads`, `likes`, `created_at`, `last_modified`, …;
    `tokens` are those that exist (None: any; a listing needs none).
    """

    name = "modelscope"
    listing = r"^(GET /openapi/v1/models|PUT /api/v1/dolphin/models)(\?|$)"
    counter = "downloads"
    optional = "license"
    key = "id"

    def __init__(self, models: Iterable[Mapping[str, Any]] = (), *, tokens: Iterable[str] | None = None) -> None:
        self.models = models
        self.tokens = None if tokens is None else set(tokens)

    @property
    def models(self) -> list[Row]:
        """The rows; may be set anew."""
        return self._models

    @models.setter
    def models(self, given: Iterable[Mapping[str, Any]]) -> None:
        self._models = [_filled(row) for row in given]

    def answer(self, asked: Asked) -> Reply:
        """See `Site.answer`."""
        if self.tokens is not None and asked.token is not None and asked.token not in self.tokens:
            return _error(401, "InvalidAuthentication", "The access token is not valid")
        if asked.path == LISTING and asked.method == "GET":
            return self._listing(asked)
        if asked.path == OLD_LISTING and asked.method == "PUT":
            return self._old_listing(asked)
        if found := re.fullmatch(f"{LISTING}/([^/]+/[^/]+)", asked.path):
            name = unquote(found[1])
            row = next((row for row in self.models if row["id"] == name), None)
            return _error(404, "ResourceNotFound", name) if row is None else said(_envelope(row))
        return _error(404, "ResourceNotFound", asked.path)

    def limited(self, wait: int) -> Headers:
        """See `Site.limited`."""
        return ()

    def next_page(self, asked: Asked, reply: Reply) -> Headers:
        """See `Site.next_page`; here `total_count` promises the next page."""
        return ()

    def _listing(self, asked: Asked) -> Reply:
        page, size = asked.get("page_number", "1"), asked.get("page_size", str(USUAL_ROWS))
        if not (page.isdigit() and size.isdigit() and int(page) and 0 < int(size) <= MOST_ROWS):
            return _error(400, "InputParameterError", "page_number and page_size are from 1, page_size to 50")
        if asked.get("sort") not in ("", *SORTED_BY):
            return _error(400, "InputParameterError", "sort")
        if int(page) * int(size) > FURTHEST:
            return _error(403, "QuotaLimitExceed", "page_number * page_size must be <= 3000")
        rows = self._chosen(asked.get("search"), asked.get("owner"), asked.get("sort"))
        return self._page(rows, int(page), int(size), lambda of: {"models": of})

    def _old_listing(self, asked: Asked) -> Reply:
        try:
            wanted = json.loads(asked.body or b"{}")
            page, size = int(wanted.get("PageNumber", 1)), int(wanted.get("PageSize", USUAL_ROWS))
        except (ValueError, AttributeError):
            return said({"Code": 10010400001, "Message": "bad body", "Success": False}, 400)
        rows = self._chosen(wanted.get("Name", ""), "", "")

        def write(of: list[Row]) -> bytes:
            made = [_capitals(row) for row in of]
            model = {"Models": made, "TotalCount": len(rows)}
            return compact({"Code": 200, "Data": {"Model": model}, "Message": "success", "Success": True})

        return Reply(200, JSON, rows=rows[(page - 1) * size : page * size], write=write)

    def _chosen(self, search: str, owner: str, sort: str) -> list[Row]:
        rows = [
            row
            for row in self.models
            if row["id"].split("/")[-1].lower().startswith(search.lower()) and owner in ("", row["id"].split("/")[0])
        ]
        return sorted(rows, key=lambda row: row.get(SORTED_BY[sort or "default"]) or 0, reverse=True) if sort else rows

    def _page(self, rows: list[Row], page: int, size: int, inner: Any) -> Reply:
        def write(of: list[Row]) -> bytes:
            return compact(_envelope({**inner(of), "total_count": len(rows), "page_number": page, "page_size": size}))

        return Reply(200, JSON, rows=rows[(page - 1) * size : page * size], write=write)


def _filled(row: Mapping[str, Any]) -> Row:
    made = {
        "id": row["id"],
        "display_name": row["id"].split("/")[-1],
        "description": "",
        "downloads": 0,
        "likes": 0,
        "license": "",
        "tasks": [],
        "created_at": "2022-11-01T00:00:00Z",
        "file_size": 0,
        "params": 0,
        "tags": [],
        "private": False,
        "gated": False,
        **row,
    }
    made.setdefault("last_modified", made["created_at"])
    return {key: value for key, value in made.items() if value is not None}


def _capitals(row: Row) -> Row:
    names = {
        "downloads": "Downloads",
        "likes": "Stars",
        "license": "License",
        "tags": "Tags",
        "created_at": "CreatedAt",
    }
    owner, _, name = str(row.get("id", "")).partition("/")
    made = {new: row[old] for old, new in names.items() if old in row}
    return {"Path": owner, "Name": name, **made} if "id" in row else made


def _envelope(data: Any) -> Row:
    return {"success": True, "request_id": "00000000-0000-0000-0000-000000000000", "data": data}


def _error(status: int, code: str, message: str) -> Reply:
    return said({"success": False, "code": code, "message": message, "request_id": "0" * 8}, status)
