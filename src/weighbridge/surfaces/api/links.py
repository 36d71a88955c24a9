"""Where things are on a server, as addresses relative to the page that is made: any host and any sub-folder works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urljoin

from weighbridge.surfaces.views import naming
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.files import settled
from weighbridge.surfaces.views.shelf import STANDARD, Look
from weighbridge.surfaces.web.page import Given

FIRST = "overview"
"""The page at the root."""
SAFE = "/~.-_,:"


@dataclass(frozen=True)
class ServedLinks:
    """Links of a page.

    Attributes:
        place: of the page below the root, without query, such as `explore/` or `model/owner/name/`.
        base: absolute address of the root, with a slash at its end; empty if it is not known.
        odd: the place of a kind and a name that has not the plain one, or null.
    """

    place: str = ""
    base: str = ""
    odd: Callable[[str, str], str | None] = lambda kind, name: None

    @property
    def root(self) -> str:
        """The way to the root."""
        return "../" * self.place.count("/") or "./"

    def page(self, page: str, given: Given = ()) -> str | None:
        """See `Links.page`."""
        return f"{self.root}{'' if page == FIRST else f'{page}/'}{_query(given)}"

    def subject(self, kind: str, name: str) -> str | None:
        """See `Links.subject`."""
        if not naming.stands(kind, name):
            return None
        at = self.odd(kind, name) or naming.place(kind, name)
        return f"{self.root}{kind}/{quote(at, safe=SAFE)}/"

    def file(self, asked: Asked, ending: str, look: Look = STANDARD) -> str | None:
        """See `Links.file`."""
        told = settled(ending, look)
        query = _query((*asked.options, *look_given(told)))
        return f"{self.root}charts/{quote(asked.measure)}.{ending}{query}"

    def asset(self, name: str) -> str:
        """See `Links.asset`."""
        return f"{self.root}assets/{quote(name)}"

    def search(self) -> str:
        """See `Links.search`."""
        return f"{self.root}api/v1/search"

    def absolute(self, address: str) -> str:
        """See `Links.absolute`."""
        return urljoin(f"{self.base}{quote(self.place, safe=SAFE)}", address) if self.base else address


def look_given(look: Look) -> Given:
    """A look as an address says it, defaults left out."""
    told = {
        "theme": look.theme,
        "width": str(look.width),
        "chart": look.chart or "",
        "head": "yes" if look.head else "no",
    }
    plain = {"theme": STANDARD.theme, "width": str(STANDARD.width), "chart": "", "head": "yes"}
    return tuple((name, value) for name, value in told.items() if value != plain[name])


def _query(given: Given) -> str:
    return f"?{urlencode(given)}" if given else ""
