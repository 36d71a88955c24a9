"""Downloads, pulls and tokens side by side: each of its own total, with what a router does not name, and the ranks."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.rank_correlation import kendall, spearman
from weighbridge.records.clock import day_text
from weighbridge.records.observations import Batch, observations
from weighbridge.records.parts import PARTS
from weighbridge.records.source import Descriptor
from weighbridge.register.parties import UNAFFILIATED, Register
from weighbridge.sources import source
from weighbridge.store.writing import ingest

JUNE = making.day("2026-06-01")
WHO = {"us": "US", "cn": "CN", "fr": "FR"}


@dataclass(frozen=True)
class Registered(StoreBacking):
    """A store with a register of one's own."""

    def register(self, name, as_of):
        rows = []
        for hub, holders in {
            "huggingface": WHO,
            "openrouter": WHO,
            "ollama": {"llama3": "US", "qwen3": "CN", "mistral": "FR"},
        }.items():
            rows += [(hub, holder, "", "", making.party(f"{place} Labs", place)) for holder, place in holders.items()]
        return Register("test", rows)


class Router:
    """A made-up router."""

    def __init__(self, name="router"):
        self.descriptor = Descriptor(
            id=name, title="Tokens of a made-up router", producer="nobody", licence="CC0-1.0", terms="made up",
            population="selection", gives="tokens", hub="openrouter", unit="tokens",
        )  # fmt: skip

    def read(self, path, at):
        """Rows as they stand in a JSON file."""
        rows = json.loads(path.read_text())
        given = [{"amount": None, "share": None} | row for row in rows]
        amounts = pa.Table.from_pylist(given, schema=PARTS["amounts"].schema)
        listed = observations({"row": [1], "name": ["us/listed"], "observed": [making.moment("2026-06-01")]}, 1)
        yield Batch(listed, parts={"amounts": amounts})


def daily(day, **tokens):
    """Tokens of models on one day; `rest` is what is not named."""
    days = {"start": JUNE + day, "end": JUNE + day + 1}
    return [
        days | {"level": "rest" if name == "rest" else "model", "name": name.replace("__", "/"), "amount": count}
        for name, count in tokens.items()
    ]


def weekly(week, **parts):
    """Shares of authors in one week."""
    return [
        {"start": JUNE + 7 * week, "end": JUNE + 7 * week + 7, "level": "rest" if name == "rest" else "author",
         "name": name, "share": part}
        for name, part in parts.items()
    ]  # fmt: skip


@pytest.fixture
def route(store, tmp_path):
    """A function that reads made-up amounts in."""
    count = itertools.count(1)

    def read(rows, name="router"):
        number = next(count)
        path = tmp_path / f"amounts{number}.json"
        path.write_text(json.dumps(rows))
        return ingest(store, Router(name), path, at=None, known=making.moment(f"2026-07-{number:02d}"))

    return read


@pytest.fixture
def downloaded(store, read_hub):
    read_hub(
        [
            {"id": "us/a", "downloads": 50, "tags": []},
            {"id": "cn/b", "downloads": 30, "tags": []},
            {"id": "fr/c", "downloads": 10, "tags": []},
            {"id": "who/d", "downloads": 10, "tags": []},
        ],
        at="2026-06-15",
    )
    return store


@pytest.fixture
def pulled(store, tmp_path):
    rows = [
        {"date": day_text(JUNE + day), "model": name, "pull_count_text": str(start + day * rate), "pulls": ""}
        for day in range(31)
        for name, start, rate in (("llama3", 100, 1), ("qwen3", 100, 3), ("mistral", 100, 2))
    ]
    path = making.csv_file(tmp_path / "pulls.csv", rows)
    ingest(store, source("ollama-pulls"), path, at=None, known=making.moment("2026-07-02"))
    return store


def usage(store, by="country", top=None, name="raw", **question):
    return ask(Registered(store), "usage", making.asked(name, **question), {"by": by, "top": top})


def column(answer, name):
    return {row["group"]: tuple(row[f"{name}{end}"] for end in ("", "_lo", "_hi")) for row in answer.rows}


def test_each_unit_is_shared_by_its_own_total_and_never_added(downloaded, pulled, route):
    route(daily(0, us__x=600, cn__y=300, rest=100))
    answer = usage(downloaded)
    shares = {name: {group: found[0] for group, found in column(answer, name).items()}
              for name in ("downloads", "pulls", "tokens")}  # fmt: skip
    assert shares["downloads"] == {"US": 0.5, "CN": 0.3, "FR": 0.1, "unregistered": 0.1, "(rest)": 0}
    assert {group: shares["pulls"][group] for group in WHO.values()} == pytest.approx(
        {"US": 1 / 6, "CN": 1 / 2, "FR": 1 / 3}
    )
    assert shares["tokens"] == pytest.approx({"US": 0.6, "CN": 0.3, "FR": 0, "unregistered": 0, "(rest)": 0.1})
    assert answer.unit == "downloads"
    assert answer.total == 100


def test_each_side_says_its_hub_window_vintage_and_coverage(downloaded, pulled, route):
    route(daily(0, us__x=600, rest=100))
    sides = {side["column"]: side for side in usage(downloaded).to_dict()["sides"]}
    assert [sides[name]["hub"] for name in ("downloads", "pulls", "tokens")] == ["huggingface", "ollama", "openrouter"]
    assert sides["downloads"]["window"]["to"] == "2026-06-15"
    assert (sides["pulls"]["window"]["from"], sides["pulls"]["window"]["to"]) == ("2026-06-01", "2026-07-01")
    assert (sides["tokens"]["window"]["from"], sides["tokens"]["window"]["to"]) == ("2026-06-01", "2026-06-02")
    assert len({tuple(side["vintages"]) for side in sides.values()}) == 3
    named = {source["vintage"] for source in usage(downloaded).to_dict()["sources"]}
    assert named == {vintage for side in sides.values() for vintage in side["vintages"]}
    assert sides["downloads"]["coverage"]["registered_share"] == 0.9
    assert sides["tokens"]["coverage"]["registered_share"] == pytest.approx(6 / 7)


def test_what_a_router_does_not_name_could_be_anybodys(downloaded, route):
    route(daily(0, us__x=600, cn__y=300, rest=100))
    tokens = column(usage(downloaded), "tokens")
    assert tokens["US"] == pytest.approx((0.6, 0.6, 0.7))
    assert tokens["FR"] == pytest.approx((0, 0, 0.1))
    assert tokens["(rest)"] == pytest.approx((0.1, 0, 0.1))


def test_a_group_that_a_router_does_not_name_is_told_from_one_without_weight(downloaded, pulled, route):
    route(daily(0, us__x=600, cn__y=300, rest=100))
    assert {row["group"]: row["not_named"] for row in usage(downloaded).rows} == {
        "US": [], "CN": [], "FR": ["tokens"], "unregistered": [], "(rest)": [],
    }  # fmt: skip


def test_where_a_router_names_everything_nothing_is_not_named(downloaded, route):
    route(daily(0, us__x=600, cn__y=300))
    assert not any(row["not_named"] for row in usage(downloaded).rows)


def test_windows_that_do_not_meet_are_told_first(downloaded, route):
    route(daily(40, us__x=600, rest=100))
    assert usage(downloaded).notes[0].startswith("The windows do not meet")


def test_only_the_groups_that_are_named_have_rows(downloaded):
    answer = ask(Registered(downloaded), "usage", making.asked("raw"), {"only": "fr,US"})
    assert [row["group"] for row in answer.rows] == ["FR", "US"]


def test_what_the_rest_is_widens_every_upper_limit_and_no_lower(downloaded, route):
    route(daily(0, us__x=500, cn__y=300, who__z=100, rest=100))
    tokens = column(usage(downloaded), "tokens")
    assert tokens["US"] == pytest.approx((0.5, 0.5, 0.7))
    assert tokens["unregistered"] == pytest.approx((0.1, 0, 0.1))


def test_a_unit_that_is_not_held_is_null_and_said(downloaded):
    answer = usage(downloaded)
    assert {row["pulls"] for row in answer.rows} == {row["tokens_hi"] for row in answer.rows} == {None}
    assert answer.to_dict()["not_held"] == ["pulls", "tokens"]
    assert answer.to_dict()["correlations"] == []
    assert any(note.startswith("Only downloads are there") for note in answer.notes)


def test_a_router_alone_answers_for_itself(store, route):
    route(daily(0, us__x=600, cn__y=400))
    answer = usage(store)
    assert (answer.unit, answer.hub, answer.total) == ("tokens", "openrouter", 1000)
    assert column(answer, "tokens")["US"] == (0.6, 0.6, 0.6)


def test_the_hub_that_is_asked_comes_first(downloaded, pulled, route):
    route(daily(0, us__x=600, cn__y=400))
    assert usage(downloaded, hub="openrouter").unit == "tokens"
    assert usage(downloaded, hub="ollama").unit == "pulls"


def test_where_nothing_is_held_that_is_said(store):
    with pytest.raises(DataMissing, match="no hub"):
        usage(store)


def test_a_hub_that_lacks_the_window_does_not_keep_the_others_from_answering(downloaded, route):
    route(daily(0, us__x=600, cn__y=400))
    answer = usage(downloaded, at="2026-06-15")
    assert set(answer.to_dict()["silent"]) == set()
    answer = usage(downloaded, start="2026-06-01", end="2026-06-02")
    assert "huggingface" in answer.to_dict()["silent"]
    assert (answer.unit, {row["downloads"] for row in answer.rows}) == ("tokens", {None})


def test_the_last_reading_of_a_period_counts_and_a_part_of_a_week_does_not_beside_the_whole(store, route):
    route(daily(0, us__x=600, cn__y=400))
    route(daily(0, us__x=100, cn__y=300))
    assert column(usage(store), "tokens")["US"][0] == 0.25
    part = [row | {"end": row["end"] - 3} for row in weekly(0, us=0.9, rest=0.1)]
    route(part, "weeks")
    route(weekly(0, us=0.2, rest=0.8), "weeks")
    asked = usage(store, start="2026-06-01", end="2026-06-08")
    assert column(asked, "tokens")["US"][0] == 0.25  # amounts go before shares
    assert asked.to_dict()["sides"][0]["window"]["complete"] is False


def test_shares_alone_weigh_days_alike_and_have_no_total(store, route):
    route([*weekly(0, us=0.5, cn=0.3, rest=0.2), *weekly(1, us=0.3, cn=0.5, rest=0.2)])
    answer = usage(store)
    tokens = column(answer, "tokens")
    assert tokens["US"] == pytest.approx((0.4, 0.4, 0.6))
    assert answer.to_dict()["sides"][0]["total"] is None
    assert answer.to_dict()["total"] is None
    assert "in all" not in answer.cite() + answer.headline()
    over = usage(store, over="week")
    assert {period["total"] for period in over.to_dict()["periods"]} == {None}
    assert {row["period"]: row["tokens"] for row in over.rows if row["group"] == "US"} == pytest.approx(
        {"2026-W23": 0.5, "2026-W24": 0.3}
    )


def test_the_family_of_a_model_is_told(store, route):
    route(daily(0, **{"cn__qwen3-8b:free": 30, "us__llama-3-70b": 60, "rest": 10}))
    assert column(usage(store, "family"), "tokens")["Qwen"] == pytest.approx((0.3, 0.3, 0.4))
    route(weekly(-1, cn=0.5, us=0.5), "weeks")
    with pytest.raises(DataMissing, match="no hub"):
        usage(store, "family", start="2026-05-25", end="2026-06-01")


def test_ranks_are_compared_over_groups_that_both_units_know(downloaded, pulled, route):
    route(daily(0, us__x=600, cn__y=300, fr__m=100, who__z=50))
    found = {(one["first"], one["second"]): one for one in usage(downloaded).to_dict()["correlations"]}
    assert set(found) == {("downloads", "pulls"), ("downloads", "tokens"), ("pulls", "tokens")}
    assert found["downloads", "tokens"]["n"] == 3
    assert found["downloads", "tokens"]["spearman"] == pytest.approx(1)
    assert found["downloads", "pulls"]["spearman"] == pytest.approx(-0.5)  # US, CN, FR against CN, FR, US
    assert found["downloads", "pulls"]["kendall"] == pytest.approx(-1 / 3)


def test_of_many_groups_the_largest_in_any_unit_have_rows(downloaded, route):
    route(daily(0, fr__x=900, rest=100))
    answer = usage(downloaded, top=2)
    assert [row["group"] for row in answer.rows] == ["FR", "US", "(rest)", "unregistered"]
    assert any("1 group with 30.0% of the downloads" in note for note in answer.notes)


def mean_ranks(values):
    return [sum(other < one for other in values) + (sum(other == one for other in values) + 1) / 2 for one in values]


def pearson(first, second):
    n = len(first)
    a, b = (sum(column) / n for column in (first, second))
    top = sum((x - a) * (y - b) for x, y in zip(first, second, strict=True))
    below = math.sqrt(sum((x - a) ** 2 for x in first) * sum((y - b) ** 2 for y in second))
    return top / below if below else None


def tau_b(first, second):
    alike = otherwise = tied_first = tied_second = 0
    for i, j in itertools.combinations(range(len(first)), 2):
        ours, theirs = first[i] - first[j], second[i] - second[j]
        alike += ours * theirs > 0
        otherwise += ours * theirs < 0
        tied_first += ours == 0
        tied_second += theirs == 0
    pairs = len(first) * (len(first) - 1) // 2
    below = math.sqrt((pairs - tied_first) * (pairs - tied_second))
    return (alike - otherwise) / below if below else None


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_correlations_are_those_of_their_definitions(pairs):
    first, second = ([pair[place] for pair in pairs] for place in (0, 1))
    columns = np.array(first, np.float64), np.array(second, np.float64)
    rho = pearson(mean_ranks(first), mean_ranks(second)) if len(pairs) > 2 else None
    tau = tau_b(first, second) if len(pairs) > 2 else None
    for ours, theirs in ((spearman(*columns), rho), (kendall(*columns), tau)):
        assert (ours is None) == (theirs is None)
        assert ours is None or ours == pytest.approx(theirs)


@given(
    st.dictionaries(st.sampled_from(["us", "cn", "fr", "who"]), st.integers(1, 1000), min_size=1),
    st.integers(0, 1000),
)
def test_the_shares_of_a_unit_sum_to_one_and_lie_within_their_limits(tmp_path_factory, counts, rest):
    from weighbridge.store.home import Store

    folder = tmp_path_factory.mktemp("router")
    path = folder / "amounts.json"
    path.write_text(json.dumps(daily(0, **{f"{name}__x": count for name, count in counts.items()}, rest=rest)))
    held = Store(folder / "store")
    ingest(held, Router(), path, at=None, known=making.moment("2026-07-01"))
    tokens = column(usage(held), "tokens")
    assert sum(value for value, _, _ in tokens.values()) == pytest.approx(1)
    assert all(lo <= value + 1e-12 and value <= hi + 1e-12 <= 1 + 1e-9 for value, lo, hi in tokens.values())


def test_a_cube_file_sets_its_hubs_side_by_side():
    answer = ask(CubeFile(sample_path()), "usage", making.asked("house"), {"by": "country"})
    document = answer.to_dict()
    assert [side["column"] for side in document["sides"]] == ["downloads", "pulls"]
    assert document["correlations"][0]["n"] > 5


def test_on_real_data_the_units_do_not_agree_who_leads_by_how_much(census):
    answer = ask(StoreBacking(census), "usage", making.asked("house"), {"by": "country", "top": 5})
    found = {row["group"]: row for row in answer.rows}
    assert found["CN"]["downloads"] < 0.05 < 0.3 < found["CN"]["pulls"]
    (told,) = answer.to_dict()["correlations"]
    assert 0 < told["spearman"] < 1
    assert all(
        row[f"{unit}_lo"] <= row[unit] <= row[f"{unit}_hi"] for row in answer.rows for unit in ("downloads", "pulls")
    )


def test_of_authors_alone_no_family_has_a_share_of_none(downloaded, route):
    route(weekly(0, cn=0.5, us=0.4, rest=0.1))
    answer = usage(downloaded, "family")
    assert {row["tokens"] for row in answer.rows} == {row["tokens_hi"] for row in answer.rows} == {None}
    assert any("names authors and no models" in note for note in answer.notes)
    assert column(usage(downloaded), "tokens")["CN"][0] == pytest.approx(0.5)


@pytest.mark.parametrize("hub", ["nope", "ollama"])
def test_a_hub_that_is_not_held_is_not_answered_for_by_others(downloaded, route, hub):
    route(daily(0, us__x=600))
    with pytest.raises(DataMissing, match=hub) as raised:
        usage(downloaded, hub=hub)
    assert raised.value.hint == "held: huggingface, openrouter"
    with pytest.raises(DataMissing, match="nope"):
        ask(CubeFile(sample_path()), "usage", replace(making.asked("house"), hub="nope"), {})


def test_pools_of_many_are_no_groups_to_rank(store, read_hub, route):
    rows = [(name, count) for name, count in (("us/a", 50), ("cn/b", 30), ("fr/c", 10), ("free/d", 70))]
    read_hub([{"id": name, "downloads": count, "tags": []} for name, count in rows], at="2026-06-15")
    route(daily(0, us__x=600, cn__y=300, fr__m=100, free__z=5))

    class Pooled(StoreBacking):
        def register(self, name, as_of):
            parties = {"us": "US Labs", "cn": "CN Labs", "fr": "FR Labs", "free": UNAFFILIATED}
            places = {"us": "US", "cn": "CN", "fr": "FR", "free": UNAFFILIATED}
            return Register("test", [
                (hub, holder, "", "", making.party(known, places[holder]))
                for hub in ("huggingface", "openrouter") for holder, known in parties.items()
            ])  # fmt: skip

    answer = ask(Pooled(store), "usage", making.asked("raw"), {"by": "country"})
    (one,) = answer.to_dict()["correlations"]
    assert (one["n"], one["spearman"]) == (3, pytest.approx(1))


def test_a_day_that_a_hub_did_not_count_is_the_thirty_days_up_to_it(pulled):
    side = usage(pulled, at="2026-07-01").to_dict()["sides"][0]
    assert (side["window"]["from"], side["window"]["to"]) == ("2026-06-01", "2026-07-01")
    assert side["total"] == 30 * 6


def test_two_groups_have_no_rank_correlation(store, read_hub, route):
    read_hub([{"id": "us/a", "downloads": 50}, {"id": "cn/b", "downloads": 30}], at="2026-06-15")
    route(daily(0, us__x=600, cn__y=300))
    (one,) = usage(store).to_dict()["correlations"]
    assert (one["n"], one["spearman"], one["kendall"]) == (2, None, None)
