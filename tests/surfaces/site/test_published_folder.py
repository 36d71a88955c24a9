"""A published folder stands alone: all that a page leads to is there, nothing is fetched from elsewhere."""

from __future__ import annotations

import hashlib
import html
import json
import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from addresses import Address, addresses, read

from weighbridge import __version__
from weighbridge.definitions.named import define
from weighbridge.errors import DataMissing
from weighbridge.measures.profiles.ground import Ground
from weighbridge.measures.profiles.steady import steady
from weighbridge.records.question import Question
from weighbridge.surfaces.site import second
from weighbridge.surfaces.site.publishing import publish
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.files import ENDINGS
from weighbridge.surfaces.views.opening import open_shelf
from weighbridge.surfaces.web import pages
from weighbridge.surfaces.web.page import SUBJECTS
from weighbridge.surfaces.web.parts import grid

TEXT = {".html", ".json", ".csv", ".svg", ".txt", ".xml", ".css", ".js", ".bib"}


@pytest.fixture(scope="module", params=["public", "real"])
def folder(request: pytest.FixtureRequest) -> Path:
    """The invented pages, and the pages there are."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Path)
    return found


@pytest.fixture(scope="module")
def every(folder: Path) -> list[Address]:
    """All addresses of the folder."""
    return list(addresses(folder))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_fetched_from_another_host(every: list[Address]):
    assert [address for address in every if address.outside and not address.followed] == []


def test_what_leads_outside_is_a_link_to_a_page(every: list[Address]):
    outside = [address for address in every if address.outside]
    assert {urlsplit(address.text).scheme for address in outside} <= {"https", "http"}


def test_all_that_is_inside_is_relative_and_leads_to_a_file_that_is_there(every: list[Address], folder: Path):
    there = set(files(folder))
    inside = [address for address in every if not address.outside and not address.text.startswith("data:")]
    assert len(inside) > 20
    assert [address for address in inside if address.text.startswith(("/", "\\"))] == []
    folders = {posixpath.dirname(name) or "." for name in there}
    lost = [a for a in inside if a.leads_to not in there and not (a.text.endswith("/") and a.leads_to in folders)]
    assert lost == []


def test_anchors_are_in_the_page_that_they_name(every: list[Address], folder: Path):
    ids: dict[str, set[str]] = {}
    for address in every:
        fragment = unquote(urlsplit(address.text).fragment)
        if address.outside or not fragment or not address.leads_to.endswith(".html"):
            continue
        if address.leads_to not in ids:
            ids[address.leads_to] = set(read(folder / address.leads_to).ids)
        assert fragment in ids[address.leads_to], address


def test_every_page_says_what_it_may_load_and_holds_no_style_or_script_of_its_own(folder: Path):
    made = [path for path in folder.rglob("*.html") if "charts" not in path.parts]
    assert made
    for path in made:
        page = read(path)
        assert "default-src 'none'" in page.policy
        assert page.styled == [], path
        assert all(script.get("src") or "json" in (script.get("type") or "") for script in page.scripts)
        assert len(page.ids) == len(set(page.ids)), path


def test_every_figure_has_all_its_files(folder: Path):
    names = {path.name for path in (folder / "charts").iterdir()}
    drawn = [name.removesuffix(".csv") for name in names if name.endswith(".csv") and f"{name[:-4]}.svg" in names]
    assert drawn
    for slug in drawn:
        wanted = {f"{slug}.{ending}" for ending in ENDINGS if ending not in ("bib", "apa.txt")}
        assert wanted <= names, slug


def test_what_is_in_the_folder_is_what_its_build_lists_with_the_right_digest(folder: Path):
    document = json.loads((folder / "build.json").read_text(encoding="utf-8"))
    there = files(folder)
    del there["build.json"]
    assert document["files"] == {name: hashlib.sha256(body).hexdigest() for name, body in sorted(there.items())}
    assert document["version"] == __version__
    assert document["as_of"] == "2024-07-12T00:00:00Z"
    assert [row["id"].split("-")[0] for row in document["vintages"]] == ["hub"]
    assert "house" in [row["id"] for row in document["definitions"]]


def test_data_files_parse_and_say_what_is_held(folder: Path):
    for name in ("measures", "vintages", "definitions", "claims", "search"):
        assert json.loads((folder / "data" / f"{name}.json").read_text(encoding="utf-8"))["rows"] or name == "search"
    assert (folder / "data" / "matrix.csv").read_text(encoding="utf-8").startswith("max_age_days,")


def test_the_search_index_leads_to_pages(folder: Path):
    rows = json.loads((folder / "data" / "search.json").read_text(encoding="utf-8"))["rows"]
    assert rows
    for kind, name, weight, address, what in rows:
        assert (kind, type(name), type(weight), type(what)) == (kind, str, int, str)
        assert (folder / address).is_file()
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)


def test_the_words_for_machines_lead_to_files_and_warn_of_what_strangers_wrote(folder: Path):
    text = (folder / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "untrusted" in text
    assert "unregistered" in text
    listed = [line.split("](")[1].split(")")[0] for line in text.splitlines() if "](" in line]
    assert listed
    assert [address for address in listed if not (folder / address).is_file()] == []


def test_a_folder_without_an_address_has_no_sitemap_and_says_so(public: Path):
    assert not (public / "sitemap.xml").exists()
    document = json.loads((public / "build.json").read_text(encoding="utf-8"))
    assert any("sitemap" in note for note in document["notes"])


def test_a_folder_with_an_address_names_it_where_others_need_it(based: Path):
    base = "https://example.org/weigh/"
    sitemap = (based / "sitemap.xml").read_text(encoding="utf-8")
    assert f"<loc>{base}</loc>" in sitemap
    assert f"<loc>{base}explore/share--by-organisation/</loc>" in sitemap
    assert f"Sitemap: {base}sitemap.xml" in (based / "robots.txt").read_text(encoding="utf-8")
    assert f'href="{base}data/' in (based / "atom.xml").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{base}">' in (based / "index.html").read_text(encoding="utf-8")
    assert f"{base}charts/share--by-organisation.html" in (based / "index.html").read_text(encoding="utf-8")


def test_the_page_for_what_is_not_there_works_at_any_depth_where_the_address_is_known(based: Path, public: Path):
    found = [text for text, _ in read(based / "404.html").found]
    assert all(text.startswith(("/weigh/", "#")) for text in found)
    assert all(not text.startswith("/") for text, _ in read(public / "404.html").found)


def test_what_cannot_be_answered_is_said_on_its_page(public: Path):
    page = (public / "explore" / "share--hub-ollama" / "index.html").read_text(encoding="utf-8")
    assert "ollama" in page
    assert 'class="problem"' in page


def test_the_same_readings_give_the_same_bytes(make, public: Path, tmp_path: Path):
    again = make(tmp_path / "again")
    assert files(again.path) == files(public)


def test_a_second_process_makes_the_same_bytes(small_store: Path, tmp_path: Path, monkeypatch):
    subjects = {kind: pages()[kind] for kind in SUBJECTS}
    built = []
    for name, worth in (("one", 1_000), ("two", 0)):
        monkeypatch.setattr(second, "WORTH", worth)
        monkeypatch.setattr(second.os, "cpu_count", lambda: 2)
        backing = open_shelf(small_store).observatory.backing
        built.append(publish(backing, tmp_path / name, "https://example.org/", kinds=subjects).path)
    assert files(built[0]) == files(built[1])
    assert len(list((built[0] / "model").rglob("index.html"))) > 4


def test_no_file_knows_where_or_when_it_was_made(folder: Path, small_store: Path):
    for name, body in files(folder).items():
        if Path(name).suffix in TEXT:
            assert str(small_store).encode() not in body, name


def test_an_earlier_build_is_replaced_and_another_folder_refused(make, tmp_path: Path):
    first = make(tmp_path / "site", "https://example.org/")
    assert (first.path / "sitemap.xml").exists()
    second = make(tmp_path / "site")
    assert not (second.path / "sitemap.xml").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_as_many_models_get_a_page_as_were_asked_for(make, tmp_path: Path):
    build = make(tmp_path / "site", models=3)
    assert len(list((build.path / "model").rglob("index.html"))) == 3 + 1
    rows = json.loads((build.path / "data" / "search.json").read_text(encoding="utf-8"))["rows"]
    assert len(rows) == 3


def test_progress_is_told(make, tmp_path: Path):
    told = []
    make(tmp_path / "site", telling=lambda what, done, of: told.append((what, done, of)))
    assert all(done <= of for _, done, of in told)
    assert {"pages", "data"} <= {what for what, _, _ in told}


def test_nothing_is_published_of_nothing(tmp_path: Path):
    class Empty:
        def hubs(self) -> list[str]:
            return []

    with pytest.raises(DataMissing, match="nothing is held"):
        publish(Empty(), tmp_path / "site", kinds={})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_without_script_no_search_box_leads_nowhere(real: Path):
    for page in ("index.html", "404.html", "explore/index.html"):
        text = (real / page).read_text(encoding="utf-8")
        (box,) = re.findall(r"<form[^>]*role=\"search\"[^>]*>", text)
        assert " hidden" in box
        assert "action" not in box


def test_a_frame_says_where_the_address_of_the_site_belongs_where_it_is_not_known(real: Path):
    text = html.unescape((real / "explore" / "index.html").read_text(encoding="utf-8"))
    (frame,) = re.findall(r"<iframe [^>]*>", text)
    address = re.search(r'src="([^"]*)"', frame)
    assert address is not None
    assert address[1].startswith("https://address-of-this-site/charts/")
    assert (real / address[1].removeprefix("https://address-of-this-site/")).is_file()
    assert "Write the address of this site in place of" in text


def test_a_frame_is_as_high_as_the_picture_and_the_words(real: Path):
    text = html.unescape((real / "explore" / "index.html").read_text(encoding="utf-8"))
    frame = re.search(r'<iframe [^>]*height="(\d+)"', text)
    heights = [int(float(h)) for h in re.findall(r'<svg [^>]*height="([\d.]+)"', text)]
    assert frame is not None
    assert max(heights) + 100 < int(frame[1]) < max(heights) + 600


def test_each_picture_is_drawn_once_with_its_head_and_in_four_looks_without(real: Path):
    pictures = [path.name for path in (real / "charts").glob("share.*svg")]
    assert sorted(pictures) == sorted(
        f"share.{look}svg" for look in ("", "bare.", "bare.dark.", "bare.narrow.", "bare.narrow.dark.")
    )


def test_subjects_of_a_cube_file_share_what_their_profiles_rest_on(tmp_path: Path):
    backing = steady(open_shelf(tmp_path / "nothing").observatory.backing)
    question = Question(define("house", "huggingface"))
    assert Ground.of(backing, question) is Ground.of(backing, question)
    assert steady(backing) is backing


def test_the_hub_that_answers_by_itself_has_no_views_of_its_own(small_store: Path):
    shelf = open_shelf(small_store)
    asked = grid.questions(shelf)
    assert not [one for one in asked if "hub" in one.given]
    assert Asked.of("matrix") in asked
