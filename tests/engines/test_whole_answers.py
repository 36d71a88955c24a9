"""Spark's answers are those of this process, to the last digit and note: share, top and concentration of whole hubs."""

from __future__ import annotations

from itertools import product

import pytest
from batches import Batch
from hubs import listing, pulls

import making
from weighbridge.cubes import slicing
from weighbridge.cubes.weigh import DIMENSIONS
from weighbridge.definitions.named import definitions
from weighbridge.definitions.rules import rules
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import WeighbridgeError
from weighbridge.measures.asking import StoreBacking
from weighbridge.records.definition import ATTRIBUTIONS, BOUNDS, CONTESTED, EVIDENCE
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.python import Observatory

KNOWN = making.moment("2026-01-01")
HUB = {"hub": "huggingface", "definition": "raw"}
WHOLE = HUB | {"from_": "2024-01-01", "to": "2024-02-26"}
LINES = ("country", "organisation", "namespace", "family", "model")
CORRECTIONS = (
    "hub,namespace,organisation,type,country,since,until,grade,country_grade,evidence,evidence_date,note,alternatives\n"
    "huggingface,nobody-1,Google,company,US,,2024-02-01,stated,stated,https://example.org,2024-01,ours,\n"
)


def questions():
    """What is asked: measure, its own option, and the question."""
    for by, attribution, over in product(DIMENSIONS, ATTRIBUTIONS, (None, "month")):
        if attribution == "uploader" or by in LINES:
            yield "share", {"by": by}, WHOLE | {"attribution": attribution, "over": over}
    for by, over in product(("country", "family", "model"), ("week", "quarter")):
        yield "share", {"by": by}, WHOLE | {"attribution": "base", "over": over}
    for name, choices in {
        "max_age": (60, 365),
        "scope": scopes(),
        "clean": rules(),
        "contested": CONTESTED,
        "bounds": BOUNDS,
        "evidence": EVIDENCE,
        "register": ("corrections",),
        "definition": definitions(),
        "at": ("2024-02-05",),
        "trailing": ("4w",),
    }.items():
        for by, choice in product(("country", "organisation"), choices):
            asked = (HUB if name in ("at", "trailing") else WHOLE) | {"attribution": "base"}
            yield "share", {"by": by, "top": 3}, asked | {name: choice}
    for of, attribution in product(("models", "organisations", "families"), ATTRIBUTIONS):
        yield "top", {"of": of, "top": 5}, WHOLE | {"attribution": attribution}
    for of, over in product(("models", "organisations", "countries"), (None, "month")):
        yield "concentration", {"of": of}, WHOLE | {"attribution": "base", "over": over}
    for by, over in product(("country", "model", "family", "size"), (None, "month")):
        yield "share", {"by": by}, {"hub": "ollama", "definition": "house", "over": over}


QUESTIONS = list(questions())


def told(observatory, measure, own, asked):
    """All that is answered, but for when and by what; or why nothing is."""
    try:
        document = observatory.ask(measure, own, **asked).to_dict()
    except WeighbridgeError as error:
        return {"error": error.message}
    return {key: value for key, value in document.items() if key not in ("as_of", "engine")}


@pytest.fixture(scope="session")
def observatory(tmp_path_factory):
    """Two hubs, and a file of corrections in the register's place."""
    folder = tmp_path_factory.mktemp("hubs")
    store = Store(folder / "store")
    ingest(store, source("hub-dump"), making.csv_file(folder / "hub.csv", listing(7)), at=None, known=KNOWN)
    ingest(store, source("ollama-pulls"), making.csv_file(folder / "pulls.csv", pulls(7)), at=None, known=KNOWN)
    (folder / "corrections.csv").write_text(CORRECTIONS)
    return Observatory(StoreBacking(store)), {"register": str(folder / "corrections.csv")}


@pytest.fixture(scope="session")
def here(observatory):
    """The answers of this process, and all sums that they need."""
    asked, answers = Batch(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slicing, "engine", lambda name, remote=None: asked)
        for measure, own, question in QUESTIONS:
            told(observatory[0], measure, own, _named(question, observatory[1]) | {"engine": "spark"})
    for measure, own, question in QUESTIONS:
        answers.append(told(observatory[0], measure, own, _named(question, observatory[1])))
    return asked, answers


@pytest.fixture(scope="session")
def there(observatory, here, spark):
    """The same answers from Spark's sums, which are made in one go."""
    made = here[0].by(spark)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slicing, "engine", lambda name, remote=None: made)
        return [
            told(observatory[0], measure, own, _named(question, observatory[1]) | {"engine": "spark"})
            for measure, own, question in QUESTIONS
        ]


def _named(question, registers):
    """With the name that a register has here."""
    return question | (registers if "register" in question else {})


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=[str(n) for n in range(len(QUESTIONS))])
def test_spark_answers_what_this_process_answers(number, here, there):
    assert there[number] == here[1][number], QUESTIONS[number]


def test_the_questions_are_answered_and_tell_apart(here):
    answered = [answer for answer in here[1] if "error" not in answer]
    assert len(answered) > 0.9 * len(QUESTIONS)
    assert len({str(answer) for answer in answered}) > 0.7 * len(answered)
    assert any(removed["downloads"] for answer in answered for removed in answer["removed"])


@pytest.mark.parametrize(
    ("measure", "own", "asked"),
    [
        ("share", {"by": "country"}, {"attribution": "base-inferred", "over": "month", "max_age": 365}),
        ("top", {"of": "models"}, {"attribution": "base"}),
        ("concentration", {"of": "organisations"}, {"definition": "house"}),
    ],
)
def test_a_question_asked_of_spark_itself_says_so_and_is_the_same(observatory, where, measure, own, asked):
    document = observatory[0].ask(measure, own, **WHOLE | asked | where).to_dict()
    assert document["engine"] == "spark"
    assert {k: v for k, v in document.items() if k not in ("as_of", "engine")} == told(
        observatory[0], measure, own, WHOLE | asked
    )
