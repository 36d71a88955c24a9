"""The stand-in of the Hugging Face Hub gives the Hub's own client what its table holds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pyarrow as pa
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.utils import close_session, parse_ratelimit_headers

import standin
from standin import plain

ROWS = [
    {"id": "meta-llama/Llama", "downloads": 900, "likes": 7, "gated": "manual", "library_name": "transformers"},
    {
        "id": "someone/Llama-GGUF",
        "downloads": 800,
        "downloadsAllTime": 5000,
        "license": "llama3",
        "tags": ["gguf", "base_model:quantized:meta-llama/Llama"],
        "base_model": "meta-llama/Llama",
        "gguf": {"total": 8_030_261_312, "architecture": "llama", "context_length": 131072},
        "createdAt": "2024-04-18T16:54:00.000Z",
        "lastModified": "2024-07-01T00:00:00.000Z",
    },
    {
        "id": "Qwen/Qwen2",
        "downloads": 1000,
        "pipeline_tag": "text-generation",
        "safetensors": {"parameters": {"BF16": 7_615_616_512}, "total": 7_615_616_512},
    },
    {"id": "gpt2", "downloads": 5, "_id": "621ffdc036468d709f17434d"},
]


@pytest.fixture(autouse=True)
def _own_session() -> Iterator[None]:
    """The client of the Hub keeps connections open for the whole process."""
    yield
    close_session()


def client(hub: standin.Running, token: str | bool = False) -> HfApi:
    return HfApi(endpoint=hub.url, token=token)


def test_the_hubs_client_lists_every_model_across_pages():
    rows = [{"id": f"a/m{n}", "downloads": n} for n in range(2500)]
    with standin.hub(rows) as hub:
        listed = {model.id: model.downloads for model in client(hub).list_models(expand=["downloads"])}
        assert listed == {row["id"]: row["downloads"] for row in rows}
        assert [one.status for one in hub.seen] == [200, 200, 200]


def test_a_listing_has_the_fields_that_were_asked_for_and_no_others():
    with standin.hub(ROWS) as hub:
        expanded = plain.get(f"{hub.url}/api/models?expand[]=downloadsAllTime&expand[]=gguf").json()
        usual = plain.get(f"{hub.url}/api/models").json()
        full = plain.get(f"{hub.url}/api/models?full=true&cardData=true").json()
    assert set(expanded[0]) == {"_id", "id"}, "what is not known is not said"
    assert set(expanded[1]) == {"_id", "id", "downloadsAllTime", "gguf"}
    assert "author" not in usual[0]
    assert usual[0].keys() >= {"modelId", "likes", "tags", "createdAt"}
    assert full[0]["gated"] == "manual"
    assert full[0]["disabled"] is False
    assert full[1]["cardData"] == {"license": "llama3", "base_model": "meta-llama/Llama"}


def test_the_client_reads_the_newer_fields():
    with standin.hub(ROWS) as hub:
        wanted = ["gguf", "safetensors", "gated", "tags", "downloadsAllTime", "createdAt", "lastModified", "author"]
        models = {model.id: model for model in client(hub).list_models(expand=wanted)}
    quantised = models["someone/Llama-GGUF"]
    assert quantised.gguf["architecture"] == "llama"
    assert quantised.tags == [
        "gguf",
        "base_model:quantized:meta-llama/Llama",
        "license:llama3",
        "base_model:meta-llama/Llama",
    ]
    assert quantised.downloads_all_time == 5000
    assert quantised.last_modified.isoformat() == "2024-07-01T00:00:00+00:00"
    assert models["Qwen/Qwen2"].safetensors.total == 7_615_616_512
    assert models["meta-llama/Llama"].gated == "manual"
    assert models["gpt2"].author is None


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"sort": "downloads"}, ["Qwen/Qwen2", "meta-llama/Llama", "someone/Llama-GGUF", "gpt2"]),
        ({"sort": "downloads", "limit": 2}, ["Qwen/Qwen2", "meta-llama/Llama"]),
        ({"sort": "last_modified", "limit": 1}, ["someone/Llama-GGUF"]),
        ({"search": "llama"}, ["meta-llama/Llama", "someone/Llama-GGUF"]),
        ({"author": "Qwen"}, ["Qwen/Qwen2"]),
        ({"filter": ["gguf", "license:llama3"]}, ["someone/Llama-GGUF"]),
        ({"pipeline_tag": "text-generation"}, ["Qwen/Qwen2"]),
        ({"gated": True}, ["meta-llama/Llama"]),
    ],
)
def test_models_are_chosen_and_ordered_as_asked(asked: dict[str, object], names: list[str]):
    with standin.hub(ROWS) as hub:
        assert [model.id for model in client(hub).list_models(**asked)] == names


def test_an_ascending_order_and_pages_of_any_size_list_each_model_once():
    rows = [{"id": f"a/m{n}", "downloads": n * 7 % 23} for n in range(23)]
    with standin.hub(rows) as hub:
        url, counts = f"{hub.url}/api/models?sort=downloads&direction=1&limit=5", []
        while url:
            page = plain.get(url)
            counts += [row["downloads"] for row in page.json()]
            url = page.links.get("next", {}).get("url", "")
    assert counts == list(range(23))


def test_a_cursor_or_field_that_does_not_exist_is_refused():
    with standin.hub(ROWS) as hub:
        for wrong in ("cursor=abc", "expand=nonsense", "sort=colour", "limit=many"):
            assert plain.get(f"{hub.url}/api/models?{wrong}").status_code == 400, wrong


def test_a_renamed_model_is_found_under_its_old_name():
    with standin.hub(ROWS, renamed={"old/Qwen2": "Qwen/Qwen2"}) as hub:
        assert client(hub).model_info("old/Qwen2").id == "Qwen/Qwen2"
        assert [one.status for one in hub.seen] == [307, 200]
        assert client(hub).model_info("gpt2", expand=["downloads"]).downloads == 5


def test_a_model_that_is_not_there_is_refused_as_the_hub_refuses_it():
    with standin.hub(ROWS) as hub:
        with pytest.raises(RepositoryNotFoundError):
            client(hub, "hf_x").model_info("no/body")
        with pytest.raises(HfHubHTTPError) as refused:
            client(hub).model_info("no/body")
        assert refused.value.response.status_code == 401


def test_namespaces_are_organisations_or_people():
    with standin.hub(ROWS, organisations={"Qwen": {"fullname": "Qwen", "isVerified": True}}) as hub:
        qwen = client(hub).get_organization_overview("Qwen")
        assert (qwen.fullname, qwen.is_verified, qwen.num_models) == ("Qwen", True, 1)
        assert client(hub).get_user_overview("someone").num_models == 1
        for wrong in (client(hub).get_user_overview, client(hub).get_organization_overview):
            with pytest.raises(HfHubHTTPError, match="404"):
                wrong("nobody")


def test_only_known_tokens_are_accepted_and_they_are_recorded():
    with standin.hub(ROWS, tokens={"hf_good": "ann"}) as hub:
        assert client(hub, "hf_good").whoami()["name"] == "ann"
        with pytest.raises(HfHubHTTPError) as refused:
            list(client(hub, "hf_bad").list_models())
        assert refused.value.response.status_code == 401
        list(client(hub).list_models())
        assert [one.token for one in hub.seen] == ["hf_good", "hf_bad", None]


def test_the_hubs_clock_says_the_day_it_is_told():
    with standin.hub(ROWS, day="2024-07-11") as hub:
        assert plain.head(f"{hub.url}/api/models").headers["date"] == "Thu, 11 Jul 2024 12:00:00 GMT"
        hub.day = "2024-07-12T23:59:59"
        assert plain.head(f"{hub.url}/api/models").headers.get_list("date") == ["Fri, 12 Jul 2024 23:59:59 GMT"]


def test_limits_are_announced_and_kept_if_wanted():
    with standin.hub(ROWS, quota=2, window=0.6) as hub:
        answers = [plain.get(f"{hub.url}/api/models") for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        told = [parse_ratelimit_headers(one.headers) for one in answers]
        assert [(one.resource_type, one.remaining, one.limit) for one in told] == [
            ("api", 1, 2),
            ("api", 0, 2),
            ("api", 0, 2),
        ]
        assert answers[2].headers["retry-after"] == "1"
        time.sleep(0.7)
        assert plain.get(f"{hub.url}/api/models").status_code == 200
    with standin.hub(ROWS) as hub:
        told = parse_ratelimit_headers(plain.get(f"{hub.url}/api/models").headers)
        assert (told.limit, told.window_seconds) == (500, 300)


def test_the_models_may_change_while_the_hub_runs():
    with standin.hub(ROWS) as hub:
        hub.site.models = [{"id": "new/one", "downloads": 1}]
        assert [model.id for model in client(hub).list_models()] == ["new/one"]


def test_a_hub_that_is_down_refuses_connections_and_comes_back_at_the_same_address():
    with standin.hub(ROWS) as hub:
        url = f"{hub.url}/api/models"
        hub.down()
        with pytest.raises(httpx2.ConnectError):
            plain.get(url)
        hub.up()
        assert plain.get(url).status_code == 200


def test_a_table_is_listed_as_rows_are():
    table = pa.table(
        {
            "id": ["a/x", "a/y", "a/gone"],
            "author": ["a", "a", "a"],
            "created_at": ["2024-01-01T00:00:00.000Z"] * 3,
            "downloads_30d": [5, 6, 7],
            "likes": [1, 2, 3],
            "tags": [["gguf"], ["safetensors", "license:mit"], []],
            "parameters": [7e9, 8e9, None],
            "gated": [True, False, False],
            "removed": [False, False, True],
            "library": ["transformers", None, None],
        }
    )
    with standin.hub(table) as hub:
        wanted = ["downloads", "gguf", "safetensors", "gated", "library_name", "tags"]
        x, y = client(hub).list_models(expand=wanted, sort="likes", limit=5)
        assert (y.id, y.downloads, y.gguf["total"], y.gated) == ("a/x", 5, 7_000_000_000, "auto")
        assert (x.id, x.safetensors.total, x.library_name, x.tags) == (
            "a/y",
            8_000_000_000,
            None,
            ["safetensors", "license:mit"],
        )


def test_the_census_is_served_in_pages_of_a_thousand(real_data: Path):
    began = time.monotonic()
    with standin.hub(real_data / "hub-census-2024-07" / "models.parquet", day="2024-07-11") as hub:
        assert time.monotonic() - began < 30
        wanted = ["author", "createdAt", "downloads", "likes", "library_name", "pipeline_tag", "tags"]
        models = list(client(hub).list_models(expand=wanted, limit=3000, sort="downloads"))
    assert len({model.id for model in models}) == 3000
    assert (models[0].id, models[0].downloads) == ("MIT/ast-finetuned-audioset-10-10-0.4593", 680_847_003)
    assert models[0].created_at.year >= 2022
    assert any("license:apache-2.0" in model.tags for model in models)


def test_the_radar_gives_parameters_and_relations(real_data: Path):
    with standin.hub(real_data / "hub-radar-2026-08" / "models.parquet", day="2026-08-22") as hub:
        model = next(iter(client(hub).list_models(search="Qwen/Qwen3-0.6B", expand=["safetensors", "tags"])))
    assert model.safetensors.total == 751_632_384
    assert "base_model:finetune:Qwen/Qwen3-0.6B-Base" in model.tags
