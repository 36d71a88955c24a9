"""Which models a question is about, and what is left out by which rule."""

from __future__ import annotations

import numpy as np
import pytest

import making

REGISTER = making.register({"a": ("Alpha", "US"), "b": ("Beta", "CN"), "c": ("Gamma", "FR")})


def held(store, scope):
    return set(making.downloads(making.share(store, "model", REGISTER, scope=scope)))


@pytest.fixture
def mixed(store, read_hub):
    text = "text-generation"
    read_hub(
        [
            {"id": "a/chat", "downloads": 1, "pipeline_tag": text, "created_at": "2024-01-01"},
            {"id": "a/chat-GGUF", "downloads": 1, "pipeline_tag": text, "created_at": "2024-01-01"},
            {"id": "a/old", "downloads": 1, "pipeline_tag": text, "created_at": "2022-11-30"},
            {"id": "a/see", "downloads": 1, "pipeline_tag": "image-text-to-text", "created_at": None},
            {"id": "a/lora", "downloads": 1, "pipeline_tag": text, "created_at": "2024-01-01", "library_name": "peft",
             "base_model": "a/chat"},
            {"id": "a/embed", "downloads": 1, "pipeline_tag": "feature-extraction", "created_at": "2024-01-01"},
            {"id": "a/untagged", "downloads": 1, "pipeline_tag": None, "created_at": "2024-01-01"},
        ]
    )  # fmt: skip
    return store


EVERYTHING = {f"a/{name}" for name in ("chat", "chat-GGUF", "old", "see", "lora", "embed", "untagged")}
SCOPES = {
    "everything": EVERYTHING,
    "open-weights": EVERYTHING,
    "without-quantised": EVERYTHING - {"a/chat-GGUF"},
    "language": EVERYTHING - {"a/embed", "a/untagged"},
    "atom-like": {"a/chat"},
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_holds_what_its_title_says(mixed, scope):
    assert held(mixed, scope) == SCOPES[scope]


def hub_with_likes(extra, count=800, seed=1):
    """Models whose downloads follow their likes, in three countries, and some more."""
    random = np.random.default_rng(seed)
    likes = (10 ** random.uniform(1, 3.5, count)).astype(int)
    rows = [
        {
            "id": f"{'abc'[i % 3]}/m{i}",
            "likes": int(likes[i]),
            "downloads": int(likes[i] * 10 ** random.uniform(0.6, 1.4)),
            "created_at": f"2023-{i % 12 + 1:02d}-01",
            "pipeline_tag": ("text-generation", "image-classification")[i % 2],
        }
        for i in range(count)
    ]
    return rows + extra


PLANTED = {"id": "c/planted", "likes": 12, "downloads": 50_000_000, "created_at": "2023-06-01",
           "pipeline_tag": "image-classification"}  # fmt: skip
GIANT = {"id": "a/giant", "likes": 60_000, "downloads": 1_000_000, "created_at": "2023-06-01",
         "pipeline_tag": "text-generation"}  # fmt: skip


def removal(answer, rule):
    (found,) = [removed for removed in answer.removed if removed["rule"] == rule]
    return found


def test_a_counter_that_nothing_explains_is_left_out_and_named(store, read_hub):
    read_hub(hub_with_likes([PLANTED]))
    raw = making.share(store, "country", REGISTER)
    clean = making.share(store, "country", REGISTER, clean=("material-outlier",))
    gone = removal(clean, "material-outlier")
    assert gone["examples"] == ["c/planted"]
    assert (gone["models"], gone["downloads"]) == (1, 50_000_000)
    assert gone["moved"]["FR"] < -0.3
    assert sum(gone["moved"].values()) == pytest.approx(0, abs=1e-5)
    assert raw.total - clean.total == 50_000_000


def test_an_honest_giant_stays(store, read_hub):
    read_hub(hub_with_likes([GIANT]))
    answer = making.share(store, "model", REGISTER, clean=("material-outlier",))
    assert answer.rows[0].group == "a/giant"
    assert answer.rows[0].value > 0.02
    assert removal(answer, "material-outlier")["models"] == 0


def test_a_surprising_counter_that_moves_nothing_stays(store, read_hub):
    surprising = {**PLANTED, "id": "c/surprising", "downloads": 60_000}
    read_hub(hub_with_likes([surprising, GIANT]))
    answer = making.share(store, "model", REGISTER, clean=("material-outlier",))
    assert removal(answer, "material-outlier")["models"] == 0


@pytest.mark.parametrize(("count", "runs"), [(498, False), (499, True)])
def test_the_outlier_rule_needs_five_hundred_models_with_likes(store, read_hub, count, runs):
    read_hub(hub_with_likes([PLANTED, {"id": "a/unliked", "likes": 9, "downloads": 5}], count=count))
    gone = removal(making.share(store, "country", REGISTER, clean=("material-outlier",)), "material-outlier")
    assert ("because" not in gone) is runs
    assert gone["models"] == int(runs)


def test_unknown_likes_and_dates_do_not_stop_the_rule(store, read_hub):
    unknown = [{"id": f"b/u{i}", "downloads": 10, "likes": None, "created_at": None} for i in range(50)]
    read_hub(hub_with_likes([PLANTED, *unknown]))
    answer = making.share(store, "country", REGISTER, clean=("material-outlier",))
    assert removal(answer, "material-outlier")["examples"] == ["c/planted"]


def test_many_downloads_and_no_likes_mark_a_dependency(store, read_hub):
    read_hub(
        [
            {"id": "a/pipe", "downloads": 100_001, "likes": 4},
            {"id": "a/liked", "downloads": 100_001, "likes": 5},
            {"id": "a/small", "downloads": 100_000, "likes": 0},
            {"id": "a/unknown", "downloads": 900_000, "likes": None},
        ]
    )
    answer = making.share(store, "model", REGISTER, clean=("low-likes",))
    assert removal(answer, "low-likes")["examples"] == ["a/pipe"]


def test_stubs_for_tests_of_software_go_by_their_names(store, read_hub):
    stubs = [
        "hf-internal-testing/x",
        "a/tiny-random-gpt2",
        "a/tiny-bert-random",
        "a/dummy-model",
        "a/tiny_llama_testing",
    ]
    real = ["a/tiny-llama", "a/TinyLlama-1.1B", "a/random-forest", "b/testing-grounds"]
    read_hub([{"id": name, "downloads": 1} for name in [*stubs, *real]])
    answer = making.share(store, "model", REGISTER, clean=("test-stubs",))
    kept = set(making.downloads(answer))
    assert set(real) <= kept
    assert "hf-internal-testing/x" not in kept
    assert "a/tiny-random-gpt2" not in kept
    assert removal(answer, "test-stubs")["models"] == len([*stubs, *real]) - len(kept)


def daily(models_that_jump, days=120):
    """Cumulative counters of six models; some jump on 2024-03-01 by half a million."""
    rows = []
    for model in range(6):
        total = 10_000
        for number in range(days):
            day = np.datetime64("2024-01-01") + number
            rows.append({"id": f"{'abc'[model % 3]}/m{model}", "downloads_all_time": total, "date": str(day)})
            total += 1_000 + (500_000 if model < models_that_jump and str(day) == "2024-02-29" else 0)
    return rows


def test_a_spike_leaves_out_what_it_added_and_nothing_else(store, read_hub):
    read_hub(daily(1), at=None)
    months = {"start": "2024-01-01", "end": "2024-04-01", "over": "month"}
    raw = making.share(store, "model", REGISTER, **months)
    clean = making.share(store, "model", REGISTER, clean=("spike",), **months)
    gone = removal(clean, "spike")
    assert (gone["models"], gone["downloads"], gone["examples"]) == (1, 500_000, ["a/m0"])
    before, after = ({(r.group, r.period): r.downloads for r in answer.rows} for answer in (raw, clean))
    assert {key: before[key] - after[key] for key in before if before[key] != after[key]} == {
        ("a/m0", "2024-02"): 500_000
    }
    assert not [note for note in clean.notes if "Many models jumped" in note]


def test_a_spike_moves_no_other_groups_downloads_whatever_the_grain(store, read_hub):
    read_hub(daily(1), at=None)
    span = {"start": "2024-01-01", "end": "2024-03-25"}
    totals = {
        over: making.share(store, "model", REGISTER, clean=("spike",), over=over, **span).total
        for over in ("week", "month", "quarter", None)
    }
    assert set(totals.values()) == {making.share(store, "model", REGISTER, **span).total - 500_000}


def test_a_jump_that_many_models_share_is_noted_and_nothing_is_removed(store, read_hub):
    read_hub(daily(5), at=None)
    answer = making.share(store, "model", REGISTER, clean=("spike",), start="2024-02-01", end="2024-04-01")
    assert removal(answer, "spike")["models"] == 0
    (note,) = [note for note in answer.notes if "Many models jumped" in note]
    assert "2024-03-01 (5 models)" in note


def test_a_census_has_no_spikes(store, read_hub):
    read_hub([{"id": "a/b", "downloads": 10**9}])
    answer = making.share(store, "model", REGISTER, clean=("spike",))
    assert removal(answer, "spike")["models"] == 0
