"""Names, tasks and licences come from a public hub: nothing of them may steer a terminal or a page."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest

import weighbridge
from weighbridge.surfaces.cli import output

ESCAPE = "\x1b[31mred\x1b]0;title\x07"
MARKUP = "<script>alert(1)</script>"
OVERRIDE = "mit\u202etxt"
ROWS = [
    {"id": "a/newline", "downloads": 90, "pipeline_tag": f"first\nsecond {ESCAPE}", "license": "mit", "tags": ""},
    {"id": "a/escape", "downloads": 80, "pipeline_tag": "t", "license": ESCAPE, "tags": ""},
    {"id": "a/markup", "downloads": 70, "pipeline_tag": MARKUP, "license": f"{MARKUP}|x", "tags": ""},
    {"id": "a/tagged", "downloads": 60, "pipeline_tag": "t", "license": "", "tags": json.dumps(["license:x" + ESCAPE])},
    {"id": "a/direction", "downloads": 50, "pipeline_tag": "t", "license": OVERRIDE, "tags": ""},
    {"id": "a/c1", "downloads": 40, "pipeline_tag": "t", "license": "x\x9b31m", "tags": ""},
    {"id": "a/<b>", "downloads": 30, "pipeline_tag": "t", "license": "mit", "tags": ""},
    {"id": f"a/{ESCAPE}", "downloads": 20, "pipeline_tag": "t", "license": "mit", "tags": ""},
]


def steering(text):
    """Characters that a terminal obeys instead of showing; line ends are ours."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"}


@pytest.fixture(scope="module")
def hostile(command, csv_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    path = csv_file(folder / "hub.csv", ROWS)
    ran = command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", folder / "store")
    assert ran.status == 0
    return folder / "store", ran


def test_the_rejects_of_a_reading_show_no_control_characters(hostile):
    _, ran = hostile
    assert steering(ran.out) == set()
    assert "2 rejected" in ran.out
    assert MARKUP not in ran.err


def test_a_text_with_control_characters_is_doubted_and_not_kept(command, hostile):
    store, _ = hostile
    rows = command("share", "--by", "task", "--store", store, "--json").document["rows"]
    assert {row["group"]: row["downloads"] for row in rows} == {"t": 230, "(none)": 90, MARKUP: 70}


@pytest.mark.parametrize("by", ["task", "licence", "model", "namespace"])
@pytest.mark.parametrize("form", ["text", "md"])
def test_tables_show_no_control_characters(command, hostile, by, form):
    store, _ = hostile
    ran = command("share", "--by", by, "--store", store, "--format", form)
    assert ran.status == 0
    assert steering(ran.out) == set()
    rows = command("share", "--by", by, "--store", store, "--json").document["rows"]
    start = "| " if form == "md" else ""
    table = [line for line in ran.out.splitlines() if line.startswith(start) and "windowed" in line]
    assert len([line for line in table if not line.startswith("Window")]) == len(rows)


def test_csv_shows_no_control_characters(command, hostile):
    store, _ = hostile
    assert steering(command("share", "--by", "licence", "--store", store, "--format", "csv").out) == set()


def test_the_document_escapes_control_characters(command, hostile):
    store, _ = hostile
    assert steering(command("share", "--by", "licence", "--store", store, "--json").out) == set()


def test_the_document_escapes_what_every_terminal_obeys(command, hostile):
    store, _ = hostile
    out = command("share", "--by", "licence", "--store", store, "--json").out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert out.count("\n") == 1


def test_a_licence_in_a_tag_is_checked_as_one_in_its_own_column(command, hostile):
    store, _ = hostile
    rows = command("share", "--by", "licence", "--store", store, "--json").document["rows"]
    assert not any("\x1b" in row["group"] for row in rows)


@pytest.mark.parametrize("name", ["a/newline", "a/escape", "a/markup", "a/tagged", "a/direction", "a/c1"])
@pytest.mark.parametrize("which", ["explain", "lineage"])
def test_what_is_told_of_a_model_shows_no_control_characters(command, hostile, which, name):
    store, _ = hostile
    ran = command(which, name, "--store", store)
    assert ran.status == 0
    assert steering(ran.out + ran.err) == set()


@pytest.mark.parametrize("by", ["task", "licence"])
def test_a_notebook_gets_every_text_escaped(hostile, by):
    store, _ = hostile
    answer = weighbridge.open(store).share(by=by)
    assert any(MARKUP in row.group for row in answer.rows)
    page = answer._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


ARGUMENTS = [
    ("share", "--hub", ESCAPE), ("share", "--definition", ESCAPE), ("share", "--by", ESCAPE), ("share", "--at", ESCAPE),
    ("share", "--register", ESCAPE), ("share", "--vintage", ESCAPE), ("explain", ESCAPE), ("ingest", ESCAPE, "x"),
    ("share", "--x" + ESCAPE), (ESCAPE,),
]  # fmt: skip


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_errors_repeat_arguments_without_control_characters(command, hostile, arguments):
    store, _ = hostile
    ran = command(*arguments, *(("--store", store) if len(arguments) > 1 else ()))
    assert ran.status in (2, 3)
    assert steering(ran.err) == set()


@pytest.mark.parametrize("arguments", [("share", ESCAPE), ("ingest", "hub-dump", f"/{ESCAPE}")])
def test_errors_repeat_paths_without_control_characters(command, arguments):
    assert steering(command(*arguments).err) == set()


FORMULAS = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\u00a0=1+1",
    " \u3000@x",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "\N{MINUS SIGN}1+1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_file_begins_like_a_formula(capsys, text):
    output.table([{text: text, "list": [text, text], "number": -1.5}], "csv")
    heads, cells = csv.reader(io.StringIO(capsys.readouterr().out))
    assert all(cell.startswith("'") for cell in (heads[0], *cells[:2]))
    assert cells[2] == "-1.5"


def test_texts_that_are_no_formulas_stay_as_they_are(capsys):
    output.table([{"name": "a/b=c-d", "group": "(other)", "none": None}], "csv")
    assert capsys.readouterr().out == "name,group,none\na/b=c-d,(other),\n"


LITERAL = {
    "<b>x</b>": r"\<b\>x\</b\>",
    "[x](http://y)": r"\[x\](http\://y)",
    "![x](y)": r"!\[x\](y)",
    "a|b": r"a\|b",
    "a\\|b": r"a\\\|b",
    "`x`": r"\`x\`",
    "*x* _y_ ~z~": r"\*x\* \_y\_ \~z\~",
    "&lt;b&gt;": r"\&lt;b\&gt;",
    "www.x.y": r"www\.x.y",
    "Qwen/Qwen2-7B": "Qwen/Qwen2-7B",
}


@pytest.mark.parametrize("text", LITERAL)
def test_a_name_in_a_markdown_table_is_text_and_nothing_else(capsys, text):
    output.table([{text: text, "n": 1}], "md")
    heads, _, cells = capsys.readouterr().out.splitlines()
    assert heads == f"| {LITERAL[text]} | n |"
    assert cells == f"| {LITERAL[text]} | 1 |"


def test_what_stands_beside_a_markdown_table_is_text_too(command, csv_file, hub_file, tmp_path):
    with hub_file.open(encoding="utf-8") as file:
        rows = [row | {"id": row["id"].replace("here/eta", "here/_eta_")} for row in csv.DictReader(file)]
    path = csv_file(tmp_path / "hub.csv", rows)
    command("ingest", "hub-dump", path, "--at", "2024-07-11", "--store", tmp_path / "store")
    out = command("share", "--store", tmp_path / "store", "--format", "md").out
    assert r"material-outlier: 1 (nobody-looked-here/\_eta\_)" in out


def test_groups_named_on_the_command_line_stand_in_heads_as_plain_text(command, hub_store):
    asked = ("outlier-curve", "--groups", "=cmd|x,<i>", "--store", hub_store, "--format")
    heads = next(csv.reader(io.StringIO(command(*asked, "csv").out)))
    assert {"'=cmd|x", "<i>"} <= set(heads)
    table = [line for line in command(*asked, "md").out.splitlines() if line.startswith("| ")]
    assert r" =cmd\|x | \<i\> |" in table[0]
