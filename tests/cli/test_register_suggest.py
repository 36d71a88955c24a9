"""`weighbridge register suggest`: a file to review, which `register check` then takes."""

from __future__ import annotations

import csv
import io

from weighbridge.measures.suggestions import register_columns


def reviewed(text, **filled):
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row.update(filled)
    return rows


def test_a_file_of_suggestions_has_the_registers_columns_and_nothing_else(command, hub_store):
    ran = command("register", "suggest", "--store", hub_store, "--hub", "huggingface", "--format", "csv", "--top", 5)
    assert ran.status == 0
    rows = reviewed(ran.out)
    assert list(rows[0]) == list(register_columns())
    assert len(rows) == 5
    assert {row["organisation"] for row in rows} == {""}


def test_rows_that_nobody_reviewed_are_faults_and_reviewed_ones_are_valid(command, hub_store, csv_file, tmp_path):
    ran = command("register", "suggest", "--store", hub_store, "--hub", "huggingface", "--format", "csv")
    rows = reviewed(ran.out)
    file = csv_file(tmp_path / "review.csv", rows)
    checked = command("register", "check", file, "--store", hub_store, "--json")
    assert checked.status == 1
    assert checked.document["faults"] == len(rows)
    assert all("organisation" in row["reason"] for row in checked.document["rows"])
    csv_file(file, reviewed(ran.out, organisation="Google", note="its own page says so"))
    checked = command("register", "check", file, "--store", hub_store, "--json")
    assert checked.status == 0
    assert {row["status"] for row in checked.document["rows"]} == {"new"}


def test_weight_stands_beside_each_row_in_text_and_json(command, hub_store):
    asked = ("register", "suggest", "--store", hub_store, "--hub", "huggingface", "--top", 3)
    document = command(*asked, "--json").document
    assert document["measure"] == "register-suggest"
    assert [row["downloads"] for row in document["rows"]] == sorted(
        (row["downloads"] for row in document["rows"]), reverse=True
    )
    assert all(row["share"] == row["downloads"] / document["total"] for row in document["rows"])
    text = command(*asked).out
    first = document["rows"][0]
    assert first["namespace"] in text
    assert f"{first['share']:.2%}" in text


def test_without_accounts_the_way_to_them_is_said(command, hub_store):
    ran = command("register", "suggest", "--store", hub_store, "--hub", "huggingface")
    assert "weighbridge sync hub-accounts" in ran.out


def test_a_hub_without_namespaces_is_wrong_usage(command, hub_store):
    ran = command("register", "suggest", "--store", hub_store, "--hub", "ollama", "--json")
    assert ran.status == 2
    assert ran.document["error"]["kind"] == "usage"
