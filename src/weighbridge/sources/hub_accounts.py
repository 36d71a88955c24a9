"""What the Hugging Face Hub says of the accounts behind namespaces: organisation or person, by what name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyarrow as pa

from weighbridge.errors import DataMissing, SchemaChanged, UsageError
from weighbridge.records.clock import moment_text, parse_moment
from weighbridge.records.observations import Batch, Reject, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.shown import plain
from weighbridge.records.source import Asked, Choice, Descriptor, Fetched, Landing
from weighbridge.sources.net.client import Answer, pause, shown
from weighbridge.sources.net.hub import client_name, the_hub
from weighbridge.sources.net.landed import page_rows, whole_pages
from weighbridge.sources.net.pages import Page, pages_folder, walk

TOP = 500
A_PAGE = 20
"""Namespaces a checkpoint: so many requests, at most twice, are made again after a kill."""
ASKED_AGAIN = timedelta(days=30)
ABSENT = 404
LONGEST = 300
KINDS = ORGANISATION, USER, NOBODY = "organisation", "user", "absent"
TITLE, WEBSITE, LOCATION = ("fullname",), ("website", "websiteUrl"), ("location",)
"""Names under which the Hub gives, or may come to give, what an organisation says of itself."""
Row = dict[str, Any]


class HubAccounts:
    """Asks the Hub who is behind the heaviest namespaces that the register does not know."""

    id = "hub-accounts"
    descriptor = Descriptor(
        id="hub-accounts",
        title="Accounts of the Hugging Face Hub behind unregistered namespaces",
        producer="Hugging Face; the words on an organisation are its own",
        licence="facts of the Hub's public API; see the Hub's terms of service",
        terms="Evidence for who reviews the register, not a register. Of persons only that they are persons is kept.",
        population="selection",
        gives="for namespaces: organisation or user, and of organisations title, number of models, whether the Hub "
        "has verified them, and website and location where the Hub gives them",
        hub="huggingface",
        unit="downloads",
        folder=True,
    )
    choices: tuple[Choice, ...] = ("top",)
    companions: tuple[tuple[str, Asked], ...] = ()

    def fetch(self, landing: Landing, asked: Asked) -> Iterator[Fetched]:
        """See `LiveSource.fetch`; the same namespaces are asked for again after thirty days."""
        if asked.since is not None or asked.revision is not None or asked.days is not None:
            raise UsageError("hub-accounts asks what the Hub says now", "leave the option out, or give --top")
        names = asked.names()[: asked.top or TOP]
        digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
        if not names:
            raise DataMissing(
                "no census in the store has a namespace that is not registered",
                "fetch a census first: weighbridge sync hub-api",
            )
        if _asked_lately(asked.held or {}, digest):
            return
        accounts = _Accounts(landing, names)
        listing = walk(landing, {"endpoint": accounts.endpoint, "names": digest}, "0", accounts.page)
        if listing.tally.get(NOBODY, 0) == len(names) >= A_PAGE:
            raise SchemaChanged(f"{accounts.endpoint} knows none of {len(names)} accounts", "the Hub's API has changed")
        yield Fetched(
            path=pages_folder(landing),
            at=listing.first or listing.began,
            selection=True,
            origin={
                "endpoint": accounts.endpoint,
                "client": client_name(),
                "namespaces": len(names),
                "names": digest,
                "began": moment_text(listing.began),
                "hub_first": listing.first and moment_text(listing.first),
                "hub_last": listing.last and moment_text(listing.last),
                **{kind: listing.tally.get(kind, 0) for kind in KINDS},
            },
        )

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        """See `Source.read`; the part `accounts` and no counters."""
        files = whole_pages(path)
        rows, rejects = list[Row](), list[Reject]()
        for number, row in enumerate((row for file in files for row in page_rows(file)), 1):
            account = _account(row)
            if account is None:
                rejects.append(Reject(number, "", "not a landed account"))
            else:
                rows.append(account)
        table = pa.Table.from_pylist(rows, PARTS["accounts"].schema)
        yield Batch(observations({}, 0), rejects, parts={"accounts": table})


class _Accounts:
    """Asks for accounts, some namespaces a page."""

    def __init__(self, landing: Landing, names: Sequence[str]) -> None:
        self.say, self.names = landing.say, names
        self.hub = the_hub()
        self.endpoint = shown(self.hub.endpoint)
        self._latest: Answer | None = None

    def page(self, place: str) -> Page:
        """See `pages.walk`."""
        first = int(place)
        end = min(first + A_PAGE, len(self.names))
        rows = [self.account(name) for name in self.names[first:end]]
        tally = {kind: sum(row["kind"] == kind for row in rows) for kind in KINDS}
        date = self._latest.date if self._latest else None
        return Page(rows, str(end) if end < len(self.names) else None, date, tally)

    def account(self, name: str) -> Row:
        """What is kept of the account behind a namespace."""
        found = self._overview("organizations", name, "name")
        if found is not None:
            return self._row(name, ORGANISATION) | {
                "title": _words(found, TITLE),
                "website": _address(_words(found, WEBSITE)),
                "location": _words(found, LOCATION),
                "verified": found["isVerified"] if isinstance(found.get("isVerified"), bool) else None,
                "models": _count(found.get("numModels")),
            }
        # Of a person nothing is kept but that there is one, whatever the answer holds.
        return self._row(name, USER if self._overview("users", name, "user") is not None else NOBODY)

    def _row(self, name: str, kind: str) -> Row:
        when = (self._latest.date if self._latest else None) or datetime.now(UTC).replace(microsecond=0)
        return {"namespace": name, "kind": kind, "observed": moment_text(when)}

    def _overview(self, what: str, name: str, needed: str) -> Mapping[str, Any] | None:
        """What `HfApi.get_organization_overview` or `get_user_overview` would ask for; null: no such account."""
        if self._latest is not None:
            pause(self._latest, self.say)
        url = self.hub.place(f"/api/{what}/{quote(name, safe='')}/overview")
        value, answer = self.hub.ask(url, self.say, (ABSENT,))
        self._latest = answer
        if answer.status == ABSENT:
            return None
        if not isinstance(value, dict) or not isinstance(value.get(needed), str):
            raise SchemaChanged(f"{shown(url)} answers no account with a {needed}", "the Hub's API has changed")
        if value[needed].casefold() != name.casefold():
            self.say(
                f"asked for the account {plain(name)[:100]}, the Hub tells of {plain(value[needed])[:100]}; "
                "it may have been renamed, and nothing is kept of the other one"
            )
            return None
        return value


def _asked_lately(held: Mapping[str, Any], digest: str) -> bool:
    try:
        return held["names"] == digest and datetime.now(UTC) - parse_moment(held["began"]) < ASKED_AGAIN
    except (KeyError, TypeError, AttributeError, UsageError):
        return False


def _account(row: Any) -> Row | None:
    """A landed account as a row of the part; null where it is none."""
    try:
        account = {**row, "observed": parse_moment(row["observed"])}
        pa.Table.from_pylist([account], PARTS["accounts"].schema)
        return account if row["kind"] in KINDS and row["namespace"] else None
    except (KeyError, TypeError, AttributeError, UsageError, pa.ArrowException):
        return None


def _words(found: Mapping[str, Any], names: Sequence[str]) -> str | None:
    texts = [value for value in (found.get(name) for name in names) if isinstance(value, str) and value.strip()]
    return plain(" ".join(texts[0].split()))[:LONGEST] if texts else None


def _count(value: Any) -> int | None:
    """A count that a table can hold."""
    return value if type(value) is int and 0 <= value < 2**63 else None


def _address(text: str | None) -> str | None:
    """A web address, and nothing that only looks like one."""
    try:
        parts = urlsplit(text or "")
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username and " " not in (text or "")
    except ValueError:
        return None
    return text if fits else None


SOURCE = HubAccounts()
