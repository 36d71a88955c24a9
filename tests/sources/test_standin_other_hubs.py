"""The stand-ins of ModelScope, Ollama and OpenRouter answer as their documents and their readers say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

import standin
from standin import plain

REPOSITORY = Path(__file__).resolve().parents[2]
MANY = [{"id": f"Qwen/model-{n}", "downloads": n, "likes": 1, "license": "apache-2.0"} for n in range(120)]


def test_modelscope_lists_pages_of_at_most_fifty_with_the_total():
    with standin.serve(standin.ModelScope(MANY), day="2026-08-22") as hub:
        url, listed = f"{hub.url}/openapi/v1/models", []
        for page in (1, 2, 3):
            answer = plain.get(url, params={"page_number": page, "page_size": 50}).json()
            assert (answer["success"], answer["data"]["total_count"]) == (True, 120)
            listed += [row["id"] for row in answer["data"]["models"]]
        assert listed == [row["id"] for row in MANY]
        assert plain.get(url, params={"page_size": 51}).json()["code"] == "InputParameterError"


def test_modelscope_looks_no_further_than_three_thousand():
    with standin.serve(standin.ModelScope(MANY)) as hub:
        far = plain.get(f"{hub.url}/openapi/v1/models", params={"page_number": 61, "page_size": 50})
        assert (far.status_code, far.json()["code"]) == (403, "QuotaLimitExceed")


def test_modelscope_finds_by_the_beginning_of_a_name_by_owner_and_one_by_one():
    with standin.serve(standin.ModelScope([*MANY, {"id": "other/Model-1"}])) as hub:

        def ids(**asked: str) -> list[str]:
            rows = plain.get(f"{hub.url}/openapi/v1/models", params=asked).json()["data"]["models"]
            return [row["id"] for row in rows]

        assert ids(search="MODEL-11", sort="downloads")[:2] == ["Qwen/model-119", "Qwen/model-118"]
        assert ids(owner="other") == ["other/Model-1"]
        one = plain.get(f"{hub.url}/openapi/v1/models/other/Model-1").json()["data"]
        assert (one["id"], one["downloads"]) == ("other/Model-1", 0)
        assert plain.get(f"{hub.url}/openapi/v1/models/no/body").json()["code"] == "ResourceNotFound"


def test_modelscopes_old_listing_has_names_in_capitals():
    with standin.serve(standin.ModelScope(MANY)) as hub:
        body = {"PageSize": 100, "PageNumber": 2}
        model = plain.put(f"{hub.url}/api/v1/dolphin/models", json=body).json()["Data"]["Model"]
    assert model["TotalCount"] == 120
    assert model["Models"][0] | {"Path": "Qwen", "Name": "model-100", "Downloads": 100} == model["Models"][0]


LIBRARY = [
    {"name": "llama3.1", "pulls": 118_712_345, "sizes": ["8b", "70b"], "capabilities": ["tools"], "tag_count": 93},
    {"name": "tiny<b>", "pulls": 67_400, "description": "small & quick"},
    {"name": "new", "pulls": 512},
]


def test_the_library_shows_every_model_with_a_rounded_count():
    with standin.serve(standin.Ollama(LIBRARY)) as hub:
        page = plain.get(f"{hub.url}/library").text
    items = re.findall(r"<li[^>]*x-test-model[^>]*>(.*?)</li>", page, re.S)
    assert [re.search(r"x-test-pull-count>([^<]*)<", item)[1] for item in items] == ["118.7M", "67.4K", "512"]
    assert re.findall(r"x-test-size>([^<]*)<", items[0]) == ["8b", "70b"]
    assert 'title="tiny&lt;b&gt;"' in items[1]
    assert "small &amp; quick" in items[1]


def test_the_librarys_later_pages_are_only_for_its_own_script():
    with standin.serve(standin.Ollama([{"name": f"m{n}", "pulls": n} for n in range(45)])) as hub:
        first = plain.get(f"{hub.url}/search").text
        assert 'hx-get="/search?page=2"' in first
        assert plain.get(f"{hub.url}/search?page=3").status_code == 303
        last = plain.get(f"{hub.url}/search?page=3", headers={"HX-Request": "true"}).text
        assert re.findall(r"x-test-search-response-title>([^<]*)<", last) == [f"m{n}" for n in range(40, 45)]
        assert "hx-get" not in last


def test_the_real_librarys_pulls_are_shown_as_they_were(real_data: Path):
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(real_data / "ollama-pulls-daily" / "pulls.parquet", columns=["date", "model", "pulls"])
    day = table.filter(pc.equal(table["date"], "2025-07-17")).to_pylist()
    rows = [{"name": row["model"], "pulls": int(row["pulls"])} for row in day if row["pulls"] is not None]
    with standin.serve(standin.Ollama(rows)) as hub:
        shown = re.findall(r"x-test-pull-count>([^<]*)<", plain.get(f"{hub.url}/library").text)
    assert len(shown) == len(rows) > 100
    assert shown[[row["name"] for row in rows].index("aya")] == "147.9K"


USED = {
    "2024-12-31": {"a/x": 1},
    "2026-05-10": {f"a/m{n:02}": 1000 + n for n in range(60)},
    "2026-05-11": {"a/x": 10**16, "b/y": 10**16},
}


def ranking(hub: standin.Running, key: str | None = "sk-1", **asked: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return plain.get(f"{hub.url}/api/v1/datasets/rankings-daily", params=asked, headers=headers)


def test_openrouter_ranks_fifty_models_and_sums_the_others():
    with standin.serve(standin.OpenRouter(USED), day="2026-05-12") as hub:
        answer = ranking(hub, start_date="2026-05-10", end_date="2026-05-11").json()
    rows = answer["data"]
    assert [row["date"] for row in rows] == ["2026-05-10"] * 51 + ["2026-05-11"] * 2
    assert rows[50] == {"date": "2026-05-10", "model_permaslug": "other", "total_tokens": str(sum(range(1000, 1010)))}
    assert [row["model_permaslug"] for row in rows[51:]] == ["a/x", "b/y"]
    assert rows[51]["total_tokens"] == "1" + "0" * 16
    assert answer["meta"] == {
        "as_of": "2026-05-12T12:00:00Z",
        "start_date": "2026-05-10",
        "end_date": "2026-05-11",
        "version": "v1",
    }


def test_openrouter_keeps_to_whole_days_since_2025():
    with standin.serve(standin.OpenRouter(USED), day="2026-05-12") as hub:
        meta = ranking(hub, start_date="2024-01-01", end_date="2026-05-12").json()["meta"]
        assert (meta["start_date"], meta["end_date"]) == ("2025-01-01", "2026-05-11")
        assert ranking(hub).json()["meta"]["start_date"] == "2026-04-11"
        for wrong in ({"end_date": "2024-12-31"}, {"start_date": "yesterday"}, {"start_date": "2026-05-12"}):
            assert ranking(hub, **wrong).status_code == 400, wrong


def test_openrouter_wants_a_key_and_keeps_its_limits():
    with standin.serve(standin.OpenRouter(USED, keys=["sk-1"], minute=2), day="2026-05-12") as hub:
        assert ranking(hub, None).status_code == ranking(hub, "sk-2").status_code == 401
        assert [ranking(hub).status_code for _ in range(3)] == [200, 200, 429]
        refused = ranking(hub)
        assert "datasets-per-key-rpm" in refused.json()["error"]["message"]
        assert 1 <= int(refused.headers["retry-after"]) <= 60


@pytest.mark.parametrize(
    ("arguments", "path", "expected"),
    [
        (["--rows", "rows.json", "--faults", "server-errors:times=1"], "/api/models", [500, 200]),
        (["--hub", "ollama"], "/library", [200, 200]),
    ],
)
def test_a_hub_may_be_a_process_of_its_own(tmp_path: Path, arguments: list[str], path: str, expected: list[int]):
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps([{"id": "a/b", "downloads": 3}]), "utf-8")
    arguments = [str(rows) if argument == "rows.json" else argument for argument in arguments]
    command = [sys.executable, "-m", "tests.standin", "--day", "2024-07-11", *arguments]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            answers = [plain.get(url + path) for _ in range(2)]
        finally:
            process.terminate()
    assert [answer.status_code for answer in answers] == expected
    assert answers[1].headers["date"].startswith("Thu, 11 Jul 2024")
