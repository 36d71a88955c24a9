"""Rows to review: the heaviest namespaces that nobody has looked at, with what is known, apart from the register."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import suggestions
from weighbridge.measures.asking import StoreBacking
from weighbridge.measures.questions import question
from weighbridge.measures.suggestions import heaviest_unregistered, register_columns, suggest
from weighbridge.records.answer import Answer
from weighbridge.register import files, parties
from weighbridge.sources.hub_accounts import HubAccounts
from weighbridge.sources.net.pages import write_whole
from weighbridge.store.home import Store
from weighbridge.store.writing import Reading, ingest

Hub = Callable[..., Reading]
ROWS = [
    {"id": "nobody-a/one", "downloads": 500, "created_at": "2024-01-01"},
    {"id": "nobody-a/two", "downloads": 100, "created_at": "2024-01-01"},
    {"id": "nobody-b/one", "downloads": 900, "created_at": "2024-01-01"},
    {"id": "nobody-c/none", "downloads": 0, "created_at": "2024-01-01"},
    {"id": "google/one", "downloads": 4000, "created_at": "2024-01-01"},
    {"id": "gpt2", "downloads": 2500, "created_at": "2024-01-01"},
]
ACCOUNTS = [
    {"namespace": "nobody-a", "kind": "organisation", "title": "Acme AI", "website": "https://acme.example",
     "location": "Oslo", "verified": True, "models": 3, "observed": "2024-07-12T10:00:00Z"},
    {"namespace": "NOBODY-B", "kind": "user", "observed": "2024-07-12T10:00:00Z"},
]  # fmt: skip


def read_accounts(store: Store, folder: Path, rows: list[dict[str, Any]], known: str = "2026-02-01") -> None:
    folder.mkdir()
    content = b"\n".join(json.dumps(row).encode() for row in rows)
    write_whole(folder / "page-00001.jsonl.zst", pa.Codec("zstd").compress(content, asbytes=True))
    ingest(store, HubAccounts(), folder, at=None, known=making.moment(known), selection=True)


def suggested(store: Store, top: int = 50, **options: Any) -> Answer:
    backing = StoreBacking(store)
    return suggest(backing, question(backing.hubs(), **{"definition": "raw", **options}), top)


def test_namespaces_without_a_row_come_heaviest_first(store: Store, read_hub: Hub) -> None:
    read_hub(ROWS)
    rows = suggested(store).rows
    assert [(row["namespace"], row["downloads"], row["models"]) for row in rows] == [
        ("nobody-b", 900, 1),
        ("nobody-a", 600, 2),
    ]
    assert [row["share"] for row in rows] == [900 / 8000, 600 / 8000]  # of all weight, the registered included


def test_so_many_as_are_asked_for(store: Store, read_hub: Hub) -> None:
    read_hub(ROWS)
    assert [row["namespace"] for row in suggested(store, top=1).rows] == ["nobody-b"]


def test_no_one_is_named_who_is_in_the_register(store: Store, read_hub: Hub) -> None:
    read_hub([{"id": f"{row['namespace']}/m", "downloads": 9} for row in files.rows("namespaces")[:200]] + ROWS)
    known = {row["namespace"].lower() for row in files.rows("namespaces")}
    assert not known & {row["namespace"].lower() for row in suggested(store, top=1000).rows}


def test_whom_ones_own_rows_name_has_been_looked_at(store: Store, read_hub: Hub, tmp_path: Path) -> None:
    read_hub(ROWS)
    mine = making.csv_file(tmp_path / "mine.csv", [{"namespace": "nobody-b", "organisation": "Google"}])
    assert [row["namespace"] for row in suggested(store, register=str(mine)).rows] == ["nobody-a"]


def test_what_the_hub_said_of_accounts_is_filled_in_and_who_it_is_left_open(
    store: Store, read_hub: Hub, tmp_path: Path
) -> None:
    read_hub(ROWS)
    read_accounts(store, tmp_path / "accounts", ACCOUNTS)
    person, body = suggested(store).rows
    assert (person["type"], person["kind"], person["organisation"]) == ("individual", "user", "")
    assert person["evidence"] == ""
    assert (body["organisation"], body["type"], body["country"]) == ("", "", "")
    assert body["evidence"] == "https://huggingface.co/nobody-a ; https://acme.example"
    assert (body["evidence_date"], body["grade"]) == ("2024-07-12", "inferred")
    assert body["note"] == 'Calls itself "Acme AI"; says it is in Oslo'
    assert (body["title"], body["website"], body["location"], body["verified"]) == (
        "Acme AI", "https://acme.example", "Oslo", True,
    )  # fmt: skip


def test_a_name_that_the_register_knows_is_pointed_out_and_not_taken_for_it(
    store: Store, read_hub: Hub, tmp_path: Path
) -> None:
    read_hub(ROWS)
    read_accounts(store, tmp_path / "accounts", [ACCOUNTS[0] | {"title": "google", "location": None}])
    row = suggested(store).rows[1]
    assert row["organisation"] == ""
    assert row["note"] == 'Calls itself "google"; the register has an organisation of that name'


def test_the_later_reading_of_an_account_wins_and_a_later_one_is_not_known_earlier(
    store: Store, read_hub: Hub, tmp_path: Path
) -> None:
    read_hub(ROWS)
    read_accounts(store, tmp_path / "first", ACCOUNTS[:1])
    read_accounts(store, tmp_path / "second", [ACCOUNTS[0] | {"title": "Acme Renamed"}], known="2026-03-01")
    assert suggested(store).rows[1]["title"] == "Acme Renamed"
    assert suggested(store, as_of="2026-02-15").rows[1]["title"] == "Acme AI"


def test_suggestions_leave_the_register_as_it_is(store: Store, read_hub: Hub, tmp_path: Path) -> None:
    read_hub(ROWS)
    before = files.data_file("namespaces.csv").read_bytes()
    read_accounts(store, tmp_path / "accounts", ACCOUNTS)
    suggested(store)
    assert files.data_file("namespaces.csv").read_bytes() == before
    assert parties.house().party("huggingface", "nobody-a", 19_000).organisation == "unregistered"


@given(
    title=st.text(max_size=60),
    website=st.sampled_from([None, "https://a.example/x;y", "HTTP://A.example", "https://é.example", "x"]),
    location=st.one_of(st.none(), st.text(max_size=30)),
    kind=st.sampled_from(["organisation", "user", "absent", None]),
)  # fmt: skip
def test_whatever_an_account_says_a_reviewed_row_is_a_valid_row(
    title: str, website: str | None, location: str | None, kind: str | None
) -> None:
    """The row as it is made, once the reviewer has said who it is and why."""
    from weighbridge.records.shown import plain

    account = {
        "kind": kind,
        "title": plain(" ".join(title.split())) or None,
        "website": website,
        "location": plain(" ".join((location or "").split())) or None,
        "observed": making.moment("2024-07-12"),
    }
    row = suggestions._row("huggingface", {"namespace": "a", "downloads": 1, "share": 0.5, "models": 1}, account, set())
    columns = {name: row[name] for name in register_columns()}
    reviewed = columns | {
        "organisation": "(individuals)" if kind == "user" else "Google",
        "note": columns["note"] or "looked up",
    }
    assert parties.correction_faults([reviewed]) == []
    assert {fault["column"] for fault in parties.correction_faults([columns])} >= {"organisation"}


def test_the_heaviest_are_named_for_who_asks_the_hub(store: Store, read_hub: Hub) -> None:
    read_hub(ROWS)
    assert heaviest_unregistered(StoreBacking(store), 10) == ["nobody-b", "nobody-a"]
    assert heaviest_unregistered(StoreBacking(store), 1) == ["nobody-b"]


def test_a_store_that_holds_nothing_names_nobody(store: Store) -> None:
    assert heaviest_unregistered(StoreBacking(store), 10) == []


def test_a_store_with_a_selection_alone_names_nobody(store: Store, read_hub: Hub) -> None:
    read_hub(ROWS, selection=True)
    assert heaviest_unregistered(StoreBacking(store), 10) == []
    with pytest.raises(DataMissing):
        suggested(store)


def test_entries_of_a_republishing_hub_have_no_namespaces(store: Store, tmp_path: Path) -> None:
    from weighbridge.sources import source

    rows = [{"date": f"2026-01-{day:02d}", "model": "llama3", "pull_count_text": f"{day}K"} for day in (1, 2, 3)]
    path = making.csv_file(tmp_path / "pulls.csv", rows)
    ingest(store, source("ollama-pulls"), path, at=None, known=making.moment("2026-02-01"))
    with pytest.raises(UsageError, match="no namespaces of its own"):
        suggested(store)


def test_suggestions_are_of_one_window(store: Store, read_hub: Hub) -> None:
    read_hub(ROWS)
    with pytest.raises(UsageError, match="one window"):
        suggested(store, over="month")
