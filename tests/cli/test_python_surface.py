"""`weighbridge.open()`: the same answers as the command's, as rows, as Arrow, as HTML and as a citation."""

from __future__ import annotations

import pyarrow as pa
import pytest

import weighbridge
from weighbridge.errors import DataMissing, UsageError, WeighbridgeError
from weighbridge.measures import measures
from weighbridge.measures.questions import names_of_options

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


ASKED = {
    "share": {"top": 2},
    "top": {"of": "families", "top": 2},
    "concentration": {"of": "countries"},
    "influence": {"groups": "CN,US", "top": 3},
    "compare": {"groups": ["CN", "US"]},
    "matrix": {"groups": ["CN", "US"]},
    "crossover": {"hub": "ollama", "groups": "CN,US", "stays": 1},
    "stability": {"of": "difference", "groups": "CN,US", "resamples": 150, "seed": 4},
    "revisions": {"groups": "CN", "at": "2024-07-11"},
    "new-models": {"by": "country", "relation": "any", "top": 3},
    "derivatives": {"by": "namespace", "top": 3},
    "openness": {"by": "country"},
    "licence-drift": {"by": "pair", "top": 3},
    "cadence": {"least": 2, "trailing": "100w"},
    "reach": {"below": 10, "k": 5, "part": "90"},
    "outlier-curve": {"groups": "US"},
    "size": {"by": "country", "show": "classes", "top": 3},
    "usage": {"by": "family", "top": 3},
}
every_measure = pytest.mark.parametrize("measure", measures())


def answered(held, measure):
    method = getattr(held, measure, None)
    return method(**ASKED[measure]) if method else held.ask(measure, **ASKED[measure])


@every_measure
def test_each_measure_takes_its_own_options_and_the_questions_by_name(command, held, hub_store, measure):
    given = [f"--{name}={','.join(value) if isinstance(value, list) else value}"
             for name, value in ASKED[measure].items() if (measure, name) != ("top", "of")]  # fmt: skip
    ours = answered(held, measure).to_dict()
    argument = ("families",) if measure == "top" else ()
    theirs = command(measure, *argument, *given, "--store", hub_store, "--json").document
    del ours["as_of"], theirs["as_of"]
    assert ours == theirs


@every_measure
def test_rows_are_the_same_as_rows_as_document_as_arrow_and_as_html(held, measure):
    answer = answered(held, measure)
    rows = answer.to_dict()["rows"]
    assert rows
    assert [row.to_dict() for row in answer.rows] == rows
    assert all(
        row[name] == value for row, fields in zip(answer.rows, rows, strict=True) for name, value in fields.items()
    )
    assert pa.table(answer).num_rows == len(rows)
    assert pa.table(answer).column_names == list(rows[0])
    assert answer._repr_html_().count("<tr>") == len(rows) + 1


def test_fields_of_a_measures_own_rows_are_attributes_too(held):
    row = held.influence(**ASKED["influence"]).rows[0]
    assert row.moves == row["moves"]
    with pytest.raises(AttributeError, match="it has: what, name"):
        row.colour  # noqa: B018


def test_no_option_of_a_measure_has_the_name_of_one_of_the_question():
    own = {option.name for measure in measures().values() for option in measure.options}
    assert not own & set(names_of_options())


@pytest.mark.parametrize("ask", ["share", "stability", "matrix", "question", "explain"])
def test_an_option_that_is_not_one_is_refused_with_those_that_are(held, ask):
    with pytest.raises(UsageError, match="no option colour") as raised:
        getattr(held, ask)(*(("google/alpha-7b",) if ask == "explain" else ()), colour="red")
    assert "max_age" in raised.value.hint
    assert ("by" in raised.value.hint.split(": ")[1].split(", ")) is (ask not in ("question", "explain"))


BAD = [
    ("matrix", {"groups": 5}),
    ("influence", {"groups": {"CN": 1}}),
    ("influence", {"groups": b"CN,US"}),
    ("influence", {"top": True}),
    ("influence", {"top": 10**12}),
    ("influence", {"top": 2.0}),
    ("stability", {"resamples": 99}),
    ("stability", {"resamples": 20_001}),
    ("stability", {"seed": 2**32}),
    ("stability", {"of": "crossover", "stays": 1_001}),
    ("crossover", {"hub": "ollama", "stays": 1_001}),
    ("quality", {"top": -1}),
    ("quality", {"top": 0}),
    ("quality", {"vintage": ""}),
    ("quality", {"hub": ""}),
    ("share", {"vintage": ""}),
    ("share", {"register": ""}),
]


@pytest.mark.parametrize(("measure", "options"), BAD, ids=str)
def test_values_out_of_range_are_wrong_usage(held, measure, options):
    with pytest.raises(UsageError) as raised:
        getattr(held, measure)(**options)
    assert raised.value.hint


def test_differences_are_cut_at_a_number_of_rows(held):
    first, second = [v.id for v in held.backing.store.vintages(hub="huggingface")][:2]
    assert len(held.differences(first, second, top=2)["rows"]) <= 2
    with pytest.raises(UsageError, match="top -1"):
        held.differences(first, second, top=-1)


def test_only_the_documented_names_are_exported():
    assert set(weighbridge.__all__) == {"__version__", "open"}
