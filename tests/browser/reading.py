"""What somebody with a browser does and notices."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
OURS = ("127.0.0.1", "localhost")


@dataclass
class Reader:
    """One browser profile, and whatever went wrong in it.

    Attributes:
        context: the profile.
        trouble: errors of pages, policies broken, requests to another host; a test may take out what it expects.
    """

    context: BrowserContext
    trouble: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("request", self._asks)
        self.context.on("response", self._hears)
        self.context.on("console", self._says)
        self.context.on("weberror", lambda error: self.trouble.append(f"uncaught: {error.error}"))

    def open(self, address: str) -> Page:
        """A new page at an address, with its pictures there."""
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        return page

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in OURS:
            self.trouble.append(f"a request to another host: {request.url}")

    def _hears(self, response: Response) -> None:
        if response.status >= 400:
            self.trouble.append(f"{response.status} from {response.url}")

    def _says(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(f"{message.type} at {message.page.url if message.page else '?'}: {message.text}")


def faults(page: Page, axe: str) -> list[str]:
    """What axe finds wrong: the rule, and the first element."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['html'][:300]} ({node['failureSummary'][:300]})"
        for one in found
        for node in one["nodes"][:2]
    ]


def overflow(page: Page) -> list[str]:
    """What makes the page wider than the window; empty where nothing does."""
    wide: list[str] = page.evaluate(
        """() => {
            const room = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            return [...document.body.querySelectorAll('*')]
                .filter(one => one.getBoundingClientRect().right > room + 1)
                .map(one => one.outerHTML.slice(0, 160)).slice(0, 5);
        }"""
    )
    return wide
