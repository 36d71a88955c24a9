"""How large models are: who tells it, means and quantiles by weight with what is unknown, classes and kinds."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.cubes.parameters import ORIGINS, Lists, sizes_of
from weighbridge.definitions.kinds import KINDS
from weighbridge.errors import DataMissing, UsageError
from weighbridge.lineage.relations import quantised
from weighbridge.lineage.sizes import named, named_active, named_experts, stated
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.measures.quantiles import mean, quantile, weights
from weighbridge.measures.size_figures import part_unknown
from weighbridge.sources import source
from weighbridge.store.writing import ingest

HUB = [
    {"id": "deepseek-ai/one", "downloads": 10, "parameters": 1_000_000_000, "pipeline_tag": "text-generation"},
    {"id": "deepseek-ai/big-30B-A3B", "downloads": 20, "pipeline_tag": "text-generation"},
    {"id": "meta-llama/two", "downloads": 30, "parameters": 2_000_000_000, "pipeline_tag": "image-text-to-text"},
    {"id": "meta-llama/hidden", "downloads": 40, "library_name": "peft"},
    {"id": "meta-llama/four-4bit", "downloads": 0, "parameters": 4_000_000_000, "pipeline_tag": "text-generation"},
]


def size(store, options=None, **question):
    return ask(StoreBacking(store), "size", making.asked("raw", **question), options or {})


def figures(answer):
    return {row.group: row.value for row in answer.rows}


def limits(answer):
    return {row.group: (row.lo, row.hi) for row in answer.rows}


@pytest.fixture
def hub(store, read_hub):
    read_hub([{"tags": []} | row for row in HUB])
    return store


@pytest.fixture
def with_atom(hub, tmp_path):
    """The hub, and a list that gives the second model 29 billion and 2 active parameters."""
    folder = tmp_path / "atom"
    (folder / "metadata").mkdir(parents=True)
    (folder / "models.csv").write_text("modelId\nDeepSeek-AI/big-30b-a3b\n")
    (folder / "extra_models.csv").write_text("modelId\n")
    (folder / "metadata/model_parameters.csv").write_text(
        "model_id,total_params_b,active_params_b\nDeepSeek-AI/big-30b-a3b,29,2\n"
    )
    (folder / "metadata/organization_regions.csv").write_text("hf_org,region,notes\ndeepseek-ai,china,\n")
    ingest(
        hub, source("atom-tracked-models"), folder, at=making.moment("2026-01-01"), known=making.moment("2026-02-01")
    )
    return hub


def test_figures_weigh_by_downloads_what_is_known_and_say_how_much_is_not(hub):
    found = figures(size(hub))
    assert found["mean"] == pytest.approx((10 * 1 + 20 * 30 + 30 * 2) / 60)
    assert [found[name] for name in ("p10", "p25", "median", "p75", "p90")] == [1, 2, 2, 30, 30]
    assert found["part unknown"] == pytest.approx(0.4)


def test_the_unknown_weight_may_lie_below_all_or_above_all(hub):
    found = limits(size(hub))
    assert found["mean"] == (pytest.approx(6.7), None)
    assert found["median"] == (1, 30)  # 40 of 100 below all: the tenth more is of size 1; above all: 60 are up to 30
    assert found["p10"] == (0, 1)
    assert found["p75"] == (2, None)


def test_a_hub_whose_sizes_are_all_known_has_exact_figures(store, read_hub):
    read_hub([{**row, "parameters": 5_000_000_000} for row in HUB])
    answer = size(store)
    assert all(row.value == row.lo == row.hi == 5 for row in answer.rows if row.group != "part unknown")
    assert answer.rows[-1].value == 0


def test_where_nobody_tells_a_size_there_is_no_figure_but_the_unknown(store, read_hub):
    read_hub([{"id": "a/plain", "downloads": 5}])
    assert figures(size(store)) == {"part unknown": 1}


@st.composite
def entries(draw):
    count = draw(st.integers(1, 7))
    sizes = draw(st.lists(st.sampled_from([math.nan, 1.0, 2.0, 3.0, 7.0]), min_size=count, max_size=count))
    low = draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    value = [lo + draw(st.integers(0, 3)) for lo in low]
    high = [held + draw(st.integers(0, 3)) for held in value]
    return np.array(sizes), *(np.array(column, np.int64) for column in (value, low, high))


@given(entries(), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 1.0]))
def test_a_quantile_is_that_of_the_weight_laid_out_one_by_one(given_entries, part):
    sizes, value, low, high = given_entries
    laid = sorted(s for s, w in zip(sizes, value, strict=True) for _ in range(w) if not math.isnan(s))
    if not laid:
        with pytest.raises(ValueError, match="known size"):
            quantile(weights(sizes, value, low, high), part)
        return
    weighed = weights(sizes, value, low, high)
    found = quantile(weighed, part)
    assert found.value == laid[math.ceil(part * len(laid) - 1e-9) - 1]
    assert mean(weighed).value == pytest.approx(sum(laid) / len(laid))
    assert found.lo <= found.value
    assert found.hi is None or found.hi >= found.value


@given(entries(), st.sampled_from([0.25, 0.5, 0.9]), st.data())
def test_limits_hold_whatever_the_unknown_is_and_wherever_weights_lie(given_entries, part, data):
    sizes, value, low, high = given_entries
    if not value[~np.isnan(sizes)].sum():
        return
    found = quantile(weights(sizes, value, low, high), part)
    weight = [data.draw(st.integers(lo, hi)) for lo, hi in zip(low.tolist(), high.tolist(), strict=True)]
    true = [data.draw(st.sampled_from([0.5, 1.0, 2.5, 9.0])) if math.isnan(s) else s for s in sizes.tolist()]
    laid = sorted(s for s, w in zip(true, weight, strict=True) for _ in range(w))
    if laid:
        whole = mean(weights(sizes, value, low, high))
        assert whole.lo <= sum(laid) / len(laid) + 1e-9
        assert whole.hi is None or sum(laid) / len(laid) <= whole.hi + 1e-9
        real = laid[math.ceil(part * len(laid) - 1e-9) - 1]
        assert found.lo <= real
        assert found.hi is None or real <= found.hi


def test_limits_are_reached_by_the_worst_that_the_unknown_can_be():
    sizes, value = np.array([1.0, 2.0, 3.0, math.nan]), np.array([4, 4, 4, 3], np.int64)
    found = quantile(weights(sizes, value, value, value), 0.5)
    medians = set()
    for unknown in (0.0, 9.0):
        laid = sorted([1.0] * 4 + [2.0] * 4 + [3.0] * 4 + [unknown] * 3)
        medians.add(laid[math.ceil(0.5 * len(laid)) - 1])
    assert {found.lo, found.hi} == medians == {2.0}
    found = quantile(weights(sizes, value, value, value), 0.25)
    assert (found.lo, found.value, found.hi) == (1.0, 1.0, 1.0)
    found = quantile(weights(sizes, value, value, value), 0.2)
    assert (found.lo, found.hi) == (0, 1.0)


def test_who_tells_a_size_goes_by_the_order_of_trust():
    names = ["x/a-7b", "x/b-7b", "x/c-7b", "x/d-7b", "x/e", "x/f-7B"]
    attributes = {
        "parameters": pa.array([5, 5, 5, 5, None, 0], pa.int64()),
        "parameters_from": pa.array(["safetensors", "gguf", "card", None, None, None], pa.string()),
        "active_parameters": pa.array([None] * 6, pa.int64()),
    }
    found = sizes_of("huggingface", pa.array(names), attributes, Lists(None, None), ["X"], np.zeros(6, np.int32))
    told = [ORIGINS[code] for code in found.origin]
    assert told == ["safetensors", "gguf", "card", "listed", "unknown", "name"]
    assert found.total.tolist()[:4] == [5, 5, 5, 5]
    assert found.total[5] == 7e9


def test_a_list_that_was_read_in_goes_before_a_listing_and_a_name(with_atom):
    origins = {row.group: row.downloads for row in size(with_atom, {"show": "origins"}).rows}
    assert origins == {"atom": 20, "listed": 40, "unknown": 40}
    assert figures(size(with_atom))["p90"] == 29
    assert size(with_atom, as_of=making.moment("2026-01-15")).to_dict()["lists"] == {}


def test_what_a_model_uses_for_a_token_is_all_of_it_unless_it_is_a_mixture(hub, read_hub):
    found = figures(size(hub, {"of": "active-parameters"}))
    assert found["mean"] == pytest.approx((10 * 1 + 20 * 3 + 30 * 2) / 60)
    read_hub([{"id": "a/8x7b-model", "downloads": 1, "tags": []}], at="2024-07-12")
    assert figures(size(hub, {"of": "active-parameters"}, at="2024-07-12")) == {"part unknown": 1}
    assert figures(size(hub, at="2024-07-12"))["mean"] == 56


def test_one_model_is_asked_without_a_window(with_atom):
    found = size(with_atom, {"model": "deepseek-ai/BIG-30b-a3b", "of": "active-parameters"}, at="2019-01-01").rows[0]
    assert (found.value, found["total"], found["total_from"]) == (2_000_000_000, 29_000_000_000, "atom")
    assert size(with_atom, {"model": "deepseek-ai/one"}).rows[0].value == 1_000_000_000


@pytest.mark.parametrize("name", ["nobody/nothing", "meta-llama/hidden", ""])
def test_a_model_that_is_not_held_or_of_unknown_size_is_missing(hub, name):
    with pytest.raises(DataMissing):
        size(hub, {"model": name})


def test_classes_sum_to_one_and_the_unknown_could_be_any(hub):
    rows = {row.group: row for row in size(hub, {"show": "classes"}).rows}
    assert {name: row.downloads for name, row in rows.items() if row.value} == {"1-9": 40, "30-100": 20, "unknown": 40}
    assert sum(row.value for row in rows.values()) == pytest.approx(1)
    assert (rows["1-9"].lo, rows["1-9"].hi) == (0.4, 0.8)
    assert (rows["9-30"].lo, rows["9-30"].hi) == (0, 0.4)


def test_classes_are_those_of_the_share_by_size_where_no_list_was_read_in(hub):
    shared = ask(StoreBacking(hub), "share", making.asked("raw"), {"by": "size"})
    classes = {row.group: row.downloads for row in size(hub, {"show": "classes"}).rows if row.downloads}
    assert classes == making.downloads(shared)


def test_kinds_are_parts_of_all_and_a_missing_task_leaves_multimodal_open(hub):
    rows = {row.group: (row.downloads, row.lo, row.hi) for row in size(hub, {"show": "kinds"}).rows}
    assert rows["mixture-of-experts"] == (20, 0.2, None)
    assert rows["adapter"] == (40, 0.4, None)
    assert rows["multimodal"] == (30, 0.3, 0.7)


def test_groups_have_their_own_figures(hub):
    rows = {row["group"]: row for row in size(hub, {"by": "organisation"}).rows}
    assert rows["Meta"]["part"] == 0.7
    assert rows["Meta"]["unknown"] == pytest.approx(40 / 70)
    assert (rows["Meta"]["mean"], rows["Meta"]["median"]) == (2, 2)
    assert rows["Meta"]["limits"]["median"] == [0, None]
    assert rows["DeepSeek"]["mean"] == pytest.approx((10 + 600) / 30)
    assert [row["group"] for row in size(hub, {"by": "country", "top": 1}).rows] == ["US"]


@pytest.mark.parametrize("show", ["classes", "kinds", "origins"])
def test_divided_groups_have_the_classes_of_all(hub, show):
    name = {"classes": "size", "kinds": "kind", "origins": "origin"}[show]
    rows = size(hub, {"by": "organisation", "show": show}).rows
    whole = {row.group: row.downloads for row in size(hub, {"show": show}).rows}
    for label in {row[name] for row in rows}:
        assert sum(row["downloads"] for row in rows if row[name] == label) == whole[label]


def test_models_count_once_each_in_the_period_of_their_creation(store, read_hub):
    rows = [
        {"id": "a/m-1b", "downloads": 900, "created_at": "2023-05-01T00:00:00Z"},
        {"id": "a/m-3b", "downloads": 1, "created_at": "2023-06-01T00:00:00Z"},
        {"id": "a/m-9b", "downloads": 1, "created_at": "2024-06-01T00:00:00Z"},
    ]
    read_hub(rows)
    found = {
        (row.period, row.group): (row.value, row.models) for row in size(store, {"of": "models"}, over="year").rows
    }
    assert found["2023", "mean"] == (2, 2)
    assert found["2024", "median"] == (9, 1)


def test_a_cube_file_does_not_know_single_models():
    with pytest.raises(DataMissing, match="cube"):
        ask(CubeFile(sample_path()), "size", making.asked("raw"), {})
    with pytest.raises(DataMissing, match="cube"):
        ask(CubeFile(sample_path()), "size", making.asked("raw"), {"model": "a/b"})


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.booleans()), max_size=4))
def test_kinds_do_not_exclude_each_other(chosen):
    from weighbridge.definitions.kinds import YES, Signs, kinds
    from weighbridge.lineage.relations import RELATIONS
    from weighbridge.records.cells import Coded

    wanted = dict(chosen)
    task = "image-text-to-text" if wanted.get("multimodal") else "text-generation"
    signs = Signs(
        experts=named_experts(pa.array(["x/8x7b" if wanted.get("mixture-of-experts") else "x/plain"])),
        tags=pa.array([["lora"] if wanted.get("adapter") else []], pa.list_(pa.string())),
        task=Coded(np.zeros(1, np.int32), pa.array([task])),
        library=Coded(np.zeros(1, np.int32), pa.array(["(none)"])),
        relation=Coded(np.zeros(1, np.int32), pa.array(RELATIONS)),
        quantised=np.array([bool(wanted.get("quantised"))]),
        sparse=np.zeros(1, bool),
    )
    assert {name for name, states in kinds(signs).items() if states[0] == YES} == {n for n, on in wanted.items() if on}


@given(st.lists(st.from_regex(r"[a-z]{1,3}/([0-9]{1,2}[xb._-]|a[0-9]b|moe|m|-){0,5}", fullmatch=True), max_size=8))
def test_what_names_state_is_the_same_at_once_and_one_by_one(texts):
    names = pa.array(texts, pa.string())
    found = stated(names)
    for ours, theirs in ((found.total, named(names)), (found.active, named_active(names))):
        assert np.array_equal(ours, theirs, equal_nan=True)
    assert found.experts.tolist() == named_experts(names).tolist()


def test_the_census_says_that_it_mostly_does_not_know(census):
    answer = ask(StoreBacking(census), "size", making.asked("house", hub="huggingface", at="2024-07-11"), {})
    found = figures(answer)
    assert 0.88 < found["part unknown"] < 0.93
    assert limits(answer)["median"] == (0, None)
    assert found["median"] == 7
    assert any("which is most of it" in note for note in answer.notes)


def test_the_radar_knows_most_sizes(store, real_data):
    path = real_data / "hub-radar-2026-08/models.parquet"
    known = making.moment("2026-08-23")
    read = ingest(store, source("hub-dump"), path, at=making.moment("2026-08-22"), known=known, selection=True)
    answer = size(store, vintage=read.vintage.id)
    found = figures(answer)
    assert found["part unknown"] < 0.16
    lo, hi = limits(answer)["median"]
    assert 0.1 < lo <= found["median"] <= hi < 3
    assert any("chosen set" in note for note in answer.notes)


def test_names_state_sizes_as_files_count_them_unless_values_are_packed(real_data):
    """Of full models with both, four in five agree within a quarter; counts of quantised copies agree less."""
    import pyarrow.parquet as pq

    table = pq.read_table(real_data / "hub-radar-2026-08/models.parquet", columns=["id", "tags", "parameters"])
    names, tags = table["id"].combine_chunks(), table["tags"].combine_chunks()
    counted = pc.cast(table["parameters"], pa.float64()).to_numpy()
    stated = named(names)
    declared = [any(tag.startswith("base_model:quantized:") for tag in own or ()) for own in tags.to_pylist()]
    copies = quantised(names, tags, pa.nulls(len(names), pa.string())) | np.array(declared)
    adapters = np.array([any(tag in ("lora", "peft") for tag in own or ()) for own in tags.to_pylist()])

    def agree(models):
        both = models & (counted > 0) & ~np.isnan(stated)
        ratio = stated[both] / counted[both]
        return float(((ratio >= 0.8) & (ratio <= 1.25)).mean())

    assert agree(~copies & ~adapters) > 0.8
    assert agree(copies) < 0.7


def test_every_row_of_an_answer_has_the_same_columns(hub):
    for show, by in itertools.product(("figures", "classes", "kinds", "origins"), ("none", "country")):
        rows = [row.to_dict() for row in size(hub, {"show": show, "by": by}).rows]
        assert rows
        assert len({tuple(row) for row in rows}) == 1


def test_what_no_sign_tells_of_has_no_upper_limit(hub):
    rows = {row.group: row for row in size(hub, {"show": "kinds"}).rows}
    assert {name for name, row in rows.items() if row.hi is None} == {"mixture-of-experts", "adapter"}
    assert rows["multimodal"].hi is not None
    divided = size(hub, {"show": "kinds", "by": "organisation"})
    assert {row["kind"] for row in divided.rows if row["hi"] is None} == set(rows) - {"multimodal"}
    assert any("least values" in note for note in divided.notes)


@pytest.mark.parametrize(
    "options",
    [
        {"model": "meta-llama/two", "of": "models"},
        {"model": "meta-llama/two", "show": "classes"},
        {"model": "meta-llama/two", "by": "country"},
        {"of": "active-parameters", "show": "kinds"},
        {"of": "active-parameters", "show": "origins"},
    ],
)
def test_options_that_would_change_nothing_are_refused(hub, options):
    with pytest.raises(UsageError, match="--"):
        size(hub, options)


def test_periods_stand_in_the_order_of_time(store, read_hub):
    born = {"1": "2022-03-02", "2": "2023-05-01", "3": "2024-01-01"}
    read_hub([{"id": f"us/{n}-7b", "downloads": 1, "created_at": day, "tags": []} for n, day in born.items()])
    options = {"of": "models", "show": "classes", "by": "organisation"}
    answer = size(store, options, over="year", start="2022-03-02", end="2024-07-01")
    assert list(dict.fromkeys(row["period"] for row in answer.rows)) == ["≤2022-03-02", "2023", "2024"]


def test_the_part_unknown_has_the_limits_of_its_weights():
    sizes, value = np.array([1.0, math.nan]), np.array([60, 40], np.int64)
    low, high = np.array([50, 30], np.int64), np.array([90, 70], np.int64)
    found = part_unknown(weights(sizes, value, low, high))
    assert (found.value, found.lo, found.hi) == (0.4, 30 / (30 + 90), 70 / (70 + 50))


def test_pulls_are_named_pulls(store, tmp_path):
    pulls = [
        {"name": name, "pulls": count, "observed_on": day}
        for day, counts in (("2026-01-01", (10, 10)), ("2026-02-01", (40, 20)))
        for name, count in zip(("llama3", "qwen3"), counts, strict=True)
    ]
    listing = making.csv_file(tmp_path / "pulls.csv", pulls)
    ingest(store, source("ollama-pulls"), listing, at=None, known=making.moment("2026-03-01"))
    answer = size(store, {"by": "organisation"}, hub="ollama", start="2026-01-01", end="2026-02-01")
    assert answer.title.endswith("by pulls")
    assert sum(row["pulls"] for row in answer.rows) == 40
