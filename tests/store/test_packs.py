"""Small vintages become packs by themselves; nobody who asks can tell, whatever lies in which file."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import making
from weighbridge.errors import StoreDamaged
from weighbridge.records.observations import Batch
from weighbridge.records.parts import PARTS as BRINGABLE
from weighbridge.records.vintage import Vintage
from weighbridge.sources import source
from weighbridge.store import index, tidying
from weighbridge.store.differences import differences
from weighbridge.store.home import LOOSE, PACKED, Store
from weighbridge.store.index import Entry
from weighbridge.store.package import damage
from weighbridge.store.packs import SUFFIX, file_bytes, file_sizes, folders, inside_pack, write_pack
from weighbridge.store.parts import has_part, read_document, read_part
from weighbridge.store.writing import ingest
from weighbridge.surfaces.cli.main import main

REGISTER = making.register({"a": ("Alpha", "US"), "b": ("Beta", "CN")})
HUB = source("hub-dump")
FIRST = making.moment("2024-01-01")
WITH_PLACES = 5
PARTS = ("models", "counters", "places", "rejects")
READINGS = tidying.RUN + 2


def listed(day: int) -> list[dict[str, object]]:
    """Models of a day: counters grow, one comes, one row is refused."""
    rows: list[dict[str, object]] = [
        {"id": f"{'ab'[i % 2]}/m{i}", "downloads": 100 + i + day, "downloads_all_time": 1000 * (i + 1) + 7 * day * i}
        for i in range(5 + day // 4)
    ]
    return [*rows, {"id": "b/refused", "downloads": -1, "downloads_all_time": None}]


class BringsPlaces:
    """A reader whose file says where namespaces are."""

    descriptor = replace(HUB.descriptor, register="brought")

    def read(self, path: Path, at: datetime | None) -> Iterator[Batch]:
        places = pa.table({"namespace": ["a", "b"], "place": ["FR", "DE"], "note": ["", ""]}).cast(
            BRINGABLE["places"].schema
        )
        for batch in HUB.read(path, at):
            yield replace(batch, parts={"places": places})


def read_day(store: Store, folder: Path, day: int) -> Vintage:
    """Read the listing of a day; one of them brings a register."""
    at = FIRST + timedelta(days=day)
    path = making.csv_file(folder / f"day{day}.csv", listed(day))
    reader = BringsPlaces() if day == WITH_PLACES else HUB
    return ingest(store, reader, path, at=at, known=at + timedelta(hours=2)).vintage


def tidied(store: Store) -> None:
    """Tidy until nothing is due."""
    before = None
    while before != (now := sorted(path.name for path in store.index.folder.iterdir())):
        before = now
        with store.writing() as scratch:
            tidying.tidy(store, scratch)


def packs(store: Store) -> list[Path]:
    return sorted(store.index.folder.glob(f"*{SUFFIX}"))


def loose(store: Store) -> list[Path]:
    return sorted(path for path in store.index.folder.iterdir() if path.is_dir())


def answers(store: Store) -> str:
    """The documents of a set of questions."""
    held = store.vintages()
    found: dict[str, object] = {
        "list": [v.to_dict() for v in held],
        "as of": [[v.id for v in store.vintages(v.known)] for v in held],
        "documents": [read_document(v) for v in held],
        "tables": {
            v.id: {name: str(read_part(v, name).to_pylist()) for name in PARTS if has_part(v, name)} for v in held
        },
        "damage": [damage(v.folder) for v in held],
        "diff": [differences(a, b).to_dict(100, ()) for a, b in zip(held, held[3:], strict=False)],
    }
    late = held[-1].known + timedelta(days=1)
    for by in ("country", "model"):
        found[f"shares by {by}"] = [making.share(store, by, REGISTER, as_of=v.known).to_dict() for v in held[::5]]
        found[f"flows by {by}"] = making.share(
            store, by, REGISTER, as_of=late, start="2024-01-03", end="2024-01-15"
        ).to_dict()
    found["vintage"] = [making.share(store, "country", REGISTER, as_of=late, vintage=v.id).to_dict() for v in held[::7]]
    return json.dumps(found, sort_keys=True)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A store of many small loose vintages, one more than become a pack."""
    folder = tmp_path_factory.mktemp("packs")
    store = Store(folder / "store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tidying, "RUN", 1000)
        for day in range(READINGS):
            read_day(store, folder, day)
    return store.path


@pytest.fixture
def full(template: Path, tmp_path: Path) -> Store:
    """A copy of the template that a test may do with as it likes."""
    shutil.copytree(template, tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.fixture
def packed(full: Store) -> Store:
    """The same once its folders are a pack."""
    tidied(full)
    assert (len(packs(full)), len(loose(full))) == (1, 0)
    return full


def test_packing_changes_no_answer(full):
    before = answers(Store(full.path))
    shutil.rmtree(full.ready)
    tidied(full)
    assert (len(packs(full)), len(loose(full))) == (1, 0)
    assert answers(full) == before
    assert answers(Store(full.path)) == before
    shutil.rmtree(full.ready)
    assert answers(Store(full.path)) == before


COMMANDS = (
    ("vintages", "list", "--as-of", "2024-01-09"),
    ("share", "--by", "country", "--as-of", "2024-01-09"),
    ("share", "--by", "country", "--register", "brought", "--as-of", "2024-01-17"),
    ("share", "--by", "model", "--from", "2024-01-02", "--to", "2024-01-12", "--as-of", "2024-02-01"),
    ("quality", "--as-of", "2024-02-01"),
    ("vintages", "diff", 1, 12),
    ("share", "--vintage", 4, "--as-of", "2024-02-01"),
    ("quality", "--vintage", 4, "--as-of", "2024-02-01"),
    ("doctor",),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: " ".join(map(str, a[:3])))
def test_no_command_tells_a_packed_store_from_a_loose_one(full, capsys, arguments):
    ids = [v.id for v in full.vintages()]
    words = [ids[word] if isinstance(word, int) else word for word in arguments]

    def said() -> tuple[object, str]:
        with pytest.raises(SystemExit) as left:
            main([*words, "--store", str(full.path), "--json"])
        return left.value.code, capsys.readouterr().out

    before = said()
    assert before[0] == 0
    shutil.rmtree(full.ready, ignore_errors=True)
    tidied(full)
    assert (len(packs(full)), len(loose(full))) == (1, 0)
    assert said() == before


def test_packs_become_larger_packs_and_change_no_answer(full, monkeypatch):
    before = answers(Store(full.path))
    monkeypatch.setattr(tidying, "RUN", 4)
    monkeypatch.setattr(tidying, "MERGED", 4)
    monkeypatch.setattr(tidying, "FULL", 4)
    tidied(full)
    assert [len(folders(path)) for path in packs(full)] == [4] * (READINGS // 4)
    assert len(loose(full)) == READINGS % 4
    assert answers(Store(full.path)) == before
    monkeypatch.setattr(tidying, "FULL", 100)
    tidied(full)
    assert [len(folders(path)) for path in packs(full)] == [READINGS // 4 * 4]
    assert answers(Store(full.path)) == before


def test_packing_happens_by_itself_while_reading(tmp_path):
    store = Store(tmp_path / "store")
    for day in range(READINGS):
        vintage = read_day(store, tmp_path, day)
        assert not inside_pack(vintage.folder)
        assert [v.known for v in store.vintages()] == [FIRST + timedelta(days=i, hours=2) for i in range(day + 1)]
    assert (len(packs(store)), len(loose(store))) == (1, READINGS - tidying.RUN)


def test_a_reading_that_lies_in_a_pack_is_known_again(packed, tmp_path):
    newest = packed.vintages()[-1]
    path = making.csv_file(tmp_path / "again.csv", listed(READINGS - 1))
    again = ingest(packed, HUB, path, at=newest.at, known=newest.known + timedelta(days=9))
    assert (again.new, again.vintage, again.rejected) == (False, newest, 1)


def test_the_files_in_a_pack_are_the_very_bytes_that_were_written(full):
    before = {
        (path.parent.name, path.name): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in full.index.folder.rglob("*")
        if path.is_file()
    }
    tidied(full)
    after = {
        (v.folder.name, name): hashlib.sha256(file_bytes(v.folder, name)).hexdigest()
        for v in full.vintages()
        for name in file_sizes(v.folder)
    }
    assert after == before


def test_unpacking_a_pack_with_any_tool_gives_the_folders_back(full):
    before = {path: path.read_bytes() for path in full.index.folder.rglob("*") if path.is_file()}
    held = full.vintages()
    tidied(full)
    [pack] = packs(full)
    with zipfile.ZipFile(pack) as archive:
        assert archive.testzip() is None
        archive.extractall(full.index.folder)
    pack.unlink()
    assert {path: path.read_bytes() for path in full.index.folder.rglob("*") if path.is_file()} == before
    assert Store(full.path).vintages() == held


def test_the_same_vintages_make_the_same_pack(template, tmp_path):
    made = []
    for name in ("one", "two"):
        shutil.copytree(template, tmp_path / name)
        store = Store(tmp_path / name)
        tidied(store)
        [pack] = packs(store)
        made.append((pack.name, pack.read_bytes()))
    assert made[0] == made[1]


def test_a_store_says_that_it_has_packs_so_that_older_versions_leave_it(full):
    assert full.format() == LOOSE
    tidied(full)
    assert full.format() == PACKED


@pytest.mark.parametrize("why", ["large", "another source", "too few"])
def test_what_is_not_to_be_packed_stays(full, monkeypatch, why):
    if why == "large":
        monkeypatch.setattr(tidying, "SMALL_BYTES", 100)
    elif why == "too few":
        shutil.rmtree(loose(full)[0])
        shutil.rmtree(loose(full)[0])
        shutil.rmtree(loose(full)[0])
    else:
        for folder in loose(full)[:3]:
            document = json.loads((folder / "datapackage.json").read_text())
            document["weighbridge"]["source"] = "another"
            (folder / "datapackage.json").write_text(json.dumps(document))
    before = loose(full)
    tidied(full)
    assert (loose(full), packs(full)) == (before, [])


def test_a_damaged_vintage_and_one_with_other_things_in_its_folder_are_not_packed(full):
    damaged, noted = loose(full)[:2]
    content = bytearray((damaged / "counters.parquet").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (damaged / "counters.parquet").write_bytes(content)
    (noted / "note.txt").write_text("mine")
    tidied(full)
    assert loose(full) == [damaged, noted]
    assert len(full.vintages()) == READINGS
    assert damage(damaged) == [f"{damaged / 'counters.parquet'} is not the file that was written"]


def test_a_folder_that_is_a_link_stays(full, tmp_path):
    folder = loose(full)[0]
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    tidied(full)
    assert loose(full) == [folder]
    assert len(Store(full.path).vintages()) == READINGS


# what a kill leaves


def test_where_a_vintage_lies_twice_it_counts_once_and_the_next_writer_removes_the_folder(full, tmp_path):
    shutil.copytree(full.index.folder, tmp_path / "kept")
    held = [v.id for v in full.vintages()]
    tidied(full)
    shutil.copytree(tmp_path / "kept", full.index.folder, dirs_exist_ok=True)
    assert [v.id for v in Store(full.path).vintages()] == held
    tidied(Store(full.path))
    assert (len(packs(full)), loose(full)) == (1, [])
    assert [v.id for v in full.vintages()] == held


def test_packs_that_a_larger_one_holds_are_removed_by_the_next_writer(full, monkeypatch, tmp_path):
    held = [v.id for v in full.vintages()]
    monkeypatch.setattr(tidying, "RUN", 6)
    monkeypatch.setattr(tidying, "MERGED", 6)
    monkeypatch.setattr(tidying, "FULL", 6)
    tidied(full)
    small = packs(full)
    for path in small:
        shutil.copy(path, tmp_path / path.name)
    monkeypatch.setattr(tidying, "RUN", 3)
    monkeypatch.setattr(tidying, "MERGED", 3)
    monkeypatch.setattr(tidying, "FULL", 100)
    tidied(full)
    [large] = packs(full)
    for path in small:
        shutil.copy(tmp_path / path.name, path)
    again = Store(full.path)
    assert [v.id for v in again.vintages()] == held
    tidied(again)
    assert packs(again) == [large]


def test_a_folder_that_differs_from_what_the_pack_holds_is_never_removed(packed):
    [pack] = packs(packed)
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(packed.index.folder, [n for n in archive.namelist() if n.startswith(folders(pack)[0])])
    [folder] = loose(packed)
    (folder / "note.txt").write_text("mine")
    tidied(packed)
    assert loose(packed) == [folder]
    assert len(Store(packed.path).vintages()) == READINGS


def test_a_store_of_an_older_version_is_packed_a_bounded_amount_at_a_time(full, monkeypatch):
    held = full.vintages()
    monkeypatch.setattr(tidying, "RUN", 4)
    counts = []
    for _ in range(3):
        with full.writing() as scratch:
            tidying.tidy(full, scratch)
        counts.append(len(loose(full)))
    assert counts == [READINGS - 8, READINGS - 16, READINGS - 16]
    assert [v.id for v in Store(full.path).vintages()] == [v.id for v in held]


# damage


def test_a_pack_that_was_cut_off_is_damage(packed):
    [pack] = packs(packed)
    pack.write_bytes(pack.read_bytes()[:-100])
    with pytest.raises(StoreDamaged, match=r"pack\.zip cannot be read"):
        packed.vintages()


def test_a_changed_byte_in_a_pack_is_found_by_its_digest(packed):
    vintage = packed.vintages()[3]
    pack = vintage.folder.parent
    inside = file_bytes(vintage.folder, "counters.parquet")
    content = bytearray(pack.read_bytes())
    content[content.index(inside) + len(inside) // 2] ^= 0xFF
    pack.write_bytes(content)
    found = [fault for v in Store(packed.path).vintages() for fault in damage(v.folder)]
    assert found == [f"{vintage.folder / 'counters.parquet'} is not the file that was written"]
    with pytest.raises(StoreDamaged, match=r"counters\.parquet"):
        read_part(vintage, "counters")


def test_a_file_that_is_missing_in_a_pack_is_damage(packed):
    [pack] = packs(packed)
    inside = {name: {file: file_bytes(pack / name, file) for file in file_sizes(pack / name)} for name in folders(pack)}
    first = folders(pack)[0]
    inside[first].pop("models.parquet")
    write_pack(pack, inside.items())
    with pytest.raises(StoreDamaged, match=r"models\.parquet is missing"):
        packed.vintages()


@pytest.mark.parametrize("name", ["../x/y", "x/../y", "y", "/x/y", "a/b/c"])
def test_an_archive_with_other_members_is_no_pack(packed, name):
    [pack] = packs(packed)
    with zipfile.ZipFile(pack, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(StoreDamaged, match="is no file of a vintage"):
        packed.vintages()


def test_a_damaged_pack_does_not_stop_the_others_from_being_merged(full, monkeypatch):
    monkeypatch.setattr(tidying, "RUN", 4)
    monkeypatch.setattr(tidying, "MERGED", 4)
    monkeypatch.setattr(tidying, "FULL", 4)
    tidied(full)
    vintage = full.vintages()[0]
    pack = vintage.folder.parent
    inside = file_bytes(vintage.folder, "models.parquet")
    content = bytearray(pack.read_bytes())
    content[content.index(inside) + len(inside) // 2] ^= 0xFF
    pack.write_bytes(content)
    monkeypatch.setattr(tidying, "FULL", 100)
    tidied(full)
    assert [len(folders(path)) for path in packs(full)] == [4, READINGS // 4 * 4 - 4]
    assert pack in packs(full)


# readers while a writer packs


def test_a_reading_listed_before_it_was_packed_can_still_be_read(full):
    held = Store(full.path).vintages()
    before = [read_part(v, "counters") for v in held]
    documents = [read_document(v) for v in held]
    tidied(full)
    assert [read_part(v, "counters") for v in held] == before
    assert [read_document(v) for v in held] == documents
    assert [damage(v.folder) for v in held] == [[]] * READINGS
    assert all(has_part(v, "rejects") for v in held)
    assert [has_part(v, "places") for v in held] == [day == WITH_PLACES for day in range(READINGS)]


def test_a_reading_that_is_gone_is_damage_and_no_endless_search(full):
    vintage = full.vintages()[0]
    shutil.rmtree(vintage.folder)
    with pytest.raises(StoreDamaged):
        read_part(vintage, "models")
    assert damage(vintage.folder)
    assert not has_part(vintage, "models")


def test_readers_see_every_vintage_while_writers_pack_and_merge(full, monkeypatch, tmp_path):
    monkeypatch.setattr(tidying, "RUN", 3)
    monkeypatch.setattr(tidying, "MERGED", 3)
    monkeypatch.setattr(tidying, "FULL", 9)
    held = {v.id: v.sha256 for v in full.vintages()}
    tables = {v.id: read_part(v, "models") for v in full.vintages()}
    done, faults, looks = threading.Event(), [], []

    def look() -> None:
        while not done.is_set():
            try:
                seen = Store(full.path).vintages()
                assert held.items() <= {v.id: v.sha256 for v in seen}.items()
                assert len(seen) == len({v.id for v in seen})
                for vintage in seen:
                    if vintage.id in tables:
                        assert read_part(vintage, "models") == tables[vintage.id]
                looks.append(len(seen))
            except BaseException as error:
                faults.append(error)
                raise

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for day in range(READINGS, READINGS + 14):
            read_day(Store(full.path), tmp_path, day)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert len(looks) > 3
    assert len(packs(full)) > 1


def test_a_listing_that_a_writer_overtakes_is_begun_anew(full, monkeypatch):
    held, described, done = [v.id for v in full.vintages()], index.described, []

    def overtaken(path: Path) -> object:
        if not done:
            done.append(path)
            tidied(Store(full.path))
        return described(path)

    monkeypatch.setattr(index, "described", overtaken)
    assert [v.id for v in Store(full.path).vintages()] == held
    assert not done[0].exists()


def test_one_look_at_the_folder_that_misses_what_is_renamed_is_not_believed(full, monkeypatch):
    held, scandir, looks = full.vintages(), os.scandir, []

    def look(path: Path) -> object:
        looks.append(path)
        return contextlib.nullcontext(()) if len(looks) == 1 else scandir(path)

    monkeypatch.setattr(index.os, "scandir", look)
    assert Store(full.path).vintages() == held


# the list kept ready


def test_the_list_is_not_read_from_the_documents_again(packed, monkeypatch):
    held = packed.vintages()
    monkeypatch.setattr("weighbridge.store.index.described", lambda path: pytest.fail(f"{path} was read"))
    assert Store(packed.path).vintages() == held


@pytest.mark.parametrize("content", [b"", b"x", b"x\n[]", None], ids=["empty", "cut off", "wrong digest", "gone"])
def test_a_list_that_is_damaged_or_gone_is_made_again(packed, content):
    held = packed.vintages()
    kept = packed.index.kept
    kept.unlink() if content is None else kept.write_bytes(content)
    assert Store(packed.path).vintages() == held


def test_a_list_of_another_version_is_not_used(packed):
    held = packed.vintages()
    text = b'{"fields":["id"],"entries":[]}'
    packed.index.kept.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
    assert Store(packed.path).vintages() == held


def keep_list(store: Store) -> None:
    with store.writing() as scratch:
        store.index.read()
        store.index.save(scratch / "list")


def test_edits_deletions_and_copies_by_hand_are_noticed(full, tmp_path):
    keep_list(full)
    edited, deleted, copied = loose(full)[:3]
    document = json.loads((edited / "datapackage.json").read_text())
    document["title"] = "another title"
    (edited / "datapackage.json").write_text(json.dumps(document))
    shutil.rmtree(deleted)
    shutil.copytree(copied, copied.with_name("copy"))
    for store in (full, Store(full.path)):
        names = [v.folder.name for v in store.vintages()]
        assert [v.folder.name for v in store.vintages() if v.title == "another title"] == [edited.name]
        assert deleted.name not in names
        assert {"copy", copied.name} < set(names)


@pytest.mark.parametrize("name", ["models.parquet", "datapackage.json"])
def test_damage_that_shows_in_sizes_is_noticed_though_the_list_is_kept(full, name):
    keep_list(full)
    path = loose(full)[0] / name
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(StoreDamaged):
        Store(full.path).vintages()
    path.unlink()
    with pytest.raises(StoreDamaged):
        Store(full.path).vintages()


# which become a pack


def entry(number: int, packed: bool, count: int, size: int, known: int) -> Entry:
    template = Vintage("x", "s", "t", "h", "downloads", "census", FIRST, None, "", 1, 1, (), (), None, False, Path("x"))
    vintages = tuple(
        Vintage(**{**vars(template), "id": f"{number}-{i}", "known": FIRST + timedelta(days=known)})
        for i in range(count if packed else 1)
    )
    return Entry(f"{number}", packed, (0, size), {}, vintages)


ENTRIES = st.lists(
    st.tuples(st.booleans(), st.integers(1, 400), st.integers(1, 2**24), st.integers(0, 50)), max_size=60
)


@given(ENTRIES)
def test_what_one_writer_packs_is_bounded_and_of_one_kind(drawn):
    entries = [entry(i, *values) for i, values in enumerate(drawn)]
    chosen = tidying.due(entries)
    if not chosen:
        small = [e for e in entries if not e.packed and e.bytes <= tidying.SMALL_BYTES]
        assert len(small) < tidying.RUN
        return
    assert len(chosen) >= 2
    assert len({e.packed for e in chosen}) == 1
    assert sum(e.bytes for e in chosen) <= tidying.AT_ONCE_BYTES
    assert sum(len(e.vintages) for e in chosen) <= 2 * tidying.FULL
    assert all(len(e.vintages) < tidying.FULL for e in chosen)
