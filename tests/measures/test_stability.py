"""Stability: the figure itself is the one of `share` and `concentration`; the resamples are checked by drawing anew."""

from __future__ import annotations

import time

import numpy as np
import pytest

import making
import tiny_hubs
from tiny_hubs import Model, Part, plain
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking, ask

BOUND_SECONDS = 6.0  # thrice what it may take; of the processor, since others may use the machine too
ROWS = [
    {"id": "google/one", "downloads": 500},
    {"id": "google-bert/two", "downloads": 260},
    {"id": "meta-llama/three", "downloads": 250, "base_model": ["Qwen/four"]},
    {"id": "Qwen/four", "downloads": 410},
    {"id": "mistralai/six", "downloads": 77},
    {"id": "nobody-a/seven", "downloads": 120, "base_model": ["google/one", "Qwen/four"]},
    *({"id": f"nobody-{n}/model", "downloads": 3} for n in range(40)),
]
SMALL_HUB = [plain("us-a", 40), plain("us-b", 25), plain("cn-a", 30), plain("cn-b", 12), plain("fr", 9),
             plain("person", 6), plain("new-a", 4), plain("nobody-knows", 5)]  # fmt: skip


def stability(weighed, **options):
    own = {"by": "country", "of": "share", "groups": None, "stays": 3, "resamples": 400, "seed": 1} | options
    return measures()["stability"].of(weighed, own).to_dict()


def tiny(models=SMALL_HUB, count=1, **options):
    return stability(tiny_hubs.weighed(tiny_hubs.hub(models, tiny_hubs.windows(count))), **options)


@pytest.mark.parametrize("attribution", ["uploader", "base"])
@pytest.mark.parametrize("by", ["country", "organisation", "family", "region", "model", "namespace"])
def test_the_values_are_the_shares(store, read_hub, by, attribution):
    read_hub(ROWS)
    backing, question = StoreBacking(store), making.asked("raw", attribution=attribution)
    shares = {row.group: row.value for row in ask(backing, "share", question, {"by": by}).rows}
    rows = ask(backing, "stability", question, {"by": by}).to_dict()["rows"]
    largest = sorted(shares.values(), reverse=True)[:8]
    assert [row["value"] for row in rows] == pytest.approx(largest)
    assert all(row["value"] == pytest.approx(shares[row["group"]]) for row in rows)


@pytest.mark.parametrize(
    ("by", "of"), [("model", "models"), ("organisation", "organisations"), ("country", "countries")]
)
@pytest.mark.parametrize("attribution", ["uploader", "base"])
def test_the_index_is_that_of_concentration(store, read_hub, by, of, attribution):
    read_hub(ROWS)
    backing, question = StoreBacking(store), making.asked("raw", attribution=attribution)
    index = ask(backing, "concentration", question, {"of": of}).to_dict()["hhi"]
    (row,) = ask(backing, "stability", question, {"by": by, "of": "hhi"}).to_dict()["rows"]
    assert row["value"] == pytest.approx(index)
    assert row["lo"] < row["value"] < row["hi"]


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    first, again, other = tiny(seed=7), tiny(seed=7), tiny(seed=8)
    assert first["rows"] == again["rows"]
    assert [row["value"] for row in first["rows"]] == [row["value"] for row in other["rows"]]
    assert first["rows"] != other["rows"]


def drawn(models, resamples=20_000, seed=5):
    """Weights of the countries under exponential weights of the clusters, drawn plainly."""
    clusters = ["Amber", "Birch", "Cedar", "Delta", "person", "new-a", "nobody-knows"]
    owner = {"us-a": "Amber", "us-b": "Birch", "cn-a": "Cedar", "cn-b": "Cedar", "fr": "Delta"}
    places = {"Amber": "US", "Birch": "US", "Cedar": "CN", "Delta": "FR"}
    weight = np.random.default_rng(seed).standard_exponential((resamples, len(clusters)))
    sums = {}
    for model in models:
        (part,) = model.parts
        cluster = owner.get(part.holder, part.holder)
        place = places.get(cluster, "other")
        sums[place] = sums.get(place, 0) + weight[:, clusters.index(cluster)] * part.value
    return sums


def test_limits_are_the_quantiles_of_shares_under_exponential_weights_of_organisations():
    sums = drawn(SMALL_HUB)
    total = sum(sums.values())
    rows = {row["group"]: row for row in tiny(resamples=20_000)["rows"]}
    for country in ("US", "CN", "FR"):
        expected = np.quantile(sums[country] / total, (0.025, 0.975))
        assert (rows[country]["lo"], rows[country]["hi"]) == pytest.approx(tuple(expected), abs=0.012)


def test_the_difference_is_drawn_jointly_and_says_how_often_the_first_is_ahead():
    sums = drawn(SMALL_HUB)
    apart = (sums["CN"] - sums["US"]) / sum(sums.values())
    (row,) = tiny(of="difference", resamples=20_000)["rows"]
    assert row["group"] == "CN - US"
    assert row["value"] == pytest.approx((42 - 65) / 131)
    assert (row["lo"], row["hi"]) == pytest.approx(tuple(np.quantile(apart, (0.025, 0.975))), abs=0.02)
    assert row["ahead"] == pytest.approx((apart > 0).mean(), abs=0.015)


def test_the_index_of_organisations_counts_a_cluster_of_double_weight_as_two():
    """Weights w that sum to n: hhi* = Σ w D² / (Σ w D)²."""
    sizes = np.array([40, 25, 42, 9, 6, 4, 5.0])
    weight = np.random.default_rng(2).standard_exponential((20_000, 7))
    weight *= 7 / weight.sum(axis=1, keepdims=True)
    expected = np.quantile((weight @ sizes**2) / (weight @ sizes) ** 2, (0.025, 0.975))
    (row,) = tiny(of="hhi", by="organisation", resamples=20_000)["rows"]
    assert row["value"] == pytest.approx((sizes**2).sum() / sizes.sum() ** 2)
    assert (row["lo"], row["hi"]) == pytest.approx(tuple(expected), rel=0.03)


def test_the_index_of_regions_leaves_out_what_has_none():
    (row,) = tiny([plain("us-a", 6), plain("fr", 2), plain("person", 50), plain("europe", 9)], of="hhi", by="region")[
        "rows"
    ]
    assert row["value"] == pytest.approx((6**2 + 2**2) / 8**2)


def test_one_organisation_alone_does_not_vary():
    (row,) = tiny([plain("us-a", 5), plain("us-a", 9)])["rows"]
    assert (row["value"], row["lo"], row["hi"]) == (1, 1, 1)


def test_namespaces_of_one_organisation_are_one_cluster():
    assert tiny([plain("cn-a", 5), plain("cn-b", 5)])["interval"]["clusters"] == 1
    assert tiny([plain("person", 5), plain("new-a", 5), plain("new-b", 5)])["interval"]["clusters"] == 3


def test_a_cluster_without_weight_is_none():
    assert tiny([plain("us-a", 5), plain("cn-a", 5), plain("new-a", 0)])["interval"]["clusters"] == 2


def test_coverage_is_claimed_unless_one_organisation_holds_over_a_fifth():
    equals = tiny([plain(holder, 10) for holder in ("us-a", "us-b", "cn-a", "fr", "person")])
    assert (equals["interval"]["largest_cluster_share"], equals["interval"]["coverage_claimed"]) == (0.2, True)
    large = tiny()
    assert (large["interval"]["largest_cluster"], large["interval"]["coverage_claimed"]) == ("Cedar", False)
    assert any("Cedar alone holds 32.1%: no coverage is claimed" in note for note in large["notes"])
    assert not any("no coverage" in note for note in equals["notes"])


def test_the_note_says_what_the_interval_is_not():
    (note,) = [note for note in tiny(resamples=50)["notes"] if note.startswith("lo and hi")]
    assert "50 resamples of 7 organisations" in note
    assert "not of sampling error" in note


def test_chosen_groups_stand_in_their_order_and_may_have_no_weight():
    rows = tiny(groups=("KE", "CN", "unknown"))["rows"]
    assert [(row["group"], row["value"]) for row in rows] == [("KE", 0.0), ("CN", 42 / 131), ("unknown", 5 / 131)]
    assert (rows[0]["lo"], rows[0]["hi"]) == (0, 0)


@pytest.mark.parametrize("options", [{"groups": ("Atlantis",)}, {"groups": ()}, {"of": "difference", "groups": ("US",)},
                                     {"of": "difference", "groups": ("US", "CN", "FR")}, {"of": "hhi", "by": "task"},
                                     {"of": "crossover", "groups": ("US", "CN", "FR")}], ids=str)  # fmt: skip
def test_what_makes_no_figure_is_wrong_usage(options):
    with pytest.raises(UsageError) as caught:
        tiny(**options)
    assert caught.value.hint


def test_an_index_over_nothing_known_is_missing_data():
    with pytest.raises(DataMissing, match="known country"):
        tiny([plain("new-a", 5), plain("person", 5)], of="hhi")


@pytest.mark.parametrize(
    "options", [{}, {"of": "hhi"}, {"of": "hhi", "by": "organisation"}, {"of": "difference"}], ids=str
)
def test_periods_in_which_nothing_was_downloaded_have_no_row(options):
    models = [plain("us-a", 6), plain("cn-a", 4), plain("us-a", 4, window=2), plain("cn-a", 6, window=2)]
    rows = tiny(models, 3, **options)["rows"]
    assert {row["period"] for row in rows} == {"P00", "P02"}


def series(*pairs, holders=("us-a", "cn-a")):
    """A series of the weights of two holders."""
    return [
        plain(holder, value, window=n)
        for n, pair in enumerate(pairs)
        for holder, value in zip(holders, pair, strict=True)
    ]


def test_the_crossing_of_two_organisations_alone_is_drawn_from_their_weights():
    """With one organisation on each side the sign of w₁ a - w₂ b decides; w₁ and w₂ are exponential."""
    models = series((1, 4), (1, 4), (8, 4), (8, 4), (8, 4))
    found = tiny(models, 5, of="crossover", groups=("US", "CN"), resamples=40_000)
    (row,) = found["rows"]
    assert (row["value"], row["lo"], row["hi"]) == ("P02", "P02", "P02")
    within = 4 / (4 + 1) - 0.5 / (1 + 0.5)  # P(½ < w₁/w₂ ≤ 4), since P(w₁/w₂ ≤ r) = r / (1 + r)
    assert row["crosses"] == pytest.approx(within, abs=0.01)
    assert row["ahead_at_the_end"] == pytest.approx(1 / 1.5, abs=0.01)
    assert any(f"({row['crosses']:.1%})" in note for note in found["notes"])


def test_dates_have_limits_among_the_resamples_that_cross():
    steps = [(n, 12 - n) for n in range(1, 12)]
    (row,) = tiny(series(*steps), 11, of="crossover", groups=("US", "CN"), stays=1, resamples=4_000)["rows"]
    assert row["value"] == "P06"  # 7 to 5
    ratio = np.random.default_rng(3).standard_exponential((2, 40_000))
    first = [next((n for n, (a, b) in enumerate(steps) if w * a > v * b), -1) for w, v in ratio.T]
    seen = np.sort([n for n in first if n > 0])
    assert row["crosses"] == pytest.approx(len(seen) / 40_000, abs=0.02)
    assert row["lo"] == f"P{seen[int(0.025 * len(seen))]:02}"
    assert row["hi"] == f"P{seen[-1 - int(0.025 * len(seen))]:02}"


def test_a_series_that_never_crosses_has_no_date():
    (row,) = tiny(series((1, 4), (1, 4), (1, 4)), 3, of="crossover", groups=("US", "CN"))["rows"]
    assert row["value"] is None


def test_a_crossover_without_a_series_is_missing_data():
    with pytest.raises(DataMissing, match="needs two periods") as caught:
        tiny(of="crossover")
    assert caught.value.hint


def test_merges_give_their_parts_to_the_clusters_of_their_roots():
    merge = Model((Part("us-a", 6, 6, 6), Part("cn-a", 4, 4, 4)))
    found = tiny([merge, plain("fr", 2)])
    assert found["interval"]["clusters"] == 3
    assert [row["value"] for row in found["rows"]] == [6 / 12, 4 / 12, 2 / 12]


def test_a_thousand_resamples_of_the_real_census_are_quick_and_agree_with_the_share(census):
    weighed = making.weighed(census, StoreBacking(census).register("house", None), "house", hub="huggingface")
    begun = time.process_time()
    found = stability(weighed, resamples=1_000)
    assert time.process_time() - begun < BOUND_SECONDS
    shares = {row.group: row.value for row in measures()["share"].of(weighed, {"by": "country", "top": None}).rows}
    for row in found["rows"]:
        assert row["value"] == pytest.approx(shares[row["group"]])
        assert row["lo"] < row["value"] < row["hi"]
    assert found["interval"]["clusters"] > 70_000


def test_the_sample_answers_what_it_can_and_says_what_it_sums():
    cube = CubeFile(sample_path())
    found = ask(cube, "stability", making.asked("house", hub="huggingface"), {}).to_dict()
    assert any("count as one cluster" in note for note in found["notes"])
    shares = {row.group: row.value for row in ask(cube, "share", making.asked("house", hub="huggingface"), {}).rows}
    assert all(row["value"] == pytest.approx(shares[row["group"]]) for row in found["rows"])
    with pytest.raises(DataMissing, match="sums small models"):
        ask(cube, "stability", making.asked("house", hub="huggingface"), {"of": "hhi", "by": "model"})


def test_an_index_of_equals_lies_below_its_own_interval_and_the_answer_says_so():
    found = tiny([plain("us-a", 10), plain("cn-a", 10)], of="hhi")
    (row,) = found["rows"]
    assert row["value"] == 0.5 < row["lo"]
    assert any("may lie below its own interval" in note for note in found["notes"])
    assert not any("own interval" in note for note in tiny()["notes"])
