"""Shares: rows in order, bounds from what is unknown, and nothing that was not asked."""

from __future__ import annotations

import pytest

import making
from weighbridge.errors import DataMissing, UsageError

PARTIES = {
    "us": ("Alpha", "US"),
    "cn": ("Beta", "CN"),
    "fr": ("Gamma", "FR"),
    "eu": ("Delta", "(europe)"),
    "else": ("Epsilon", "(elsewhere)"),
    "int": ("Zeta", "INT"),
    "free": making.party("(individuals)", "unaffiliated", "individual"),
    "dim": making.party("unknown", "unknown", "unknown", grade=3, country_grade=3),
}
REGISTER = making.register(PARTIES)
WEIGHTS = {"us": 400, "cn": 250, "fr": 100, "eu": 90, "else": 60, "int": 40, "free": 30, "dim": 20, "nobody": 10}


@pytest.fixture
def hub(store, read_hub):
    """A hub of a thousand downloads, one model a namespace."""
    read_hub([{"id": f"{name}/m", "downloads": weight} for name, weight in WEIGHTS.items()])
    return store


def bounds(answer):
    """Limits in thousandths."""
    return {row.group: (round(row.lo * 1000, 9), round(row.hi * 1000, 9)) for row in answer.rows}


def test_a_share_is_the_part_of_the_whole_that_includes_the_unregistered(hub):
    answer = making.share(hub, "country", REGISTER)
    assert answer.total == 1000
    assert {row.group: row.value for row in answer.rows} == {
        "US": 0.4, "CN": 0.25, "FR": 0.1, "(europe)": 0.09, "(elsewhere)": 0.06, "INT": 0.04,
        "unaffiliated": 0.03, "unknown": 0.02, "unregistered": 0.01,
    }  # fmt: skip


def test_unregistered_weight_widens_the_bounds(hub):
    found = bounds(making.share(hub, "country", REGISTER))
    dark = 20 + 10
    assert found["US"] == (400, 400 + dark)
    assert found["CN"] == (250, 250 + dark)
    assert found["INT"] == (40, 40 + dark)


def test_the_broad_bucket_of_europe_widens_france_and_never_the_united_states(hub):
    found = bounds(making.share(hub, "country", REGISTER))
    assert found["FR"] == (100, 100 + 30 + 90)
    assert found["US"][1] == 430


def test_a_european_bucket_widens_european_regions_only(hub):
    found = bounds(making.share(hub, "region", REGISTER))
    assert found["Western Europe"] == (100, 100 + 30 + 90)
    assert found["Eastern Asia"][0] == 250


def test_a_bucket_of_elsewhere_could_hold_a_country_outside_the_named_ones(store, read_hub):
    read_hub([{"id": f"{name}/m", "downloads": 100} for name in ("us", "cn", "fr", "jp", "else")])
    found = bounds(making.share(store, "country", making.register({**PARTIES, "jp": ("Eta", "JP")})))
    assert found["JP"] == (200, 400)
    assert found["US"] == found["CN"] == found["FR"] == (200, 200)


def test_what_nobody_knows_has_the_least_zero_and_the_most_its_value(hub):
    found = bounds(making.share(hub, "country", REGISTER))
    assert found["unregistered"] == (0, 10)
    assert found["unknown"] == (0, 20)


def test_strict_bounds_count_the_unaffiliated_as_unknown(hub):
    found = bounds(making.share(hub, "country", REGISTER, bounds="strict"))
    assert found["US"] == (400, 430 + 30)
    assert found["unaffiliated"] == (0, 30)
    assert bounds(making.share(hub, "organisation", REGISTER, bounds="strict"))["Alpha"] == (400, 430)


def test_who_and_where_are_known_apart(hub):
    known = making.share(hub, "country", REGISTER).coverage
    assert known["registered_share"] == 0.97
    assert known["located_share"] == pytest.approx(0.4 + 0.25 + 0.1 + 0.04)
    assert known["by_grade"] == {"stated": 0.0, "inferred": 0.97, "recalled": 0.0}


def test_evidence_below_the_asked_grade_does_not_count(store, read_hub):
    parties = {
        "sure": making.party("Alpha", "US", grade=0, country_grade=0),
        "where": making.party("Beta", "CN", grade=0, country_grade=2),
        "guess": making.party("Gamma", "FR", grade=2, country_grade=2),
    }
    read_hub([{"id": f"{name}/m", "downloads": 100} for name in parties])
    register = making.register(parties)
    countries = making.share(store, "country", register, evidence="stated")
    assert making.downloads(countries) == {"US": 100, "unknown": 100, "unregistered": 100}
    organisations = making.share(store, "organisation", register, evidence="stated")
    assert making.downloads(organisations) == {"Alpha": 100, "Beta": 100, "unregistered": 100}
    assert set(making.downloads(making.share(store, "country", register))) == {"US", "CN", "FR"}


CONTESTED = making.register(
    {
        "us": ("Alpha", "US"),
        "both": making.party(
            "Beta", "US", alternatives=((("country", "CN"),), (("country", "SG"), ("organisation", "Beta II")))
        ),
        "cn": ("Gamma", "CN"),
    }
)


def test_contested_attributions_widen_both_sides_only_where_asked(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 500}, {"id": "both/m", "downloads": 300}, {"id": "cn/m", "downloads": 200}])
    assert bounds(making.share(store, "country", CONTESTED)) == {"US": (800, 800), "CN": (200, 200)}
    widest = bounds(making.share(store, "country", CONTESTED, contested="widest"))
    assert widest == {"US": (500, 800), "CN": (200, 500), "SG": (0, 300)}
    by_name = bounds(making.share(store, "organisation", CONTESTED, contested="widest"))
    assert by_name == {"Alpha": (500, 500), "Beta": (0, 300), "Gamma": (200, 200), "Beta II": (0, 300)}


def test_a_dispute_over_inexact_flows_keeps_the_bounds_within_zero_and_one(store, read_hub):
    rows = [
        {"id": f"{name}/m", "downloads_all_time": total * times, "date": day}
        for name, times in (("both", 10), ("us", 1), ("cn", 1))
        for day, total in (("2024-01-01", 0), ("2024-01-11", 100))
    ]
    read_hub(rows, at=None)
    for by in ("country", "organisation"):
        span = {"start": "2024-01-01", "end": "2024-01-06"}
        for row in making.share(store, by, CONTESTED, contested="widest", **span).rows:
            assert 0 <= row.lo <= row.value <= row.hi <= 1


def test_a_contested_attribution_moves_no_value(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 500}, {"id": "both/m", "downloads": 300}, {"id": "cn/m", "downloads": 200}])
    main = making.share(store, "country", CONTESTED)
    widest = making.share(store, "country", CONTESTED, contested="widest")
    assert {r.group: r.value for r in widest.rows if r.value} == {r.group: r.value for r in main.rows}


def test_rows_go_by_value_then_by_name(store, read_hub):
    read_hub([{"id": f"{name}/m", "downloads": weight} for name, weight in (("b", 5), ("a", 5), ("d", 9), ("c", 1))])
    assert [row.group for row in making.share(store, "namespace", REGISTER).rows] == ["d", "a", "b", "c"]


def test_the_rest_is_one_row_and_stands_last(hub):
    answer = making.share(hub, "country", REGISTER, top=2)
    assert [row.group for row in answer.rows] == ["US", "CN", "(other)"]
    other = answer.rows[-1]
    assert (other.downloads, other.models) == (350, 7)
    assert other.lo <= other.value <= other.hi
    assert other.value == pytest.approx(0.35)
    assert (other.lo, other.hi) == (pytest.approx(0.32), pytest.approx(0.35))


def test_the_rest_stands_last_even_if_it_is_the_largest(hub):
    assert [row.group for row in making.share(hub, "country", REGISTER, top=1).rows] == ["US", "(other)"]


def test_a_cut_that_leaves_nothing_out_has_no_rest(hub):
    assert "(other)" not in making.downloads(making.share(hub, "country", REGISTER, top=9))


def test_ties_at_the_cut_go_by_name(store, read_hub):
    read_hub([{"id": f"{name}/m", "downloads": 5} for name in "cab"])
    assert [row.group for row in making.share(store, "namespace", REGISTER, top=1).rows] == ["a", "(other)"]


def test_models_count_repositories_with_weight(store, read_hub):
    read_hub([{"id": "us/a", "downloads": 1}, {"id": "us/b", "downloads": 0}, {"id": "us/c", "downloads": 2}])
    (row,) = making.share(store, "country", REGISTER).rows
    assert row.models == 2


def test_letter_case_of_a_namespace_does_not_count(store, read_hub):
    read_hub([{"id": "US/a", "downloads": 1}, {"id": "us/b", "downloads": 1}])
    assert making.downloads(making.share(store, "organisation", REGISTER)) == {"Alpha": 2}


def test_a_copy_is_credited_to_its_base_only_where_asked(store, read_hub):
    rows = [
        {"id": "us/base", "downloads": 10},
        {"id": "cn/copy", "downloads": 7, "base_model": "us/base"},
        {"id": "fr/merge", "downloads": 4, "base_model": ["us/base", "gone/model"]},
    ]
    read_hub(rows)
    assert making.downloads(making.share(store, "country", REGISTER)) == {"US": 10, "CN": 7, "FR": 4}
    base = making.share(store, "country", REGISTER, attribution="base")
    assert making.downloads(base) == {"US": 19, "unregistered": 2}
    assert base.coverage["declared_base_share"] == pytest.approx(11 / 21)
    models = making.downloads(making.share(store, "model", REGISTER, attribution="base"))
    assert models == {"us/base": 19, "gone/model": 2}


def test_a_party_counts_while_it_is_in_force(store, read_hub):
    from weighbridge.register.parties import Register

    terms = [
        ("huggingface", "ns", "", "2024-01-15", making.party("Before", "US")),
        ("huggingface", "ns", "2024-01-15", "", making.party("After", "CN")),
    ]
    rows = [{"id": "ns/m", "downloads": 1, "date": day} for day in ("2024-01-14", "2024-01-15", "2024-01-16")]
    read_hub(rows, at=None)
    found = {
        day: list(making.downloads(making.share(store, "organisation", Register("terms", terms), at=day)))
        for day in ("2024-01-14", "2024-01-15", "2024-01-16")
    }
    assert found == {"2024-01-14": ["Before"], "2024-01-15": ["Before"], "2024-01-16": ["After"]}


def test_what_was_known_then_is_what_is_answered(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 1}, {"id": "cn/m", "downloads": 1}], known=making.moment("2024-08-01"))
    read_hub([{"id": "us/m", "downloads": 3}, {"id": "cn/m", "downloads": 1}], known=making.moment("2024-09-01"))
    then = making.share(store, "country", REGISTER, as_of=making.moment("2024-08-15"))
    now = making.share(store, "country", REGISTER)
    assert (then.total, now.total) == (2, 4)
    assert len(then.vintages) == len(now.vintages) == 1
    assert any("known last" in note for note in now.notes)
    assert not any("known last" in note for note in then.notes)
    with pytest.raises(DataMissing):
        making.share(store, "country", REGISTER, as_of=making.moment("2024-07-31"))


def test_a_selection_answers_only_when_it_is_named(store, read_hub):
    chosen = read_hub([{"id": "us/m", "downloads": 3}], selection=True).vintage
    with pytest.raises(DataMissing) as caught:
        making.share(store, "country", REGISTER)
    assert chosen.id in caught.value.hint
    answer = making.share(store, "country", REGISTER, vintage=chosen.id)
    assert answer.population == "selection"
    assert any("chosen set" in note for note in answer.notes)


def test_a_census_is_never_mixed_with_a_selection(store, read_hub):
    read_hub([{"id": "us/m", "downloads": 3}])
    read_hub([{"id": "cn/m", "downloads": 900}], selection=True)
    assert making.downloads(making.share(store, "country", REGISTER)) == {"US": 3}


def test_an_unknown_dimension_is_answered_with_the_known_ones(hub):
    with pytest.raises(UsageError) as caught:
        making.share(hub, "continent", REGISTER)
    assert "country" in caught.value.hint


@pytest.mark.parametrize(
    "windows",
    [
        {"at": "2024-07-11", "over": "month"},
        {"at": "2024-07-11", "trailing_days": 30},
        {"start": "2024-07-11", "end": "2024-07-11"},
        {"trailing_days": 60, "start": "2024-01-01"},
    ],
    ids=str,
)
def test_windows_that_contradict_each_other_are_refused(hub, windows):
    with pytest.raises(UsageError):
        making.share(hub, "country", REGISTER, **windows)


def test_an_answer_says_under_which_terms_it_was_given(hub):
    document = making.share(hub, "country", REGISTER, "house", attribution="base").to_dict()
    assert document["definition"]["name"] == "house"
    assert document["definition"]["changed"] == ["attribution"]
    assert document["definition"]["register"] == "test"
    assert document["window"] == {"from": "2024-06-11", "to": "2024-07-11", "kind": "windowed"}
    assert document["population"] == "census"
    assert document["simulated"] is False
    assert document["periods"] is None
    assert document["vintages"] == [vintage.id for vintage in hub.vintages()]
    assert [removed["rule"] for removed in document["removed"]] == ["material-outlier", "spike"]
    assert set(document["rows"][0]) == {"group", "value", "lo", "hi", "downloads", "models", "kind", "period"}


def test_kinds_are_told_apart_in_a_series(store, read_hub):
    rows = [
        {"id": "us/m", "downloads_all_time": 100 * number, "date": f"2024-01-{number:02d}"} for number in range(1, 32)
    ] + [{"id": "cn/late", "downloads_all_time": 5_000, "date": f"2024-01-{number}"} for number in range(20, 32)]
    read_hub(rows, at=None)
    answer = making.share(store, "country", REGISTER, start="2024-01-01", end="2024-01-31")
    assert {row.group: row.kind for row in answer.rows} == {"US": "measured", "CN": "first_seen"}
    late = next(row for row in answer.rows if row.group == "CN")
    assert (late.lo, late.value) == (0, 5_000 / 8_000)
    first = next(row for row in answer.rows if row.group == "US")
    assert (first.lo, first.hi) == (3_000 / 8_000, 1)
    assert any("Kinds of flow" in note for note in answer.notes)
