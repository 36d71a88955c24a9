"""Every cell of the matrix is the share asked alone; who leads outside the bounds is tried in all ways."""

from __future__ import annotations

import itertools
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import making
import tiny_hubs
from tiny_hubs import Model, plain
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.grid import CHOICES
from weighbridge.measures.pairs import lead
from weighbridge.measures.table import GroupTable
from weighbridge.register.parties import ELSEWHERE, EUROPE, NOBODY, could_hold
from weighbridge.sources import source
from weighbridge.store.writing import ingest

BOUND_SECONDS = 9.0  # thrice what it may take; of the processor, since others may use the machine too

ROWS = [
    {"id": "google/one", "downloads": 500, "created_at": "2022-05-01", "pipeline_tag": "text-generation"},
    {"id": "google/two-GGUF", "downloads": 260, "created_at": "2023-08-01", "tags": ["gguf"]},
    {"id": "meta-llama/Llama-3-three", "downloads": 250, "created_at": "2024-02-01", "base_model": ["Qwen/Qwen2-four"]},
    {"id": "Qwen/Qwen2-four", "downloads": 410, "created_at": "2024-01-01", "pipeline_tag": "text-generation"},
    {"id": "deepseek-ai/five", "downloads": 41, "created_at": "2024-06-01", "pipeline_tag": "text-generation"},
    {"id": "mistralai/six", "downloads": 77, "created_at": None, "pipeline_tag": "text-generation"},
    {"id": "nobody-looked/seven-tiny-random", "downloads": 120, "base_model": ["google/one", "Qwen/Qwen2-four"],
     "created_at": "2024-03-01", "pipeline_tag": "text-generation"},
    {"id": "my-lab/eight", "downloads": 190, "created_at": "2024-05-01", "pipeline_tag": "text-generation"},
    {"id": "my-lab/nine", "downloads": 30, "created_at": "2022-03-02T23:29:04Z"},
]  # fmt: skip


@pytest.fixture(scope="module")
def corrections(tmp_path_factory):
    """One's own rows for a register: a lab that some put into China and some into France."""
    rows = [
        {
            "namespace": "my-lab",
            "organisation": "Google",
            "country": "US",
            "alternatives": "country=CN | country=FR",
            "note": "a test",
        },
        {
            "namespace": "deepseek-ai",
            "organisation": "DeepSeek",
            "country": "CN",
            "alternatives": "country=US",
            "note": "a test",
        },
    ]
    return str(making.csv_file(tmp_path_factory.mktemp("own") / "own.csv", rows))


def matrix(store, name="house", **options):
    own = {key: options.pop(key) for key in ("by", "groups") if key in options}
    return ask(StoreBacking(store), "matrix", making.asked(name, **options), own).to_dict()


def alone(store, row, by, house, **options):
    """The share of each group under the definition of one cell, asked alone."""
    clean = house if row["clean"] == "house" else ("none",)
    chosen = {choice: row[choice] for choice in CHOICES if choice != "clean" and row[choice] is not None}
    answer = ask(StoreBacking(store), "share", making.asked("raw", clean=clean, **chosen, **options), {"by": by})
    return {each.group: each for each in answer.rows}, answer.total


def agrees(store, row, by, house, **options):
    """Whether a cell says what the share says that is asked alone."""
    found, total = alone(store, row, by, house, **options)
    assert row["total"] == total
    for group, value in row["values"].items():
        assert value == pytest.approx(found[group].value if group in found else 0.0, abs=1e-12)
        if group in found:
            assert row["bounds"][group] == pytest.approx([found[group].lo, found[group].hi], abs=1e-12)
    first, second = sorted(row["values"], key=lambda group: -row["values"][group])[:2]
    assert row["leader"] == (first if row["values"][first] > row["values"][second] else None)


HOUSE_RULES = ("material-outlier", "spike")


ASKED = [
    ("country", "CN,US"),
    ("country", "US,CN,FR"),
    ("country", "unknown,US"),
    ("region", "Eastern Asia,Northern America"),
    ("family", "Qwen,Llama"),
    ("organisation", "Google,Alibaba"),
    ("type", "company,unregistered"),
]


@pytest.mark.parametrize(("by", "groups"), ASKED)
def test_every_cell_is_the_share_asked_alone(store, read_hub, corrections, by, groups):
    read_hub(ROWS)
    document = matrix(store, by=by, groups=groups, register=corrections)
    assert len(document["rows"]) == 3 * 2 * 3 * 2 * 2 * 2
    for row in document["rows"][1 :: 5 if (by, groups) == ASKED[0] else 13]:
        agrees(store, row, by, HOUSE_RULES)


def test_a_register_with_alternatives_widens_the_bounds_of_its_cells_alone(store, read_hub, corrections):
    read_hub(ROWS)
    rows = matrix(store, register=corrections)["rows"]
    width = Counter()
    for row in rows:
        width[row["register"] == corrections, row["contested"]] += sum(hi - lo for lo, hi in row["bounds"].values())
    assert width[True, "widest"] > width[True, "main"]
    assert width[False, "widest"] == pytest.approx(width[False, "main"])


def test_the_grid_takes_in_the_age_attribution_and_scope_that_are_asked(store, read_hub):
    read_hub(ROWS)
    document = matrix(store, max_age_days=90, attribution="base-inferred", scope="atom-like")
    assert {row["max_age_days"] for row in document["rows"]} == {None, 365, 730, 90}
    assert {row["attribution"] for row in document["rows"]} == {"uploader", "base", "base-inferred"}
    assert {row["scope"] for row in document["rows"]} == {"everything", "language", "without-quantised", "atom-like"}
    mine = [row for row in document["rows"] if row["max_age_days"] == 90 and row["scope"] == "atom-like"]
    assert len(mine) == 2 * 3 * 2
    for row in mine[::2]:
        agrees(store, row, "country", HOUSE_RULES)


def test_evidence_and_bounds_hold_in_every_cell(store, read_hub, corrections):
    read_hub(ROWS)
    asked = {"evidence": "stated", "bounds": "strict"}
    for row in matrix(store, register=corrections, **asked)["rows"][1::7]:
        agrees(store, row, "country", HOUSE_RULES, **asked)


def test_leaders_and_parts_are_counted_from_the_rows(store, read_hub):
    read_hub(ROWS)
    document = matrix(store)
    rows = document["rows"]
    assert document["leaders"] == dict(Counter(row["leader"] or "(tie)" for row in rows))
    largest = max(row["total"] for row in rows)
    assert [row["part_of_largest"] for row in rows] == [row["total"] / largest for row in rows]
    assert document["summary"]["cells"] == len(rows)
    assert {tuple(row[choice] for choice in CHOICES) for row in rows} == set(
        itertools.product((None, 365, 730), ("uploader", "base"), ("everything", "language", "without-quantised"),
                          ("none", "house"), ("house",), ("main", "widest"))
    )  # fmt: skip


def test_a_single_register_is_said_to_be_alone(store, read_hub):
    read_hub(ROWS)
    assert [skipped["choice"] for skipped in matrix(store)["skipped"]] == ["register"]


def test_definitions_under_which_there_is_nothing_are_skipped_with_the_reason(store, read_hub):
    read_hub([{"id": "google/a", "downloads": 5, "created_at": "2020-01-01"},
              {"id": "Qwen/b", "downloads": 3, "created_at": "2020-01-01"}])  # fmt: skip
    document = matrix(store)
    assert {row["max_age_days"] for row in document["rows"]} == {None}
    assert {row["scope"] for row in document["rows"]} == {"everything", "without-quantised"}
    named = {skipped["choice"]: skipped["reason"] for skipped in document["skipped"]}
    assert "nothing was downloaded" in named["first 365 days, uploader, everything, none"]
    assert "nothing was downloaded" in named["any age, uploader, language, none"]


def test_a_tie_has_no_leader(store, read_hub):
    read_hub([{"id": "google/a", "downloads": 5}, {"id": "Qwen/b", "downloads": 5}])
    document = matrix(store)
    assert document["leaders"] == {"(tie)": len(document["rows"])}
    assert not any(row["outside_bounds"] for row in document["rows"])
    assert f"Of {len(document['rows'])} definitions: nobody leads in {len(document['rows'])}" in document["notes"][0]


def test_a_hub_without_china_and_the_united_states_compares_its_largest(store, read_hub):
    read_hub([{"id": "mistralai/a", "downloads": 5}, {"id": "stabilityai/b", "downloads": 3}])
    assert matrix(store)["groups"] == ["FR", "GB"]


BAD = {"one": "US", "the same twice": "US,US", "one of them twice": "US,CN,US", "none": ",", "an unknown one": "CN,USA",
       "without weight": "KE,JP", "the same by code and by name": "US,United States"}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_groups_that_cannot_be_compared_are_wrong_usage(store, read_hub, what):
    read_hub(ROWS)
    with pytest.raises(UsageError) as caught:
        matrix(store, groups=BAD[what])
    assert "US" in caught.value.hint


def test_a_country_without_weight_has_nothing_and_may_have_what_is_unknown(store, read_hub):
    read_hub(ROWS)
    (row,) = [
        row
        for row in matrix(store, groups="US,KE")["rows"]
        if row == row | {"max_age_days": None, "attribution": "uploader", "scope": "everything", "clean": "none"}
        and row["contested"] == "main"
    ]
    unknown = (120 + 190 + 30) / row["total"]
    assert (row["values"]["KE"], row["bounds"]["KE"]) == (0.0, pytest.approx([0.0, unknown]))


def test_a_series_has_its_own_measure(store, read_hub):
    read_hub(ROWS)
    with pytest.raises(UsageError, match="one window") as caught:
        matrix(store, over="month")
    assert "crossover" in caught.value.hint


def test_an_empty_store_is_missing_data(store):
    with pytest.raises(DataMissing):
        matrix(store)


COUNTRIES = ("US", "CN", "FR", "KE")
PAIRS = (("US", "CN"), ("CN", "US"), ("US", "FR"), ("FR", "CN"), ("FR", "US"), ("CN", "KE"), ("FR", "KE"))
LIKELY = ("us-a", "us-b", "cn-a", "cn-b", "fr", "europe", "elsewhere", "new-a")


def could_be(holder):
    """Groups that the weight of a holder could turn out to be."""
    behind = tiny_hubs.PARTIES.get(holder, NOBODY)
    if behind.country in ("unknown", "unregistered"):
        return {behind.country, *COUNTRIES}
    if behind.country in (EUROPE, ELSEWHERE):
        return {behind.country, *(c for c in COUNTRIES if could_hold(behind.country, c))}
    return {behind.country, *(dict(other)["country"] for other in behind.alternatives)}


def always_ahead(models, first, second):
    """Whether the first is ahead however all that is unknown turns out: every assignment is tried."""
    parts = [part for model in models for part in model.parts]
    outcomes = [
        {weight * sign(place, first, second) for weight in (part.lo, part.hi) for place in could_be(part.holder)}
        for part in parts
    ]
    return all(sum(outcome) > 0 for outcome in itertools.product(*outcomes))


def sign(place, first, second):
    """What a download of a place adds to the lead of the first."""
    return (place == first) - (place == second)


@settings(max_examples=200, deadline=None)
@given(st.lists(tiny_hubs.models(LIKELY), min_size=1, max_size=4), st.sampled_from(PAIRS))
def test_a_lead_is_outside_the_bounds_if_and_only_if_no_assignment_ends_it(models, pair):
    models = [Model(model.parts) for model in models]
    first, second = pair
    sliced = tiny_hubs.hub([*models, plain("us-a", 1), plain("fr", 1), plain("cn-a", 1)])
    models += [plain("us-a", 1), plain("fr", 1), plain("cn-a", 1)]
    table = GroupTable(weighed := tiny_hubs.weighed(sliced, contested="widest"), weighed.groups("country"))
    assert table.leads_outside(0, first, second) == always_ahead(models, first, second)


@settings(max_examples=150, deadline=None)
@given(st.lists(tiny_hubs.models(), min_size=1, max_size=6), st.sampled_from(("main", "widest")))
def test_a_lead_that_the_bounds_of_the_shares_set_apart_is_outside_them(models, contested):
    sliced = tiny_hubs.hub([*[Model(model.parts) for model in models], plain("us-a", 5), plain("cn-a", 3)])
    table = GroupTable(weighed := tiny_hubs.weighed(sliced, contested=contested), weighed.groups("country"))
    found = lead(table, 0, ("US", "CN"))
    (us_least, us_most), (cn_least, cn_most) = found.bounds["US"], found.bounds["CN"]
    assert us_least <= found.values["US"] <= us_most
    assert cn_least <= found.values["CN"] <= cn_most
    if found.leader == "US" and all(p.lo == p.value == p.hi for m in models for p in m.parts):
        assert not (us_least > cn_most and not found.outside_bounds)


def lead_of(models, *groups, **changes):
    weighed = tiny_hubs.weighed(tiny_hubs.hub(models), **changes)
    return lead(GroupTable(weighed, weighed.groups("country")), 0, groups)


def test_what_is_unknown_decides_a_close_lead_and_not_a_clear_one():
    assert lead_of([plain("us-a", 9), plain("cn-a", 5), plain("new-a", 3)], "US", "CN").outside_bounds
    assert not lead_of([plain("us-a", 9), plain("cn-a", 5), plain("new-a", 4)], "US", "CN").outside_bounds


def test_the_lead_over_what_is_unknown_is_certain_since_that_is_at_most_what_it_is():
    found = lead_of([plain("us-a", 9), plain("nobody-knows", 8), plain("new-a", 8)], "US", "unknown")
    assert (found.leader, found.outside_bounds) == ("US", True)
    assert found.bounds["unknown"] == (0.0, 8 / 25)


def test_what_is_unknown_never_leads_for_sure():
    found = lead_of([plain("us-a", 1), plain("nobody-knows", 8)], "US", "unknown")
    assert (found.leader, found.outside_bounds) == ("unknown", False)


def test_a_broad_group_holds_its_members_and_no_others():
    models = [plain("us-a", 9), plain("fr", 1), plain("cn-a", 1), plain("europe", 8)]
    assert not lead_of(models, "US", "FR").outside_bounds
    assert lead_of(models, "US", "CN").outside_bounds


def test_a_broad_group_cannot_hold_a_country_without_weight_that_is_not_in_it():
    models = [plain("fr", 9), plain("europe", 8)]
    found = lead_of(models, "FR", "US")
    assert (found.bounds["US"], found.outside_bounds) == ((0.0, 0.0), True)


def test_a_disputed_model_counts_against_its_group_and_for_the_other():
    models = [plain("us-a", 6), plain("us-b", 3), plain("cn-a", 5)]  # us-b: 9 to 5, or 6 to 8
    assert lead_of(models, "US", "CN").outside_bounds
    assert not lead_of(models, "US", "CN", contested="widest").outside_bounds


def test_a_leader_of_three_must_lead_both_outside_the_bounds():
    models = [plain("us-a", 20), plain("cn-a", 1), plain("fr", 9), plain("europe", 12)]
    assert lead_of(models, "US", "CN").outside_bounds
    assert not lead_of(models, "CN", "US", "FR").outside_bounds


def test_cells_of_the_real_census_are_the_share_asked_alone_and_come_quickly(census, corrections):
    matrix(census, hub="huggingface", by="family")  # what is kept beside the store has been made by then
    begun = time.process_time()
    document = matrix(census, hub="huggingface", register=corrections)
    assert time.process_time() - begun < BOUND_SECONDS
    assert len(document["rows"]) == 144
    assert document["leaders"] == {"US": 144}
    for row in document["rows"][3::47]:
        agrees(census, row, "country", HOUSE_RULES, hub="huggingface")


def test_a_register_that_knows_nobody_on_the_hub_is_skipped(store, tmp_path):
    pulls = [{"date": f"2025-01-{day:02}", "model": name, "pull_count_text": f"{100 + rate * day}K"}
             for day in range(1, 32) for name, rate in (("qwen3", 5), ("gemma3", 9))]  # fmt: skip
    listed = {
        "models.csv": "org,model,modelId\nQwen,Qwen2,Qwen/Qwen2\n",
        "extra_models.csv": "org,model,modelId\n",
        "metadata/model_parameters.csv": "model_id,total_params_b,active_params_b\n",
        "metadata/release_date_corrections.csv": "model_id,hf_created_at,actual_release_date,notes\n",
        "metadata/organization_regions.csv": "hf_org,region,notes\nQwen,china,\n",
    }
    (tmp_path / "atom" / "metadata").mkdir(parents=True)
    for name, text in listed.items():
        (tmp_path / "atom" / name).write_text(text)
    day = making.moment("2025-02-02")
    ingest(store, source("ollama-pulls"), making.csv_file(tmp_path / "pulls.csv", pulls), at=None, known=day)
    ingest(store, source("atom-tracked-models"), tmp_path / "atom", at=day, known=day)
    document = matrix(store, hub="ollama")
    assert {row["register"] for row in document["rows"]} == {"house"}
    assert {"choice": "register atom", "reason": "it knows nobody on ollama"} in document["skipped"]
