"""Data sets of the Hub land whole, pinned to a revision, under names of ours, or not at all."""

from __future__ import annotations

import logging
import time

import pytest

import standin
from weighbridge.errors import SchemaChanged, SourceFailed
from weighbridge.records.clock import parse_day
from weighbridge.records.source import Landing
from weighbridge.sources.net import datasets, downloads
from weighbridge.sources.net.retries import LONGEST_WAIT

REPO = "org/data"
BODY = bytes(range(256)) * 20_000  # 5 MB


@pytest.fixture
def hub(monkeypatch):
    """A stand-in with one data set of two revisions."""
    given = {REPO: {"2024-07-01": {"a.parquet": b"old"}, "2024-07-08": {"a.parquet": BODY, "notes.txt": b"words"}}}
    with standin.hub([], given, day="2024-07-11", far_files=True) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def waits(monkeypatch, hub):
    """The waits that are asked for; nobody waits."""
    found = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


@pytest.fixture
def landing(tmp_path):
    return Landing(tmp_path)


def listed(name: str = "a.parquet"):
    commit = datasets.resolve(REPO)
    return commit, datasets.files(REPO, commit.sha)[name]


def test_a_branch_is_pinned_to_its_newest_commit_with_its_time(hub):
    commit = datasets.resolve(REPO)
    assert commit.sha == hub.site.repositories.sets[REPO].revisions[-1].sha
    assert commit.time.isoformat().startswith("2024-07-08T")
    assert datasets.resolve(REPO, commit.sha) == commit


def test_a_file_lands_with_the_bytes_of_its_revision(hub, landing):
    commit, file = listed()
    path = datasets.download(REPO, file, commit.sha, landing)
    assert path.read_bytes() == BODY
    assert path.is_relative_to(landing.folder)


def test_a_file_has_the_name_that_we_give_it(hub, landing):
    commit, file = listed()
    assert datasets.download(REPO, file, commit.sha, landing, "ours.bin").name == "ours.bin"


def test_what_landed_is_not_fetched_again(hub, landing):
    commit, file = listed()
    datasets.download(REPO, file, commit.sha, landing)
    hub.forget()
    datasets.download(REPO, file, commit.sha, landing)
    assert hub.seen == []


def test_a_connection_that_is_lost_on_the_way_is_taken_up_where_it_was_lost(hub, landing, monkeypatch):
    commit, file = listed()
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 65_536)
    hub.harm(standin.fault("cut", on="GET /lfs/", times=1, at=0.5))
    assert datasets.download(REPO, file, commit.sha, landing).read_bytes() == BODY
    first, second = (seen.headers.get("range") for seen in hub.asked("GET /lfs/"))
    assert first is None
    assert second.startswith("bytes=")
    assert 0 < int(second.removeprefix("bytes=").rstrip("-")) < len(BODY)


def test_a_download_that_was_killed_leaves_files_that_landed_and_begins_its_own_anew(hub, landing, monkeypatch):
    commit, file = listed()
    notes = datasets.download(REPO, datasets.files(REPO, commit.sha)["notes.txt"], commit.sha, landing)
    left = landing.folder / "cache" / "datasets--org--data" / "blobs" / f"{file.sha256}.1a2b3c4d.incomplete"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(BODY[:1000])
    hub.forget()
    assert datasets.download(REPO, file, commit.sha, landing).read_bytes() == BODY
    assert datasets.download(REPO, datasets.files(REPO, commit.sha)["notes.txt"], commit.sha, landing) == notes
    assert not left.exists()
    assert not hub.asked("notes.txt")


def test_a_file_that_comes_with_a_wrong_byte_is_fetched_anew(hub, landing):
    commit, file = listed()
    hub.harm(standin.fault("corrupted", on="GET /lfs/", times=1))
    assert datasets.download(REPO, file, commit.sha, landing).read_bytes() == BODY


def test_a_file_that_is_never_what_the_hub_says_is_refused(hub, landing):
    commit, file = listed()
    hub.harm(standin.fault("corrupted", on="GET /lfs/", times=None))
    with pytest.raises(SourceFailed, match="other bytes"):
        datasets.download(REPO, file, commit.sha, landing)
    assert not list(landing.folder.rglob("a.parquet"))


def test_progress_is_told_in_bytes(hub, tmp_path):
    told = []
    commit, file = listed()
    datasets.download(REPO, file, commit.sha, Landing(tmp_path, told.append))
    assert told == sorted(told)
    assert told[-1] == len(BODY)


def test_the_size_is_said_before_a_file_is_fetched(hub, tmp_path):
    said = []
    commit, file = listed()
    datasets.download(REPO, file, commit.sha, Landing(tmp_path, say=said.append))
    assert said == [f"{REPO}: a.parquet, 5.1 MB, of revision {commit.sha[:12]}"]


def test_a_data_set_that_is_not_there_is_said_with_what_may_be_the_matter(hub):
    with pytest.raises(SourceFailed, match="org/gone is not on the Hub") as caught:
        datasets.resolve("org/gone")
    assert "withdrawn" in caught.value.hint


def test_a_revision_that_is_not_there_is_said(hub):
    with pytest.raises(SourceFailed, match="no such revision"):
        datasets.resolve(REPO, "0" * 40)


def test_a_missing_file_is_answered_with_those_there_are(hub):
    commit = datasets.resolve(REPO)
    with pytest.raises(SchemaChanged, match=r"has no file b.parquet") as caught:
        datasets.wanted(REPO, datasets.files(REPO, commit.sha), "b.parquet")
    assert "a.parquet, notes.txt" in caught.value.hint


@pytest.mark.parametrize(("fault", "words"), [("forbidden", "gated or closed"), ("too-many-requests", "answers 429")])
def test_a_refusal_is_said_in_our_words(hub, waits, fault, words):
    hub.harm(standin.fault(fault, on="/api/datasets/", times=None))
    with pytest.raises(SourceFailed, match=words) as caught:
        datasets.resolve(REPO)
    assert caught.value.hint


def test_a_dead_hub_is_a_source_that_failed(hub, waits):
    hub.down()
    with pytest.raises(SourceFailed, match=r"/api/datasets/org/data/.*the connection failed"):
        datasets.resolve(REPO)


def test_a_hub_that_answers_in_another_form_has_changed(hub):
    hub.harm(standin.fault("other-shape", on="/api/datasets/", times=None))
    with pytest.raises(SchemaChanged, match="form that is not known"):
        datasets.resolve(REPO)


def test_a_malformed_answer_is_asked_for_again(hub):
    hub.harm(standin.fault("malformed-json", on="/api/datasets/"))
    assert datasets.resolve(REPO).time.year == 2024


def test_offline_is_said_as_what_it_is(monkeypatch):
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SourceFailed, match="OFFLINE says not to ask"):
        datasets.resolve(REPO)


def test_no_token_is_written_to_a_log(hub, landing, monkeypatch, caplog, capfd):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    caplog.set_level(logging.DEBUG)
    commit, file = listed()
    datasets.download(REPO, file, commit.sha, landing)
    said = capfd.readouterr()
    assert "hf_secret" not in caplog.text + said.out + said.err
    assert all(seen.token is None for seen in hub.asked("/lfs/"))


def test_of_each_day_the_newest_revision_is_taken_oldest_first(hub):
    for when, body in (("2024-07-09T08:00:00Z", b"x"), ("2024-07-09T20:00:00Z", b"y"), ("2024-07-10T01:00:00Z", b"z")):
        hub.site.repositories.put(REPO, {when: {"a.parquet": body}})
    days = (parse_day("2024-07-08"), parse_day("2024-07-10"))
    found = datasets.of_days(REPO, days, "a.parquet")
    assert [commit.time.isoformat()[:13] for commit in found] == ["2024-07-08T09", "2024-07-09T20"]


def test_days_without_a_revision_are_answered_with_the_nearest(hub):
    with pytest.raises(SourceFailed, match=r"no revision of a.parquet from 2024-07-03 to 2024-07-03") as caught:
        datasets.of_days(REPO, (parse_day("2024-07-03"), parse_day("2024-07-04")), "a.parquet")
    assert "2024-07-01 and 2024-07-08" in caught.value.hint


HEAD, BODIES = r"^HEAD ", "^GET /lfs/"


@pytest.mark.parametrize("list_of", ["commits", "tree"])
def test_a_list_that_leads_in_a_circle_is_begun_anew_and_then_given_up(hub, list_of):
    commit = datasets.resolve(REPO)
    hub.harm(standin.fault("circle", on=f"/{list_of}/"))
    with pytest.raises(SourceFailed, match="leads in a circle"):
        datasets.files(REPO, commit.sha) if list_of == "tree" else datasets.resolve(REPO)
    assert len(hub.asked(f"/{list_of}/")) < 10


def test_a_list_without_end_is_given_up(hub, monkeypatch):
    monkeypatch.setattr(datasets, "MOST_PAGES", 5)
    monkeypatch.setattr("standin.repositories.COMMITS_A_PAGE", 1)
    for day in range(10, 20):
        hub.site.repositories.put(REPO, {f"2024-07-{day}": {"a.parquet": b"x"}})
    with pytest.raises(SourceFailed, match="goes on after 5 pages"):
        datasets.resolve(REPO)


def test_a_place_in_a_list_that_is_lost_is_found_from_the_beginning(hub, monkeypatch):
    monkeypatch.setattr("standin.repositories.COMMITS_A_PAGE", 1)
    hub.harm(standin.fault("cursor-gone", on="/commits/.*p=1"))
    assert [commit.time.day for commit in datasets.commits(REPO)] == [8, 1]


@pytest.mark.parametrize("on", ["/api/datasets/", HEAD, BODIES])
def test_a_wait_of_hours_ends_the_run_at_once_and_says_when_to_come_back(hub, landing, waits, on):
    _, file = listed()
    hub.harm(standin.fault("too-many-requests-long", on=on))
    with pytest.raises(SourceFailed, match="asks to wait 86,400 seconds") as failed:
        datasets.download(REPO, file, datasets.resolve(REPO).sha, landing)
    assert "run the same again after" in failed.value.hint
    assert waits == []


@pytest.mark.parametrize("on", [HEAD, BODIES])
def test_a_wait_of_a_file_is_kept_to_and_told(hub, tmp_path, waits, on):
    said = []
    commit, file = listed()
    hub.harm(standin.fault("too-many-requests", on=on, times=1, wait=30))
    path = datasets.download(REPO, file, commit.sha, Landing(tmp_path, say=said.append))
    assert path.read_bytes() == BODY
    assert [wait for wait in waits if wait >= 30] == waits
    assert max(waits) <= LONGEST_WAIT
    assert [words for words in said if "waiting 31 s" in words or "waiting 30 s" in words] == said[1:] != []


@pytest.mark.parametrize("fault", ["not-json", "other-shape", "no-answer", "server-errors", "redirected-elsewhere"])
@pytest.mark.parametrize("on", [HEAD, BODIES])
def test_what_is_in_the_place_of_a_file_passes_or_fails_in_our_words(hub, landing, waits, fault, on):
    commit, file = listed()
    hub.harm(standin.fault(fault, on=on, times=1))
    assert datasets.download(REPO, file, commit.sha, landing).read_bytes() == BODY


def test_a_page_in_the_place_of_a_head_that_stays_is_a_source_that_failed(hub, landing, waits):
    commit, file = listed()
    hub.harm(standin.fault("not-json", on=HEAD, times=None))
    with pytest.raises(SourceFailed, match=r"answers with what is not a.parquet of the data set org/data"):
        datasets.download(REPO, file, commit.sha, landing)
    assert len(waits) > 2


def test_a_file_without_end_is_not_landed_whole(hub, landing, waits, monkeypatch):
    monkeypatch.setattr(downloads, "OVER", 2**20)
    commit, file = listed()
    hub.harm(standin.fault("endless", on=BODIES, megabytes=32))
    with pytest.raises(SourceFailed, match=f"goes on beyond its {len(BODY):,} bytes"):
        datasets.download(REPO, file, commit.sha, landing)


def test_the_hub_is_not_told_what_runs_us_nor_asked_for_names_of_such_programs(hub, landing, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._headers.detect_agent", lambda: pytest.fail("it looks who runs it"))
    commit, file = listed()
    datasets.download(REPO, file, commit.sha, landing)
    assert not hub.asked("agent")


def test_who_uses_the_hubs_client_beside_us_gets_its_own_errors(hub, landing, monkeypatch):
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY", True)
    commit, file = listed()
    datasets.download(REPO, file, commit.sha, landing)
    hub.harm(standin.fault("forbidden", on="/api/"))
    with pytest.raises(HfHubHTTPError):
        HfApi(endpoint=hub.url).dataset_info(REPO)


@pytest.mark.parametrize(
    "row",
    [{"id": "../../../../etc/passwd", "title": "", "date": "2024-07-08T09:00:00Z"},
     {"id": "a" * 40, "title": "", "date": "the other day"}, {"id": "a" * 40, "date": "2024-07-08"}, "commit", None],
)  # fmt: skip
def test_a_commit_that_is_none_is_another_form(monkeypatch, row):
    monkeypatch.setattr(datasets, "_rows", lambda *_: [row])
    with pytest.raises(SchemaChanged, match="form that is not known"):
        datasets.resolve(REPO)


@pytest.mark.parametrize(
    "row",
    [{"type": "file", "path": "a", "size": -1}, {"type": "file", "path": 3, "size": 1}, {"path": "a", "size": 1},
     {"type": "file", "path": "a", "size": 1, "lfs": {"oid": "short"}}, ["a"]],
)  # fmt: skip
def test_a_file_of_a_list_that_is_none_is_another_form(monkeypatch, row):
    monkeypatch.setattr(datasets, "_rows", lambda *_: [{"type": "directory", "path": "d"}, row])
    with pytest.raises(SchemaChanged, match="form that is not known"):
        datasets.files(REPO, "a" * 40)
