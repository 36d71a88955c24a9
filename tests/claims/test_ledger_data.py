"""The ledger of published figures as data: its form, its readings, and that nothing in it can be answered by tuning."""

from __future__ import annotations

import csv
import json
import tomllib
from importlib import resources

import jsonschema
import pytest

from weighbridge.claims.answers import Answers
from weighbridge.claims.ledger import Claim, claims, data_sets, files, ledger
from weighbridge.errors import UsageError
from weighbridge.records.clock import parse_day

FOLDER = resources.files("weighbridge.claims")
CLAIMS = list(ledger().values())
TESTED = [claim for claim in CLAIMS if claim.test is not None]
NEAR = [claim for claim in CLAIMS if claim.nearest is not None]
"""Claims on registered measures that need an option which these do not have yet."""


def schema(name: str) -> jsonschema.Draft202012Validator:
    document = json.loads((FOLDER / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def named(claim: Claim) -> str:
    return claim.id


@pytest.mark.parametrize("file", files(), ids=lambda file: file.name)
def test_a_file_of_the_ledger_has_the_form_of_its_schema(file):
    errors = schema("claims").iter_errors(tomllib.loads(file.read_text(encoding="utf-8")))
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def test_the_data_sets_have_the_form_of_their_schema():
    document = tomllib.loads((FOLDER / "data-sets.toml").read_text(encoding="utf-8"))
    assert [error.message for error in schema("data-sets").iter_errors(document)] == []
    assert len(data_sets()) == len(document["data-set"])


def test_a_claim_that_says_both_how_and_why_not_to_test_it_is_refused():
    file = tomllib.loads(files()[0].read_text(encoding="utf-8"))
    tested = next(claim for claim in file["claim"] if "test" in claim)
    assert not schema("claims").is_valid(file | {"claim": [tested | {"untestable": "Because."}]})
    assert not schema("claims").is_valid(file | {"claim": [{k: v for k, v in tested.items() if k != "test"}]})


def test_every_figure_that_was_gathered_is_in_the_ledger(real_data):
    with (real_data.parent / "facts" / "published-figures.csv").open(encoding="utf-8") as file:
        gathered = {row["id"]: row for row in csv.DictReader(file)}
    assert set(gathered) == set(ledger())
    for name, row in gathered.items():
        value = ledger()[name].value
        assert str(value).lower() == row["value"] or float(value) == float(row["value"]), name


@pytest.mark.parametrize("claim", CLAIMS, ids=named)
def test_value_unit_and_comparison_fit_each_other(claim):
    kind = {"order": bool, "month": str}.get(claim.comparison)
    assert isinstance(claim.value, kind) if kind else type(claim.value) in (int, float)
    assert (claim.comparison in ("order", "month")) == (claim.unit == claim.comparison)
    assert claim.test is None or claim.test.asked.scale == (100 if claim.unit in ("percent", "order") else 1)


@pytest.mark.parametrize("claim", CLAIMS, ids=named)
def test_an_article_without_address_is_called_one(claim):
    assert claim.address or claim.evidence in ("article", "secondary")
    assert (claim.test is None) == bool(claim.untestable)


@pytest.mark.parametrize("claim", TESTED, ids=named)
def test_a_tolerance_is_reasoned_and_no_figure_is_wanted_exactly(claim):
    test = claim.test
    assert test.tolerance_because
    if claim.comparison == "equal":
        decimals = len(str(claim.value).partition(".")[2])
        assert test.tolerance >= 0.5 * 10**-decimals * (1 - 1e-9)
        assert test.tolerance <= 0.35 * abs(claim.value)
    else:
        assert test.tolerance == 0


@pytest.mark.parametrize("claim", TESTED, ids=named)
def test_a_test_lies_within_the_published_window(claim):
    for window in filter(None, (claim.test.asked.window, claim.test.against)):
        first = window.get("at") or window.get("lifetime") or window["from"]
        last = window.get("at") or window.get("lifetime") or window["to"]
        assert parse_day(first) <= parse_day(last)
        if claim.window.start:
            assert parse_day(first) >= parse_day(claim.window.start)
        if claim.window.end:
            assert parse_day(last) <= parse_day(claim.window.end)


@pytest.mark.parametrize("claim", TESTED, ids=named)
def test_a_counter_fits_its_window(claim):
    window, counter = claim.test.asked.window, claim.test.counter
    assert ("lifetime" in window) == (counter == "lifetime")
    assert "at" not in window or counter in ("30-day", "either", "property")
    assert "splice" not in window or ("over" in window and counter == "either")


@pytest.mark.parametrize("claim", TESTED, ids=named)
def test_the_data_that_a_test_needs_are_known(claim):
    assert set(claim.test.sources) <= set(data_sets())


def test_no_data_set_is_named_in_vain():
    assert {name for claim in TESTED for name in claim.test.sources} == set(data_sets())


class Somewhere:
    """A store that holds something of every hub, and is asked for nothing."""

    def hubs(self):
        return ["huggingface", "openrouter", "ollama"]


@pytest.mark.parametrize("claim", [*TESTED, *NEAR], ids=named)
def test_what_is_registered_can_be_asked_as_a_claim_asks_it(claim):
    answers = Answers(Somewhere())
    asked = [part.asked for part in (claim.test, claim.nearest) if part is not None]
    for question in asked:
        assert answers.options(question)


@pytest.mark.parametrize("claim", NEAR, ids=named)
def test_the_nearest_thing_is_asked_of_a_definition_that_is_there_and_of_the_newest_window(claim):
    asked = claim.nearest.asked
    assert Answers(Somewhere()).question(asked)
    assert not asked.window


@pytest.mark.parametrize("claim", [claim for claim in NEAR if claim.test is not None], ids=named)
def test_the_nearest_thing_reads_the_same_figure_as_the_test_or_says_that_it_is_another(claim):
    test, near = claim.test.asked, claim.nearest.asked
    same = (test.measure, test.figure) == (near.measure, near.figure)
    other = near.unit or "the claim count" in claim.nearest.differs
    assert same or other, "another figure needs another unit, or words"


def test_claims_come_in_order_of_their_ids_or_as_asked():
    assert [claim.id for claim in claims()] == sorted(ledger())
    assert [claim.id for claim in claims(["osborne-zero", "atom-crossover"])] == ["osborne-zero", "atom-crossover"]


def test_an_unknown_claim_is_answered_with_those_there_are():
    with pytest.raises(UsageError) as caught:
        claims(["osborne-one"])
    assert "osborne-zero" in caught.value.hint


def test_a_claim_cannot_be_there_twice(monkeypatch):
    from weighbridge.claims import ledger as module

    twice = [files()[0], files()[0]]
    monkeypatch.setattr(module, "files", lambda: twice)
    with pytest.raises(ValueError, match="twice"):
        module.ledger.__wrapped__()
