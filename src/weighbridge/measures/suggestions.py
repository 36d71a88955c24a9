"""Rows for who reviews the register: the heaviest namespaces that nobody has looked at, with what is known of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking, Backing, StoreBacking
from weighbridge.measures.questions import question
from weighbridge.records.answer import Answer
from weighbridge.records.question import Question
from weighbridge.register import files
from weighbridge.register.parties import REPUBLISHING_HUBS
from weighbridge.store.parts import has_part, read_part

ACCOUNTS = "accounts"
ORGANISATION, USER = "organisation", "user"
PAGES = {"huggingface": "https://huggingface.co/"}
"""Where a hub shows an account."""
ADDRESS = re.compile(r"https?://[a-z0-9][^\s;]*")
Account = Mapping[str, Any]


def heaviest_unregistered(backing: Backing, top: int) -> list[str]:
    """The heaviest namespaces without a row in the house's register, by the newest window; none where nothing is held.

    Args:
        backing: a store or a cube file.
        top: so many at most.
    """
    if "huggingface" not in backing.hubs():
        return []
    try:
        asked = question(backing.hubs(), hub="huggingface", definition="raw")
        return [str(row["namespace"]) for row in _unregistered(Asking(backing, asked), top)]
    except DataMissing:
        return []


def suggest(backing: Backing, asked: Question, top: int) -> Answer:
    """Unregistered namespaces by weight in the window of a question, as rows of the register's `namespaces.csv`.

    Beside the columns of the register a row has `downloads`, `share` of all weight in the window, `models`, and what
    a hub's account says: `kind`, `title`, `website`, `location`, `verified`. Who is behind it is left empty: that is
    the reviewer's to say, and `register check` calls a row without it a fault.

    Raises:
        DataMissing: nothing that is held answers the question.
        UsageError: the hub has no namespaces of its own, or several windows are asked for.
    """
    if asked.over is not None:
        raise UsageError("suggestions are of one window", "leave out --over")
    asking = Asking(backing, asked)
    weighed = asking.weighed
    hub = weighed.slice.hub
    if hub in REPUBLISHING_HUBS:
        raise UsageError(f"{hub} has no namespaces of its own; its entries are in entries.csv", "ask --hub huggingface")
    found = _unregistered(asking, top)
    accounts = _accounts(backing, hub, asked.as_of)
    named = {row["organisation"].lower() for row in files.rows("organisations")}
    rows = [_row(hub, row, accounts.get(str(row["namespace"]).lower(), {}), named) for row in found]
    share = sum(row["share"] for row in found)
    known = sum(row["kind"] is not None for row in rows)
    notes = [f"{len(rows):,} namespaces with {share:.1%} of the weight; {known:,} of them have an account read in."]
    if known < len(rows) and hub == "huggingface":
        notes.append("`weighbridge sync hub-accounts` asks the Hub who the others are.")
    return answer("register-suggest", "Namespaces that nobody has looked at", weighed, "namespace", rows, notes=notes)


def register_columns() -> tuple[str, ...]:
    """Columns of the register's `namespaces.csv`, in order."""
    return tuple(files.schema("namespaces")["properties"])


def _unregistered(asking: Asking, top: int) -> list[dict[str, Any]]:
    """Namespace, downloads, share and models of the heaviest, of those names that a register can hold."""
    weighed = asking.weighed
    entries, cells = weighed.entries, weighed.slice.cells
    total = max(int(entries.value.sum()), 1)
    dark = weighed.party == 0
    codes, count = entries.holder.codes[dark], len(entries.holder.names)
    weight = np.bincount(codes, weights=entries.value[dark], minlength=count).astype(np.int64)
    held = np.flatnonzero(dark & (entries.value > 0))
    once = held[np.unique(np.stack([entries.holder.codes[held], entries.cell[held]]), axis=1, return_index=True)[1]]
    models = np.bincount(entries.holder.codes[once], weights=cells.models[entries.cell[once]], minlength=count)
    names = entries.holder.names.to_pylist()
    fits = re.compile(files.schema("namespaces")["properties"]["namespace"]["pattern"])
    able = [place for place in np.flatnonzero(weight).tolist() if fits.search(names[place] or "")]
    able.sort(key=lambda place: (-weight[place], names[place]))
    return [
        {
            "namespace": names[place],
            "downloads": int(weight[place]),
            "share": int(weight[place]) / total,
            "models": int(models[place]),
        }
        for place in able[:top]
    ]


def _row(hub: str, found: Mapping[str, Any], account: Account, named: set[str]) -> dict[str, Any]:
    """A row of the register as far as it can be filled, and what stands beside it."""
    organisation = account.get("kind") == ORGANISATION
    evidence, note = "", ""
    if organisation:
        page = PAGES.get(hub, "") + str(found["namespace"])
        addresses = [text for text in (page, account.get("website")) if text and ADDRESS.fullmatch(text)]
        evidence = " ; ".join(dict.fromkeys(addresses))
        note = _note(account, named)
    elif account.get("kind") == USER:
        note = "The hub lists a user's account, not an organisation's"
    seen = account.get("observed")
    filled = {
        "hub": hub,
        "namespace": found["namespace"],
        "type": "individual" if account.get("kind") == USER else "",
        "grade": "inferred",
        "evidence": evidence,
        "evidence_date": seen.date().isoformat() if isinstance(seen, datetime) and evidence else "",
        "note": note,
    }
    beside = {name: account.get(name) for name in ("kind", "title", "website", "location", "verified")}
    return (
        {name: filled.get(name, "") for name in register_columns()}
        | {name: found[name] for name in ("downloads", "share", "models")}
        | beside
    )


def _note(account: Account, named: set[str]) -> str:
    """What an organisation calls itself and says of its place; that is its word, and may be an impostor's."""
    title, place = account.get("title"), account.get("location")
    said = [f'Calls itself "{title}"' if title else "", f"says it is in {place}" if place else ""]
    known = "the register has an organisation of that name" if title and title.lower() in named else ""
    return "; ".join(words for words in (*said, known) if words)


def _accounts(backing: Backing, hub: str, as_of: datetime | None) -> dict[str, Account]:
    """What hubs said of accounts, by the namespace in lower case; the later known reading wins."""
    if not isinstance(backing, StoreBacking):
        return {}
    read: Sequence[Any] = [v for v in backing.store.vintages(as_of) if v.hub == hub and has_part(v, ACCOUNTS)]
    return {row["namespace"].lower(): row for v in read for row in read_part(v, ACCOUNTS).to_pylist()}
