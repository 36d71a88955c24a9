"""`doctor`, `lineage`, `explain` and `register check`."""

from __future__ import annotations

import json
import shutil

import pytest

from weighbridge.register import files

UNKNOWN_NAMES = ("no/such-model", "../../etc/passwd", "x/<script>alert(1)</script>", "", "a" * 5000, "\x1b[31mred\n")


def copied(store, tmp_path):
    return shutil.copytree(store, tmp_path / "copy")


# doctor


def test_doctor_says_what_a_store_can_answer(command, hub_store):
    ran = command("doctor", "--store", hub_store, "--json")
    assert ran.status == 0
    rows = {(row["hub"], row["population"]): row for row in ran.document["rows"]}
    assert set(rows) == {("huggingface", "census"), ("huggingface", "selection"), ("ollama", "census")}
    census = rows["huggingface", "census"]
    assert census["at"] == ["2024-07-11", "2024-08-10"]
    assert census["newest"] == "2024-08-10"
    assert census["stale"] is True
    assert rows["ollama", "census"]["flows"] == ["2026-04-01", "2026-06-30"]
    assert rows["huggingface", "selection"]["ask_with"].startswith("--vintage hub-dump-")


def test_doctor_of_the_sample_says_that_it_is_the_sample(command, no_store, sample_note):
    ran = command("doctor", "--store", no_store, "--json")
    assert ran.status == 0
    assert {row["hub"] for row in ran.document["rows"]} == {"huggingface", "ollama"}
    assert any(note.startswith(sample_note) for note in ran.document["notes"])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


DAMAGES = {
    "cut off": lambda folder: (folder / "counters.parquet").write_bytes(b"PAR1"),
    "one byte changed": lambda folder: flip(folder / "counters.parquet"),
    "file lost": lambda folder: (folder / "models.parquet").unlink(),
    "no datapackage": lambda folder: (folder / "datapackage.json").unlink(),
    "datapackage cut off": lambda folder: (folder / "datapackage.json").write_text('{"weighbridge": '),
    "datapackage of another kind": lambda folder: (folder / "datapackage.json").write_text("[1]"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_store_is_status_5(command, hub_store, tmp_path, kind):
    store = copied(hub_store, tmp_path)
    DAMAGES[kind](sorted((store / "vintages").iterdir())[0])
    ran = command("doctor", "--store", store, "--json")
    assert ran.status == 5
    assert ran.document["error"]["kind"] == "store-damaged"
    assert str(store) in ran.document["error"]["message"]
    assert ran.document["error"]["hint"]
    text = command("doctor", "--store", store)
    assert (text.status, text.out) == (5, "")


def test_a_quick_look_reads_no_table_and_says_that_it_compared_no_digest(command, hub_store, tmp_path):
    store = copied(hub_store, tmp_path)
    DAMAGES["one byte changed"](sorted((store / "vintages").iterdir())[0])
    ran = command("doctor", "--quick", "--store", store, "--json")
    assert ran.status == 0
    assert ran.document["digests"] is False
    assert ran.document["rows"] == command("doctor", "--quick", "--store", hub_store, "--json").document["rows"]
    assert "no digest was compared" in command("doctor", "--quick", "--store", store).out
    assert command("doctor", "--store", hub_store, "--json").document["digests"] is True


@pytest.mark.parametrize("kind", [kind for kind in DAMAGES if kind != "one byte changed"])
@pytest.mark.parametrize(
    "arguments", [("doctor", "--quick"), ("share",), ("vintages", "list"), ("lineage", "Qwen/Qwen2-7B")]
)
def test_damage_that_shows_at_once_stops_every_question(command, hub_store, tmp_path, kind, arguments):
    store = copied(hub_store, tmp_path)
    DAMAGES[kind](sorted((store / "vintages").iterdir())[0])
    assert command(*arguments, "--store", store, "--json").status == 5


@pytest.mark.parametrize("mark", ["not json", '{"format": 99}'])
def test_a_store_of_another_format_is_status_5(command, hub_store, tmp_path, mark):
    store = copied(hub_store, tmp_path)
    (store / "store.json").write_text(mark)
    assert command("share", "--store", store, "--json").status == 5


def test_ready_files_may_be_deleted_at_any_time(command, hub_store, tmp_path):
    store = copied(hub_store, tmp_path)
    asked = ("share", "--by", "family", "--as-of", "2026-08-01", "--store", store, "--json")
    before = command(*asked)
    shutil.rmtree(store / "ready")
    assert command(*asked) == before


@pytest.mark.parametrize("name", ["frame.json", "models.arrow"])
def test_ready_files_that_were_cut_off_are_made_again(command, hub_store, tmp_path, name):
    store = copied(hub_store, tmp_path)
    asked = ("share", "--by", "family", "--as-of", "2026-08-01", "--store", store, "--json")
    before = command(*asked)
    for path in (store / "ready").glob(f"*/{name}"):
        path.write_bytes(path.read_bytes()[:10])
    assert command(*asked) == before


def test_a_stray_file_is_no_vintage(command, hub_store, tmp_path):
    store = copied(hub_store, tmp_path)
    (store / "vintages" / ".DS_Store").write_bytes(b"\0")
    assert command("share", "--store", store).status == 0


# lineage


def test_lineage_names_parents_roots_and_children(command, hub_store):
    document = command("lineage", "Qwen/Qwen2-7B-GGUF", "--store", hub_store, "--json").document
    assert document["model"] == "Qwen/Qwen2-7B-GGUF"
    assert document["parents"] == ["Qwen/Qwen2-7B"]
    assert document["roots"] == [{"model": "Qwen/Qwen2-7B", "weight": 1.0}]
    assert document["children"] == []
    assert document["relation"] == {"name": "quantized", "inferred": True}
    parent = command("lineage", "Qwen/Qwen2-7B", "--store", hub_store, "--json").document
    assert parent["children"] == ["Qwen/Qwen2-7B-GGUF"]
    assert parent["parents"] == []
    assert parent["roots"] == [{"model": "Qwen/Qwen2-7B", "weight": 1.0}]


def test_a_merge_has_the_roots_of_its_parents_in_parts(command, no_store, csv_file, tmp_path):
    rows = [{"id": name, "downloads": 3, "base_model": base} for name, base in (
        ("a/one", ""), ("b/two", ""), ("c/mixed", json.dumps(["a/one", "b/two"])), ("d/child", "c/mixed"),
    )]  # fmt: skip
    path = csv_file(tmp_path / "merge.csv", rows)
    assert command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", no_store).status == 0
    document = command("lineage", "d/child", "--store", no_store, "--json").document
    assert {root["model"]: root["weight"] for root in document["roots"]} == {"a/one": 0.5, "b/two": 0.5}
    text = command("lineage", "d/child", "--store", no_store).out
    assert text.splitlines()[0] == "d/child"
    assert "└─ c/mixed" in text


def test_letter_case_does_not_hide_a_model(command, hub_store):
    assert command("lineage", "qwen/QWEN2-7b", "--store", hub_store, "--json").document["model"] == "Qwen/Qwen2-7B"


@pytest.mark.parametrize("name", UNKNOWN_NAMES)
@pytest.mark.parametrize("which", ["lineage", "explain"])
def test_an_unknown_model_is_missing_data(command, hub_store, which, name):
    ran = command(which, "--store", hub_store, "--json", "--", name)
    assert ran.status == 3
    assert ran.document["error"]["kind"] == "data-missing"
    text = command(which, "--store", hub_store, "--", name)
    assert "\x1b" not in text.err + text.out
    assert len(text.err.splitlines()) == 2


@pytest.mark.parametrize("which", ["lineage", "explain"])
def test_an_unknown_model_gets_similar_names(command, hub_store, which):
    hint = command(which, "somebody/qwen2", "--store", hub_store, "--json").document["error"]["hint"]
    assert "Qwen/Qwen2-7B" in hint


def test_the_sample_holds_no_lineage_and_says_what_does(command, no_store):
    ran = command("lineage", "google-bert/bert-base-uncased", "--store", no_store, "--json")
    assert ran.status == 3
    assert "store" in ran.document["error"]["hint"]


# explain


def test_explain_says_for_whom_a_model_counts_and_why(command, hub_store):
    document = command("explain", "Qwen/Qwen2-7B-GGUF", "--store", hub_store, "--json").document
    assert document["downloads"] == 1400
    assert document["counts"] is True
    assert document["parents"] == ["Qwen/Qwen2-7B"]
    assert document["labels"]["quantised"] == "yes"
    credit = document["credited"]
    assert len(credit) == 1
    assert (credit[0]["holder"], credit[0]["organisation"], credit[0]["country"]) == ("Qwen", "Alibaba", "CN")
    assert credit[0]["family"] == "Qwen"
    assert credit[0]["grade"] in ("stated", "inferred", "recalled")
    assert credit[0]["evidence"]


def test_explain_says_why_a_model_is_left_out(command, hub_store):
    document = command("explain", "nobody-looked-here/eta", "--store", hub_store, "--json").document
    assert document["counts"] is False
    assert any("material-outlier" in reason for reason in document["because"])
    old = command("explain", "google/alpha-7b", "--max-age", "365", "--store", hub_store, "--json").document
    assert any("older than 365 days" in reason for reason in old["because"])
    unknown = command("explain", "nobody-looked-here/zeta", "--max-age", "365", "--store", hub_store, "--json").document
    assert any("not known" in reason for reason in unknown["because"])


def test_explain_follows_the_attribution(command, hub_store):
    asked = ("explain", "nobody-looked-here/zeta", "--store", hub_store, "--json")
    assert command(*asked).document["credited"][0]["organisation"] == "unregistered"
    assert command(*asked, "--attribution", "base").document["credited"][0]["organisation"] == "Google"


def test_the_text_of_explain_tells_what_the_document_tells(command, hub_store):
    text = command("explain", "Qwen/Qwen2-7B", "--store", hub_store).out
    for word in ("Qwen/Qwen2-7B", "Alibaba", "CN", "house v"):
        assert word in text


# register check


@pytest.fixture
def corrections(csv_file, tmp_path):
    def write(*rows):
        heads = ("namespace", "organisation", "country", "grade", "evidence", "evidence_date")
        full = [dict.fromkeys(heads, "") | {"grade": "recalled"} | row for row in rows]
        return csv_file(tmp_path / "mine.csv", full)

    return write


def test_good_corrections_are_status_0_and_say_what_they_change(command, hub_store, corrections):
    organisation = next(row["organisation"] for row in files.rows("organisations") if row["country"] == "FR")
    path = corrections(
        {"namespace": "nobody-looked-here", "organisation": organisation},
        {"namespace": "google", "organisation": organisation},
    )
    ran = command("register", "check", path, "--store", hub_store, "--json")
    assert ran.status == 0, ran.out
    document = ran.document
    assert document["faults"] == 0
    assert [row["status"] for row in document["rows"]] == ["new", "changes"]
    assert document["rows"][1]["house"].startswith("Google, ")
    assert document["rows"][1]["yours"].startswith(organisation)
    assert document["rows"][0]["downloads"] == 2 * (333 + 3000)


def test_faulty_corrections_are_status_1_and_named(command, hub_store, corrections):
    path = corrections(
        {"namespace": "google", "organisation": "No Such Organisation Anywhere"},
        {"namespace": "Qwen", "organisation": "Alibaba", "grade": "guessed"},
        {"namespace": "mistralai", "organisation": "Mistral AI"},
    )
    ran = command("register", "check", path, "--store", hub_store, "--json")
    assert ran.status == 1, ran.out
    assert ran.document["faults"] == 2
    assert [row["status"] for row in ran.document["rows"]] == ["fault", "fault", "same"]
    assert "No Such Organisation Anywhere" in ran.document["rows"][0]["reason"]
    assert "guessed" in ran.document["rows"][1]["reason"]
    text = command("register", "check", path, "--store", hub_store)
    assert text.status == 1
    assert "2 rows with faults of 3" in text.out


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"", b"\xff\xfe\x00namespace"])
def test_a_file_that_is_no_table_of_corrections_is_wrong_usage(command, hub_store, tmp_path, content):
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    ran = command("register", "check", path, "--store", hub_store, "--json")
    assert ran.status == 2
    assert "mine.csv" in ran.document["error"]["message"]


def test_corrections_change_the_share(command, hub_store, corrections):
    organisation = next(row["organisation"] for row in files.rows("organisations") if row["country"] == "FR")
    path = corrections({"namespace": "Qwen", "organisation": organisation})
    asked = ("share", "--store", hub_store, "--json")
    before, after = command(*asked).document, command(*asked, "--register", path).document
    shares = [{row["group"]: row["downloads"] for row in document["rows"]} for document in (before, after)]
    assert "CN" not in shares[1]
    assert shares[1]["FR"] == shares[0]["FR"] + shares[0]["CN"]
    assert after["definition"]["register"] == "house + mine.csv"
    assert "register" in after["definition"]["changed"]


def test_faulty_corrections_do_not_answer(command, hub_store, corrections):
    path = corrections({"namespace": "Qwen", "organisation": "Alibaba", "grade": "guessed"})
    ran = command("share", "--register", path, "--store", hub_store, "--json")
    assert ran.status == 2
    assert "register check" in ran.document["error"]["hint"]
