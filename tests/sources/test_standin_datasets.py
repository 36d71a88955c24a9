"""The stand-in of the Hub keeps data sets with revisions and files as the Hub's own client expects them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import EntryNotFoundError, RevisionNotFoundError
from huggingface_hub.utils import close_session

import standin
from standin import plain

FIRST, SECOND = b"first" * 1000, b"second" * 1000
HELD = {
    "org/stats": {
        "2024-07-01": {"data/models.parquet": FIRST, "README.md": b"# Statistics\n"},
        "2024-07-08": {"data/models.parquet": SECOND, "README.md": b"# Statistics\n"},
    },
    "old/stats": "org/stats",
}


@pytest.fixture(autouse=True)
def _own_session() -> Iterator[None]:
    yield
    close_session()


def fetched(hub: standin.Running, file: str, folder: Path, **more: object) -> bytes:
    name = str(more.pop("name", "org/stats"))
    asked = {"repo_type": "dataset", "endpoint": hub.url, "cache_dir": folder, "token": False, **more}
    return Path(hf_hub_download(name, file, **asked)).read_bytes()


def test_the_hubs_client_downloads_a_pinned_revision(tmp_path: Path):
    with standin.hub(datasets=HELD) as hub:
        api = HfApi(endpoint=hub.url, token=False)
        newest, oldest = api.list_repo_commits("org/stats", repo_type="dataset")
        assert [one.created_at.day for one in (newest, oldest)] == [8, 1]
        assert api.dataset_info("org/stats").sha == newest.commit_id
        assert fetched(hub, "data/models.parquet", tmp_path) == SECOND
        assert fetched(hub, "data/models.parquet", tmp_path, revision=oldest.commit_id) == FIRST
        assert fetched(hub, "README.md", tmp_path) == b"# Statistics\n"


def test_a_renamed_data_set_is_found_under_its_old_name(tmp_path: Path):
    with standin.hub(datasets=HELD) as hub:
        assert HfApi(endpoint=hub.url, token=False).dataset_info("old/stats").id == "org/stats"
        assert fetched(hub, "data/models.parquet", tmp_path, name="old/stats") == SECOND


def test_a_large_file_is_kept_elsewhere_and_no_token_goes_there(tmp_path: Path):
    with standin.hub(datasets=HELD) as hub:
        assert fetched(hub, "data/models.parquet", tmp_path, **{"token": "hf_secret"}) == SECOND
        away = [one for one in hub.seen if one.port == hub.ports[1]]
        assert [one.token for one in away] == [None]
        assert {one.token for one in hub.seen if one.port == hub.ports[0]} == {"hf_secret"}


def test_a_large_file_may_be_kept_at_the_same_address(tmp_path: Path):
    with standin.hub(datasets=HELD, far_files=False) as hub:
        assert fetched(hub, "data/models.parquet", tmp_path) == SECOND
        assert len(hub.urls) == 1


def test_a_file_says_its_length_and_hash_before_it_is_sent():
    with standin.hub(datasets=HELD) as hub:
        head = plain.head(f"{hub.url}/datasets/org/stats/resolve/main/data/models.parquet")
        assert head.status_code == 302
        assert head.headers["x-linked-size"] == str(len(SECOND))
        assert head.headers["x-repo-commit"] == hub.site.repositories.sets["org/stats"].revisions[-1].sha
        whole = plain.get(head.headers["location"])
        assert whole.headers["etag"] == head.headers["x-linked-etag"]
        rest = plain.get(head.headers["location"], headers={"Range": "bytes=5990-"})
        assert (rest.status_code, rest.content) == (206, SECOND[5990:])
        assert rest.headers["content-range"] == "bytes 5990-5999/6000"
        beyond = plain.get(head.headers["location"], headers={"Range": "bytes=6000-"})
        assert beyond.status_code == 416


def test_trees_and_files_of_a_revision_are_listed():
    with standin.hub(datasets=HELD) as hub:
        api = HfApi(endpoint=hub.url, token=False)
        tree = list(api.list_repo_tree("org/stats", repo_type="dataset", recursive=True))
        assert [one.path for one in tree] == ["README.md", "data", "data/models.parquet"]
        assert tree[2].lfs.size == len(SECOND)
        top = api.list_repo_tree("org/stats", repo_type="dataset")
        assert [one.path for one in top] == ["README.md", "data"]
        (info,) = api.get_paths_info("org/stats", ["README.md", "no such file"], repo_type="dataset")
        assert info.size == 13
        assert api.list_repo_refs("org/stats", repo_type="dataset").branches[0].name == "main"


def test_revisions_and_files_that_do_not_exist_are_refused_as_the_hub_refuses_them(tmp_path: Path):
    with standin.hub(datasets=HELD) as hub:
        with pytest.raises(EntryNotFoundError):
            fetched(hub, "no such file", tmp_path)
        with pytest.raises(RevisionNotFoundError):
            fetched(hub, "README.md", tmp_path, revision="nowhere")


def test_a_long_history_comes_in_pages():
    days = {f"2024-{1 + n // 28:02}-{1 + n % 28:02}": {"a.csv": b"%d" % n} for n in range(120)}
    with standin.hub(datasets={"org/daily": days}) as hub:
        commits = HfApi(endpoint=hub.url, token=False).list_repo_commits("org/daily", repo_type="dataset")
        assert len({one.commit_id for one in commits}) == 120
        assert len(hub.asked("/commits/")) == 3


def test_a_new_revision_may_appear_while_the_hub_runs(tmp_path: Path):
    with standin.hub(datasets=HELD) as hub:
        stored = tmp_path / "models.parquet"
        stored.write_bytes(b"third")
        hub.site.repositories.put("org/stats", {"2024-07-15": {"data/models.parquet": stored}})
        assert fetched(hub, "data/models.parquet", tmp_path / "cache") == b"third"
