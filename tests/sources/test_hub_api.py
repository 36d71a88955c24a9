"""The Hub's listing, live: whole through faults and kills, dated by the Hub, and read as a file of the same rows is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
from live_hub import Landed, models
from live_hub import _no_waits as _no_waits
from live_hub import landed as landed
from live_hub import token as token

import making
import standin
import weighbridge
from standin.messages import Reply
from standin.plan import Hit, Kind
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.observations import Batch, Reject
from weighbridge.records.source import LiveSource
from weighbridge.sources import hub_api, hub_census
from weighbridge.sources.hub_api import EXPAND, HubApi
from weighbridge.sources.hub_dump import HubDump
from weighbridge.sources.net.pages import page_files, page_rows, write_whole
from weighbridge.store.home import Store
from weighbridge.store.writing import ingest

DAY = "2024-07-11"
AT = making.moment(DAY)
PAGE = 20
COUNT = 95
SCHEMA = {"counter-vanishes", "key-vanishes", "counter-changes-type", "other-shape"}
HEALS = sorted(name for name, kind in standin.FAULTS.items() if kind.then == standin.HEALS)
STANDS = sorted(name for name, kind in standin.FAULTS.items() if kind.then == standin.STANDS)

pytestmark = pytest.mark.usefixtures("_no_waits")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[standin.Running]:
    """A small Hub that the source finds, in pages of twenty."""
    monkeypatch.setattr(hub_api, "PAGE_ROWS", PAGE)
    monkeypatch.setattr(hub_api, "ENOUGH_ROWS", 5)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with standin.hub(models(COUNT), day=DAY) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def read(folder: Path, at: str | None = DAY) -> tuple[dict[str, dict[str, Any]], list[Reject], list[Reject]]:
    """Rows by name, rejects and doubts of a landed folder."""
    batches: list[Batch] = list(HubApi().read(folder, at and making.moment(at)))
    rows = [row for batch in batches for row in batch.rows.to_pylist()]
    assert len({row["name"] for row in rows}) == len(rows)
    rejects = [reject for batch in batches for reject in batch.rejects]
    doubts = [doubt for batch in batches for doubt in batch.doubts]
    return {row["name"]: row for row in rows}, rejects, doubts


def fetched(landed: Landed, **asked: Any) -> Path:
    (one,) = landed.fetch(HubApi(), **asked)
    return one.path


def test_it_is_a_live_source_of_the_whole_hub() -> None:
    assert isinstance(hub_api.SOURCE, LiveSource)
    assert hub_api.SOURCE.descriptor.population == "census"


def test_what_is_asked_of_a_model_is_known_to_the_hubs_client() -> None:
    from huggingface_hub.hf_api import ExpandModelProperty_T

    assert set(EXPAND) <= set(get_args(ExpandModelProperty_T))


def test_the_hubs_client_sees_the_same_models(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import HfApi, constants

    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)  # it would ask a hub elsewhere for tools' names
    rows, _, _ = read(fetched(landed))
    seen = {info.id: info for info in HfApi(endpoint=hub.url).list_models(expand=list(EXPAND), sort="created_at")}
    assert {name: (row["downloads_30d"], row["downloads_all"], row["created"]) for name, row in rows.items()} == {
        name: (info.downloads, info.downloads_all_time, info.created_at) for name, info in seen.items()
    }


def test_a_listing_is_one_census_at_the_hubs_time_of_its_first_page(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("next-day", after=2))  # the hub's midnight passes during the listing
    (one,) = landed.fetch(HubApi())
    assert one.at == making.moment("2024-07-11T12:00:00")
    assert (one.selection, one.known) == (False, None)
    assert one.origin["hub_last"] == "2024-07-12T12:00:00Z"
    assert (one.origin["pages"], one.origin["rows"]) == (5, COUNT)
    assert "over a day off this machine's" in landed.words
    assert landed.counts[-1] == COUNT


@pytest.mark.parametrize("fault", ["no-date", "odd-date"])
def test_a_hub_that_does_not_tell_the_time_is_dated_by_this_machine(
    hub: standin.Running, landed: Landed, fault: str
) -> None:
    hub.harm(standin.fault(fault))
    (one,) = landed.fetch(HubApi())
    assert one.at is not None
    assert abs(one.at.timestamp() - time.time()) < 60
    assert "dated by this machine's clock" in landed.words


@pytest.mark.parametrize("fault", HEALS)
@pytest.mark.parametrize("after", [0, 2])
def test_what_heals_costs_no_model(hub: standin.Running, landed: Landed, fault: str, after: int) -> None:
    hub.harm(standin.fault(fault, after=after))
    rows, rejects, _ = read(fetched(landed))
    assert any(fault in seen.faults for seen in hub.seen)
    assert {name: row["downloads_30d"] for name, row in rows.items()} == {
        m["id"]: m["downloads"] for m in models(COUNT)
    }
    assert not rejects


@pytest.mark.parametrize("fault", STANDS)
def test_what_stands_is_an_error_and_the_next_run_goes_on_from_what_landed(
    hub: standin.Running, landed: Landed, fault: str, token: str
) -> None:
    hub.harm(standin.fault(fault, after=2))
    with pytest.raises(SourceFailed) as failed:
        landed.fetch(HubApi())
    assert isinstance(failed.value, SchemaChanged) == (fault in SCHEMA)
    assert failed.value.hint
    assert token not in failed.value.message + failed.value.hint
    hub.heal()
    before = len(hub.seen)
    rows, _, _ = read(fetched(landed))
    assert len(rows) == COUNT
    assert len(hub.seen) - before == 3
    assert "going on after 2 pages" in landed.words


@pytest.mark.parametrize("fault", ["counter-vanishes", "key-vanishes"])
def test_a_field_that_is_needed_and_vanishes_is_named_with_those_that_are_there(
    hub: standin.Running, landed: Landed, fault: str
) -> None:
    hub.harm(standin.fault(fault))
    with pytest.raises(SchemaChanged, match=r"have no (id|downloads) that can be read; their fields: .*createdAt"):
        landed.fetch(HubApi())


def test_a_small_hub_without_its_counter_is_refused_too(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = models(3, downloads=None)
    with pytest.raises(SchemaChanged, match="no downloads"):
        landed.fetch(HubApi())


def test_a_cumulative_counter_may_lack_but_not_vanish(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = models(COUNT, downloadsAllTime=None)
    (one,) = landed.fetch(HubApi())
    assert one.origin["fields"]["downloadsAllTime"] == 0
    with pytest.raises(SchemaChanged, match="no downloadsAllTime"):
        Landed(making_folder(landed, "second")).fetch(HubApi(), held={"fields": {"downloadsAllTime": 7}})


def strike(
    hub: standin.Running, patch: pytest.MonkeyPatch, harm: Callable[[Hit], Reply], after: int, times: int | None = None
) -> None:
    """Have a fault of this test alone."""
    patch.setitem(standin.FAULTS, "made", Kind("made", "as the test says", standin.ALTERS, harm, times, {}))
    hub.harm(standin.fault("made", after=after))


def without_link(hit: Hit) -> Reply:
    return replace(hit.reply, headers=tuple(pair for pair in hit.reply.headers if pair[0] != "Link"))


def test_a_page_that_once_does_not_say_what_is_next_cuts_nothing_off(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    strike(hub, monkeypatch, without_link, 1, 1)
    (one,) = landed.fetch(HubApi())
    assert not one.selection
    assert one.origin["census"]["rows"] == one.origin["rows"] == COUNT
    assert one.origin["compared_with"] is None
    assert "95 models are listed; there is no census before to compare that with" in landed.words


def test_a_first_listing_that_stays_cut_off_is_no_census_and_says_so(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    strike(hub, monkeypatch, without_link, 0)
    (one,) = landed.fetch(HubApi())
    assert one.selection
    assert (one.origin["short_of"], one.origin["census"]) == (PAGE, None)
    assert "THIS IS NO CENSUS: it is read as a chosen set; the listing ends after 20 models" in landed.words
    later = Landed(making_folder(landed, "second"))
    strike(hub, monkeypatch, without_link, 1)
    (one,) = later.fetch(HubApi(), held=one.origin)
    assert (one.selection, one.origin["odd_end"], one.origin["compared_with"]) == (False, True, None)
    assert "THIS MAY BE NO CENSUS; the listing ends after 40 models with a full or an empty page" in later.words


def test_a_listing_much_shorter_than_the_census_before_is_a_chosen_set_however_often_it_comes(
    hub: standin.Running, landed: Landed
) -> None:
    whole = landed.fetch(HubApi())[0].origin
    hub.site.models = models(50)
    for name in ("second", "third"):
        hub.forget()
        later = Landed(making_folder(landed, name))
        (one,) = later.fetch(HubApi(), held=whole)
        assert one.selection
        assert one.origin["short_of"] == one.origin["compared_with"] == one.origin["census"]["rows"] == COUNT
        assert "THIS IS NO CENSUS: 50 models are listed, where the census before had 95" in later.words
        assert len(hub.seen) == 4, "the last of three pages is asked for twice"
        whole = one.origin
    hub.site.models = models(86)
    (one,) = Landed(making_folder(landed, "fourth")).fetch(HubApi(), held=whole)
    assert not one.selection
    assert (one.origin["short_of"], one.origin["census"]["rows"]) == (None, 86)


def test_what_changed_since_hands_the_census_on_and_is_not_held_against_it(
    hub: standin.Running, landed: Landed
) -> None:
    whole = landed.fetch(HubApi())[0].origin
    later = Landed(making_folder(landed, "second"))
    (one,) = later.fetch(HubApi(), since=making.moment("2024-07-08T08:00:00"), held=whole)
    assert one.origin["census"] == whole["census"]
    assert "CENSUS" not in later.words


@pytest.mark.parametrize("link", ["<", "https://hub.example/api/models", '</api/models?x>; rel="nxet"', "<x; rel=next"])
def test_a_link_that_cannot_be_read_is_asked_for_again_and_never_the_end(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    strike(hub, monkeypatch, lambda hit: hit.reply.having(("Link", link)), 1, 1)
    assert len(read(fetched(landed))[0]) == COUNT
    strike(hub, monkeypatch, lambda hit: hit.reply.having(("Link", link)), 1)
    with pytest.raises(SourceFailed, match="page 2 of the listing has a Link header"):
        Landed(making_folder(landed, "second")).fetch(HubApi())


@pytest.mark.parametrize(
    "form", ["<{}>;rel=NEXT", '<{}>; Rel="last  next"', '<x>; rel="prev", <{}>; title="a, b"; rel=next']
)
def test_the_next_page_is_found_however_the_header_is_written(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def other_form(hit: Hit) -> Reply:
        link = hit.reply.header("Link")
        return hit.reply.having(("Link", form.format(link[1 : link.index(">")]))) if link else hit.reply

    strike(hub, monkeypatch, other_form, 0)
    assert len(read(fetched(landed))[0]) == COUNT


@pytest.mark.parametrize(
    "link",
    ["http://[::1/x", "http://127.0.0.1:99999/api/models", "http://hüb.example/api/models".encode().decode("latin-1"),
     f"http://{'a' * 70}.example/api/models", "http://other.example/api/models?cursor=1", "/api/datasets?cursor=1"],
)  # fmt: skip
def test_a_link_that_leads_elsewhere_is_a_failure_and_not_followed(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    strike(hub, monkeypatch, lambda hit: hit.reply.having(("Link", f'<{link}>; rel="next"')), 1)
    with pytest.raises(SourceFailed, match="page 2 of the listing leads to"):
        landed.fetch(HubApi())
    assert {seen.target.split("?")[0] for seen in hub.seen} == {"/api/models"}
    hub.heal()
    assert len(read(fetched(landed))[0]) == COUNT


def test_a_user_in_a_link_is_not_sent_in_the_place_of_the_token(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    def with_user(hit: Hit) -> Reply:
        return hit.reply.having(("Link", hit.reply.header("Link").replace("http://", "http://eve:hidden@")))

    strike(hub, monkeypatch, with_user, 0)
    assert len(read(fetched(landed))[0]) == COUNT
    assert {seen.token for seen in hub.seen} == {token}
    assert "hidden" not in (landed.folder / "state.json").read_text()


@pytest.mark.parametrize(
    "address",
    ["http://eve:hidden@127.0.0.1:9", "http://hidden@hub.example", "http://[::1/x", "http://127.0.0.1:99999",
     "http://hüb.example", f"https://{'a' * 70}.example", "hub.example", "file:///etc/passwd", "http://"],
)  # fmt: skip
def test_an_endpoint_that_cannot_be_asked_is_refused_and_what_it_hides_not_shown(
    landed: Landed, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address)
    with pytest.raises(UsageError, match="HF_ENDPOINT") as refused:
        landed.fetch(HubApi())
    assert "hidden" not in refused.value.message + refused.value.hint


@pytest.mark.parametrize("address", ["http://[::1/x", "http://127.0.0.1:99999", "http://eve:hidden@127.0.0.1:9"])
def test_an_endpoint_that_not_even_the_hubs_client_can_read_is_one_document_of_a_usage_error(
    tmp_path: Path, address: str, token: str
) -> None:
    done = sync(address, tmp_path / "store", token)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, json.loads(out)["error"]["kind"], err) == (2, "usage", b"")
    assert b"hidden" not in out


def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_sécret")
    with pytest.raises(UsageError, match="token has characters") as refused:
        landed.fetch(HubApi())
    assert "cret" not in refused.value.message + refused.value.hint
    assert not hub.seen


def test_an_empty_page_is_not_the_end_while_more_is_promised(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    strike(hub, monkeypatch, lambda hit: replace(hit.reply, rows=[]), 2, 1)
    assert len(read(fetched(landed))[0]) == COUNT
    strike(hub, monkeypatch, lambda hit: replace(hit.reply, rows=[]), 2)
    with pytest.raises(SourceFailed, match="page 3 of the listing has no models, though more are promised"):
        Landed(making_folder(landed, "second")).fetch(HubApi())


def test_an_empty_page_at_the_end_is_asked_for_again(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    strike(hub, monkeypatch, lambda hit: replace(without_link(hit), rows=[]), 2, 1)
    assert len(read(fetched(landed))[0]) == COUNT


def page_two(hub: standin.Running) -> Callable[[Hit], Reply]:
    """A fault: models of the second page, in another order and with other counters, on a later one."""
    rows: list[dict[str, Any]] = []

    def harm(hit: Hit) -> Reply:
        place = len(hub.seen)
        if place == 1:
            rows.extend(hit.reply.rows or [])
        return hit.reply if place < 3 else replace(hit.reply, rows=[{**row, "likes": place} for row in rows[::-1]])

    return harm


def test_a_page_in_the_place_of_another_is_asked_for_again_and_then_given_up(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    strike(hub, monkeypatch, page_two(hub), 0, 4)
    assert len(read(fetched(landed))[0]) == COUNT
    hub.forget()
    strike(hub, monkeypatch, page_two(hub), 0)
    with pytest.raises(SourceFailed, match="page 4 of the listing repeats page 2"):
        Landed(making_folder(landed, "second")).fetch(HubApi())


def test_rows_that_come_twice_are_told(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("rows-twice"))
    (one,) = landed.fetch(HubApi())
    assert (one.origin["rows"], one.origin["doubles"], one.origin["census"]["rows"]) == (2 * COUNT, COUNT, COUNT)
    assert [doubt.reason for doubt in read(one.path)[2]] == ["95 of 190 rows are of a model that came before"]


def pages_of(folder: Path, *pages: list[dict[str, Any]]) -> Path:
    for number, rows in enumerate(pages, 1):
        content = b"\n".join(json.dumps(row).encode() for row in rows)
        write_whole(folder / f"page-{number:05d}.jsonl.zst", pa.Codec("zstd").compress(content, asbytes=True))
    return folder


def test_a_key_of_many_names_tells_no_model_and_its_rows_are_rejects(tmp_path: Path) -> None:
    same = [{"_id": "k", "id": f"a/m{number}", "downloads": number} for number in range(4)]
    rows, rejects, _ = read(pages_of(tmp_path, [*same, {"_id": "l", "id": "a/other", "downloads": 9}]))
    assert set(rows) == {"a/other"}
    assert [(r.row, r.column) for r in sorted(rejects, key=lambda r: r.row)] == [(n, "hub_key") for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("group", [2, COUNT])
def test_keys_that_do_not_tell_one_model_from_the_next_are_a_changed_schema(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    def same_keys(hit: Hit) -> Reply:
        return hit.rewritten(lambda row: {**row, "_id": f"k{int(row['id'][-4:]) // group}"})

    strike(hub, monkeypatch, same_keys, 0)
    with pytest.raises(SchemaChanged, match="have the _id of another one"):
        landed.fetch(HubApi())


@pytest.mark.parametrize("counter", ["downloads", "downloadsAllTime"])
@pytest.mark.parametrize("known", [False, True])
def test_a_counter_that_most_models_lose_is_a_changed_schema(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, counter: str, known: bool
) -> None:
    held = landed.fetch(HubApi())[0].origin if known else None

    def lost(hit: Hit) -> Reply:
        return hit.rewritten(lambda row: row if row["id"].endswith("1") else {**row, counter: None})

    strike(hub, monkeypatch, lost, 0 if known else 1)
    with pytest.raises(SchemaChanged, match=f"no {counter} that can be read"):
        Landed(making_folder(landed, "second")).fetch(HubApi(), held=held)


def test_a_counter_that_some_models_lack_is_told(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = [*models(COUNT), *[{"id": f"lacks/it-{number}", "downloads": None} for number in range(3)]]
    landed.fetch(HubApi())
    assert "3 of 98 models have no downloads that can be read" in landed.words


def test_a_page_that_is_damaged_after_it_landed_is_not_read(hub: standin.Running, landed: Landed) -> None:
    folder = fetched(landed)
    second = page_files(folder)[1]
    rows = [row | {"downloads": 10**6} for row in page_rows(second)]
    pages_of(folder.parent, rows)
    (folder.parent / "page-00001.jsonl.zst").replace(second)
    with pytest.raises(SourceFailed, match="is not the page that landed"):
        read(folder)
    second.unlink()
    with pytest.raises(SourceFailed, match="holds 4 pages; 5 landed"):
        read(folder)


@pytest.mark.parametrize(
    ("date", "words"),
    [("Thu, 01 Jan 1970 00:00:00 GMT", "before there were hubs"), ("Sat, 01 Jan 2099 00:00:00 GMT", "in the future"),
     ("Mon, 01 Jan 2001 00:00:00 GMT", "before there were hubs"),
     ("Fri, 01 Mar 2024 00:00:00 GMT", "created on 2024-06"),
     ("Fri, 31 Dec 9999 23:59:59 -2359", "does not tell the time")],
)  # fmt: skip
def test_a_clock_of_the_hub_that_cannot_be_right_is_not_believed(
    hub: standin.Running, landed: Landed, monkeypatch: pytest.MonkeyPatch, date: str, words: str
) -> None:
    strike(hub, monkeypatch, lambda hit: replace(hit.reply, date=date), 0)
    (one,) = landed.fetch(HubApi())
    assert one.at is not None
    assert abs(one.at.timestamp() - time.time()) < 60
    assert words in landed.words
    assert "dated by this machine's clock" in landed.words


def test_a_clock_that_goes_back_behind_the_latest_reading_is_told(hub: standin.Running, landed: Landed) -> None:
    (one,) = landed.fetch(HubApi(), held={"hub_first": "2024-07-12T00:00:00Z"})
    assert one.at == making.moment("2024-07-11T12:00:00")
    assert "before the latest reading in the store (2024-07-12T00:00:00Z)" in landed.words


def test_one_odd_creation_date_of_a_thousand_does_not_date_a_listing(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": f"a/m{n}", "createdAt": "2024-02-03T04:05:06Z", "downloads": 1} for n in range(1500)
    ]
    rows[7]["createdAt"], rows[8]["createdAt"] = "2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z"
    newest = hub_census.look(page_files(pages_of(tmp_path, rows))).newest
    assert newest == making.moment("2024-02-03")


def making_folder(landed: Landed, name: str) -> Path:
    folder = landed.folder.parent / name
    folder.mkdir()
    return folder


def test_a_field_that_is_not_needed_may_vanish_and_that_is_said(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = models(COUNT, library_name="transformers")
    first = landed.fetch(HubApi())[0].origin
    hub.harm(standin.fault("optional-field-vanishes"))
    later = Landed(making_folder(landed, "later"))
    rows, _, doubts = read(fetched(later, held=first))
    assert len(rows) == COUNT
    assert [(d.column, d.reason) for d in doubts] == [
        ("library_name", "no model has the field library_name any longer")
    ]
    assert "no model has the field library_name any longer" in later.words


def test_a_field_that_changes_its_type_is_one_doubt_and_no_failure(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = models(600, likes="many")
    rows, rejects, doubts = read(fetched(landed))
    assert len(rows) == 600
    assert not rejects
    assert [d.column for d in doubts] == ["likes"]
    assert "none of the 600 values from here on is valid, as 'many'" in doubts[0].reason


def test_elements_that_are_no_valid_model_are_rejects_with_a_reason(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("bad-rows"))
    folder = fetched(landed)
    (folder / "landed.jsonl").unlink()  # pages that were put together by hand
    last = page_files(folder)[-1]
    rows = [*page_rows(last), "no model", None, {"downloads": 3}, {"id": "../../etc", "downloads": 1}]
    write_whole(last, pa.Codec("zstd").compress(b"\n".join(json.dumps(r).encode() for r in rows), asbytes=True))
    taken, rejects, _ = read(folder)
    reasons = Counter(reject.reason for reject in rejects)
    negative = reasons.pop("'-1' is not valid here")
    assert reasons == {"not a JSON object": 2, "'None' is not valid here": 1, "'../../etc' is not valid here": 1}
    assert len(taken) == COUNT - negative
    assert {reject.row for reject in rejects if reject.reason == "not a JSON object"} == {COUNT + 1, COUNT + 2}


def test_a_model_that_comes_on_two_pages_counts_once_as_it_was_last(tmp_path: Path) -> None:
    for number, rows in enumerate(
        (
            [{"_id": "k1", "id": "a/one", "downloads": 1}, {"id": "a/two", "downloads": 2}],
            [{"_id": "k3", "id": "a/three", "downloads": 3}, {"_id": "k1", "id": "a/renamed", "downloads": 10}],
            [{"id": "a/two", "downloads": 20}, {"id": "a/two", "downloads": 21}],
        ),
        1,
    ):
        content = b"\n".join(json.dumps(row).encode() for row in rows)
        write_whole(tmp_path / f"page-{number:05d}.jsonl.zst", pa.Codec("zstd").compress(content, asbytes=True))
    rows, rejects, _ = read(tmp_path)
    assert {name: row["downloads_30d"] for name, row in rows.items()} == {"a/renamed": 10, "a/two": 21, "a/three": 3}
    assert not rejects


def test_a_listing_that_gives_every_row_twice_is_the_same_census(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("rows-twice"))
    rows, rejects, _ = read(fetched(landed))
    assert len(rows) == COUNT
    assert not rejects


def test_private_models_do_not_land(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = [*models(30), {"id": "me/secret-plan", "downloads": 1, "private": True}]
    (one,) = landed.fetch(HubApi())
    assert one.origin["private"] == 1
    assert not any("secret-plan" in json.dumps(row) for file in page_files(one.path) for row in page_rows(file))


def test_only_what_is_read_of_a_card_lands(hub: standin.Running, landed: Landed) -> None:
    card = {"license": "mit", "base_model": ["a/b"], "base_model_relation": "merge", "widget": "x" * 500, "extra": {}}
    hub.site.models = models(30, cardData=card, tags=["x"], safetensors={"total": 7, "parameters": {"F32": 7}})
    (row, *_) = page_rows(page_files(fetched(landed))[0])
    assert row["base_model_relation"] == "merge"
    assert row["safetensors"] == {"total": 7}
    assert not {"cardData", "widget", "extra", "private", "siblings"} & set(row)


def test_since_brings_what_changed_as_a_selection(hub: standin.Running, landed: Landed) -> None:
    (one,) = landed.fetch(HubApi(), since=making.moment("2024-07-08T08:00:00"))
    rows, _, _ = read(one.path)
    assert one.selection
    assert set(rows) == {m["id"] for m in models(COUNT) if m["lastModified"] >= "2024-07-08T08"}
    assert len(hub.seen) == 2  # three tenths of five pages; the rest is not asked for


def test_nothing_that_changed_is_nothing_new(hub: standin.Running, landed: Landed) -> None:
    assert landed.fetch(HubApi(), since=making.moment("2024-08-01")) == []


def test_a_hub_without_models_is_a_failure(hub: standin.Running, landed: Landed) -> None:
    hub.site.models = []
    with pytest.raises(SourceFailed, match="lists no models"):
        landed.fetch(HubApi())


def test_a_hub_that_refuses_the_question_has_changed(hub: standin.Running, landed: Landed) -> None:
    hub.harm(standin.fault("cursor-refused", times=None))
    with pytest.raises(SchemaChanged, match="answers 400 to what is asked of it"):
        landed.fetch(HubApi())


def test_it_has_no_revisions_or_days(landed: Landed) -> None:
    with pytest.raises(UsageError, match="as it is now"):
        landed.fetch(HubApi(), revision="main")


def test_an_offline_client_stays_offline(landed: Landed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    with pytest.raises(SourceFailed, match="HF_HUB_OFFLINE"):
        landed.fetch(HubApi())


def test_a_landed_folder_has_no_time_of_its_own(hub: standin.Running, landed: Landed) -> None:
    with pytest.raises(UsageError, match="when the counters were observed"):
        read(fetched(landed), None)


def test_an_empty_folder_is_no_listing(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="holds no pages"):
        read(tmp_path)


def test_a_rate_limit_is_kept_before_the_hub_has_to_refuse(landed: Landed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_api, "PAGE_ROWS", PAGE)
    with standin.hub(models(COUNT), day=DAY, quota=3, window=1.0) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        rows, _, _ = read(fetched(landed))
        assert len(rows) == COUNT
        assert [seen.status for seen in hub.seen] == [200] * 5


def test_the_token_goes_to_the_hub_and_nowhere_else(hub: standin.Running, landed: Landed, token: str) -> None:
    (one,) = landed.fetch(HubApi())
    assert {seen.token for seen in hub.seen} == {token}
    assert token not in repr(one) + landed.words + json.dumps(dict(one.origin))
    assert not any(token.encode() in file.read_bytes() for file in landed.folder.rglob("*") if file.is_file())


def test_a_page_on_another_host_is_not_asked_for(hub: standin.Running, landed: Landed, token: str) -> None:
    with standin.hub(models(3)) as other:
        hub.harm(standin.fault("redirected-elsewhere", to=other.url, after=1))
        with pytest.raises(SourceFailed, match="leads to"):
            landed.fetch(HubApi())
        assert not other.seen


RICH = [
    {
        "id": "google/gemma",
        "license": "gemma",
        "safetensors": {"total": 8_537_680_896, "parameters": {}},
        "gated": "auto",
    },
    {"id": "someone/gemma-gguf", "tags": ["gguf", "base_model:quantized:google/gemma"], "gguf": {"total": 123}},
    {"id": "someone/merged", "cardData": {"base_model": ["google/gemma", "a/b"], "base_model_relation": "merge"}},
    {"id": "someone/tuned", "base_model": "google/gemma", "datasets": ["a/data"], "library_name": "transformers"},
    {"id": "gpt2", "pipeline_tag": "text-generation", "tags": ["license:mit"], "gated": "manual"},
]


def rich() -> list[dict[str, Any]]:
    """Models with all that is read of them, and enough others for the cleaning rules to run."""
    return [
        *({"downloads": 1000 + place, "downloadsAllTime": 9000, "likes": 50, **row} for place, row in enumerate(RICH)),
        *models(600),
    ]


def test_what_lands_reads_as_a_file_of_the_same_rows_does(hub: standin.Running, landed: Landed, tmp_path: Path) -> None:
    hub.site.models = rich()
    rows, _, _ = read(fetched(landed))
    file = tmp_path / "all.jsonl"
    pages = page_files(landed.folder / "pages")
    file.write_text("".join(json.dumps(row) + "\n" for page in pages for row in page_rows(page)))
    given = [row for batch in HubDump().read(file, AT) for row in batch.rows.to_pylist()]
    for row in (*rows.values(), *given):
        del row["row"]
    assert rows == {row["name"]: row for row in given}
    gemma, merged = rows["google/gemma"], rows["someone/merged"]
    assert (gemma["parameters"], gemma["parameters_from"], gemma["gated"]) == (8_537_680_896, "safetensors", True)
    assert (merged["relation"], merged["base_models"]) == ("merge", ["google/gemma", "a/b"])
    assert rows["someone/gemma-gguf"]["relation"] == "quantized"
    assert (rows["someone/gemma-gguf"]["parameters"], rows["someone/gemma-gguf"]["parameters_from"]) == (123, "gguf")
    assert rows["someone/tuned"]["licence"] is None
    assert rows["gpt2"]["licence"] == "mit"
    assert rows["gpt2"]["hub_key"] == standin.tables.identity("gpt2")


def sync(url: str, store: Path, token: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HF_ENDPOINT": url, "HF_TOKEN": token, "WEIGHBRIDGE_STORE": str(store)}
    command = [sys.executable, "-m", "weighbridge", "sync", "hub-api", "--json"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_killed_sync_goes_on_where_it_was_and_weighs_what_the_file_does(tmp_path: Path, token: str) -> None:
    table = pa.Table.from_pylist(models(8_500))
    store, pages = tmp_path / "store", 9
    with standin.hub(table, day=DAY, faults=["slow:seconds=0.25:times=all", "cut:after=4"]) as hub:
        first = sync(hub.url, store, token)
        state = store / "landing" / "hub-api" / "state.json"
        ends = time.monotonic() + 60
        while not (state.exists() and json.loads(state.read_text())["pages"] >= 3) and time.monotonic() < ends:
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
        outs = [*first.communicate()]
        assert not Store(store).vintages()
        landed = json.loads(state.read_text())["pages"]
        hub.plan.faults = [fault for fault in hub.plan.faults if fault.kind != "slow"]
        second = sync(hub.url, store, token)
        outs += [*second.communicate(timeout=120)]
        assert second.returncode == 0, outs
        whole = Counter(seen.target for seen in hub.seen if seen.status == 200 and "cut" not in seen.faults)
        assert f"going on after {landed:,} pages".encode() in outs[-1]
        assert len(whole) == pages
        assert sum(whole.values()) <= pages + 1  # the page under way when it was killed
    file = tmp_path / "listing.csv"
    making.csv_file(file, models(8_500))
    ingest(Store(tmp_path / "given"), HubDump(), file, at=AT, known=making.moment("2026-01-01"))
    live, given = weighbridge.open(store), weighbridge.open(tmp_path / "given")
    for definition in ("raw", "house"):
        for by in ("organisation", "country", "namespace", "family"):
            one, other = (held.share(by=by, definition=definition).to_dict() for held in (live, given))
            assert (one["rows"], one["total"]) == (other["rows"], other["total"])
    everything = b"".join(outs) + b"".join(file.read_bytes() for file in store.rglob("*") if file.is_file())
    assert token.encode() not in everything
