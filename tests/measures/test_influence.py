"""Influence against asking again without each model, and breakdown numbers against trying every set."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import making
import tiny_hubs
from tiny_hubs import Model, Part, plain
from weighbridge.cubes.cubefile import CubeFile
from weighbridge.cubes.exporting import export_cube
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures import measures
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.register import parties
from weighbridge.register.parties import NOBODY
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

ROWS = [
    {"id": "google/one", "downloads": 500},
    {"id": "google/two", "downloads": 90},
    {"id": "meta-llama/three", "downloads": 250, "base_model": ["Qwen/four"]},
    {"id": "Qwen/four", "downloads": 330},
    {"id": "deepseek-ai/five", "downloads": 41},
    {"id": "mistralai/six", "downloads": 77},
    {"id": "nobody-looked/seven", "downloads": 120, "base_model": ["google/one", "Qwen/four"]},
    {"id": "nobody-looked/eight", "downloads": 0},
]


def influence(weighed, groups=("US", "CN"), by="country", top=50):
    options = {"by": by, "groups": groups, "top": top}
    return measures()["influence"].of(weighed, options).to_dict()


HOUSE = parties.house()


def difference(store, attribution):
    """US less CN, asked anew."""
    values = {row.group: row.value for row in making.share(store, "country", HOUSE, attribution=attribution).rows}
    return values.get("US", 0.0) - values.get("CN", 0.0)


@pytest.mark.parametrize("attribution", ["uploader", "base"])
def test_what_a_model_moves_is_the_difference_asked_again_without_it(store, read_hub, attribution):
    read_hub(ROWS)
    whole = difference(store, attribution)
    told = influence(making.weighed(store, HOUSE, attribution=attribution))
    assert told["difference"] == pytest.approx(whole)
    moves = {row["model"]: row["moves"] for row in told["models"]}
    assert "nobody-looked/eight" not in moves
    for row in ROWS:
        read_hub([other | {"downloads": 0} if other is row else other for other in ROWS])
        again = difference(store, attribution)
        assert moves.get(row["id"], 0.0) == pytest.approx(again - whole, abs=1e-12), row["id"]


def test_what_an_organisation_moves_is_the_difference_asked_again_without_its_rows(store, read_hub):
    read_hub(ROWS)
    told = influence(making.weighed(store, HOUSE))
    whole = told["difference"]
    moves = {row["organisation"]: row["moves"] for row in told["organisations"]}
    for name, namespace in (("Google", "google/"), ("Alibaba", "Qwen/"), ("nobody-looked", "nobody-looked/")):
        read_hub([row | {"downloads": 0 if row["id"].startswith(namespace) else row["downloads"]} for row in ROWS])
        assert moves[name] == pytest.approx(difference(store, "uploader") - whole, abs=1e-12)


def lead_without(models, who, gone, groups):
    """Weight of the first group less that of the second, without some models or some clusters."""
    lead = 0
    for number, model in enumerate(models):
        for part in model.parts:
            if number not in gone and cluster(part.holder, who) not in gone:
                country = who.get(part.holder, NOBODY).country
                lead += part.value * ((country == groups[0]) - (country == groups[1]))
    return lead


def cluster(holder, who):
    party = who.get(holder, NOBODY)
    return holder if party.organisation in ("(individuals)", "unknown", "unregistered") else party.organisation


def fewest(models, who, units, groups):
    """Least number of units whose removal puts the other group ahead, by trying all sets."""
    before = lead_without(models, who, (), groups)
    for count in range(1, len(units) + 1):
        for gone in itertools.combinations(units, count):
            if before * lead_without(models, who, gone, groups) < 0:
                return count
    return None


@settings(max_examples=80, deadline=None)
@given(st.lists(tiny_hubs.models(exact=True), min_size=1, max_size=7), st.permutations(["US", "CN", "FR"]))
def test_breakdown_numbers_are_the_least_of_all_sets(models, groups):
    models = [Model(model.parts) for model in models]
    chosen, who = tuple(groups[:2]), tiny_hubs.PARTIES
    weight = {who.get(p.holder, NOBODY).country for m in models for p in m.parts if p.value}
    assume(weight & set(chosen))
    told = influence(tiny_hubs.weighed(tiny_hubs.hub(models)), chosen)
    everyone = sorted({cluster(p.holder, who) for m in models for p in m.parts})
    expected = {"models": fewest(models, who, range(len(models)), chosen)} | {
        "organisations": fewest(models, who, everyone, chosen)
    }
    assert told["breakdown"] == expected
    assert told["exact"] is True


@settings(max_examples=80, deadline=None)
@given(st.lists(tiny_hubs.models(exact=True), min_size=1, max_size=7))
def test_moves_are_the_exact_change_of_the_difference(models):
    models, who = [Model(model.parts) for model in models], tiny_hubs.PARTIES
    weight = {who.get(p.holder, NOBODY).country for m in models for p in m.parts if p.value}
    assume(weight & {"US", "CN"})
    told = influence(tiny_hubs.weighed(tiny_hubs.hub(models)))
    total = sum(part.value for model in models for part in model.parts)
    before = Fraction(lead_without(models, who, (), ("US", "CN")), total)
    listed = {row["model"]: row["moves"] for row in told["models"]}
    for number, model in enumerate(models):
        left = total - sum(part.value for part in model.parts)
        after = Fraction(lead_without(models, who, (number,), ("US", "CN")), left) if left else before
        assert listed.get(f"m/{number}", 0.0) == pytest.approx(float(after - before), abs=1e-12)


def test_a_lead_that_ends_level_is_not_turned():
    told = influence(tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 5), plain("us-a", 2), plain("cn-a", 2)])))
    assert told["breakdown"] == {"models": 2, "organisations": 1}  # without the first it is 2 to 2


def test_a_merge_takes_from_both_and_counts_by_what_is_left():
    merge = Model((Part("us-a", 7, 7, 7), Part("cn-a", 4, 4, 4)))
    told = influence(tiny_hubs.weighed(tiny_hubs.hub([merge, plain("us-a", 3), plain("cn-b", 2)])))
    assert told["breakdown"]["models"] == 2  # the lead is 4; the models carry 3, 3 and -2 of it
    assert {row["model"]: row["downloads"] for row in told["models"]} == {"m/0": 11, "m/1": 3, "m/2": 2}


def test_a_group_that_nothing_stands_against_cannot_be_overtaken():
    told = influence(tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 5), plain("fr", 2)])))
    assert told["breakdown"] == {"models": None, "organisations": None}
    assert any("No breakdown number of models, organisations" in note for note in told["notes"])


def test_equals_have_no_lead_to_turn():
    told = influence(tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 5), plain("cn-a", 5)])))
    assert told["leader"] is None
    assert told["breakdown"] == {"models": None, "organisations": None}
    assert "Neither group leads, so nothing can turn the lead." in told["notes"]


def test_the_order_of_the_groups_turns_the_sign_alone():
    weighed = tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 9), plain("cn-a", 5), plain("fr", 3)]))
    one, other = influence(weighed), influence(weighed, ("CN", "US"))
    assert one["difference"] == -other["difference"]
    assert {r["model"]: r["moves"] for r in one["models"]} == {r["model"]: -r["moves"] for r in other["models"]}
    assert (one["breakdown"], one["leader"]) == (other["breakdown"], other["leader"])


def test_models_that_move_alike_stand_in_order_of_name():
    models = [plain("us-a", 3) for _ in range(12)] + [plain("cn-a", 50)]
    told = influence(tiny_hubs.weighed(tiny_hubs.hub(models)), top=4)
    assert [row["model"] for row in told["models"]] == ["m/12", "m/0", "m/1", "m/10"]


def test_namespaces_of_one_organisation_are_left_out_together_and_persons_alone():
    models = [plain("cn-a", 4), plain("cn-b", 3), plain("person", 2), plain("new-a", 1), plain("us-a", 1)]
    told = influence(tiny_hubs.weighed(tiny_hubs.hub(models)))
    assert {row["organisation"]: row["downloads"] for row in told["organisations"]} == {
        "Cedar": 7, "person": 2, "new-a": 1, "Amber": 1,
    }  # fmt: skip


def test_what_is_unknown_can_be_one_of_the_groups():
    told = influence(tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 3), plain("nobody-knows", 5)])), ("unknown", "US"))
    assert told["leader"] == "unknown"
    assert told["breakdown"] == {"models": 1, "organisations": 1}


@pytest.mark.parametrize("groups", [("US",), ("US", "US"), (), ("US", "Atlantis"), ("KE", "JP"), ("US", "CN", "FR")])
def test_what_cannot_be_compared_is_wrong_usage(groups):
    with pytest.raises(UsageError) as caught:
        influence(tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 3), plain("cn-a", 5), plain("fr", 1)])), groups)
    assert caught.value.hint


def test_nobody_else_to_compare_with_is_missing_data():
    with pytest.raises(DataMissing, match="only Llama has weight by family"):
        influence(tiny_hubs.weighed(tiny_hubs.hub([plain("us-a", 3)])), None, by="family")


def test_several_windows_are_refused():
    sliced = tiny_hubs.hub([plain("us-a", 3), plain("cn-a", 2, window=1)], tiny_hubs.windows(2))
    with pytest.raises(UsageError, match="one window"):
        influence(tiny_hubs.weighed(sliced))


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A store of 700 models, most of them of small namespaces that nobody knows, and its cube file."""
    folder = tmp_path_factory.mktemp("pair")
    rows = []
    for n in range(700):
        namespace = "google" if n % 9 == 0 else "Qwen" if n % 5 == 0 else f"nobody-{n}"
        rows.append({"id": f"{namespace}/{'Qwen2' if n % 2 else 'Llama-3'}-{n}", "downloads": 4000 - 5 * n})
    held = Store(folder / "store")
    day = making.moment("2024-07-11")
    ingest(held, source("hub-dump"), making.csv_file(folder / "hub.csv", rows), at=day, known=day)
    export_cube(held, folder / "hub.cube", "a test")
    return StoreBacking(held), CubeFile(folder / "hub.cube")


@pytest.mark.parametrize(
    ("by", "groups"), [("country", "CN,US"), ("family", "Llama,Qwen"), ("country", "US,unregistered")]
)
def test_a_cube_file_gives_the_breakdown_of_its_store_or_none(pair, by, groups):
    exact, summed = (
        ask(backing, "influence", making.asked("raw"), {"by": by, "groups": groups, "top": 5}).to_dict()
        for backing in pair
    )
    assert (exact["exact"], summed["exact"]) == (True, False)
    assert summed["difference"] == exact["difference"]
    for what, count in summed["breakdown"].items():
        assert count in (None, exact["breakdown"][what])
    named = {row["model"]: row["moves"] for row in exact["models"]}
    for row in summed["models"]:
        assert row["moves"] == pytest.approx(named.get(row["model"], row["moves"]), abs=1e-12)


def test_a_cube_file_knows_how_many_organisations_carry_the_lead_of_a_country(pair):
    exact, summed = (ask(b, "influence", making.asked("raw"), {"groups": "CN,US"}).to_dict() for b in pair)
    assert summed["breakdown"]["organisations"] == exact["breakdown"]["organisations"] == 1


def test_a_cube_file_compares_no_sums_of_what_it_does_not_name(pair):
    told = ask(pair[1], "influence", making.asked("raw"), {"by": "namespace"}).to_dict()
    assert not any(name.startswith("(") for name in told["groups"])
