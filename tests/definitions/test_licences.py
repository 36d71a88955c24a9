"""The licences as data, and what their identifiers say."""

from __future__ import annotations

import re
from collections import Counter

import jsonschema
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.definitions import licences as known
from weighbridge.definitions.licences import class_of, licence, licences

WORTH_A_CLASS = 0.0001
HUB_LISTS = re.findall(
    r"\S+",
    """
apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl
lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0
openmdw-1.1 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license
fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown other
""",
)


@pytest.mark.parametrize("row", known.rows(), ids=lambda row: row["licence"])
def test_a_row_has_the_form_of_the_schema(row):
    jsonschema.Draft202012Validator(known.schema()).validate(row)


def test_no_identifier_stands_twice():
    names = [name for row in licences().values() for name in (row.id, *row.also)]
    assert [name for name, often in Counter(names).items() if often > 1] == []


def test_rows_stand_in_order_of_their_identifiers():
    assert list(licences()) == sorted(licences())


@pytest.mark.parametrize("name", HUB_LISTS)
def test_whatever_the_hub_lists_is_known(name):
    assert licence(name) is not None


def test_every_column_is_described():
    assert set(known.schema()["properties"]) == set(known.rows()[0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("apache-2.0", "permissive"),
        ("cc-by-4.0", "attribution"),
        ("gpl-3.0", "copyleft"),
        ("llama3.1", "restricted"),
        ("creativeml-openrail-m", "restricted"),
        ("cc-by-nc-nd-4.0", "non-commercial"),
        ("all-rights-reserved", "proprietary"),
        ("other", "unknown"),
        ("a-licence-of-my-own", "unknown"),
        ("(none)", "none"),
    ],
)
def test_classes_of_well_known_identifiers(name, expected):
    assert class_of(name) == expected


def test_ways_of_writing_are_one_licence():
    assert licence("Apache 2.0") is licence("apache-2.0") is licence("apache_2.0")
    assert licence("Llama 2 Community License") is licence("llama2")
    assert licence("MIT License") is licence("mit")


def test_the_terms_of_a_licence_are_the_limits_it_sets():
    def limits(name):
        return set(known.terms_named(licence(name).terms))

    assert limits("mit") == set()
    assert limits("gpl-3.0") == {"share-alike"}
    assert limits("llama3") == {"fields of use", "scale"}
    assert limits("cc-by-nc-nd-4.0") == {"commercial use", "no derivatives"}


def test_what_the_osi_approved_limits_no_use():
    approved = [row for row in licences().values() if row.osi == "yes"]
    assert len(approved) > 20
    assert all(row.licence_class in ("permissive", "copyleft") for row in approved)


@given(st.text(max_size=60))
def test_any_text_has_a_class(text):
    assert class_of(text) in known.CLASSES


@pytest.mark.parametrize(
    ("file", "weight"),
    [("hub-census-2024-07/models.parquet", "downloads"), ("hub-radar-2026-08/models.parquet", "downloads_30d")],
)
def test_every_licence_with_a_ten_thousandth_of_the_weight_or_models_is_known(real_data, file, weight):
    table = pq.read_table(real_data / file, columns=["license", weight])
    models, downloads = Counter(), Counter()
    for name, count in zip(table["license"].to_pylist(), table[weight].to_pylist(), strict=True):
        models[name] += 1
        downloads[name] += count or 0
    least_downloads = WORTH_A_CLASS * sum(downloads.values())
    least_models = WORTH_A_CLASS * table.num_rows if file.startswith("hub-census") else float("inf")
    heavy = {name for name in models if downloads[name] > least_downloads or models[name] > least_models}
    assert [name for name in heavy - {None} if licence(name) is None] == []
