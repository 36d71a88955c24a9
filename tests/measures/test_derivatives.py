"""Derivatives: what descends from a family, organisation, account or model, how near, and what goes through it."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.cubes.cubefile import CubeFile, sample_path
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.records.answer import Answer
from weighbridge.register.aliases import chain_end
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest
from weighbridge.surfaces.python import Observatory

AT = making.moment("2024-07-11")
KINDS = ("finetune", "adapter", "quantized", "merge")
GENERATIONS = ("generation_1", "generation_2", "later")


def model(name, base=(), downloads=10, created="2024-06-20T00:00:00Z", **more):
    return {"id": name, "created_at": created, "downloads": downloads, "likes": 0, "base_model": list(base), **more}


LINE = [
    model("Qwen/Qwen2-7B", downloads=60),
    model("Qwen/Qwen2-7B-Instruct", ["Qwen/Qwen2-7B"], 40),
    model("someone/mine", ["Qwen/Qwen2-7B-Instruct"], 20, "2024-01-05T00:00:00Z"),
    model("packer/mine-GGUF", ["someone/mine"], 30),
    model("someone/thin", ["Qwen/Qwen2-7B"], 0, library_name="peft"),
    model("someone/both", ["Qwen/Qwen2-7B", "meta-llama/Llama-3-8B"], 10),
    model("meta-llama/Llama-3-8B", downloads=45),
    model("nobody/Qwen2-7B-tuned", downloads=50),
    model("nobody/thing", downloads=5),
]


def derived(store, by="family", name="raw", **options) -> Answer:
    own = {key: options.pop(key) for key in ("of", "show", "count", "inferred", "own", "within", "least", "top",
            "only")
           if key in options}  # fmt: skip
    return ask(StoreBacking(store), "derivatives", making.asked(name, **options), {"by": by, **own})


def rows(answer):
    return {row.group: row for row in answer.rows}


def test_a_family_has_what_descends_from_its_developers_models(store, read_hub):
    read_hub(LINE)
    answer = derived(store)
    qwen = rows(answer)["Qwen"]
    assert qwen.models == 4
    assert [qwen[kind] for kind in KINDS] == [1, 1, 1, 1]
    assert [qwen[name] for name in GENERATIONS] == [3, 1, 0]
    assert rows(answer)["Llama"].models == 1
    assert answer.values["whole"]["descendants"] == 4


def test_the_part_through_descendants_is_of_their_weight_and_the_own(store, read_hub):
    read_hub(LINE)
    qwen = rows(derived(store))["Qwen"]
    through, own = 20 + 30 + 0 + 10 / 2, 60 + 40
    assert qwen.value == pytest.approx(through / (through + own))
    assert (qwen["own_downloads"], qwen["own_models"]) == (own, 2)
    assert rows(derived(store))["Llama"].value == pytest.approx(5 / 50)


def test_for_a_family_of_roots_the_weight_is_that_of_base_credit(store, read_hub):
    read_hub(LINE)
    register = making.register({})
    credited = making.share(store, "model", register, attribution="base")
    line = derived(store, "model", of="meta-llama/Llama-3-8B").rows[0]
    assert line["downloads"] + line["own_downloads"] == making.downloads(credited)["meta-llama/Llama-3-8B"]


def test_what_bears_the_name_and_declares_nothing_is_told_apart_and_in_the_limits(store, read_hub):
    read_hub(LINE)
    qwen = rows(derived(store))["Qwen"]
    assert qwen["named"] == 1
    assert (qwen.lo, qwen.hi) == (pytest.approx(55 / 205), pytest.approx(105 / 205))


def test_own_variants_are_descendants_only_if_that_is_asked(store, read_hub):
    read_hub(LINE)
    left, counted = (rows(derived(store, "namespace", own=own))["Qwen"] for own in ("left-out", "counted"))
    assert (left.models, counted.models) == (4, 5)
    assert counted.value == pytest.approx((55 + 40) / 155)
    assert counted["downloads"] + counted["own_downloads"] == left["downloads"] + left["own_downloads"]


def test_only_the_generations_that_are_asked_are_counted(store, read_hub):
    read_hub(LINE)
    near = rows(derived(store, within=1))["Qwen"]
    assert near.models == 3
    assert near.value == pytest.approx((20 + 5) / 155)


def test_a_model_has_its_own_line_wherever_it_stands(store, read_hub):
    read_hub(LINE)
    answer = derived(store, "model", of="qwen/qwen2-7b-instruct")
    assert [(row.group, row.models, row.value) for row in answer.rows] == [
        ("Qwen/Qwen2-7B-Instruct", 2, pytest.approx(50 / 90))
    ]


def test_a_base_that_is_not_held_has_descendants_too(store, read_hub):
    read_hub([model("a/x", ["gone/base"]), model("b/y", ["a/x"])])
    row = derived(store, "namespace", of="gone").rows[0]
    assert (row.models, row["own_models"]) == (2, 0)


@pytest.mark.parametrize(("by", "of"), [("model", "gone/base"), ("namespace", "gone")])
def test_where_no_own_model_is_held_its_weight_is_not_known_and_nor_is_the_part(store, read_hub, by, of):
    read_hub([model("a/x", ["gone/base"]), model("b/y", ["a/x"])])
    answer = derived(store, by, of=of)
    assert (answer.rows[0].value, answer.rows[0].lo, answer.rows[0].hi) == (None, 0, 1)
    assert any("no model of its own is held" in note for note in answer.notes)
    new = derived(store, by, of=of, count="new").rows[0]
    assert (new.value, new.lo, new.hi) == (1, 1, 1)  # a part of models, which needs no weight of their base


def test_a_relation_that_is_not_declared_is_marked(store, read_hub):
    tags = ["base_model:adapter:Qwen/Qwen2-7B"]
    read_hub([*LINE, model("someone/told", ["Qwen/Qwen2-7B"], tags=tags)])
    detail = derived(store, show="detail", of="Qwen").to_dict()["rows"]
    adapters = [row for row in detail if row["relation"] == "adapter"]
    assert [(row["models"], row["inferred"]) for row in adapters] == [(2, 1)]


def test_detail_adds_up_to_the_row_of_the_group(store, read_hub):
    read_hub(LINE)
    row, detail = derived(store, of="Qwen").rows[0], derived(store, of="Qwen", show="detail").to_dict()["rows"]
    assert sum(part["models"] for part in detail) == row.models
    assert sum(part["value"] for part in detail) == pytest.approx(1)
    for kind in KINDS:
        assert sum(part["models"] for part in detail if part["relation"] == kind) == row[kind]


def test_copies_without_a_declared_base_count_only_with_inferred_edges_and_are_marked(store, read_hub):
    read_hub([*LINE, model("packer/Llama-3-8B-GGUF"), model("other/tuned", ["packer/Llama-3-8B-GGUF"])])
    plain, more = (rows(derived(store, inferred=inferred))["Llama"] for inferred in ("no", "yes"))
    assert (plain.models, more.models, more["by_name"]) == (1, 3, 2)


def test_models_that_name_each_other_are_cut_and_told(store, read_hub):
    read_hub([*LINE, model("a/x", ["b/y"]), model("b/y", ["a/x"])])
    answer = derived(store, "namespace")
    assert {"a", "b"}.isdisjoint(rows(answer))
    assert any("2 models name each other" in note for note in answer.notes)


def test_new_are_those_of_the_window_and_none_of_the_first_date(store, read_hub):
    read_hub([*LINE, model("x/old", ["Qwen/Qwen2-7B"], created="2022-03-02T00:00:00Z"),
              model("x/when", ["Qwen/Qwen2-7B"], created=None)])  # fmt: skip
    qwen = rows(derived(store))["Qwen"]
    assert (qwen.models, qwen["new"]) == (6, 3)


def counted(name, downloads, base=()):
    """A model with a counter of all its time, of which a short window between readings is only known in limits."""
    return {**model(name, base, None, "2024-01-01T00:00:00Z"), "downloads_all_time": downloads}


LATE = "2024-07-11T08:00:00Z"


def test_what_is_created_after_the_window_counts_only_if_it_has_weight_in_it(store, read_hub):
    read_hub([*LINE, model("x/late", ["Qwen/Qwen2-7B"], 0, LATE), model("Qwen/Qwen2-late", downloads=0, created=LATE)])
    qwen = rows(derived(store))["Qwen"]
    assert (qwen.models, qwen["own_models"]) == (4, 2)
    assert rows(derived(store, own="counted", by="namespace"))["Qwen"].models == 5


def test_own_models_and_descendants_of_the_day_of_the_count_weigh_alike(store, read_hub):
    read_hub([model("google/x", created=LATE), model("else/y", ["google/x"], created=LATE)])
    for by in ("namespace", "organisation"):
        [row] = derived(store, by, name="house", clean=["none"], of="google").rows
        assert (row.value, row["own_downloads"], row["downloads"]) == (0.5, 10, 10)
        assert (row.models, row["own_models"], row["new"]) == (1, 1, 0)


def test_the_detail_has_all_the_downloads_of_the_row(store, read_hub):
    read_hub([*LINE, model("x/late", ["Qwen/Qwen2-7B"], 7, LATE)])
    detail = derived(store, of="Qwen", show="detail").to_dict()["rows"]
    assert sum(part["downloads"] for part in detail) == rows(derived(store))["Qwen"]["downloads"] == 55 + 7


def test_limits_of_flows_are_limits_of_the_part(store, read_hub):
    for day, own, below in (("2024-06-01", 100, 40), ("2024-06-15", 160, 90), ("2024-07-11", 230, 130)):
        read_hub([counted("a/x", own), counted("b/y", below, ["a/x"])], at=day)
    span = {"start": "2024-06-05", "end": "2024-06-10"}
    cells = making.weighed(store, making.register({}), **span).slice.cells
    names = cells.labels["model"]
    limits = {names.names[int(code)].as_py(): (int(lo), int(hi)) for code, lo, hi in
              zip(names.codes, cells.lo, cells.hi, strict=True)}  # fmt: skip
    (own_lo, own_hi), (lo, hi) = limits["a/x"], limits["b/y"]
    assert own_lo < own_hi
    assert lo < hi
    [row] = derived(store, "namespace", of="a", **span).rows
    assert row.lo == pytest.approx(lo / (lo + own_hi))
    assert row.hi == pytest.approx(hi / (hi + own_lo))
    assert row.lo < row.value < row.hi


def test_new_derivatives_are_counted_by_the_period_of_their_creation(store, read_hub):
    read_hub(LINE)
    answer = derived(store, count="new", over="month")
    assert {(r.value, r.lo, r.hi) for r in answer.rows if r.period == "2024-02"} == {(None, None, None)}
    assert {(r.period, r.group): (r.models, r.value) for r in answer.rows if r.models} == {
        ("2024-01", "Qwen"): (1, 1.0),
        ("2024-06", "Qwen"): (3, pytest.approx(3 / 4)),
        ("2024-06", "Llama"): (1, pytest.approx(1 / 4)),
    }
    assert answer.unit == "models"


COPIED = [
    *LINE,
    model("copier/Llama-3-8b-4bit"),
    model("x/one", ["copier/Llama-3-8b-4bit"]),
    model("x/two", ["copier/Llama-3-8b-4bit"]),
]


def test_limits_of_new_derivatives_take_in_what_bears_the_name_without_a_declared_way(store, read_hub):
    read_hub(COPIED)
    llama = rows(derived(store, count="new"))["Llama"]
    own, based, unsure, without = 1, 7, 3, 1
    assert llama.value == pytest.approx(own / based)
    assert llama.lo == pytest.approx(own / (based + without))
    assert llama.hi == pytest.approx((own + unsure) / (based + without))


def test_new_derivatives_of_undeclared_copies_are_told_with_the_measure_that_counts_them(store, read_hub):
    read_hub(COPIED)
    [note] = [note for note in derived(store, count="new").notes if "new-models" in note]
    assert note.startswith("2 models with a base")
    assert "copier/Llama-3-8b-4bit 2" in note
    assert not any("new-models" in note for note in derived(store, "organisation", count="new").notes)


def test_an_account_that_nobody_registered_may_be_the_organisations_own(store, read_hub):
    read_hub([
        model("google/gemma-7b", downloads=100), model("nobody-x/tuned", ["google/gemma-7b"], 50),
        model("TheBloke/gemma-7b-GGUF", ["google/gemma-7b"], 50), model("else/thing", downloads=25),
        model("TheBloke/thing-GGUF", ["else/thing"], 25),
    ])  # fmt: skip
    google = rows(derived(store, "organisation", name="house"))["Google"]
    assert google.value == pytest.approx(100 / 200)
    assert google.lo == pytest.approx(50 / (200 + 50 + 25 + 25))
    assert google.hi == pytest.approx(125 / 225)
    assert "unregistered" not in rows(derived(store, "organisation", name="house"))


def test_new_models_below_accounts_that_nobody_registered_may_be_an_organisations(store, read_hub):
    read_hub([
        model("google/gemma-7b"), model("TheBloke/gemma-7b-GGUF", ["google/gemma-7b"]), model("nobody-x/thing"),
        model("TheBloke/thing-GGUF", ["nobody-x/thing"]), model("facebook/base"),
        model("else-y/tuned", ["facebook/base"]), model("TheBloke/base-GGUF", ["facebook/base"]),
    ])  # fmt: skip
    google = rows(derived(store, "organisation", name="house", count="new"))["Google"]
    assert (google.lo, google.value, google.hi) == (1 / 4, 1 / 4, 2 / 4)
    meta = rows(derived(store, "organisation", name="house", count="new"))["Meta"]
    assert (meta.lo, meta.value, meta.hi) == (1 / 4, 2 / 4, 3 / 4)


def test_persons_are_no_publisher_together(store, read_hub):
    read_hub([model("TheBloke/x"), model("google/tuned", ["TheBloke/x"]), model("google/x"),
              model("TheBloke/tuned", ["google/x"])])  # fmt: skip
    assert set(rows(derived(store, "organisation", name="house"))) == {"Google"}


@pytest.mark.parametrize("of", ["unregistered", "(individuals)"])
@pytest.mark.parametrize("option", ["of", "only"])
def test_what_is_many_accounts_has_no_row_and_says_so(store, read_hub, of, option):
    read_hub([*LINE, model("TheBloke/x"), model("google/x", ["TheBloke/x"])])
    with pytest.raises(UsageError, match="no publisher but many accounts"):
        derived(store, "organisation", name="house", **{option: of})


def test_choices_that_change_no_row_are_told(store, read_hub):
    read_hub(LINE)
    answer = derived(
        store, "organisation", name="house", clean=["none"], bounds="strict", contested="widest", of="Meta"
    )
    assert any("bounds strict and contested widest changes nothing" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"least": 3}, "--least"),
        ({"show": "intermediaries", "within": 1}, "--within"),
        ({"show": "intermediaries", "own": "counted"}, "--own"),
        ({"show": "intermediaries", "over": "month", "count": "new"}, "--over"),
        ({"show": "intermediaries", "by": "organisation"}, "--by"),
    ],
)
def test_options_that_say_nothing_beside_others_are_refused(store, read_hub, options, named):
    read_hub(LINE)
    with pytest.raises(UsageError) as refused:
        derived(store, **options)
    assert named in refused.value.message


LIKED = [model(f"else/m{n}", downloads=10) | {"likes": 50} for n in range(3)]


def test_new_derivatives_are_cleaned_where_that_is_asked(store, read_hub):
    read_hub([*LIKED, model("Qwen/Qwen2-7B") | {"likes": 9}, model("a/x", ["Qwen/Qwen2-7B"]) | {"likes": 9},
              model("b/dependency", ["Qwen/Qwen2-7B"], 200_000)])  # fmt: skip
    plain, cleaned = (derived(store, count="new", **more) for more in ({}, {"clean": ["low-likes"]}))
    assert (rows(plain)["Qwen"].models, rows(cleaned)["Qwen"].models) == (2, 1)
    assert (plain.definition["clean"], cleaned.definition["clean"]) == ([], ["low-likes"])
    assert [(rule["rule"], rule["models"]) for rule in cleaned.removed] == [("low-likes", 1)]


def test_scope_and_cleaning_decide_what_counts(store, read_hub):
    read_hub(LINE)
    assert rows(derived(store, scope="without-quantised"))["Qwen"]["quantized"] == 0


def test_the_attribution_decides_nothing(store, read_hub):
    read_hub(LINE)
    answers = [derived(store, attribution=how) for how in ("uploader", "base")]
    assert answers[0].to_dict()["rows"] == answers[1].to_dict()["rows"]
    assert any("attribution changes nothing" in note for note in answers[1].notes)


@pytest.mark.parametrize(
    ("by", "of", "hint"),
    [("family", "Qwem", "Qwen"), ("namespace", "qwem", "Qwen"), ("model", "Qwen/Qwen2", "Qwen2-7B")],
)
def test_a_group_that_is_not_there_is_answered_with_similar_ones(store, read_hub, by, of, hint):
    read_hub(LINE)
    with pytest.raises(DataMissing) as refused:
        derived(store, by, of=of)
    assert hint in refused.value.hint


def test_a_developers_name_asked_as_a_family_is_answered_with_how_to_ask_for_it(store, read_hub):
    read_hub(LINE)
    with pytest.raises(DataMissing) as refused:
        derived(store, of="meta", name="house")
    assert refused.value.hint.endswith("--by organisation")


def test_only_the_groups_that_are_named_have_rows(store, read_hub):
    read_hub(LINE)
    assert list(rows(derived(store, only="llama"))) == ["Llama"]
    assert list(rows(derived(store, only=["Llama", "Qwen"], top=1))) == ["Qwen"]
    with pytest.raises(DataMissing, match="no family 'Qwem'"):
        derived(store, only="Qwem")


def test_a_group_without_descendants_says_so(store, read_hub):
    read_hub(LINE)
    with pytest.raises(DataMissing, match="no model that counts descends from"):
        derived(store, "namespace", of="packer")


def test_a_cube_file_does_not_know_lines_of_single_models():
    with pytest.raises(DataMissing, match="cube file"):
        Observatory(CubeFile(sample_path())).derivatives()


def test_from_python_it_is_a_method(store, read_hub):
    read_hub(LINE)
    answer = Observatory(StoreBacking(store)).derivatives(by="namespace", of="Qwen", inferred="yes")
    assert answer.values["asked"]["by"] == "namespace"
    assert answer.rows[0]["by_name"] == 0


def test_a_hub_that_republishes_has_families_and_developers_but_no_accounts(census):
    answer = derived(census, "organisation", name="house", hub="ollama")
    assert rows(answer)["Meta"].models > 1
    with pytest.raises(UsageError, match="neither accounts"):
        derived(census, "namespace", hub="ollama")


# --- intermediaries

PACKER = [
    model("Qwen/Qwen2-7B", downloads=100),
    model("Qwen/Qwen2-7B-GGUF", downloads=70),
    model("packer/Qwen2-7B-GGUF", ["Qwen/Qwen2-7B"], 30),
    model("packer/other-AWQ", downloads=20),
    model("packer/full", downloads=1),
    model("port/small-onnx", downloads=9, library_name="transformers.js"),
    model("google/own", downloads=50),
    model("google/own-lora", ["google/own"], 5, library_name="peft"),
    model("google/Qwen2-7B-GPTQ", ["Qwen/Qwen2-7B"], 5),
    model("google/more", downloads=5),
]


def packing(store, **options):
    return derived(store, show="intermediaries", **{"least": 1, **options})


def test_intermediaries_are_found_by_what_most_of_their_models_are(store, read_hub):
    read_hub(PACKER)
    found = rows(packing(store))
    assert list(found) == ["packer", "port"]
    assert [found["packer"][name] for name in ("copies", "quantised", "bases", "models")] == [2, 2, 1, 3]
    assert found["port"]["converted"] == 1


def test_an_own_copy_of_an_own_model_makes_nobody_an_intermediary(store, read_hub):
    read_hub(PACKER[:2])
    with pytest.raises(DataMissing, match="no account has 1 copy"):
        packing(store)


def test_what_passes_through_copies_is_a_part_of_all_weight(store, read_hub):
    read_hub(PACKER)
    answer, total = packing(store, name="house", clean=["none"]), sum(row["downloads"] for row in PACKER)
    packer = rows(answer)["packer"]
    assert packer.value == packer.hi == pytest.approx(50 / total)
    assert packer.lo == 0  # nobody has registered who that is
    assert answer.values["through_all_copies"] == pytest.approx((30 + 20 + 9 + 5) / total)
    assert answer.values["through_intermediaries"] == pytest.approx((30 + 20 + 9) / total)


def test_a_copy_of_no_known_base_is_not_certain(store, read_hub):
    read_hub([*PACKER, model("TheBloke/a-GPTQ", downloads=10), model("TheBloke/b-AWQ", ["Qwen/Qwen2-7B"], 10)])
    row = rows(packing(store, name="house", clean=["none"]))["TheBloke"]
    assert row.lo == pytest.approx(row.value / 2)


def test_what_passes_of_one_family_is_a_part_of_its_weight(store, read_hub):
    read_hub(PACKER)
    packer = rows(packing(store, of="Qwen"))["packer"]
    assert packer.value == pytest.approx(30 / (100 + 70 + 30 + 5))
    assert packer["copies"] == 1


def test_limits_of_a_familys_part_take_in_what_bears_its_name_or_leave_it_out(store, read_hub):
    read_hub([
        model("Qwen/Qwen2-7B", downloads=100), model("TheBloke/Qwen2-7B-GGUF", ["Qwen/Qwen2-7B"], 30),
        model("TheBloke/Qwen2-1B-AWQ", downloads=20), model("else/Qwen2-tuned", downloads=50),
    ])  # fmt: skip
    row = rows(packing(store, of="Qwen", name="house", clean=["none"]))["TheBloke"]
    assert row.value == pytest.approx(50 / 200)
    assert row.lo == pytest.approx(30 / 200)
    assert row.hi == pytest.approx(50 / (100 + 30 + 20))


def test_limits_of_flows_are_limits_of_what_passes(store, read_hub):
    for day, own, below in (("2024-06-01", 100, 40), ("2024-06-15", 160, 90), ("2024-07-11", 230, 130)):
        read_hub([counted("Qwen/Qwen2-7B", own), counted("TheBloke/Qwen2-7B-GGUF", below, ["Qwen/Qwen2-7B"])], at=day)
    span = {"start": "2024-06-05", "end": "2024-06-10", "name": "house", "clean": ["none"], "max_age_days": None}
    [line], [row] = derived(store, of="Qwen", **span).rows, packing(store, of="Qwen", **span).rows
    assert row.lo < row.value < row.hi
    assert (row.lo, row.value, row.hi) == (line.lo, line.value, line.hi)


def test_new_copies_are_those_of_the_windows(store, read_hub):
    old = "2023-05-01T00:00:00Z"
    read_hub([model("Qwen/Qwen2-7B"), model("TheBloke/Qwen2-7B-GGUF", ["Qwen/Qwen2-7B"]),
              model("TheBloke/a", created=old), model("TheBloke/b", created=old),
              model("packer/Qwen2-7B-GGUF", ["Qwen/Qwen2-7B"], created=old),
              model("TheBloke/old-lora", ["x/y"], created=old, library_name="peft")])  # fmt: skip
    answer = packing(store, count="new", start="2024-06-01", end="2024-07-01", name="house")
    row = rows(answer)["TheBloke"]
    assert set(rows(answer)) == {"TheBloke"}
    assert [row[name] for name in ("copies", "quantised", "adapters", "bases", "models")] == [1, 1, 0, 1, 1]
    assert row.value == 1 / 2
    assert "downloads" not in row.to_dict()


def test_few_copies_make_no_intermediary(store, read_hub):
    read_hub(PACKER)
    assert list(rows(packing(store, least=2))) == ["packer"]


# --- what must always hold


@given(
    bases=st.lists(st.lists(st.integers(0, 11), max_size=3, unique=True), min_size=12, max_size=12),
    downloads=st.lists(st.integers(0, 99), min_size=12, max_size=12).filter(any),
    by=st.sampled_from(["namespace", "model", "family"]),
    own=st.sampled_from(["counted", "left-out"]),
    inferred=st.sampled_from(["yes", "no"]),
)
def test_relations_and_generations_each_add_up_and_limits_hold_the_value(
    tmp_path_factory, bases, downloads, by, own, inferred
):
    names = [f"{space}/{stem}{n}" for n, (space, stem) in enumerate(
        [("Qwen", "Qwen2-7b-"), ("meta-llama", "Llama-3-"), ("z", "Qwen2-x-"), ("z", "thing-GGUF-")] * 3)]  # fmt: skip
    folder = tmp_path_factory.mktemp("hub")
    hub = [model(names[n], [names[b] for b in bases[n]], downloads[n]) for n in range(12)]
    held = Store(folder / "store")
    ingest(held, source("hub-dump"), making.csv_file(folder / "rows.csv", hub), at=AT, known=AT)
    try:
        answer = derived(held, by, own=own, inferred=inferred)
    except DataMissing:
        return
    for row in derived(held, by, own=own, inferred=inferred, count="new").rows:
        assert 0 <= row.lo <= row.value <= row.hi <= 1
    detail = derived(held, by, own=own, inferred=inferred, show="detail").to_dict()["rows"]
    for row in answer.rows:
        assert sum(row[kind] for kind in KINDS) == sum(row[name] for name in GENERATIONS) == row.models
        assert row["new"] <= row.models <= 12
        assert 0 <= row.lo <= row.value <= row.hi <= 1
        mine = [part for part in detail if part["group"] == row.group]
        assert sum(part["models"] for part in mine) == row.models
        assert row["downloads"] + row["own_downloads"] <= sum(downloads) + 1


# --- the real census


def test_descendants_of_a_real_account_are_those_of_a_plain_walk(census, real_data):
    file = str(real_data / "hub-census-2024-07" / "models.parquet")
    query = "select id, base_model, created_at < '2024-07-11' or downloads > 0 from read_parquet(?)"
    listed = duckdb.connect().execute(query, [file]).fetchall()
    held = {name.lower() for name, _, _ in listed}
    children: dict[str, set[str]] = {}
    for child, bases, _ in listed:
        for base in bases:
            today = base if base.lower() in held else chain_end("huggingface", base) or base
            children.setdefault(today.lower(), set()).add(child.lower())
    generation: dict[str, int] = {}
    front = {base for base in children if base.startswith("qwen/")}
    while front:
        front = {child for base in front for child in children.get(base, ())} - set(generation)
        front = {child for child in front if not child.startswith("qwen/")}
        generation |= dict.fromkeys(front, max(generation.values(), default=0) + 1)
    in_time = {name.lower() for name, _, counts in listed if counts}
    found = [step for name, step in generation.items() if name in in_time]
    row = derived(census, "namespace", name="raw", of="Qwen", hub="huggingface", at="2024-07-11").rows[0]
    assert row.models == len(found) > 2_000
    assert [row["generation_1"], row["generation_2"]] == [found.count(1), found.count(2)]


def test_the_real_intermediaries_are_the_accounts_that_are_known_for_it(census):
    found = derived(census, show="intermediaries", hub="huggingface", at="2024-07-11", top=10)
    assert {"TheBloke", "mradermacher", "bartowski"} <= set(rows(found))
    assert "Qwen" not in rows(found)
