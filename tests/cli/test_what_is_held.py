"""Which data answers: the store, the sample only where there is no store, a cube file, and never something else."""

from __future__ import annotations

import pytest

from weighbridge.cubes.cubefile import sample_path
from weighbridge.surfaces.cli import commands

WRITES = {"report"}  # to a file, with tests of its own
ASKING = sorted(
    name
    for name in commands.names()
    if name not in WRITES and any("--definition" in parameter.opts for parameter in commands.load(name).params)  # type: ignore[union-attr]
)
MODEL = "google-bert/bert-base-uncased"
ARGUMENTS = {
    "explain": (MODEL,), "top": ("organisations",), "concentration": ("--of", "countries"),
    "crossover": ("--hub", "ollama"),
}  # fmt: skip
NEEDS_MODELS = {
    "reach",
    "new-models",
    "derivatives",
    "cadence",
    "size",
    "openness",
    "licence-drift",
}  # of single repositories, which the sample sums
SILENT = {"explain": "says nowhere that the sample answers", "outlier-curve": "says it in the document only"}


@pytest.mark.parametrize("kind", ["missing", "empty folder", "no vintage"])
def test_the_sample_answers_where_nothing_is_held_and_says_so(command, no_store, kind, sample_note, tmp_path):
    if kind == "empty folder":
        no_store.mkdir()
    if kind == "no vintage":
        bad = tmp_path / "bad.csv"
        bad.write_text("a,b\n1,2\n")
        assert command("ingest", "hub-dump", bad, "--at", "2024-07-11", "--store", no_store).status == 4
    ran = command("share", "--store", no_store, "--json")
    assert ran.status == 0
    assert ran.err.startswith(sample_note)
    assert any(note.startswith(sample_note) for note in ran.document["notes"])
    assert ran.document["hub"] == "huggingface"


@pytest.mark.parametrize("name", [name for name in ASKING if name not in NEEDS_MODELS])
def test_every_answer_of_the_sample_says_so_on_both_ways(command, no_store, name, sample_note):
    ran = command(name, *ARGUMENTS.get(name, ()), "--store", no_store, "--json")
    assert ran.status == 0, ran.out
    assert sample_note in ran.err
    assert any(note.startswith(sample_note) for note in ran.document["notes"])


def test_asking_the_sample_as_a_file_is_no_surprise_and_gets_no_note(command, sample_note):
    ran = command("share", "--store", sample_path(), "--json")
    assert ran.status == 0
    assert ran.err == ""
    assert not any(note.startswith(sample_note) for note in ran.document["notes"])


def test_a_store_never_answers_from_the_sample(command, hub_store, sample_note):
    ran = command("share", "--store", hub_store, "--json")
    assert ran.err == ""
    assert sample_note not in ran.out


@pytest.mark.parametrize("arguments", [
    ("share", "--hub", "huggingface"), ("share", "--hub", "huggingface", "--over", "month"),
    ("top", "models", "--hub", "huggingface"), ("concentration", "--hub", "huggingface"),
    ("explain", MODEL, "--hub", "huggingface"), ("lineage", MODEL, "--hub", "huggingface"),
])  # fmt: skip
def test_a_store_that_lacks_the_hub_names_what_it_holds(command, pulls_store, arguments, sample_note):
    ran = command(*arguments, "--store", pulls_store, "--json")
    assert ran.status == 3
    assert ran.document["error"]["kind"] == "data-missing"
    assert "huggingface" in ran.document["error"]["message"]
    assert "ollama" in ran.document["error"]["hint"]
    assert sample_note not in ran.err


def test_the_only_hub_held_is_the_default(command, pulls_store):
    assert command("share", "--store", pulls_store, "--json").document["hub"] == "ollama"


@pytest.mark.parametrize(
    ("day", "near"),
    [
        ("2024-07-20", ("2024-07-11", "2024-08-10")),
        ("2024-01-01", ("2024-07-11",)),
        ("2026-01-01", ("2024-08-10",)),
    ],
)
def test_a_day_that_was_not_observed_names_the_nearest_days(command, hub_store, day, near):
    ran = command("share", "--at", day, "--store", hub_store, "--json")
    assert ran.status == 3
    assert all(other in ran.document["error"]["hint"] for other in near)
    assert day in ran.document["error"]["message"]


def test_a_span_outside_what_was_observed_names_the_days_that_were(command, hub_store):
    ran = command(
        "share", "--hub", "ollama", "--from", "2020-01-01", "--to", "2021-01-01", "--store", hub_store, "--json"
    )
    assert ran.status == 3
    assert "2026-04-01" in ran.document["error"]["hint"]
    assert "2026-06-30" in ran.document["error"]["hint"]


@pytest.mark.parametrize("arguments", [("--at", "2024-07-01"), ("--over", "month"), ("--trailing", "52w")])
def test_a_window_that_the_sample_lacks_is_missing_data(command, no_store, arguments):
    ran = command("share", *arguments, "--store", no_store, "--json")
    assert ran.status == 3
    assert ran.document["error"]["kind"] == "data-missing"


def test_an_attribution_that_a_cube_lacks_is_named(command, no_store):
    error = command("share", "--attribution", "base-inferred", "--store", no_store, "--json").document["error"]
    assert "base-inferred" in error["message"]
    assert "store" in error["hint"]


def test_no_model_of_the_sample_is_called_not_named(command, no_store):
    rows = command("top", "models", "--top", "3", "--store", no_store, "--json").document["rows"]
    assert all("/" in row["group"] for row in rows[:-1])
    assert rows[-1]["group"] == "(other)"


def test_what_is_newest_answers_unless_a_window_is_asked(command, hub_store):
    newest = command("share", "--store", hub_store, "--json").document
    assert newest["window"]["to"] == "2024-08-10"
    first = command("share", "--at", "2024-07-11", "--store", hub_store, "--json").document
    assert newest["total"] == 2 * first["total"]
    assert newest["vintages"] != first["vintages"]


def test_only_what_was_known_then_answers(command, hub_store):
    document = command("share", "--as-of", "2024-07-12", "--store", hub_store, "--json").document
    assert document["window"]["to"] == "2024-07-11"
    assert document["as_of"].startswith("2024-07-12T23:59:59")
    late = command("share", "--as-of", "2024-08-11T09:59:59Z", "--store", hub_store, "--json").document
    assert late["window"]["to"] == "2024-07-11"
    assert command("share", "--as-of", "2024-07-11", "--store", hub_store, "--json").status == 3


def test_a_chosen_set_answers_only_when_it_is_named(command, hub_store):
    rows = command("vintages", "--store", hub_store, "--json").document["rows"]
    chosen = next(row["id"] for row in rows if row["population"] == "selection")
    assert chosen not in command("share", "--store", hub_store, "--json").document["vintages"]
    document = command("share", "--vintage", chosen, "--store", hub_store, "--json").document
    assert document["population"] == "selection"
    assert document["vintages"] == [chosen]
    assert any("chosen set" in note for note in document["notes"])


def test_a_store_of_chosen_sets_alone_has_no_share_of_the_hub(command, hub_file, no_store, sample_note):
    ran = command("ingest", "hub-dump", hub_file, "--at", "2024-07-11", "--selection", "--store", no_store, "--json")
    vintage = ran.document["vintage"]
    ran = command("share", "--store", no_store, "--json")
    assert ran.status == 3
    assert vintage in ran.document["error"]["hint"]
    assert sample_note not in ran.err


@pytest.mark.parametrize("arguments", [
    (), ("--definition", "raw"), ("--definition", "young-models"), ("--definition", "base-credit"),
    ("--by", "organisation"), ("--by", "family", "--attribution", "base"), ("--by", "task"), ("--by", "licence"),
    ("--by", "size"), ("--by", "quantised", "--scope", "language"), ("--evidence", "stated"),
    ("--hub", "ollama", "--over", "month"), ("--hub", "ollama", "--over", "week", "--by", "family"),
])  # fmt: skip
def test_an_exported_cube_answers_as_its_store(command, hub_store, exported, arguments):
    from_store = command("share", *arguments, "--store", hub_store, "--json").document
    from_file = command("share", *arguments, "--store", exported, "--json").document
    assert from_file["rows"]
    del from_store["as_of"], from_file["as_of"]
    assert from_file == from_store


def test_an_exported_cube_names_the_roots_of_a_republishing_hub(command, hub_store, exported):
    asked = ("share", "--hub", "ollama", "--by", "model", "--attribution", "base", "--json")
    from_store, from_file = (command(*asked, "--store", held).document["rows"] for held in (hub_store, exported))
    assert from_file == from_store


@pytest.fixture(scope="module")
def exported(command, hub_store, tmp_path_factory):
    path = tmp_path_factory.mktemp("cube") / "held.cube"
    ran = command("export-cube", path, "--store", hub_store, "--json")
    assert ran.status == 0, ran.out
    document = ran.document
    assert document["bytes"] == path.stat().st_size
    assert len(document["sha256"]) == 64
    return path


def test_a_cube_file_can_neither_take_data_in_nor_be_exported_again(command, exported, hub_file, tmp_path):
    ran = command("ingest", "hub-dump", hub_file, "--at", "2024-07-11", "--store", exported, "--json")
    assert ran.status == 2
    assert command("export-cube", tmp_path / "again.cube", "--store", exported, "--json").status == 2


def test_an_empty_store_exports_no_cube(command, no_store, tmp_path):
    ran = command("export-cube", tmp_path / "none.cube", "--store", no_store, "--json")
    assert ran.status == 3
    assert list(tmp_path.glob("*.cube*")) == []


def test_a_file_that_is_no_cube_is_wrong_usage(command, tmp_path):
    (tmp_path / "letter.cube").write_text("dear reader")
    ran = command("share", "--store", tmp_path / "letter.cube", "--json")
    assert ran.status == 2
    assert "letter.cube" in ran.document["error"]["message"]


def test_a_cube_file_that_was_changed_is_damage(command, exported, tmp_path):
    bad = tmp_path / "bad.cube"
    content = bytearray(exported.read_bytes())
    content[-len(content) // 3] ^= 0xFF
    start = content.index(b"huggingface-newest-uploader-cells.parquet") + 200
    content[start] ^= 0xFF
    bad.write_bytes(content)
    ran = command("share", "--store", bad, "--json")
    assert ran.status == 5
    assert ran.document["error"]["kind"] == "store-damaged"


def test_asking_writes_nothing_where_no_store_is(command, no_store):
    for arguments in (("share",), ("doctor",), ("vintages",), ("explain", MODEL)):
        assert command(*arguments, "--store", no_store).status == 0
    assert not no_store.exists()


def test_a_cube_does_not_drop_a_cut_period_in_silence(command, exported):
    span = ("--from", "2026-04-01", "--to", "2026-05-15")
    ran = command("share", "--hub", "ollama", "--over", "month", *span, "--store", exported, "--json")
    assert ran.status == 3 or ran.document["window"]["to"] == "2026-05-15" or "2026-05" in str(ran.document["notes"])


def test_a_period_that_the_span_cuts_is_not_complete(command, hub_store):
    span = ("--from", "2026-04-10", "--to", "2026-05-15")
    document = command("share", "--hub", "ollama", "--over", "month", *span, "--store", hub_store, "--json").document
    assert [period["complete"] for period in document["periods"]] == [False, False]
