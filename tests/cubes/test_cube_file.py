"""A cube file answers as its store does, or says that it cannot."""

from __future__ import annotations

import itertools
import zipfile

import numpy as np
import pytest

import making
from weighbridge.cubes.cubefile import CubeFile
from weighbridge.cubes.exporting import export_cube
from weighbridge.cubes.weigh import DIMENSIONS
from weighbridge.definitions.scopes import scopes
from weighbridge.errors import DataMissing, StoreDamaged, UsageError
from weighbridge.measures.asking import StoreBacking, ask
from weighbridge.records.cells import UNNAMED
from weighbridge.sources import source
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

NAMESPACES = ("meta-llama", "Qwen", "mistralai", "google", "TheBloke", "nobody-a", "nobody-b", "nobody-c", "openai")
STEMS = ("Llama-3-8B", "Qwen2-7B", "Mistral-7B", "gemma-2b", "thing-350m", "whisper", "bert-base")
ENDS = ("", "-GGUF", "-instruct", "-4bit", "-tiny-random")
PLANTED = {"id": "nobody-c/planted", "downloads": 400_000_000, "likes": 20, "created_at": "2023-09-01",
           "pipeline_tag": "fill-mask"}  # fmt: skip


def census(count, seed=11):
    random = np.random.default_rng(seed)

    def pick(*among):
        return among[int(random.integers(len(among)))]

    rows = []
    for i in range(count):
        likes = int(10 ** random.uniform(0.5, 3.5))
        parents = [rows[int(p)]["id"] for p in random.integers(0, i, pick(0, 0, 1, 1, 2))] if i else []
        rows.append(
            {
                "id": f"{pick(*NAMESPACES)}/{pick(*STEMS)}{pick(*ENDS)}-{i}",
                "downloads": int(likes * 10 ** random.normal(1.5, 0.4)) if pick(0, 1, 1, 1) else 0,
                "likes": pick(likes, likes, likes, None),
                "created_at": pick(
                    "2022-03-02T23:29:04Z", "2022-08-01", "2023-02-01", "2023-11-01", "2024-05-01", None
                ),
                "pipeline_tag": pick("text-generation", "fill-mask", None),
                "library_name": pick("transformers", "peft", None),
                "license": pick("mit", "apache-2.0", None),
                "tags": pick(["gguf"], ["safetensors"], []),
                "base_model": parents or None,
            }
        )
    return [*rows, PLANTED]


@pytest.fixture(scope="module")
def census_pair(tmp_path_factory):
    """A store with a census of 900 models, and its cube file."""
    folder = tmp_path_factory.mktemp("census")
    moment = making.moment("2024-07-11")
    store = Store(folder / "store")
    path = making.csv_file(folder / "hub.csv", census(900))
    ingest(store, source("hub-dump"), path, at=moment, known=moment)
    export_cube(store, folder / "hub.cube", "a test")
    return StoreBacking(store), CubeFile(folder / "hub.cube")


@pytest.fixture(scope="module")
def series_pair(tmp_path_factory):
    """A store with 70 days of pulls, rounded, with a spike and a late model, and its cube file."""
    folder = tmp_path_factory.mktemp("series")
    moment = making.moment("2026-01-01")
    store = Store(folder / "store")
    path = making.csv_file(folder / "pulls.csv", pulls())
    ingest(store, source("ollama-pulls"), path, at=None, known=moment)
    export_cube(store, folder / "pulls.cube", "a test")
    return StoreBacking(store), CubeFile(folder / "pulls.cube")


def pulls():
    random = np.random.default_rng(5)
    rows = []
    for model in ("llama3", "qwen3", "mistral", "gemma3", "nobody-knows-this", "deepseek-r1"):
        total = int(random.integers(1_000_000, 9_000_000))
        for number in range(70):
            day = str(np.datetime64("2025-09-01") + number)
            if not (model == "gemma3" and number < 20) and random.random() > 0.05:
                rows.append({"date": day, "model": model, "pull_count_text": f"{total / 1e6:.1f}M".replace(".0M", "M")})
            total += int(random.integers(50_000, 150_000)) + (9_000_000 if (model, number) == ("mistral", 40) else 0)
    return rows


def told(backing, by, **options):
    """What an answer says that a cube file must say too."""
    own = {"by": by, "top": options.pop("top", None)}
    document = ask(backing, "share", making.asked(options.pop("name", "raw"), **options), own).to_dict()
    for key in ("as_of", "notes"):
        del document[key]
    return document


def agree(store, cube, by, **options):
    """Whether both say the same, but for the names and number of removed models, which are summed in the file."""
    one, other = told(store, by, **options), told(cube, by, **options)
    for exact, summed in zip(one["removed"], other["removed"], strict=True):
        named, known = summed.pop("examples"), exact.pop("examples")
        assert summed.pop("models") <= exact.pop("models")
        assert {name for name in named if name != UNNAMED} <= set(known)
    return same(one, other)


def same(one, other):
    """Equal, but for the last bits of quotients."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, abs=1e-12)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return one == other


BY_CELLS = [by for by in DIMENSIONS if by not in ("model", "namespace")]


@pytest.mark.parametrize("attribution", ["uploader", "base"])
@pytest.mark.parametrize("by", [*BY_CELLS, "namespace"])
def test_a_cube_file_answers_every_dimension_as_its_store(census_pair, by, attribution):
    store, cube = census_pair
    for age, contested in ((None, "main"), (365, "main"), (730, "widest")):
        options = {"attribution": attribution, "max_age_days": age, "contested": contested}
        assert agree(store, cube, by, **options)


RULES = [(), ("material-outlier",), ("test-stubs",), ("low-likes",), ("spike",), ("test-stubs", "material-outlier")]


@pytest.mark.parametrize("attribution", ["uploader", "base"])
@pytest.mark.parametrize("clean", RULES, ids=str)
def test_a_cube_file_answers_every_scope_age_and_rule_as_its_store(census_pair, clean, attribution):
    store, cube = census_pair
    for scope, age in itertools.product(scopes(), (None, 365, 730)):
        options = {"attribution": attribution, "max_age_days": age, "scope": scope, "clean": clean or ("none",)}
        assert agree(store, cube, "country", **options)


@pytest.mark.parametrize(
    "options", [{"evidence": "stated"}, {"bounds": "strict"}, {"top": 3}, {"name": "house"}], ids=str
)
def test_a_cube_file_answers_with_other_bounds_evidence_and_cuts_as_its_store(census_pair, options):
    store, cube = census_pair
    assert agree(store, cube, "organisation", **options)


def test_the_planted_outlier_is_removed_by_both(census_pair):
    for backing in census_pair:
        (gone,) = told(backing, "country", clean=("material-outlier",))["removed"]
        assert gone["examples"] == ["nobody-c/planted"]


@pytest.mark.parametrize("over", [None, "week", "month", "quarter", "year"])
@pytest.mark.parametrize("attribution", ["uploader", "base"])
def test_a_series_in_a_cube_file_is_that_of_its_store(series_pair, over, attribution):
    store, cube = series_pair
    for by, name in itertools.product(("country", "organisation", "family", "size"), ("raw", "house")):
        options = {"hub": "ollama", "over": over, "attribution": attribution, "name": name}
        assert agree(store, cube, by, **options)


def test_the_largest_models_of_a_small_hub_are_all_named(tmp_path):
    moment = making.moment("2024-07-11")
    store = Store(tmp_path / "store")
    path = making.csv_file(tmp_path / "hub.csv", census(150))
    ingest(store, source("hub-dump"), path, at=moment, known=moment)
    export_cube(store, tmp_path / "hub.cube", "a test")
    cube = CubeFile(tmp_path / "hub.cube")
    assert agree(StoreBacking(store), cube, "model", top=20)


def test_models_that_are_not_named_are_summed(census_pair):
    store, cube = census_pair
    listed = told(cube, "model")["rows"]
    rows = {row["group"]: row["downloads"] for row in listed}
    every = {row["group"]: row["downloads"] for row in told(store, "model")["rows"]}
    assert listed[-1]["group"] == "(other)"
    assert UNNAMED not in rows
    assert sum(rows.values()) == sum(every.values())
    assert all(rows[name] == every[name] for name in rows.keys() - {"(other)"})


def test_countries_are_as_concentrated_as_in_the_store(census_pair):
    store, cube = census_pair
    question = making.asked("raw")
    one, other = (ask(backing, "concentration", question, {"of": "countries"}) for backing in (store, cube))
    assert same(one.to_dict()["rows"], other.to_dict()["rows"])


CANNOT = {
    "another age": {"max_age_days": 100},
    "another day": {"at": "2024-07-10"},
    "a span": {"start": "2024-01-01", "end": "2024-03-01"},
    "trailing weeks": {"trailing_days": 364},
    "another hub": {"hub": "modelscope"},
    "an attribution that it was not summed by": {"attribution": "base-inferred"},
    "a vintage": {"vintage": "hub-dump-x"},
    "what was known before": {"as_of": making.moment("2024-07-10")},
    "periods": {"over": "week"},
}


@pytest.mark.parametrize("what", CANNOT)
def test_what_a_cube_file_cannot_answer_is_missing_data(census_pair, what):
    with pytest.raises(DataMissing) as caught:
        told(census_pair[1], "country", **CANNOT[what])
    assert caught.value.hint


@pytest.mark.parametrize("of", ["models", "organisations"])
def test_a_cube_file_does_not_guess_how_concentrated_the_unnamed_are(census_pair, of):
    with pytest.raises(DataMissing):
        ask(census_pair[1], "concentration", making.asked("raw"), {"of": of})


def test_a_cube_file_has_no_register_of_another(census_pair):
    with pytest.raises(DataMissing):
        told(census_pair[1], "country", register="atom")


def test_an_age_limit_over_a_series_needs_the_store(series_pair):
    with pytest.raises(DataMissing, match="cannot tell which models"):
        told(series_pair[1], "country", hub="ollama", over="month", max_age_days=365)


def test_a_cube_file_holds_no_row_of_the_data(census_pair):
    _, cube = census_pair
    content = cube.path.read_bytes()
    unnamed = [row["id"] for row in census(900) if not row["downloads"]]
    assert unnamed
    assert not any(name.encode() in content for name in unnamed)
    assert cube.document["vintages"][0]["licence"]


def test_the_same_store_gives_the_same_cube(census_pair, tmp_path):
    store, cube = census_pair
    export_cube(store.store, tmp_path / "again.cube", "a test")
    with zipfile.ZipFile(cube.path) as one, zipfile.ZipFile(tmp_path / "again.cube") as other:
        names = [name for name in one.namelist() if name != "cube.json"]
        assert names == [name for name in other.namelist() if name != "cube.json"]
        assert all(one.read(name) == other.read(name) for name in names)


def test_what_is_no_cube_file_is_refused(tmp_path):
    (tmp_path / "x.cube").write_bytes(b"no")
    with pytest.raises(UsageError, match="not a cube file"):
        CubeFile(tmp_path / "x.cube")


def test_a_cube_file_that_lacks_a_table_is_damaged(census_pair, tmp_path):
    broken = tmp_path / "broken.cube"
    with zipfile.ZipFile(census_pair[1].path) as whole, zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("cube.json", whole.read("cube.json"))
    with pytest.raises(StoreDamaged):
        told(CubeFile(broken), "country")


def test_a_store_without_a_census_gives_no_cube(store, read_hub, tmp_path):
    read_hub([{"id": "a/b", "downloads": 1}], selection=True)
    with pytest.raises(DataMissing):
        export_cube(store, tmp_path / "x.cube", "a test")
    assert not (tmp_path / "x.cube").exists()
