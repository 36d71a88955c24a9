"""The headline year from public files: the study's counters from March 2025 on, 30-day windows of its models before."""

from __future__ import annotations

import json

import pytest

import made_history
import standin
from weighbridge.claims.ledger import ledger
from weighbridge.claims.verdicts import Reading, verdict
from weighbridge.records.clock import parse_day
from weighbridge.records.source import Asked
from weighbridge.sources import evolution_study, hub_stats, model_pulse, source
from weighbridge.store.home import Store
from weighbridge.upkeep.syncing import Telling, fetch_and_read, live

START, END = parse_day("2024-08-01"), parse_day("2025-08-01")
STUDY, PULSE, STATS = evolution_study.REPOSITORY, model_pulse.REPOSITORY, hub_stats.REPOSITORY
FIRSTS = (
    "2024-08-01", "2024-09-01", "2024-10-01", "2024-11-01", "2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01",
    "2025-04-01", "2025-05-01",
)  # fmt: skip
PLACE_OF = {"longpre-cn-share": "CN", "longpre-us-share": "US", "longpre-intl-share": "INT"}


@pytest.fixture(scope="module")
def history():
    return made_history.History(models=80)


@pytest.fixture
def networked(monkeypatch):
    """A function that lets a stand-in serve some data sets, and the command use it."""
    running = []

    def serve(data_sets):
        hub = standin.hub(
            [], {name: {"2025-08-13": files} for name, files in data_sets.items()}, day="2025-08-13", far_files=True
        )
        running.append(hub)
        monkeypatch.setenv("HF_ENDPOINT", hub.__enter__().url)

    yield serve
    for hub in running:
        hub.__exit__(None, None, None)


@pytest.fixture
def ask(command, tmp_path):
    """A function that runs the command on a store of the test and gives the rows of its JSON."""

    def run(*words, status=(0,)):
        code, out = command(*words, "--store", tmp_path / "store", "--json")
        assert code in status, out
        return json.loads(out)["rows"]

    return run


def checked(ask, *names):
    rows = ask("claims", "check", *names, status=(0, 1))
    return rows[0] if len(names) == 1 else {row["id"]: row for row in rows}


def test_one_command_fetches_all_that_it_takes_and_the_limits_hold_the_truth(history, networked, ask):
    networked({STUDY: history.study(), PULSE: history.pulse()})
    outcomes = ask("sync", "evolution-study")
    assert [(row["source"], row["status"]) for row in outcomes] == [("evolution-study", "new"), ("model-pulse", "new")]
    for name, row in checked(ask, *PLACE_OF).items():
        truth = 100 * history.share(PLACE_OF[name], START, END)
        assert row["lo"] <= truth <= row["hi"]
        assert abs(row["ours"] - truth) < 2
        assert row["hi"] - row["lo"] < 12


def test_the_error_of_the_joint_stands_in_the_row_and_in_its_words(history, networked, ask):
    networked({STUDY: history.study(), PULSE: history.pulse()})
    ask("sync", "evolution-study")
    row = checked(ask, "longpre-cn-share")
    joint = row["joint"]
    assert (joint["at"], joint["periods"], joint["covered"]) == ("2025-03-01", ["2025-03", "2025-04"], 1.0)
    assert 0 < abs(joint["downloads"]) < 0.3
    for words in ("Spliced at 2025-03-01", f"{joint['downloads']:+.1%} of the downloads", "house's register"):
        assert words in row["because"]
    assert [vintage.rsplit("-", 2)[0] for vintage in row["vintages"]] == ["model-pulse", "evolution-study"]


def test_the_error_is_that_of_the_two_counters_of_the_same_months(history, networked, ask):
    networked({STUDY: history.study(), PULSE: history.pulse()})
    ask("sync", "evolution-study")
    joint = checked(ask, "longpre-cn-share")["joint"]
    found = []
    for start, end in (("2025-03-01", "2025-04-01"), ("2025-04-01", "2025-05-01")):
        first, last = parse_day(start), parse_day(end)
        young = [n for n, model in enumerate(history.models) if last - 365 <= model.created < last]
        windows = sum(history.thirty(n, last) for n in young) * (last - first) / 30
        days = [
            (n, day)
            for n, model in enumerate(history.models)
            for day in range(first, last)
            if day - model.created <= 365
        ]
        counted = sum(int(history.downloads[n, day - int(history.days[0])]) for n, day in days)
        found.append(windows / counted - 1)
    assert joint["downloads"] == pytest.approx(max(found, key=abs), abs=0.01)


@pytest.mark.parametrize("name", [*PLACE_OF, "longpre-first-lead"])
def test_the_verdict_follows_from_value_limits_and_tolerance_alone(history, networked, ask, name):
    networked({STUDY: history.study(), PULSE: history.pulse()})
    ask("sync", "evolution-study")
    row, claim = checked(ask, name), ledger()[name]
    published = 0.0 if claim.comparison == "order" else float(claim.value)
    reading = Reading(row["ours"], row["lo"], row["hi"])
    assert row["verdict"] == verdict(published, claim.comparison, claim.test.tolerance, reading)


def test_a_lead_is_the_difference_of_the_two_shares(history, networked, ask):
    networked({STUDY: history.study(), PULSE: history.pulse()})
    ask("sync", "evolution-study")
    rows = checked(ask, "longpre-cn-share", "longpre-us-share", "longpre-first-lead")
    ahead = rows["longpre-cn-share"]["ours"] - rows["longpre-us-share"]["ours"]
    assert rows["longpre-first-lead"]["ours"] == pytest.approx(ahead)


def test_dated_revisions_of_hub_stats_do_as_well(history, networked, ask, command, tmp_path, monkeypatch):
    revisions = {day: {"models.parquet": history.listing(parse_day(day))} for day in FIRSTS}
    given = {STUDY: {"2025-08-13": history.study()}, STATS: revisions}
    with standin.hub([], given, day="2025-08-13", far_files=True) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        ask("sync", "evolution-study", "--alone")
        for day in FIRSTS:
            asked = Asked(days=(parse_day(day), parse_day(day) + 1))
            fetch_and_read(Store(tmp_path / "store"), live(source("hub-stats")), asked, Telling())
    row = checked(ask, "longpre-cn-share")
    assert row["lo"] <= 100 * history.share("CN", START, END) <= row["hi"]
    assert row["joint"]["covered"] == 1.0


def test_without_the_months_before_nothing_is_tested_and_it_is_said_what_to_run(history, networked, ask):
    networked({STUDY: history.study()})
    ask("sync", "evolution-study", "--alone")
    row = checked(ask, "longpre-cn-share")
    assert (row["verdict"], row["ours"], row["joint"]) == ("not testable", None, None)
    for words in (
        "begin on 2025-02-26",
        "30-day counters of the Hub, of a day about the first of each month from 2024-08-01 to 2025-05-01",
        "`weighbridge sync model-pulse` fetches",
        "unless --alone is given",
    ):
        assert words in row["because"]
    assert row["needs"][0]["command"] == "weighbridge sync evolution-study"


def test_months_that_are_missing_before_the_joint_are_named(history, networked, ask):
    files = history.pulse()
    del files["series/2024-12.parquet"]
    networked({STUDY: history.study(), PULSE: files})
    ask("sync", "evolution-study")
    row = checked(ask, "longpre-cn-share")
    assert row["verdict"] == "not testable"
    assert "missing: 2024-11" in row["because"]


def test_a_joint_that_nothing_tests_is_no_answer(history, networked, ask):
    networked({STUDY: history.study(), PULSE: history.pulse(end="2025-03-03")})
    ask("sync", "evolution-study")
    row = checked(ask, "longpre-cn-share")
    assert row["verdict"] == "not testable"
    assert "the joint is untested" in row["because"]


def test_a_set_that_holds_the_whole_window_answers_alone(history, networked, ask):
    looks = tuple(range(START - 1, made_history.LAST, 7))
    networked({STUDY: history.study(looks)})
    ask("sync", "evolution-study", "--alone")
    row = checked(ask, "longpre-cn-share")
    truth = 100 * history.share("CN", START, END)
    assert row["ours"] == pytest.approx(truth, abs=0.5)
    assert row["joint"]["at"] == "2024-08-01"
    assert row["joint"]["downloads"] is None
    assert (row["lo"], row["hi"]) == (0.0, 100.0)
    assert "without a census nobody knows what part of the Hub that is" in row["because"]
    assert row["verdict"] == "not testable"


def test_what_the_study_leaves_out_widens_the_limits_and_moves_no_value(history, networked, ask):
    left_out = tuple(model.name for model in history.models[:30])
    networked({STUDY: history.study(without=left_out), PULSE: history.pulse()})
    ask("sync", "evolution-study")
    row = checked(ask, "longpre-cn-share")
    small = made_history.History(models=80)
    small.models, small.downloads = small.models[30:], small.downloads[30:]
    assert row["ours"] == pytest.approx(100 * small.share("CN", START, END), abs=2)
    assert row["lo"] <= 100 * history.share("CN", START, END) <= row["hi"]
    assert row["joint"]["covered"] < 0.95
    assert row["hi"] - row["lo"] > 100 * (1 - row["joint"]["covered"])
    assert "of the models of evolution-study alone, which have at least" in row["because"]


def test_the_house_register_is_shown_beside_the_studys(history, networked, ask):
    networked({STUDY: history.study(), PULSE: history.pulse()})
    ask("sync", "evolution-study")
    row = checked(ask, "longpre-cn-share")
    assert row["also"] == [{"register": "house", "value": 0.0, "lo": 0.0, "hi": 100.0}]  # it knows none of these names


def test_a_splice_of_censuses_shows_its_error_for_all_models_and_for_those_in_common(
    history, networked, ask, command, tmp_path
):
    files = history.pulse()
    networked({PULSE: files})
    ask("sync", "model-pulse")
    window = ("--from", "2024-09-01", "--to", "2025-05-01", "--over", "month", "--splice")
    code, out = command(
        "share", "--by", "namespace", "--definition", "raw", *window, "--store", tmp_path / "store", "--json"
    )
    (note,) = [note for note in json.loads(out)["notes"] if note.startswith("Spliced")]
    assert code == 0
    assert "from the cumulative flow; over the" in note
    assert "models that both hold, by" in note


def test_a_cube_file_has_no_single_models_to_join(ask, command, tmp_path):
    _, out = command("claims", "check", "longpre-cn-share", "--store", tmp_path / "nothing", "--json")
    (row,) = json.loads(out)["rows"]
    assert row["verdict"] == "not testable"
    assert "nothing of evolution-study (weighbridge sync evolution-study)" in row["because"]
