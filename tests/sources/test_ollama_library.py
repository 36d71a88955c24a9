"""Today's pulls come from the library's page, and a page that is not the one that is known is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import stamina

import making
import standin
from weighbridge.errors import SchemaChanged, SourceFailed, UsageError
from weighbridge.records.source import Asked, Landing
from weighbridge.register.parties import house
from weighbridge.sources import ollama_library, source
from weighbridge.store.writing import ingest

OLLAMA = ollama_library.SOURCE
MODELS = [
    {"name": "llama3.1", "pulls": 118_720_000, "description": "A <b>model</b> & more"},
    {"name": "qwen3", "pulls": 9_000_000},
    {"name": "tiny", "pulls": 845},
    {"name": "new", "pulls": None},
]


@pytest.fixture(autouse=True)
def _no_waiting():
    with stamina.set_testing(True, attempts=6):
        yield


@pytest.fixture
def library(monkeypatch):
    with standin.serve(standin.Ollama(MODELS), day="2026-08-22") as hub:
        monkeypatch.setenv("WEIGHBRIDGE_OLLAMA_URL", hub.url)
        yield hub


def fetched(folder: Path, said: list[str] | None = None, held=None):
    folder.mkdir(exist_ok=True)
    (reading,) = OLLAMA.fetch(Landing(folder, say=(said if said is not None else []).append), Asked(held=held))
    return reading


def rows(reading):
    batches = list(OLLAMA.read(reading.path, reading.at))
    return {row["name"]: row for batch in batches for row in batch.rows.to_pylist()}


def test_every_model_of_the_page_has_its_count_and_its_rounding(library, tmp_path):
    found = rows(fetched(tmp_path))
    assert {name: (row["downloads_all"], row["step"]) for name, row in found.items()} == {
        "llama3.1": (118_700_000, 100_000),
        "qwen3": (9_000_000, 100_000),
        "tiny": (845, 0),
        "new": (None, 0),
    }


def test_the_observation_time_is_the_servers_clock(library, tmp_path):
    reading = fetched(tmp_path)
    assert reading.at == datetime(2026, 8, 22, 12, tzinfo=UTC)
    assert {row["observed"] for row in rows(reading).values()} == {reading.at}
    assert not reading.selection


def test_a_reading_says_where_it_came_from_and_one_page_is_asked_for(library, tmp_path):
    assert fetched(tmp_path).origin == {
        "address": f"{library.url}/library",
        "pages": 1,
        "listed": 4,
        "observed": "2026-08-22T12:00:00Z",
    }
    assert [seen.line for seen in library.seen] == ["GET /library"]


def test_todays_pulls_go_on_where_the_daily_table_ended(library, store, tmp_path):
    table = tmp_path / "pulls.csv"
    table.write_text("date,model,pull_count_text\n2026-08-20,llama3.1,118M\n2026-08-20,qwen3,8.9M\n")
    known = making.moment("2026-09-01")
    ingest(store, source("ollama-pulls"), table, at=None, known=known)
    reading = fetched(tmp_path / "landing")
    ingest(store, OLLAMA, reading.path, at=reading.at, known=known + timedelta(hours=1))
    answer = making.share(store, "model", house(), hub="ollama", start="2026-08-20", end="2026-08-22")
    assert making.downloads(answer)["llama3.1"] == 700_000
    assert making.downloads(answer)["qwen3"] == 100_000
    assert answer.unit == "pulls"


def test_a_list_in_json_is_read_as_the_page_is(read):
    taken = read('[{"name": "llama3", "pull_count_text": "9M"}, {"name": "../x", "pull_count_text": "1K"}]',
                 at="2026-08-22", reader="ollama-library")  # fmt: skip
    assert [(row["name"], row["downloads_all"]) for row in taken.rows] == [("llama3", 9_000_000)]
    assert [(reject.row, reject.column) for reject in taken.rejects] == [(2, "name")]


def test_a_saved_page_needs_the_day_it_was_saved(library, tmp_path):
    with pytest.raises(UsageError, match="when it was seen"):
        list(OLLAMA.read(fetched(tmp_path).path, None))


@pytest.mark.parametrize("name", ["too-many-requests", "server-errors", "cut", "nothing", "not-utf-8", "not-json"])
def test_a_passing_fault_leaves_the_same_reading(library, tmp_path, name):
    whole = rows(fetched(tmp_path / "whole"))
    library.harm(standin.fault(name))
    assert rows(fetched(tmp_path / "harmed")) == whole


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("other-shape", "is no page of HTML; looked for links to /library/NAME"),
        ("counter-vanishes", "names 4 models and no count; looked for links to /library/NAME"),
        ("key-vanishes", "no link to a model; looked for links to /library/NAME"),
        ("server-error-always", "500"),
        ("dead", "connection"),
        ("endless", "more than"),
    ],
)
def test_what_stays_wrong_ends_in_a_clear_error_and_nothing_landed(library, tmp_path, name, words):
    library.harm(standin.fault(name))
    with pytest.raises(SourceFailed, match=words):
        fetched(tmp_path)
    assert not (tmp_path / "library.html").exists()


def page(*items: str) -> str:
    return f"<html><body>{''.join(items)}</body></html>"


def entry(name: str, count: str) -> str:
    return f'<li x-test-model><a href="/library/{name}"><span x-test-pull-count>{count}</span></a></li>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (page("<p>Please stand by</p>"), "no link to a model"),
        (page('<a href="/library/a"></a>'), "no count"),
        (page(entry("a", "lots"), entry("b", "many"), entry("c", "3K")), "only 1 of 3 models"),
    ],
)
def test_a_page_of_another_form_is_refused_and_says_what_was_looked_for(tmp_path, text, words):
    file = tmp_path / "page.html"
    file.write_text(text)
    with pytest.raises(SchemaChanged, match=words) as raised:
        list(OLLAMA.read(file, making.moment("2026-08-22")))
    assert "x-test-pull-count" in raised.value.message


def test_a_name_that_is_none_is_left_out_and_text_of_the_page_runs_nowhere(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(page(entry("ok", "3K"), entry("&lt;script&gt;", "4K"), entry("also-ok", "5K")))
    (batch,) = OLLAMA.read(file, making.moment("2026-08-22"))
    assert batch.rows["name"].to_pylist() == ["ok", "also-ok"]
    assert [(reject.row, reject.column) for reject in batch.rejects] == [(2, "name")]


def test_a_list_on_several_pages_is_followed_to_its_end_but_to_no_other_host(monkeypatch, tmp_path):
    pages = {
        "/library": page(entry("a", "3K"), '<li hx-get="/library?page=2&amp;sort=new" hx-trigger="revealed"></li>'),
        "/library?page=2&sort=new": page(entry("b", "4K")),
    }
    asked = []

    def get(address, **_):
        asked.append(address)
        path = address.removeprefix("http://hub")
        return ollama_library.client.Answer(200, {}, pages[path].encode(), address)

    monkeypatch.setenv("WEIGHBRIDGE_OLLAMA_URL", "http://hub/")
    monkeypatch.setattr(ollama_library.client, "get", get)
    assert set(rows(fetched(tmp_path))) == {"a", "b"}
    assert asked == ["http://hub/library", "http://hub/library?page=2&sort=new"]
    pages["/library"] = page(entry("a", "3K"), '<li hx-get="http://elsewhere/library?page=2"></li>')
    with pytest.raises(SchemaChanged, match="another host"):
        fetched(tmp_path)


def test_a_page_that_lacks_many_models_is_no_census_however_often_it_comes(library, tmp_path):
    library.site.models = [{"name": f"m{n}", "pulls": 1000} for n in range(100)]
    whole = fetched(tmp_path / "whole")
    library.site.models = library.site.models[:40]
    said: list[str] = []
    short = fetched(tmp_path / "short", said, whole.origin)
    assert short.selection
    assert (short.origin["listed"], short.origin["short_of"]) == (40, 100)
    assert any("WARNING" in words and "40" in words and "100" in words for words in said)
    again = fetched(tmp_path / "again", held=short.origin)
    assert (again.selection, again.origin["short_of"]) == (True, 100)
    library.site.models = [{"name": f"m{n}", "pulls": 1000} for n in range(95)]
    healed = fetched(tmp_path / "healed", held=again.origin)
    assert not healed.selection
    assert "short_of" not in healed.origin


@pytest.mark.parametrize("other", ["/someuser/other", "https://elsewhere/library/x", "/library/nocount/tags", ""])
def test_a_count_behind_another_link_goes_to_no_model_before_it(tmp_path, other):
    file = tmp_path / "page.html"
    link = f'<li><a href="{other}"><span x-test-pull-count>999.9M</span></a></li>'
    file.write_text(page(entry("a", "3K"), '<a href="/library/nocount">nocount</a>', link))
    (batch,) = OLLAMA.read(file, making.moment("2026-08-22"))
    found = dict(zip(batch.rows["name"].to_pylist(), batch.rows["downloads_all"].to_pylist(), strict=True))
    assert found == {"a": 3000, "nocount": None}


@pytest.mark.parametrize("day", ["1970-01-01", "2099-01-01"])
def test_a_clock_that_cannot_be_right_dates_no_reading_and_is_said(library, tmp_path, day):
    library.day = day
    said: list[str] = []
    reading = fetched(tmp_path, said)
    assert abs(reading.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert any(day[:4] in words for words in said)


@pytest.mark.parametrize("secret", ["http://user:hunter2@{}", "http://hunter2@{}", "http://{}/?token=hunter2"])
def test_a_secret_in_the_address_is_refused_and_neither_shown_nor_kept(library, tmp_path, monkeypatch, secret):
    monkeypatch.setenv("WEIGHBRIDGE_OLLAMA_URL", secret.format(library.url.removeprefix("http://")))
    with pytest.raises(UsageError, match="WEIGHBRIDGE_OLLAMA_URL") as raised:
        fetched(tmp_path)
    assert "hunter2" not in raised.value.message + raised.value.hint
    assert not list(tmp_path.iterdir())
    assert not library.seen


@pytest.mark.parametrize(
    "unit", ["<", "<a ", '<a b=" ', '<a b=">" ', "<!--", '<a href="/library/x">', "<a '\"", "<a b="]
)
def test_a_page_of_unclosed_tags_takes_no_longer_than_its_length(unit):
    started = datetime.now(UTC)
    ollama_library._parsed(unit * (500_000 // len(unit)))
    assert datetime.now(UTC) - started < timedelta(seconds=2)
