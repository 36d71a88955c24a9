"""Titles claim no more than the figures hold."""

from __future__ import annotations

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.charts import specification
from weighbridge.charts.meanings import OWN_CHARTS_ONLY
from weighbridge.charts.subject import Subject
from weighbridge.charts.text import percent
from weighbridge.charts.wording import leading, leads_outside
from weighbridge.errors import UsageError


def said(document, **choices):
    return specification(document, **choices)["usermeta"]["weighbridge"]


def title(rows):
    return leading(Subject.of(documents.document("share", rows)), rows, "downloads").replace("\N{NO-BREAK SPACE}", " ")


def test_a_lead_over_the_bounds_of_all_others_is_a_lead():
    rows = [documents.row("US", 0.49, hi=0.51), documents.row("CN", 0.03, hi=0.05)]
    assert title(rows) == "United States leads with 49 % of downloads; China has 3.0 %"


def test_a_lead_inside_the_bounds_is_none():
    rows = [documents.row("US", 0.40, hi=0.55), documents.row("CN", 0.30, hi=0.45)]
    assert title(rows) == "No lead outside the bounds: United States has 40 % of downloads, China 30 %"


def test_a_third_that_could_have_more_takes_the_lead_away():
    rows = [documents.row("US", 0.40), documents.row("CN", 0.30), documents.row("FR", 0.1, hi=0.41)]
    assert title(rows).startswith("No lead outside the bounds")


def test_weight_of_nobody_never_leads():
    rows = [
        documents.row("unregistered", 0.7, lo=0),
        documents.row("US", 0.2, hi=0.9),
        documents.row("CN", 0.1, hi=0.8),
    ]
    assert "nregistered" not in title(rows)
    assert title(rows).startswith("No lead outside the bounds: United States")


def test_what_has_no_family_could_be_of_any_and_is_drawn_hollow():
    held = specification(documents.families())["datasets"]
    assert len(held["hollow"]) == 1
    assert held["names"][-1]["text"] == "Not stated"


def test_a_licence_that_is_called_unknown_is_a_licence():
    rows = [documents.row("mit", 0.6), documents.row("unknown", 0.4)]
    assert not specification(documents.document("share", rows, by="licence"))["datasets"]["hollow"]


def test_a_leader_behind_the_unaffiliated_is_said_to_lead_countries_only():
    rows = [documents.row("unaffiliated", 0.5), documents.row("US", 0.3), documents.row("CN", 0.2)]
    assert title(rows) == "United States leads the countries with 30 % of downloads; 50 % is unaffiliated"


def test_figures_that_differ_do_not_read_alike():
    rows = [documents.row("US", 0.404), documents.row("CN", 0.396)]
    assert title(rows) == "United States leads with 40.4 % of downloads; China has 39.6 %"


def test_a_group_alone_leads_nobody():
    assert title([documents.row("US", 0.4)]) == "United States has 40 % of downloads"
    assert title([documents.row("unregistered", 1.0, lo=0)]) == "No country is known to have downloads"


@pytest.mark.parametrize("hidden", ["unregistered", "unknown", "(other)"])
def test_one_party_beside_much_that_could_be_anothers_does_not_lead(hidden):
    rows = [documents.row("US", 0.2, hi=0.2), documents.row(hidden, 0.8, lo=0.0, hi=0.8)]
    assert not leads_outside(Subject.of(documents.document("share", rows)), rows, rows[0])


def test_what_is_summed_hides_none_larger_than_the_largest_in_one_window_but_may_in_a_period():
    rows = [documents.row("US", 0.3, hi=0.3), documents.row("DE", 0.1, hi=0.1), documents.row("(other)", 0.6)]
    assert leads_outside(Subject.of(documents.document("share", rows)), rows, rows[0])
    of_a_month = [row | {"period": "2025-01"} for row in rows]
    assert not leads_outside(Subject.of(documents.document("share", of_a_month)), of_a_month, of_a_month[0])


def test_a_party_without_a_row_could_hold_all_that_is_unknown():
    rows = [
        documents.row("US", 0.3, hi=0.3), documents.row("CN", 0.1, hi=0.1), documents.row("unregistered", 0.6, lo=0.0),
    ]  # fmt: skip
    assert title(rows).startswith("No lead outside the bounds")


def test_groups_that_are_summed_are_not_said_to_have_nothing():
    rows = [documents.row("unregistered", 0.53, lo=0.0), documents.row("(other)", 0.47)]
    assert title(rows) == "47 % of downloads is of countries that are not listed here; 53 % is unregistered"


COMPARED = ("house", "raw", "atom")


def compared(figures):
    """The title of groups side by side: `{group: (share under each definition)}`."""
    rows = [
        documents.row(group, shares[n], hi=shares[n]) | {"definition": name, "because": None}
        for n, name in enumerate(COMPARED)
        for group, shares in figures.items()
    ]
    return said(documents.document("compare", rows))["title"].replace("\N{NO-BREAK SPACE}", " ")


def test_who_has_most_of_some_is_most_of_the_parties_and_what_weighs_more_is_said():
    assert compared({"US": (0.4, 0.5, 0.4), "CN": (0.1, 0.2, 0.1)}) == (
        "Of these countries, United States has most under all 3 definitions, outside the bounds"
    )
    assert compared({"US": (0.4, 0.5, 0.4), "CN": (0.1, 0.2, 0.1), "unaffiliated": (0.5, 0.3, 0.3)}) == (
        "Of these countries, United States has most under all 3 definitions, outside the bounds; "
        "unaffiliated weighs more under 1"
    )


def test_nobody_has_most_where_two_have_the_same():
    assert compared({"US": (0.4, 0.5, 0.4), "CN": (0.4, 0.5, 0.4)}) == (
        "None of these countries has more than all others"
    )
    assert compared({"US": (0.4, 0.5, 0.4), "CN": (0.4, 0.1, 0.1)}) == (
        "Which of these countries has most hangs on the definition"
    )


def test_one_group_with_one_share_has_one_figure():
    assert compared({"CN": (0.45, 0.45, 0.45)}) == "China has 45 % under all 3 definitions"
    assert compared({"CN": (0.45, 0.2, 0.45)}) == "China has 20 % to 45 %, by the definition"


shares = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3)


@given(st.lists(shares.map(sorted), min_size=2, max_size=6))
def test_who_is_said_to_lead_has_at_least_more_than_any_other_at_most(limits):
    rows = [documents.row(f"G{n}", value, lo, hi) for n, (lo, value, hi) in enumerate(limits)]
    subject = Subject.of(documents.document("share", rows))
    first = max(rows, key=lambda row: row["value"])
    if leads_outside(subject, rows, first):
        assert all(first["lo"] > row["hi"] for row in rows if row is not first)
        assert all(not leads_outside(subject, rows, row) for row in rows if row is not first)


def test_a_series_speaks_of_its_last_whole_period():
    told = said(documents.series(6))
    assert "in May 2025" in told["title"]
    assert "not observed over their whole length" in told["note"]


def test_the_subtitle_says_unit_definition_and_window_to_the_last_day():
    told = said(documents.share())["subtitle"]
    assert told.startswith(
        "Share of downloads by country on Hugging Face, 11 Jun 2024 to 10 Jul 2024 (30-day counters)."
    )
    assert "Definition house v1: all models, of any age, credited to the uploader, cleaned by material-outlier." in told


def test_choices_that_move_figures_are_said():
    chosen = documents.HOUSE | {"max_age_days": 365, "attribution": "base", "clean": [], "bounds": "strict",
                                "register": "osir", "contested": "widest"}  # fmt: skip
    told = said(documents.share(definition=chosen))["subtitle"]
    for words in ("first 365 days of each", "credited to the declared base", "cleaned by nothing", "register osir",
                  "the unaffiliated count as unknown", "contested attributions"):  # fmt: skip
        assert words in told


def test_the_source_line_names_licence_vintage_and_what_was_known_when():
    told = said(documents.share())["source"]
    assert "A listing (licence: that of the file" in told
    assert "hub-dump-20240711T235959Z-0a1b2c3d (a census)" in told
    assert "As of 11 Jul 2024" in told


def test_simulated_data_say_so():
    assert said(documents.share(simulated=True))["subtitle"].startswith("Simulated data.")


def test_what_the_answer_says_of_its_bounds_stands_under_the_picture():
    note = "Not in the bounds: 16.6% of the weight is of persons."
    assert note in said(documents.share(notes=["Something else.", note]))["note"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.4866, "49 %"),
        (0.0308, "3.1 %"),
        (0.0024, "0.24 %"),
        (0.0, "0 %"),
        (0.00001, "< 0.01 %"),
        (1.0, "100 %"),
        (0.998, "> 99 %"),
    ],
)
def test_parts_have_two_figures(value, text):
    assert percent(value).replace("\N{NO-BREAK SPACE}", " ") == text


NO_WHOLE = [name for name, held in documents.EVERY.items() if held.get("measure") in OWN_CHARTS_ONLY]


@pytest.mark.parametrize("name", NO_WHOLE)
def test_nothing_leads_where_groups_are_no_parts_of_one_whole(name):
    told = said(documents.EVERY[name])["title"]
    assert not any(word in told for word in ("leads", "lead ", "largest", "most downloads"))


def test_figures_of_an_unknown_measure_are_called_by_its_own_title():
    assert said(documents.counts() | {"title": "Something counted"})["title"] == "Something counted"


def test_a_series_of_no_whole_is_called_by_its_own_title():
    held = documents.series(4, "cadence", by="organisation", title="Days between own releases")
    told = said(held)
    assert told["title"] == "Days between own releases"
    assert told["subtitle"].startswith("Median days between own releases by organisation")


def test_days_and_not_shares_are_said_of_releases():
    told = said(documents.EVERY["release-intervals"])
    assert told["title"] == "The 3 organisations with most release days release every 1 to 12 days in the median"
    assert told["subtitle"].startswith("Median days between own releases")


def test_the_shortest_interval_stands_first():
    names = [one["text"] for one in specification(documents.EVERY["release-intervals"])["datasets"]["names"]]
    assert names == ["CN", "Unknown", "US"]


def test_the_part_of_unknown_size_is_said_in_words_and_drawn_on_no_scale():
    spec = specification(documents.EVERY["size-quantiles"])
    assert "the size of 91\N{NO-BREAK SPACE}% is not known" in spec["usermeta"]["weighbridge"]["title"]
    assert "part unknown" not in [one["text"] for one in spec["datasets"]["names"]]
    assert any(one["text"].endswith("to no limit)") for one in spec["datasets"]["told"])


def test_kinds_of_drift_stand_in_their_order_in_one_colour():
    held = specification(documents.EVERY["licence-drift"])["datasets"]
    assert [one["text"] for one in held["names"]] == ["Kept", "Loosened", "Contradictory", "Unknown"]
    assert len({one["colour"] for one in held["solid"]}) == 1
    assert len(held["hollow"]) == 1


def test_units_side_by_side_name_their_windows_and_a_missing_figure_is_none():
    spec = specification(documents.EVERY["usage-columns"])
    told = spec["usermeta"]["weighbridge"]["subtitle"]
    for words in ("Downloads: Hugging Face, 11 Jun 2024", "Pulls: Ollama", "Tokens: OpenRouter", "not wholly observed"):
        assert words in told
    assert [one["text"] for one in spec["datasets"]["told"]].count("–") == 1


@pytest.mark.parametrize("wide", [375, 900])
def test_of_many_lines_only_the_largest_two_have_bands_and_the_note_names_them(wide):
    rows = [
        documents.row(name, part, hi=0.9, period=month)
        for month in documents.months(3)
        for name, part in {"US": 0.3, "CN": 0.2, "FR": 0.15, "DE": 0.12, "(other)": 0.1}.items()
    ]
    spec = specification(documents.document("share", rows, periods=documents.periods(3)), width=wide)
    assert len({one["line"] for one in spec["datasets"]["bands"]}) == 2
    assert "alone" in spec["usermeta"]["weighbridge"]["note"]


def test_who_is_in_the_title_of_a_series_is_drawn():
    rows = [
        documents.row(name, part[n], period=month)
        for n, month in enumerate(documents.months(3))
        for name, part in {"US": (0.9, 0.9, 0.9), "CN": (0.0, 0.0, 0.02), "(other)": (0.1, 0.1, 0.08)}.items()
    ]
    spec = specification(documents.document("share", rows, periods=documents.periods(3)))
    assert any(one["text"].startswith("China") for one in spec["datasets"]["labels"])


@pytest.mark.parametrize(
    ("measure", "asked", "named"),
    [("derivatives", {"show": "detail"}, "--show groups"), ("size", {"show": "figures"}, "--show classes")],
)
def test_what_no_chart_shows_truly_is_refused_with_what_can_be_drawn(measure, asked, named):
    held = documents.document(measure, [documents.row("a", 3.0), documents.row("a", 0.5)], asked=asked)
    with pytest.raises(UsageError) as caught:
        specification(held)
    assert named in caught.value.hint


def test_the_slowest_are_not_taken_for_the_most_important():
    rows = [
        documents.row(f"G{n}", 1.0 + n, period=month) | {"lo": None, "hi": None}
        for month in documents.months(3)
        for n in range(9)
    ]
    held = documents.document("cadence", rows, by="organisation", periods=documents.periods(3))
    assert {one["text"].split()[0] for one in specification(held)["datasets"]["labels"]} == {f"G{n}" for n in range(6)}
