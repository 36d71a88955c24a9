"""The Hugging Face Hub: models, namespaces, and (from `repositories`) data sets with their revisions and files.

Shapes are those that huggingface_hub 2.4.0 reads (`hf_api.py`: `ModelInfo`, `Organization`, `User`, `list_models`,
`whoami`; `utils/_pagination.py`; `utils/_http.py`: `hf_raise_for_status`, `parse_ratelimit_headers`), and those of
answers of the Hub that others recorded. Limits are those of https://huggingface.co/docs/hub/rate-limits: fixed windows
of five minutes, for people without a token 500 requests to the API, 3,000 to the resolvers and 100 to pages; with a
token 1,000, 5,000 and 200. Parameters of the listing are those of https://huggingface.co/docs/hub/api.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from .messages import Asked, Headers, Reply, Row, listed, said
from .repositories import ID, Repositories, missing
from .tables import SORTED_BY, Models, Selection, models

# fmt: off
EXPANDED = (
    "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads",
    "downloadsAllTime", "evalResults", "gated", "gguf", "inference", "inferenceProviderMapping", "lastModified",
    "library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors",
    "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "usedStorage", "widgetData",
)
# fmt: on
"""`ExpandModelProperty_T` of huggingface_hub 2.4.0."""
# fmt: off
USUAL = (
    "_id", "id", "likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name",
    "createdAt", "modelId",
)
# fmt: on
"""Fields of a row of the listing when none are asked for."""
FULL = ("author", "sha", "lastModified", "gated", "disabled", "siblings")
ON_DEMAND = ("downloadsAllTime", "baseModels", "childrenModelCount", "evalResults", "trendingScore")
PAGE = {"_id", "id", "modelId", *EXPANDED} - set(ON_DEMAND)
"""Fields that a model's own page gives without being asked."""
MOST_ROWS = 1000
LIMITS = {"api": (500, 1000), "resolvers": (3000, 5000), "pages": (100, 200)}
"""Requests a window without and with a token."""


class HuggingFace:
    """The Hub.

    `models` and `datasets` are what it holds (see `tables.models` and `repositories.Repositories`); `renamed` are old
    names of models; `organisations` and `people` are namespaces with fields that differ from the made-up ones;
    `tokens` are those that exist (None: any); `quota` are the requests allowed a `window` of seconds (None: the
    headers say the documented limit and nothing is refused).
    """

    name = "huggingface"
    listing = r"^GET /api/models(\?|$)"
    counter = "downloads"
    optional = "library_name"
    key = "id"

    def __init__(
        self,
        models: Any = (),
        datasets: Mapping[str, Any] | None = None,
        *,
        renamed: Mapping[str, str] | None = None,
        organisations: Mapping[str, Row] | None = None,
        people: Mapping[str, Row] | None = None,
        tokens: Mapping[str, str] | None = None,
        quota: int | None = None,
        window: float = 300.0,
        delivery: Callable[[], str] | None = None,
    ) -> None:
        self.models = models
        self.repositories = Repositories(datasets or {}, delivery)
        self.renamed, self.organisations = dict(renamed or {}), dict(organisations or {})
        self.people, self.tokens = dict(people or {}), None if tokens is None else dict(tokens)
        self.quota, self.window = quota, window
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._routes = [
            (re.compile(f"^/api/{pattern}$"), answer)
            for pattern, answer in (
                ("models", self._listing),
                (f"models/{ID}(?:/revision/(?P<revision>[^/]+))?", self._model),
                ("organizations/(?P<name>[^/]+)/overview", self._organisation),
                ("users/(?P<name>[^/]+)/overview", self._person),
                ("whoami-v2", self._whoami),
            )
        ]

    @property
    def models(self) -> Models:
        """The models it lists; may be set anew, with rows, a table or the path of a Parquet file."""
        return self._models

    @models.setter
    def models(self, given: Any) -> None:
        self._models = given if isinstance(given, Models) else models(given)

    # ---- answering

    def answer(self, asked: Asked) -> Reply:
        """See `Site.answer`."""
        bucket = _bucket(asked.path)
        allowed, headers = self._counted(asked, bucket)
        if not allowed:
            wait = max(1, round(self._left(asked, bucket)))
            return said({"error": "Too many requests"}, 429, *headers, ("Retry-After", str(wait)))
        if self.tokens is not None and asked.token is not None and asked.token not in self.tokens:
            text = "Invalid credentials in Authorization header"
            return said({"error": text}, 401, ("X-Error-Message", text), *headers)
        for pattern, answer in self._routes:
            if found := pattern.match(asked.path):
                return answer(asked, found.groupdict()).having(*headers)
        return (self.repositories.answer(asked) or said({"error": "Sorry, we can't find the page"}, 404)).having(
            *headers
        )

    def limited(self, wait: int) -> Headers:
        """See `Site.limited`."""
        return (("RateLimit", f'"api";r=0;t={wait}'), ("RateLimit-Policy", '"fixed window";"api";q=500;w=300'))

    def next_page(self, asked: Asked, reply: Reply) -> Headers:
        """See `Site.next_page`: the page that was asked for, once more."""
        return (("Link", f'<{asked.endpoint}{asked.target}>; rel="next"'),)

    def _left(self, asked: Asked, bucket: str) -> float:
        began, _ = self._windows[asked.token or "", bucket]
        return began + self.window - time.monotonic()

    def _counted(self, asked: Asked, bucket: str) -> tuple[bool, Headers]:
        if bucket == "files":
            return True, ()
        now, key = time.monotonic(), (asked.token or "", bucket)
        began, used = self._windows.get(key, (now, 0))
        if now >= began + self.window:
            began, used = now, 0
        self._windows[key] = (began, used + 1)
        allowed = self.quota if self.quota is not None else LIMITS[bucket][asked.token is not None]
        left = allowed - used - 1
        reset = max(0, round(began + self.window - now))
        shown = max(left, 0 if self.quota is not None else 1)
        return (
            self.quota is None or left >= 0,
            (
                ("RateLimit", f'"{bucket}";r={shown};t={reset}'),
                ("RateLimit-Policy", f'"fixed window";"{bucket}";q={allowed};w={round(self.window)}'),
            ),
        )

    # ---- models

    def _listing(self, asked: Asked, _: Mapping[str, str]) -> Reply:
        wanted = asked.all("expand")
        if unknown := [field for field in wanted if field not in EXPANDED]:
            return said({"error": f"Invalid option for expand: {unknown[0]}"}, 400)
        sort = asked.get("sort")
        if sort and sort not in SORTED_BY:
            return said({"error": f"Invalid sort: {sort}"}, 400)
        limit = asked.get("limit") or str(MOST_ROWS)
        start = _position(asked.get("cursor"))
        if not limit.isdigit() or start is None:
            return said({"error": "Invalid limit" if start is not None else "Invalid cursor"}, 400)
        gated = asked.get("gated")
        numbers = self.models.choose(
            Selection(
                asked.get("search"),
                asked.get("author"),
                tuple(asked.all("filter")),
                asked.get("pipeline_tag"),
                None if not gated else gated.lower() == "true",
                sort,
                bool(sort) and asked.get("direction", "-1") != "-1",
            )
        )
        end = start + min(int(limit), MOST_ROWS)
        fields = {"_id", "id", *wanted} if wanted else _unexpanded(asked)
        rows = self.models.rows(numbers[start:end], fields)
        more = self._link(asked, rows[-1], end) if end < len(numbers) and rows else ()
        return listed(rows, *more)

    def _link(self, asked: Asked, last: Row, position: int) -> Headers:
        cursor = base64.b64encode(json.dumps({"_id": {"$gt": last["_id"]}, "from": position}).encode()).decode()
        query = [(key, value) for key, value in asked.query if key != "cursor"]
        target = f"{asked.endpoint}{asked.path}?{urlencode([*query, ('cursor', cursor)])}"
        return (("Link", f'<{target}>; rel="next"'),)

    def _model(self, asked: Asked, found: Mapping[str, str]) -> Reply:
        name = found["id"]
        if name in self.renamed:
            return Reply(307, (("Location", f"/api/models/{quote(self.renamed[name])}"),))
        wanted = asked.all("expand")
        row = self.models.find(name, {"_id", "id", *wanted} if wanted else PAGE)
        return missing(asked) if row is None else said(row)

    # ---- namespaces

    def _organisation(self, asked: Asked, found: Mapping[str, str]) -> Reply:
        name = found["name"]
        if name not in self.organisations:
            return said({"error": "This organization does not exist"}, 404)
        made = {
            "avatarUrl": f"https://cdn-avatars.huggingface.co/v1/production/uploads/{name}.png",
            "name": name,
            "fullname": name,
            "type": "org",
            "isVerified": False,
            "plan": None,
            "numUsers": 1,
            "numModels": self.models.of_author(name),
            "numSpaces": 0,
            "numDatasets": 0,
            "numFollowers": 0,
        }
        return said({key: value for key, value in (made | self.organisations[name]).items() if value is not None})

    def _person(self, asked: Asked, found: Mapping[str, str]) -> Reply:
        name = found["name"]
        owned = self.models.of_author(name)
        if name in self.organisations or not (owned or name in self.people):
            return said({"error": "This user does not exist"}, 404)
        made = {
            "avatarUrl": f"/avatars/{name}.svg",
            "user": name,
            "fullname": name,
            "type": "user",
            "isPro": False,
            "numModels": owned,
            "numDatasets": 0,
            "numSpaces": 0,
            "numDiscussions": 0,
            "numPapers": 0,
            "numUpvotes": 0,
            "numLikes": 0,
            "numFollowing": 0,
            "numFollowers": 0,
            "orgs": [],
        }
        return said(made | self.people.get(name, {}))

    def _whoami(self, asked: Asked, _: Mapping[str, str]) -> Reply:
        if asked.token is None:
            text = "Invalid username or password."
            return said({"error": text}, 401, ("X-Error-Message", text))
        name = (self.tokens or {}).get(asked.token, "somebody")
        token = {"type": "access_token", "accessToken": {"displayName": "stand-in", "role": "read"}}
        return said({"type": "user", "id": "0" * 24, "name": name, "fullname": name, "orgs": [], "auth": token})


def _bucket(path: str) -> str:
    """The class of requests that a limit is for."""
    if path.startswith(("/lfs/", "/api/resolve-cache/")):
        return "files"
    if "/resolve/" in path:
        return "resolvers"
    return "api" if path.startswith("/api/") else "pages"


def _unexpanded(asked: Asked) -> set[str]:
    fields = set(USUAL)
    for parameter, more in (("full", FULL), ("cardData", ("cardData",)), ("config", ("config",))):
        if asked.get(parameter).lower() in ("true", "1"):
            fields |= set(more)
    return fields


def _position(cursor: str) -> int | None:
    """Where a page begins; None for a cursor that is not one."""
    if not cursor:
        return 0
    try:
        return int(json.loads(base64.b64decode(cursor, validate=True))["from"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
