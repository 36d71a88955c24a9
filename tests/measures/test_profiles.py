"""Profiles of models, organisations and families say what the measures say, and why what they cannot."""

from __future__ import annotations

import json

import pytest

import making
from weighbridge.charts.drawing import Drawing
from weighbridge.cubes import roster as rosters
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.definitions.named import definitions
from weighbridge.errors import DataMissing, UsageError
from weighbridge.lineage import descent
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.profiles import family, lineage, model, organisation
from weighbridge.measures.profiles.ground import HEAD
from weighbridge.measures.profiles.steady import HELD_MOST, Steady, steady
from weighbridge.quality.ledger import ledger

SMALL = {"created_at": "2024-03-01", "pipeline_tag": "text-generation", "likes": 3}
LLAMA = "meta-llama/Llama-3-8B"
ROWS = [
    SMALL | row
    for row in (
        {"id": LLAMA, "downloads": 400, "license": "llama3", "parameters": 8_000_000_000, "gated": "true"},
        {"id": "meta-llama/Llama-3-70B", "downloads": 200, "license": "llama3"},
        {"id": "google/gemma-2b", "downloads": 150, "license": "gemma"},
        {"id": "someone/Llama-3-8B-tuned", "downloads": 60, "base_model": LLAMA},
        {"id": "someone/Llama-3-8B-GGUF", "downloads": 50, "base_model": LLAMA, "tags": ["gguf"]},
        {"id": "google/on-llama", "downloads": 40, "base_model": LLAMA},
        {"id": "nobody/merge", "downloads": 30, "base_model": ["someone/Llama-3-8B-tuned", "google/gemma-2b"]},
        {"id": "nobody/unloved", "downloads": 0},
    )
]
SUBJECTS = (
    (model, "meta-llama/Llama-3-8B"), (model, "nobody/merge"), (model, "nobody/unloved"),
    (organisation, "Meta"), (organisation, "Google"), (family, "Llama"), (family, "Gemma"),
)  # fmt: skip
NAMED = {model: "model", organisation: "organisation", family: "family"}


@pytest.fixture
def backing(store, read_hub):
    read_hub(ROWS)
    return StoreBacking(store)


def rows_by(backing, by, question):
    return {row.group: row for row in ask(backing, "share", question, {"by": by}).rows}


@pytest.mark.parametrize(("kind", "name"), SUBJECTS, ids=[name for _, name in SUBJECTS])
def test_a_profile_is_json_and_says_what_stands_beside_every_figure(backing, kind, name):
    told = kind.profile(backing, name, making.asked("house"))
    json.dumps(told, allow_nan=False)
    assert set(HEAD) <= set(told)
    assert (told["subject"], told["name"]) == (NAMED[kind], name)
    answer = ask(backing, "share", making.asked("house"), {"by": "country"}).to_dict()
    for key in ("definition", "window", "vintages", "total", "coverage", "sources"):
        assert told[key] == answer[key]


@pytest.mark.parametrize("definition", definitions())
def test_shares_and_ranks_are_those_of_the_rows(backing, definition):
    question = making.asked(definition)
    for kind, by, names in ((organisation, "organisation", ("Meta", "Google")), (family, "family", ("Llama", "Gemma"))):
        rows = rows_by(backing, by, question)
        for name in names:
            if name not in rows:
                continue
            share = kind.profile(backing, name, question)["share"]
            row = rows[name]
            assert [share[key] for key in ("value", "lo", "hi", "downloads", "models")] == [
                row.value, row.lo, row.hi, row.downloads, row.models,
            ]  # fmt: skip
    for row in ask(backing, "top", question, {"of": "models", "top": 100}).rows:
        share = model.profile(backing, row.group, question)["share"]
        assert [share[key] for key in ("value", "lo", "hi", "downloads")] == [row.value, row.lo, row.hi, row.downloads]


def test_models_rank_as_they_are_listed(backing):
    question = making.asked("raw")
    listed = ask(backing, "top", question, {"of": "models", "top": 100}).rows
    ranks = [model.profile(backing, row.group, question)["share"]["rank"] for row in listed]
    assert ranks == list(range(1, len(listed) + 1))


def test_the_named_definitions_are_the_answers_under_them(backing):
    for kind, by, name in ((organisation, "organisation", "Meta"), (family, "family", "Llama")):
        rows = {row["definition"]: row for row in kind.profile(backing, name, making.asked("house"))["definitions"]}
        assert list(rows) == list(definitions())
        for definition, row in rows.items():
            if row["value"] is None:
                assert row["because"]
                continue
            answer = ask(backing, "share", making.asked(definition), {"by": by})
            expected = next(r for r in answer.rows if r.group == name)
            assert (row["value"], row["lo"], row["hi"]) == (expected.value, expected.lo, expected.hi)
            assert row["total"] == answer.total


def test_a_model_knows_its_line(backing):
    told = model.profile(backing, "meta-llama/Llama-3-8B", making.asked("raw"))
    assert told["children"]["models"] == 3
    assert told["children"]["downloads"] == 150
    children = [(row["model"], row["downloads"]) for row in told["children"]["rows"]]
    assert children == [("someone/Llama-3-8B-tuned", 60), ("someone/Llama-3-8B-GGUF", 50), ("google/on-llama", 40)]
    assert told["derivatives"]["models"] == 4
    assert told["derivatives"]["downloads"] == 150 + 15
    assert (told["parameters"], told["gated"]) == (8_000_000_000, True)
    merge = model.profile(backing, "nobody/merge", making.asked("raw"))
    assert {row["model"]: row["weight"] for row in merge["roots"]} == {
        "meta-llama/Llama-3-8B": 0.5, "google/gemma-2b": 0.5,
    }  # fmt: skip
    assert [(row["depth"], row["model"]) for row in merge["ancestors"]] == [
        (1, "google/gemma-2b"), (1, "someone/Llama-3-8B-tuned"), (2, "meta-llama/Llama-3-8B"),
    ]  # fmt: skip


def test_descendants_are_those_of_the_measure(backing):
    for kind, by, name in ((organisation, "organisation", "Meta"), (family, "family", "Llama"),
                           (model, "model", "meta-llama/Llama-3-8B")):  # fmt: skip
        question = making.asked("house")
        row = ask(backing, "derivatives", question, {"by": by, "of": name}).rows[0].to_dict()
        told = kind.profile(backing, name, question)["derivatives"]
        assert told == {key: value for key, value in row.items() if key != "period"}


@pytest.mark.parametrize("attribution", ["uploader", "base"])
def test_parts_of_a_subject_add_up_to_it(backing, attribution):
    question = making.asked("raw", attribution=attribution)
    for kind, name in ((organisation, "Meta"), (organisation, "Google"), (family, "Llama")):
        told = kind.profile(backing, name, question)
        whole = told["share"]["downloads"]
        for rows in (told["models"]["rows"], *told["by"].values()):
            assert sum(row["downloads"] for row in rows) == whole
            assert sum(row["part"] for row in rows) == pytest.approx(1)
            assert sum(row["value"] for row in rows) == pytest.approx(told["share"]["value"])


def test_who_publishes_a_family_does_not_hang_on_who_gets_the_credit(backing):
    for attribution in ("uploader", "base"):
        told = family.profile(backing, "Llama", making.asked("raw", attribution=attribution))
        weights = {row["group"]: row["downloads"] for row in told["uploaders"]["organisation"]}
        assert weights["Meta"] == 600
        assert weights["Google"] == 40
    assert [row["model"] for row in told["roots"]["rows"]] == ["meta-llama/Llama-3-8B", "meta-llama/Llama-3-70B"]
    assert told["developer"] == "Meta"


def test_an_organisation_names_its_accounts_and_evidence(backing):
    told = organisation.profile(backing, "meta", making.asked("raw"))
    assert told["name"] == "Meta"
    assert [row["group"] for row in told["accounts"]] == ["meta-llama"]
    assert (told["type"], told["country"]) == ("company", "US")
    assert told["evidence"]


def test_a_model_that_nobody_downloaded_has_a_profile_without_a_share(backing):
    told = model.profile(backing, "nobody/unloved", making.asked("house"))
    assert told["share"] is None
    assert told["downloads"] == 0
    assert told["credited"][0]["organisation"] == "unregistered"


def test_one_reading_is_no_series_and_says_so(backing):
    for kind, name in ((model, "google/gemma-2b"), (organisation, "Meta"), (family, "Llama")):
        told = kind.profile(backing, name, making.asked("raw"))
        assert told["series"] is told["periods"] is told["beside_series"] is None
        assert "one period" in told["missing"]["series"]


def test_readings_of_several_months_are_the_series_of_the_share(store, read_hub):
    for at, more in (("2024-01-31", 0), ("2024-03-01", 100), ("2024-03-31", 300)):
        read_hub([row | {"downloads": row["downloads"] + more} for row in ROWS], at=at)
    backing = StoreBacking(store)
    series = ask(backing, "share", making.asked("raw", over="month"), {"by": "organisation"}).rows
    told = organisation.profile(backing, "Meta", making.asked("raw"))["series"]
    assert told == [row.to_dict() for row in series if row.group == "Meta"]
    assert len(told) >= 2
    models = ask(backing, "share", making.asked("raw", over="month"), {"by": "model"}).rows
    name = "google/gemma-2b"
    found = model.profile(backing, name, making.asked("raw"))["series"]
    assert found == [row.to_dict() for row in models if row.group == name]


@pytest.mark.parametrize(("kind", "name"), [(model, "google/gemma-2b"), (organisation, "Meta"), (family, "Llama")])
def test_a_series_says_periods_window_and_vintages_as_its_answer_does(store, read_hub, kind, name):
    for at in ("2024-01-31", "2024-03-01", "2024-03-31"):
        read_hub(ROWS, at=at)
    plain = StoreBacking(store)
    answer = ask(plain, "share", making.asked("raw", over="month"), {"by": NAMED[kind]}).to_dict()
    for backing in (plain, steady(plain)):
        for _ in range(2):
            told = kind.profile(backing, name, making.asked("raw"))
            assert told["periods"] == answer["periods"]
            assert {row["period"] for row in told["series"]} == {period["period"] for period in told["periods"]}
            for key in ("window", "vintages", "coverage", "sources"):
                assert told["beside_series"][key] == answer[key]
    assert told["beside_series"]["window"] != told["window"]


def test_a_second_subject_follows_lines_that_are_in_order_already(monkeypatch, backing):
    ordered = []
    monkeypatch.setattr(rosters, "ordered", lambda *graph: ordered.append(1) or descent.ordered(*graph))
    kept = steady(backing)
    for kind, name in SUBJECTS:
        if name != "nobody/unloved":
            kind.profile(kept, name, making.asked("raw"))
    assert len(ordered) == 1


def test_the_share_on_another_hub_is_that_of_its_profile_there():
    cube = CubeFile(sample_path())
    for kind, name in ((organisation, "Meta"), (family, "Llama")):
        here, there = (kind.profile(cube, name, making.asked("house", hub=hub)) for hub in ("huggingface", "ollama"))
        assert [(one["hub"], one["unit"], one["share"]) for one in here["elsewhere"]] == [
            ("ollama", "pulls", there["share"])
        ]
        assert there["elsewhere"][0]["share"] == here["share"]


@pytest.mark.parametrize(("kind", "wrong", "similar"), [
    (organisation, "Gogle", "Google"), (family, "Lama", "Llama"), (model, "google/gema-2b", "google/gemma-2b"),
])  # fmt: skip
def test_a_wrong_name_is_answered_with_similar_ones(backing, kind, wrong, similar):
    with pytest.raises(DataMissing) as caught:
        kind.profile(backing, wrong, making.asked("raw"))
    assert similar in caught.value.hint


@pytest.mark.parametrize(("kind", "name"), [(organisation, "unregistered"), (organisation, "(individuals)"),
                                            (family, "(none)")])  # fmt: skip
def test_groups_that_stand_for_many_have_no_profile(backing, kind, name):
    with pytest.raises(DataMissing, match="stands for"):
        kind.profile(backing, name, making.asked("raw"))


def test_a_period_that_there_is_not_is_refused(backing):
    with pytest.raises(UsageError):
        model.profile(backing, "google/gemma-2b", making.asked("raw", over="decade"))


def test_a_cube_file_is_as_of_what_it_was_made_from():
    backing = CubeFile(sample_path())
    told = organisation.profile(backing, "Meta", making.asked("house", hub="huggingface"))
    assert told["as_of"] == ask(backing, "share", making.asked("house", hub="huggingface"), {}).as_of


def test_a_cube_file_tells_what_it_holds_and_why_not_the_rest():
    cube = CubeFile(sample_path())
    for hub, kind, name in (("huggingface", organisation, "Meta"), ("huggingface", family, "Qwen"),
                            ("huggingface", model, "google-bert/bert-base-uncased"), ("ollama", model, "llama3.1"),
                            ("ollama", organisation, "Meta"), ("ollama", family, "Llama")):  # fmt: skip
        told = kind.profile(cube, name, making.asked("house", hub=hub))
        assert told["share"]["downloads"] > 0
        assert "derivatives" in told["missing"]
        assert (told["share"]["rank"], told["share"]["ranked"]) > (0, 5)


def test_a_steady_store_answers_the_same_and_sees_what_is_read_later(backing, store, read_hub):
    kept = steady(backing)
    assert steady(kept) is kept
    for kind, name in (*SUBJECTS, *SUBJECTS):
        plain, again = (dict(kind.profile(one, name, making.asked("house"))) for one in (backing, kept))
        plain.pop("as_of"), again.pop("as_of")
        assert plain == again
    read_hub([{"id": "google/gemma-2b", "downloads": 999}], at="2024-08-11")
    assert organisation.profile(kept, "Google", making.asked("house"))["share"]["downloads"] == 999


def test_a_steady_store_keeps_few(backing):
    kept = Steady(backing.store)
    for name in definitions():
        organisation.profile(kept, "Meta", making.asked(name))
    for kind in {key[0] for key in kept._held}:
        assert sum(key[0] == kind for key in kept._held) <= HELD_MOST


def test_a_model_that_a_rule_leaves_out_says_why_and_tells_its_events(census):
    kept = steady(StoreBacking(census))
    name = "MIT/ast-finetuned-audioset-10-10-0.4593"
    told = model.profile(kept, name, making.asked("house", hub="huggingface"))
    expected = [event.to_dict() for event in ledger(census, "huggingface").events if event.model == name][:10]
    assert told["events"] == expected
    assert not told["counts"]
    assert told["share"] is None
    assert any("left out by material-outlier" in why for why in told["because"])


def test_profiles_of_the_census_agree_with_its_shares(census):
    kept = steady(StoreBacking(census))
    for definition in ("house", "base-credit"):
        question = making.asked(definition, hub="huggingface")
        for kind, by in ((organisation, "organisation"), (family, "family")):
            rows = [row for row in ask(kept, "share", question, {"by": by}).rows if row.group[0] != "("]
            for row in [row for row in rows if row.group not in ("unregistered", "unknown")][:3]:
                told = kind.profile(kept, row.group, question)
                assert (told["share"]["value"], told["share"]["hi"]) == (row.value, row.hi)
                assert told["share"]["models"] == row.models
                assert sum(one["downloads"] for one in told["by"]["size"]) == row.downloads
    top = ask(kept, "top", making.asked("house", hub="huggingface"), {"of": "models", "top": 5}).rows[:-1]
    for place, row in enumerate(top, 1):
        told = model.profile(kept, row.group, making.asked("house", hub="huggingface"))
        assert (told["share"]["rank"], told["share"]["value"]) == (place, row.value)


def test_the_entries_of_a_library_have_profiles(census):
    told = model.profile(StoreBacking(census), "llama3.1", making.asked("house", hub="ollama"))
    assert told["credited"][0]["organisation"] == "Meta"
    assert told["all_time"]["downloads"] > 10**8
    assert len(told["series"]) > 10
    assert lineage.document(told) is None
    assert "declare no base" in told["missing"]["lineage"]
    assert organisation.profile(StoreBacking(census), "Meta", making.asked("house", hub="ollama"))["accounts"] == []


def test_the_lineage_of_a_profile_is_drawn_from_its_rows(backing):
    document = lineage.document(model.profile(backing, "nobody/merge", making.asked("raw")))
    assert [row["role"] for row in document["rows"]] == ["ancestor", "ancestor", "ancestor", "model"]
    assert Drawing(document).spec["usermeta"]["weighbridge"]["title"] == "nobody/merge is built on 2 models"
    cube = model.profile(CubeFile(sample_path()), "openai/whisper-small", making.asked("house", hub="huggingface"))
    assert lineage.document(cube) is None
