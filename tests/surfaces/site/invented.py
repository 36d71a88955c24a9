"""Invented pages about a small hub, some with hostile names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from htpy import a, h1, img, li, p, ul

from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, Page, View
from weighbridge.surfaces.web.pages.explore import Explore

LONG = "long/" + "x" * 295
HOSTILE = (
    "../../etc/passwd", "/etc/passwd", "..", ".", "a/..", "a/../../b", "<script>alert(1)</script>", "CON", "con",
    "nul/aux.txt", "Twin/Model", "twin/model", "TWIN/MODEL", LONG, f"{LONG}y", "dots/end...", "dots/end", "space/end ",
    "a\\b\\c", "c:/d", "x", "x/index.html", "x/index.html/", "~", "~0123456789", "\u202eevil/gnp.exe", "né/è", "ne/e",
    "日本/語", "a//b", "", "?q=1#top", "%2e%2e/%2e%2e", "\ud800/lone", "a\x00b", 'quote"/\'s', "https://example.com/x",
)  # fmt: skip


@dataclass(frozen=True)
class Front:
    """A page at the root that leads to all others and to a figure."""

    id: str = "overview"
    title: str = "Front"
    rank: int = 0

    def make(self, view: View) -> Made:
        asked = Asked.of("share", [("by", "organisation")])
        subjects = [(name, view.links.subject("model", name)) for name in (*HOSTILE, "nobody/there")]
        return Made("Front", "A front.", [
            h1["Front"],
            img(src=view.links.file(asked, "svg"), alt=""),
            a(href=view.links.file(asked, "csv"))["CSV"],
            p[view.links.absolute(view.links.file(asked, "html") or "")],
            ul[(li[a(href=address)[name] if address else name] for name, address in subjects)],
        ])  # fmt: skip

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        return [(None, ())]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        return [Asked()]


@dataclass(frozen=True)
class Options:
    """A page with options in its address, one of which cannot be answered."""

    id: str = "explore"
    title: str = "Options"
    rank: int = 10

    def make(self, view: View) -> Made:
        asked = Asked.of(view.value("measure", "share"), [pair for pair in view.given if pair[0] != "measure"])
        return Made("Options", "Some.", p[str(view.shelf.document(asked)["total"])], view.given)

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        asked = [(), (("by", "organisation"),), (("measure", "top"),), (("hub", "ollama"),), (("by", "organisation"),)]
        return [(None, given) for given in asked]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        return []


@dataclass(frozen=True)
class Named:
    """A page a hostile name."""

    id: str = "model"
    title: str = "Models"
    rank: int = 130

    def make(self, view: View) -> Made:
        return Made(str(view.subject), "A model.", [h1[str(view.subject)], a(href=view.links.page("overview"))["up"]])

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        return [(None, ()), *((name, ()) for name in HOSTILE)]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        return []


class FewViews(Explore):
    """The page of any question, with a few of its views published."""

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        return super().published(shelf)[::9]


KINDS: dict[str, Page] = {page.id: page for page in (Front(), Options(), Named())}


def small_hub() -> list[dict[str, Any]]:
    """A listing with hostile names and tags."""
    named = [("google/alpha-7b", 5000), ("Qwen/Qwen2-7B", 2500), ("mistralai/gamma", 900), ("nobody/zeta", 333)]
    rows = [
        {"id": name, "downloads": weight, "likes": weight // 5, "created_at": "2024-01-05", "license": "mit",
         "pipeline_tag": "text-generation"}
        for name, weight in named
    ]  # fmt: skip
    hostile = ["<script>alert(1)</script>/x", "\u202eevil/gnp", "CON/aux", "e/" + "y" * 295]
    return rows + [
        {"id": name, "downloads": 100 - at, "likes": 1, "created_at": "2024-02-01", "license": "", "pipeline_tag": ""}
        for at, name in enumerate(hostile)
    ]
