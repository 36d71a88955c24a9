"""`weighbridge.open()`: the same answers as the command's, as rows, as Arrow, as HTML and as a citation."""

from __future__ import annotations

import pyarrow as pa
import pytest

import weighbridge
from weighbridge.errors import DataMissing, UsageError, WeighbridgeError

CASES = [
    ({}, ()),
    ({"by": "organisation", "top": 3}, ("--by", "organisation", "--top", "3")),
    ({"definition": "young-models"}, ("--definition", "young-models")),
    ({"attribution": "base", "clean": "none"}, ("--attribution", "base", "--clean", "none")),
    ({"hub": "ollama", "over": "month", "by": "family"}, ("--hub", "ollama", "--over", "month", "--by", "family")),
    ({"at": "2024-07-11", "max_age": 365}, ("--at", "2024-07-11", "--max-age", "365")),
    (
        {"hub": "ollama", "from_": "2026-04-10", "to": "2026-05-10"},
        ("--hub", "ollama", "--from", "2026-04-10", "--to", "2026-05-10"),
    ),
    ({"hub": "ollama", "trailing": "4w"}, ("--hub", "ollama", "--trailing", "4w")),
    ({"contested": "widest", "evidence": "inferred"}, ("--contested", "widest", "--evidence", "inferred")),
]


@pytest.fixture(scope="module")
def held(hub_store):
    return weighbridge.open(hub_store)


@pytest.mark.parametrize(("options", "arguments"), CASES)
def test_python_and_the_command_give_the_same_document(command, held, hub_store, options, arguments):
    ours = held.share(**options).to_dict()
    theirs = command("share", *arguments, "--store", hub_store, "--json").document
    del ours["as_of"], theirs["as_of"]
    assert ours == theirs


def test_a_path_may_be_text_a_cube_or_the_environment(held, hub_store, monkeypatch, tmp_path, sample_note):
    expected = held.share(as_of="2026-08-01").to_dict()
    assert weighbridge.open(str(hub_store)).share(as_of="2026-08-01").to_dict() == expected
    monkeypatch.setenv("WEIGHBRIDGE_STORE", str(hub_store))
    assert weighbridge.open().share(as_of="2026-08-01").to_dict() == expected
    sample = weighbridge.open(tmp_path / "nothing").share()
    assert any(note.startswith(sample_note) for note in sample.to_dict()["notes"])


def test_rows_have_the_fields_of_the_document(held):
    answer = held.share(by="family")
    document = answer.to_dict()
    assert [row.to_dict() for row in answer.rows] == document["rows"]
    assert answer.definition == document["definition"]
    assert answer.coverage == document["coverage"]
    assert answer.rows[0].value == max(row.value for row in answer.rows)


def test_rows_go_to_arrow_by_its_stream_interface(held):
    answer = held.share(hub="ollama", over="month")
    table = pa.table(answer)
    assert table.column_names == ["group", "value", "lo", "hi", "downloads", "models", "kind", "period"]
    assert table.to_pylist() == [row.to_dict() for row in answer.rows]
    assert table.schema.field("downloads").type == pa.int64()
    assert table.schema.field("value").type == pa.float64()


def test_a_citation_names_definition_window_vintages_and_knowledge(held):
    answer = held.share(by="organisation", definition="young-models", attribution="base")
    text = answer.cite()
    for part in ("share by organisation", "young-models v", "attribution", "2024-07-11", "2024-08-10", answer.as_of):
        assert part in text
    assert all(vintage in text for vintage in answer.vintages)


def test_html_is_a_table_with_a_caption(held):
    page = held.share(by="organisation", top=2)._repr_html_()
    assert page.startswith("<table>")
    assert page.count("<tr>") == 4
    assert "house v" in page


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"by": "postcode"}, UsageError),
        ({"definition": "no-such-definition"}, UsageError),
        ({"at": "yesterday"}, UsageError),
        ({"top": 0}, UsageError),
        ({"attribution": "nobody"}, UsageError),
        ({"hub": "no-such-hub"}, DataMissing),
        ({"at": "2024-07-20"}, DataMissing),
    ],
)
def test_errors_are_the_project_s_own_and_say_what_to_do(held, options, error):
    with pytest.raises(error) as raised:
        held.share(**options)
    assert isinstance(raised.value, WeighbridgeError)
    assert raised.value.hint


def test_an_option_that_is_not_one_is_refused(held):
    with pytest.raises(TypeError):
        held.share(colour="red")


def test_only_the_documented_names_are_exported():
    assert set(weighbridge.__all__) == {"__version__", "open"}
