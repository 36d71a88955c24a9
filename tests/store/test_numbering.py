"""Models keep their numbers as readings come, and are joined as `joined` joins them all at once."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from weighbridge.records.vintage import Vintage
from weighbridge.store.catalogue import joined
from weighbridge.store.numbering import Numbering

LINKS = {"a": "b", "c": "d", "e": "f"}
NAMES = "abcdefgh"
KEYS = (None, None, "k1", "k2", "k3", "k4")


def reading(folder: Path, number: int, models: list[tuple[str | None, str]]) -> Vintage:
    """A reading that has nothing but its models."""
    folder = folder / str(number)
    folder.mkdir()
    keys, names = ([*column] for column in zip(*models, strict=True))
    table = pa.table({"hub_key": pa.array(keys, pa.string()), "name": pa.array(names, pa.string())})
    pq.write_table(table, folder / "models.parquet")
    known = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return Vintage(
        f"v{number}", "s", "t", "h", "downloads", "census", known, None, "", len(models), 1, (), (1,), None, False,
        folder,
    )  # fmt: skip


@st.composite
def listings(draw: st.DrawFn) -> list[list[tuple[str | None, str]]]:
    """Models of some readings: names once each, keys too, most of them not given."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
        keys = draw(st.permutations(KEYS))
        found.append(sorted(((key, name) for key, name in zip(keys, names, strict=False)), key=lambda row: row[1]))
    return found


@settings(max_examples=200, deadline=None)
@given(listings(), st.data())
def test_numbers_join_what_all_readings_together_join(given_models, data):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        vintages = [reading(folder, number, models) for number, models in enumerate(given_models)]
        done = 0
        while done < len(vintages):
            numbering = Numbering(folder / "numbers")
            before = [numbering.rows(vintage).number for vintage in vintages[:done]]
            upto = data.draw(st.integers(done + 1, len(vintages)))
            moved = numbering.add(vintages[:done], vintages[done:upto], LINKS.get)
            numbering.save()
            after = [numbering.rows(vintage).number for vintage in vintages[:done]]
            assert moved or all((a == b).all() for a, b in zip(before, after, strict=True))
            done = upto
            tables = [pq.read_table(vintage.folder / "models.parquet") for vintage in vintages[:done]]
            codes, _ = joined(tables, LINKS.get)
            pairs = {
                pair
                for code, vintage in zip(codes, vintages, strict=False)
                for pair in zip(code.tolist(), numbering.rows(vintage).number.tolist(), strict=True)
            }
            assert len(pairs) == len({code for code, _ in pairs}) == len({number for _, number in pairs})


def test_a_later_key_takes_the_number_of_the_name_that_it_explains(tmp_path):
    vintages = [reading(tmp_path, 0, [(None, "a"), (None, "g")]), reading(tmp_path, 1, [("k1", "g"), ("k2", "h")])]
    numbering = Numbering(tmp_path / "numbers")
    numbering.add([], vintages[:1], {}.get)
    assert numbering.rows(vintages[0]).number.tolist() == [0, 1]
    assert numbering.add(vintages[:1], vintages[1:], {}.get)
    assert numbering.rows(vintages[0]).number.tolist() == [0, 1]
    assert numbering.rows(vintages[1]).number.tolist() == [1, 2]


def test_numbers_are_kept_on_disk(tmp_path):
    vintage = reading(tmp_path, 0, [(None, "a"), ("k", "b")])
    first = Numbering(tmp_path / "numbers")
    first.add([], [vintage], {}.get)
    first.save()
    again = Numbering(tmp_path / "numbers")
    assert again.models == first.models == 2
    np.testing.assert_array_equal(again.rows(vintage).number, first.rows(vintage).number)
