"""`vintages`, `vintages list` and `vintages diff A B`."""

from __future__ import annotations

import csv
import io

import pytest

FIRST_DAY, SECOND_DAY = "2024-07-11", "2024-08-10"
ROWS = [
    {"id": "a/stays", "downloads": 900, "license": "mit", "gated": "false", "base_model": ""},
    {"id": "a/goes", "downloads": 50, "license": "mit", "gated": "false", "base_model": ""},
    {"id": "a/odd", "downloads": 5, "license": "mit", "gated": "false", "base_model": "x/one"},
]
LATER = [
    {"id": "a/stays", "downloads": 700, "license": "apache-2.0", "gated": "true", "base_model": ""},
    {"id": "a/comes", "downloads": 30, "license": "mit", "gated": "false", "base_model": ""},
    {"id": "a/odd", "downloads": 5, "license": "mit", "gated": "false", "base_model": "=cmd|'evil'\u202e"},
]
KEYS = {
    "from", "to", "hub", "unit", "simulated", "weight_of", "summary", "counters", "rows", "rows_shown", "rows_in_all",
    "notes",
}  # fmt: skip
ROW_KEYS = {"change", "model", "was", "now", "weight", "day", "quantity", "by", "days"}


@pytest.fixture(scope="session")
def pair(command, csv_file, tmp_path_factory):
    """A store with two censuses, and their ids. Only read it."""
    folder = tmp_path_factory.mktemp("pair")
    ids = []
    for rows, day in ((ROWS, FIRST_DAY), (LATER, SECOND_DAY)):
        path = csv_file(folder / f"{day}.csv", rows)
        ran = command("ingest", "hub-dump", path, "--at", day, "--known", day, "--store", folder / "store", "--json")
        ids.append(ran.document["vintage"])
    return folder / "store", *ids


@pytest.fixture
def diff(command, pair):
    """Runs `vintages diff` on the pair."""
    store, a, b = pair
    return lambda *more: command("vintages", "diff", a, b, *more, "--store", store)


@pytest.mark.parametrize("arguments", [("vintages",), ("vintages", "list")])
@pytest.mark.parametrize("form", [(), ("--json",), ("--format", "csv"), ("--as-of", FIRST_DAY, "--json")])
def test_vintages_alone_lists_them(command, pair, arguments, form):
    store, a, b = pair
    ran = command(*arguments, *form, "--store", store)
    assert ran.status == 0, ran.err
    assert a in ran.out
    assert (b in ran.out) == ("--as-of" not in form)
    assert ran.out == command("vintages", *form, "--store", store, "list").out


def test_the_document_says_what_differs_and_with_what_weight(diff, pair):
    document = diff("--json").document
    assert set(document) == KEYS
    assert (document["from"], document["to"], document["hub"]) == (*pair[1:], "huggingface")
    assert document["weight_of"] == "downloads_30d"
    assert all(set(row) == ROW_KEYS for row in document["rows"])
    assert [(row["change"], row["was"], row["now"], row["weight"]) for row in document["rows"]] == [
        ("licence", "mit", "apache-2.0", 700),
        ("gated", False, True, 700),
        ("vanished", "listed", None, 50),
        ("appeared", None, "listed", 30),
        ("base_models", ["x/one"], ["=cmd|'evil'\u202e"], 5),
    ]
    assert document["rows_shown"] == document["rows_in_all"] == 5


def test_the_heaviest_rows_are_shown_and_how_many_there_are(diff):
    document = diff("--json", "--top", "2").document
    assert [row["change"] for row in document["rows"]] == ["licence", "gated"]
    assert (document["rows_shown"], document["rows_in_all"]) == (2, 5)
    assert "2 of 5 rows" in diff("--top", "2").out
    assert len(document["summary"]) == 5


def test_only_the_changes_asked_for_are_shown(diff):
    document = diff("--json", "--change", "gated", "--change", "vanished").document
    assert [row["change"] for row in document["rows"]] == ["gated", "vanished"]
    ran = diff("--json", "--change", "weather")
    assert (ran.status, ran.document["error"]["kind"]) == (2, "usage")
    assert "licence" in ran.document["error"]["hint"]


def test_csv_holds_the_rows_and_nothing_that_a_spreadsheet_runs(diff):
    ran = diff("--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert set(rows[0]) == ROW_KEYS
    assert [row["change"] for row in rows] == ["licence", "gated", "vanished", "appeared", "base_models"]
    assert rows[-1]["now"].startswith("'=cmd")
    assert "From" in ran.err


def test_text_shows_the_summary_the_rows_and_no_control_characters(diff):
    for form in ("text", "md"):
        out = diff("--format", form).out
        assert "\u202e" not in out
        for word in ("From", "To", "Weight", "appeared", "a/stays", "apache-2.0", "700"):
            assert word in out


def test_what_is_long_is_cut_in_text_and_whole_elsewhere(command, csv_file, tmp_path):
    bases = [f"x/base-model-number-{number}" for number in range(9)]
    ids = []
    for number, base in enumerate(("x/one", "'" + "', '".join(bases) + "'")):
        path = csv_file(tmp_path / f"{number}.csv", [{"id": "a/b", "downloads": 1, "base_model": f"[{base}]"}])
        read = ("ingest", "hub-dump", path, "--at", f"2024-0{number + 1}-01", "--known", f"2024-0{number + 1}-02")
        ids.append(command(*read, "--store", tmp_path / "store", "--json").document["vintage"])
    asked = ("vintages", "diff", *ids, "--store", tmp_path / "store")
    assert command(*asked, "--json").document["rows"][0]["now"] == bases
    assert bases[-1] in command(*asked, "--format", "csv").out
    assert bases[-1] not in command(*asked).out
    assert "…" in command(*asked).out


def test_restated_and_fallen_counters_say_by_how_much(command, csv_file, tmp_path):
    ids = []
    for number, counts in enumerate(((100, 500), (90, 80))):
        days = zip(("2024-07-01", f"2024-07-0{2 + number}"), counts, strict=True)
        rows = [{"id": "a/b", "date": day, "downloads_all_time": count} for day, count in days]
        path = csv_file(tmp_path / f"{number}.csv", rows)
        read = ("ingest", "hub-dump", path, "--known", f"2024-0{8 + number}-01", "--store", tmp_path / "store")
        ids.append(command(*read, "--json").document["vintage"])
    ran = command("vintages", "diff", *ids, "--store", tmp_path / "store")
    assert "Restated    downloads_all: counters 1, models 1, 0 up and 10 down" in ran.out
    assert "Fell        downloads_all: counters 1, models 1, 0 up and 420 down" in ran.out


@pytest.mark.parametrize(
    ("arguments", "status", "kind", "word"),
    [
        (("diff",), 2, "usage", "two vintages"),
        (("diff", "A"), 2, "usage", "1 given"),
        (("diff", "A", "B", "B"), 2, "usage", "3 given"),
        (("diff", "A", "A"), 2, "usage", "given twice"),
        (("diff", "A", "no-such"), 3, "data-missing", "no-such"),
        (("diff", "A", "P"), 2, "usage", "ollama"),
        (("diff", "A", "B", "--as-of", FIRST_DAY), 2, "usage", "--as-of"),
        (("diff", "A", "B", "--top", "0"), 2, "usage", "0"),
        (("list", "A"), 2, "usage", "list takes no vintage"),
        (("--top", "3"), 2, "usage", "--top"),
        (("list", "--change", "gated"), 2, "usage", "--change"),
        (("burn",), 2, "usage", "burn"),
    ],
)
def test_what_cannot_be_compared_says_why(command, hub_store, arguments, status, kind, word):
    rows = command("vintages", "--store", hub_store, "--json").document["rows"]
    hub, pulls = ([row["id"] for row in rows if row["hub"] == name] for name in ("huggingface", "ollama"))
    named = {"A": hub[0], "B": hub[1], "P": pulls[0]}
    ran = command("vintages", *(named.get(word, word) for word in arguments), "--store", hub_store, "--json")
    assert (ran.status, ran.document["error"]["kind"]) == (status, kind)
    assert word in ran.document["error"]["message"]
    assert ran.document["error"]["hint"]


def test_a_store_that_is_not_there_has_no_vintage_to_compare(command, no_store):
    ran = command("vintages", "diff", "a", "b", "--store", no_store, "--json")
    assert (ran.status, ran.document["error"]["kind"]) == (3, "data-missing")
    assert not no_store.exists()
