"""Labels are the same however the models are cut while they are made, and whether tags are lists or condensed."""

from __future__ import annotations

from dataclasses import fields
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.cubes import frame as frames
from weighbridge.cubes.frame import COLUMNS, CONDENSED, Frame, links, make_frame
from weighbridge.errors import StoreDamaged
from weighbridge.records.cells import Coded
from weighbridge.records.observations import OBSERVATIONS
from weighbridge.store.catalogue import read_models
from weighbridge.store.packs import inside_pack
from weighbridge.store.tidying import RUN

TYPES = {name: OBSERVATIONS.field(name).type for name in COLUMNS}
tags = st.one_of(st.none(), st.lists(st.sampled_from(["gguf", "gptq", "safetensors", "en"]), max_size=3))
models = st.fixed_dictionaries(
    {
        "base_models": st.one_of(st.none(), st.lists(st.sampled_from(["Qwen/Qwen2-7B", "x/a-7b", "gpt2"]), max_size=2)),
        "relation": st.sampled_from([None, "quantized", "adapter"]),
        "library": st.sampled_from([None, "peft", "transformers"]),
        "licence": st.sampled_from([None, "MIT", "mit"]),
        "parameters": st.sampled_from([None, 7_000_000_000]),
        "tags": tags,
    }
)
names = st.sampled_from(
    ["gpt2", "bert-base-uncased", "x/a-7b", "y/A-7B-GGUF", "z/a-7b-gguf", "Qwen/Qwen2-7B", "me/qwen2-350m", "o/8x7b.q4"]
)
hubs = st.dictionaries(names, models, min_size=1)


def table(hub: dict[str, dict[str, object]]) -> pa.Table:
    """The columns of a frame."""
    rows = [{"name": name, **model} for name, model in hub.items()]
    return pa.table({name: pa.array([row.get(name) for row in rows], TYPES[name]) for name in COLUMNS})


def labels(frame: Frame) -> dict[str, object]:
    """A frame's content in plain lists."""

    def plain(value: object) -> object:
        if isinstance(value, Coded):
            return [value.names[int(code)].as_py() for code in value.codes]
        if isinstance(value, pa.Array | np.ndarray):
            return value.tolist()
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return {name: plain(one) for name, one in vars(value).items()} if hasattr(value, "__dict__") else value

    return {field.name: plain(getattr(frame, field.name)) for field in fields(frame)}


@pytest.mark.parametrize("hub_name", ["huggingface", "ollama"])
@given(hubs, st.integers(1, 5), st.integers(1, 5))
def test_labels_do_not_depend_on_how_models_are_cut(hub_name, hub, slices, chunks):
    whole = table(hub)
    cut = pa.concat_tables([whole.slice(at, chunks) for at in range(0, len(whole), chunks)])
    expected = labels(make_frame(hub_name, whole))
    with mock.patch.object(frames, "SLICE_ROWS", slices):
        assert labels(make_frame(hub_name, cut)) == expected
        condensed = pa.chunked_array([CONDENSED["tags"](piece) for piece in cut["tags"].chunks])
        assert labels(make_frame(hub_name, cut.set_column(COLUMNS.index("tags"), "tags", condensed))) == expected


def test_old_names_without_a_namespace_are_asked_for_under_todays(read_hub):
    listed = [{"id": "gpt2", "downloads": 1}, {"id": "no-such-old-name", "downloads": 1}, {"id": "a/b", "downloads": 1}]
    made = make_frame("huggingface", read_models([read_hub(listed).vintage], COLUMNS))
    held = dict(
        zip(made.names.to_pylist(), made.holder.names.take(pa.array(made.holder.codes)).to_pylist(), strict=True)
    )
    assert held == {"gpt2": "openai-community", "no-such-old-name": "no-such-old-name", "a/b": "a"}


def test_tags_condensed_while_they_are_read_tell_the_same_over_several_vintages(store, read_hub):
    read_hub(
        [{"id": f"a/{n}", "downloads": 1, "tags": t} for n, t in enumerate([["gguf"], ["gguf"], ["gguf"], None, []])]
    )
    read_hub([{"id": f"a/{n}", "downloads": 1, "tags": t} for n, t in enumerate([None, ["en"], [], ["gptq"], ["en"]])])
    for vintages in (store.vintages()[:1], store.vintages()):
        whole = read_models(vintages, COLUMNS, links("huggingface"))
        condensed = read_models(vintages, COLUMNS, links("huggingface"), CONDENSED)
        assert condensed.column_names == whole.column_names
        told = CONDENSED["tags"](pa.concat_arrays(pa.chunked_array(whole["tags"]).chunks))
        assert condensed["tags"].to_pylist() == told.to_pylist()
        assert condensed.drop_columns(["tags"]) == whole.drop_columns(["tags"])
    assert condensed["tags"].to_pylist() == [True, False, False, True, False]


def test_what_a_pack_holds_is_condensed_as_what_a_folder_holds(store, read_hub):
    for number in range(RUN + 2):
        read_hub([{"id": "a/b", "downloads": number, "tags": ["gguf"]}, {"id": "a/c", "downloads": 1, "tags": ["en"]}])
    held = store.vintages()
    assert {inside_pack(vintage.folder) for vintage in held} == {True, False}
    for vintage in held:
        assert read_models([vintage], ["tags", "name"], condensed=CONDENSED).to_pylist() == [
            {"tags": True, "name": "a/b"},
            {"tags": False, "name": "a/c"},
        ]


def test_a_models_file_without_tags_is_told_as_damaged(read_hub):
    vintage = read_hub([{"id": "a/b", "downloads": 1, "tags": ["gguf"]}]).vintage
    file = vintage.folder / "models.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["tags"]), file)
    with pytest.raises(StoreDamaged, match=r"models\.parquet"):
        read_models([vintage], COLUMNS, condensed=CONDENSED)
