"""The register's data files: every row is valid, they agree with each other, and they cover the real hubs."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import jsonschema
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from weighbridge.records.clock import parse_day
from weighbridge.register import families, files, parties

HERE = Path(__file__).parent / "data"
NOTE = Path(__file__).parents[2] / "docs" / "design" / "register.md"
Row = dict[str, str]

SPECIAL = {"(individuals)", "(unknown)"}
PUBLIC_LISTS = {
    "ATOM Project tracked-models, Apache-2.0, 2026-08-17",
    "OSIR-LMTS organisation list, 2026-04-13",
    "European Open Source AI Index, CC-BY-4.0, 2026-06-12",
    "Epoch AI notable models, CC-BY-4.0, 2026-01",
    "Model Openness Framework evaluations, MIT, 2026-05",
    "models.dev, MIT, 2026-07-02",
    "Hub census of 2024-07-11, TStalnaker44/hugging_face_analysis_replication",
    "Hub radar of 2026-08-22, 686f6c61/radar-huggingface-dataset, CC-BY-4.0",
}
CENSUS_DAY = "2024-07-11"
YOUNG_FROM = dt.datetime(2023, 7, 12)
BROKEN_COUNTER = "MIT/ast-finetuned-audioset-10-10-0.4593"


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def organisations() -> dict[str, Row]:
    return {row["organisation"]: row for row in files.rows("organisations")}


# ---- every row is valid, and a wrong one is refused ----


@pytest.mark.parametrize("name", files.FILES)
def test_every_row_passes_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(files.schema(name))
    assert files.faults(name, files.rows(name)) == []


@pytest.mark.parametrize("name", files.FILES)
def test_the_columns_of_a_file_are_those_of_its_schema(name: str) -> None:
    columns = list(files.schema(name)["properties"])
    assert list(files.rows(name)[0]) == columns
    assert all(list(row) == columns for row in files.rows(name))


@pytest.mark.parametrize("name", files.FILES)
def test_every_column_is_described(name: str) -> None:
    for column in files.schema(name)["properties"].values():
        assert column["title"]
        assert column["description"].endswith(".")


FILLED: dict[str, Callable[[Row], bool]] = {
    "organisations": lambda row: row["organisation"] == "LAION",
    "namespaces": lambda row: row["namespace"] == "sentence-transformers" and bool(row["until"]),
    "entries": lambda row: row["entry"] == "llava",
    "aliases": lambda row: row["kind"] == "canonical",
    "families": lambda row: row["family"] == "BGE",
    "countries": lambda row: row["code"] == "NZ",
    "decisions": lambda row: row["namespace"] == "pyannote",
}
WRONG = [
    ("organisations", {"type": "firm"}),
    ("organisations", {"type": "individual"}),
    ("organisations", {"country": "UK"}),
    ("organisations", {"country": ""}),
    ("organisations", {"country": "unknown", "note": ""}),
    ("organisations", {"country": "unaffiliated"}),
    ("organisations", {"country_grade": "sure"}),
    ("organisations", {"evidence": "", "evidence_date": ""}),
    ("organisations", {"evidence_date": ""}),
    ("organisations", {"evidence": "stored-github-index: laion 14"}),
    ("organisations", {"evidence": "a page; another page"}),
    ("organisations", {"evidence_date": "August 2026"}),
    ("organisations", {"evidence_date": "2026-13"}),
    ("organisations", {"alternatives": "country:FR"}),
    ("organisations", {"alternatives": "seat=FR"}),
    ("organisations", {"alternatives": "country=France"}),
    ("organisations", {"alternatives": "base_family=Llama"}),
    ("organisations", {"note": ""}),
    ("organisations", {"note": "ends with a space "}),
    ("organisations", {"organisation": "(individuals)"}),
    ("namespaces", {"hub": "ollama"}),
    ("namespaces", {"namespace": "org/name"}),
    ("namespaces", {"organisation": "(nobody)"}),
    ("namespaces", {"since": "2025-10"}),
    ("namespaces", {"until": "2025-02-32"}),
    ("namespaces", {"grade": ""}),
    ("namespaces", {"grade": "stated", "evidence": "", "evidence_date": ""}),
    ("namespaces", {"grade": "stated", "evidence_date": ""}),
    ("namespaces", {"grade": "inferred", "evidence": "", "evidence_date": "", "note": "", "alternatives": ""}),
    ("namespaces", {"country": "FR"}),
    ("namespaces", {"country": "fr", "country_grade": "recalled"}),
    ("namespaces", {"country": "", "country_grade": "stated"}),
    ("namespaces", {"country": "unknown", "country_grade": "recalled", "note": "", "alternatives": ""}),
    ("namespaces", {"country": "unaffiliated", "country_grade": "recalled", "type": "company"}),
    ("namespaces", {"type": "individual"}),
    ("namespaces", {"organisation": "(individuals)", "type": "company"}),
    (
        "namespaces",
        {"organisation": "(individuals)", "type": "individual", "country": "FR", "country_grade": "inferred"},
    ),
    ("namespaces", {"organisation": "(unknown)", "note": "", "alternatives": ""}),
    ("namespaces", {"organisation": "(unknown)", "country": "FR", "country_grade": "recalled"}),
    ("entries", {"entry": "library/llava"}),
    ("entries", {"has_weights": "maybe"}),
    ("entries", {"family": ""}),
    ("entries", {"base_organisation": "Meta |"}),
    ("entries", {"alternatives": "base_developer=Meta"}),
    ("entries", {"evidence": "models.parquet"}),
    ("entries", {"grade": "stated", "evidence": ""}),
    ("aliases", {"kind": "moved"}),
    ("aliases", {"kind": "model"}),
    ("aliases", {"kind": "namespace"}),
    ("aliases", {"name": "gpt2"}),
    ("aliases", {"evidence": "", "evidence_date": ""}),
    ("families", {"pattern": ""}),
    ("families", {"contains": "BGE"}),
    ("families", {"contains": ""}),
    ("families", {"developer": ""}),
    ("families", {"first_release": "2023"}),
    ("countries", {"code": "nz"}),
    ("countries", {"region": "Antipodes"}),
    ("countries", {"subregion": "Down under"}),
    ("decisions", {"decision": "Counted for somebody."}),
    ("decisions", {"namespace": ""}),
]


@pytest.mark.parametrize(("name", "change"), WRONG)
def test_a_wrong_cell_is_refused(name: str, change: Row) -> None:
    row = next(row for row in files.rows(name) if FILLED[name](row))
    assert files.faults(name, [row]) == []
    assert files.faults(name, [row | change])


@pytest.mark.parametrize("name", files.FILES)
def test_a_column_too_many_or_too_few_is_refused(name: str) -> None:
    row = files.rows(name)[0]
    first = next(iter(row))
    assert files.faults(name, [row | {"colour": "red"}])
    assert files.faults(name, [{column: value for column, value in row.items() if column != first}])


@pytest.mark.parametrize("name", files.FILES)
def test_files_are_plain_text_in_order(name: str) -> None:
    raw = files.data_file(f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert b"\xc2\xa0" not in raw
    assert raw.endswith(b"\n")
    for row in files.rows(name):
        assert all(value == value.strip() for value in row.values()), row
    key: dict[str, Callable[[Row], tuple[str, ...]]] = {
        "organisations": lambda row: (row["organisation"].casefold(),),
        "namespaces": lambda row: (row["hub"], row["namespace"].casefold(), row["since"]),
        "entries": lambda row: (row["hub"], row["entry"].casefold()),
        "aliases": lambda row: (row["hub"], row["alias"].casefold()),
        "countries": lambda row: (row["code"],),
        "decisions": lambda row: (row["namespace"].casefold(),),
    }
    if name == "families":  # the order of families is their precedence
        assert len({row["family"] for row in files.rows(name)}) == len(files.rows(name))
        return
    keys = [key[name](row) for row in files.rows(name)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


# ---- the files agree with each other ----


def alternatives(*names: str) -> Iterable[tuple[str, Row, Row]]:
    for name in names:
        for row in files.rows(name):
            for alternative in files.parse_alternatives(row["alternatives"]):
                yield name, row, alternative


def test_every_organisation_that_is_named_exists() -> None:
    known = set(organisations()) | SPECIAL
    assert {row["organisation"] for row in files.rows("namespaces")} <= known
    for row in files.rows("entries"):
        assert {row["organisation"], *row["base_organisation"].split(" | ")} <= known, row
    for name, row, alternative in alternatives("organisations", "namespaces", "entries"):
        named = {v for k, v in alternative.items() if k.endswith("organisation")}
        assert named <= set(organisations()) | {"(individuals)"}, (name, row)
    for row in files.rows("families"):
        assert {d.strip() for d in row["developer"].split(";")} - {""} <= known, row["family"]


def test_parents_exist_and_never_lead_in_a_circle() -> None:
    known = organisations()
    for name in known:
        seen = [name]
        while parent := known[seen[-1]]["parent"]:
            assert parent in known, f"{seen[-1]} has an unknown parent {parent}"
            assert parent not in seen, f"{' → '.join([*seen, parent])}"
            seen.append(parent)


def test_terms_of_one_namespace_never_overlap() -> None:
    terms: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in files.rows("namespaces"):
        start, end = row["since"] or "0000", row["until"] or "9999"
        assert start < end, row
        terms.setdefault((row["hub"], row["namespace"].lower()), []).append((start, end))
    for holder, spans in terms.items():
        for (_, end), (start, _) in itertools.pairwise(sorted(spans)):
            assert end <= start, holder


def test_an_alternative_differs_and_speaks_of_the_organisation_it_names() -> None:
    known = organisations()
    for name, row, alternative in alternatives("organisations", "namespaces"):
        behind = known.get(row["organisation"], {"type": "individual", "country": "unaffiliated"})
        main = {
            "organisation": row["organisation"],
            "type": row["type"] or behind["type"],
            "country": row["country"] or behind["country"],
        }
        assert set(alternative) <= set(main), (name, row)
        assert any(main[key] != value for key, value in alternative.items()), (name, row)
        other = known.get(alternative.get("organisation", ""))
        if other is not None:
            read = main | alternative
            places = {other["country"]} | {
                a["country"] for a in files.parse_alternatives(other["alternatives"]) if "country" in a
            }
            assert read["type"] == other["type"], (name, row)
            assert read["country"] in places, (name, row)


def test_countries_are_those_of_iso_3166_1() -> None:
    codes = {row["code"] for row in files.rows("countries")}
    assert len(files.rows("countries")) == len(codes) == 249
    special = {"INT", "unaffiliated", "unknown"}
    for name, empty in (("organisations", set()), ("namespaces", {""})):
        assert set(files.schema(name)["properties"]["country"]["enum"]) == codes | special | empty
    for _, row, alternative in alternatives("organisations", "namespaces", "entries"):
        assert alternative.get("country", "INT") in codes | special, row


def test_evidence_is_an_address_or_a_list_that_anyone_can_look_up() -> None:
    for name in ("organisations", "namespaces", "entries", "aliases"):
        for row in files.rows(name):
            for piece in filter(None, row["evidence"].split(" ; ")):
                assert piece in PUBLIC_LISTS or re.match(r"https?://[a-z0-9.-]+\.[a-z]+(/|$)", piece), (name, row)


def test_aliases_do_not_lead_in_a_circle() -> None:
    step = {(row["hub"], row["alias"].lower()): row["name"].lower() for row in files.rows("aliases")}

    def following(hub: str, name: str) -> str | None:
        namespace, _, rest = name.partition("/")
        moved = step.get((hub, namespace)) if rest else None
        return step.get((hub, name)) or (f"{moved}/{rest}" if moved else None)

    for hub, alias in step:
        seen = [alias]
        while name := following(hub, seen[-1]):
            assert name not in seen, f"{' → '.join([*seen, name])}"
            seen.append(name)


def test_entries_spell_families_as_the_family_file_does() -> None:
    def bare(name: str) -> str:
        return re.sub(r"[^a-z0-9]", "", re.sub(r"\(.*?\)", "", name).lower())

    spelled = {row["family"] for row in files.rows("families")}
    by_bare = {bare(name): name for name in spelled - {"(none)"}}
    for row in files.rows("entries"):
        for name in (row["family"], *row["base_family"].split(" | ")):
            assert by_bare.get(bare(name), name) == name, row
    own = {f for row in files.rows("entries") for f in (row["family"], *row["base_family"].split(" | "))} - spelled
    assert not own & {"QwQ/QVQ", "ChatGLM/GLM", "CodeLlama", "Arctic (Snowflake)", "Orca (Microsoft)"}


def test_an_entry_has_as_many_root_families_as_root_developers() -> None:
    for row in files.rows("entries"):
        assert len(row["base_organisation"].split("|")) == len(row["base_family"].split("|")), row


def test_nothing_is_kept_of_private_persons_but_that_they_are_one() -> None:
    for row in files.rows("namespaces"):
        if row["organisation"] == "(individuals)":
            assert row["type"] == "individual"
            assert not row["country"], row
            assert row["note"].startswith("Account "), row
            addresses = [piece for piece in row["evidence"].split(" ; ") if piece]
            assert all(row["namespace"].lower() in address.lower() for address in addresses), row


# ---- decisions ----


def test_decisions_speak_of_registered_namespaces() -> None:
    known = {row["namespace"] for row in files.rows("namespaces") if row["hub"] == "huggingface"}
    assert {row["namespace"] for row in files.rows("decisions")} <= known


# ---- families ----


def labelled(repositories: list[str]) -> list[str]:
    return [families.names()[code] for code in families.by_name(pa.array(repositories))]


def test_patterns_compile_and_their_literal_parts_are_necessary() -> None:
    names = [row["id"].rpartition("/")[2].lower() for row in rows_of(HERE / "family_names.csv")]
    names += [row["id"].rpartition("/")[2].lower() for row in rows_of(HERE / "family_names_blind.csv")]
    for row in files.rows("families"):
        pattern = re.compile(row["pattern"], re.ASCII | re.IGNORECASE)
        re.compile(row["not_pattern"], re.ASCII | re.IGNORECASE)
        parts = row["contains"].split(";")
        missed = [name for name in names if pattern.search(name) and not any(part in name for part in parts)]
        assert not missed, (row["family"], missed)


def test_names_used_in_development_keep_their_family() -> None:
    table = rows_of(HERE / "family_names.csv")
    wrong = [
        (row["id"], row["family"], found)
        for row, found in zip(table, labelled([row["id"] for row in table]), strict=True)
        if found != (row["family"] or families.NONE)
    ]
    assert wrong == []


def blind_figures(only_sure: bool) -> dict[str, float]:
    """Precision and recall of families by name on names labelled by someone who had not seen the patterns.

    A found family is right if it is the label or one the labeller also accepts. `python test_register_data.py`
    prints them.
    """
    table = [row for row in rows_of(HERE / "family_names_blind.csv") if row["sure"] == "yes" or not only_sure]
    found = labelled([row["id"] for row in table])
    right = [name in {row["family_by_name"], *row["also"].split(";")} for row, name in zip(table, found, strict=True)]
    told = [name != families.NONE for name in found]
    has = [row["family_by_name"] != families.NONE for row in table]
    return {
        "names": len(table),
        "precision": sum(r and t for r, t in zip(right, told, strict=True)) / sum(told),
        "recall": sum(r and h and t for r, h, t in zip(right, has, told, strict=True)) / sum(has),
        "agreement": sum(right) / len(table),
    }


@pytest.mark.parametrize(("only_sure", "precision", "recall"), [(False, 85 / 93, 85 / 96), (True, 77 / 80, 77 / 85)])
def test_families_of_blindly_labelled_names_do_not_get_worse(only_sure: bool, precision: float, recall: float) -> None:
    figures = blind_figures(only_sure)
    assert figures["precision"] >= precision - 1e-9
    assert figures["recall"] >= recall - 1e-9


# ---- the real hubs are covered ----


@pytest.fixture(scope="module")
def census(real_data: Path) -> pa.Table:
    table = pq.read_table(
        real_data / "hub-census-2024-07" / "models.parquet", columns=["id", "downloads", "created_at"]
    )
    return table.filter(pc.not_equal(table["id"], BROKEN_COUNTER))


def by_namespace(ids: pa.ChunkedArray, weight: pa.ChunkedArray) -> pa.Table:
    holder = pc.list_element(pc.split_pattern(ids, "/", max_splits=1), 0)
    summed = pa.table({"namespace": holder, "weight": weight}).group_by("namespace").aggregate([("weight", "sum")])
    return summed.sort_by([("weight_sum", "descending"), ("namespace", "ascending")])


def young(table: pa.Table) -> pa.Table:
    return table.filter(pc.greater_equal(table["created_at"], pa.scalar(YOUNG_FROM, table["created_at"].type)))


def parties_of(summed: pa.Table) -> list[parties.Party]:
    register = parties.house()
    slots = register.slots("huggingface", summed["namespace"].combine_chunks())
    return [register.parties[code] for code in register.in_force(parse_day(CENSUS_DAY))[slots]]


def part(table: pa.Table, condition: Callable[[parties.Party], bool]) -> float:
    """Part of the weight of a census whose party fulfils a condition."""
    summed = by_namespace(table["id"], table["downloads"])
    weight = summed["weight_sum"].to_numpy()
    return float(weight[[condition(party) for party in parties_of(summed)]].sum() / weight.sum())


def known_who(party: parties.Party) -> bool:
    return party.organisation not in (parties.UNREGISTERED, parties.UNKNOWN)


@pytest.mark.parametrize(("only_young", "least"), [(False, 0.97), (True, 0.95)])
def test_who_is_behind_nearly_all_weight_is_known(census: pa.Table, only_young: bool, least: float) -> None:
    assert part(young(census) if only_young else census, known_who) >= least


@pytest.mark.parametrize(("only_young", "count"), [(False, 500), (True, 500)])
def test_every_heavy_namespace_of_the_census_has_a_row(census: pa.Table, only_young: bool, count: int) -> None:
    summed = by_namespace(*(young(census) if only_young else census).select(["id", "downloads"]).columns)
    heavy = summed["namespace"].slice(0, count)
    assert heavy.filter(pc.equal(parties.house().slots("huggingface", heavy.combine_chunks()), 0)).to_pylist() == []


def test_every_heavy_namespace_of_the_radar_has_a_row(real_data: Path) -> None:
    table = pq.read_table(real_data / "hub-radar-2026-08" / "models.parquet", columns=["id", "downloads_30d"])
    heavy = by_namespace(table["id"], pc.fill_null(table["downloads_30d"], 0))["namespace"].slice(0, 300)
    assert heavy.filter(pc.equal(parties.house().slots("huggingface", heavy.combine_chunks()), 0)).to_pylist() == []


def test_every_name_of_the_ollama_library_has_an_entry(real_data: Path) -> None:
    pulls = pq.read_table(real_data / "ollama-pulls-daily" / "pulls.parquet", columns=["model"])["model"]
    assert set(pulls.to_pylist()) <= {row["entry"] for row in files.rows("entries") if row["hub"] == "ollama"}


def test_every_author_of_the_routers_rankings_has_a_row(real_data: Path) -> None:
    authors = {row["author"] for row in rows_of(real_data / "openrouter-weekly" / "market_share.csv")}
    rows = {row["namespace"]: row for row in files.rows("namespaces") if row["hub"] == "openrouter"}
    assert authors <= set(rows)
    assert all(
        parties.is_country(parties.house().party("openrouter", a, parse_day("2026-05-16")).country) for a in authors
    )


def test_an_account_that_only_has_the_name_of_another_is_graded_no_better_than_inferred() -> None:
    elsewhere = {row["namespace"].lower() for row in files.rows("namespaces") if row["hub"] == "huggingface"}
    for row in files.rows("namespaces"):
        if row["hub"] == "modelscope" and row["namespace"].lower() in elsewhere and not row["evidence"]:
            assert row["grade"] == "inferred", row
            assert row["note"], row


def test_the_twenty_heaviest_namespaces_have_a_decision(census: pa.Table) -> None:
    heavy = by_namespace(census["id"], census["downloads"])["namespace"].slice(0, 20).to_pylist()
    assert set(heavy) <= {row["namespace"] for row in files.rows("decisions")}


def test_weights_in_decisions_are_those_of_the_census(census: pa.Table) -> None:
    weights = []
    for table in (census, young(census)):
        summed = by_namespace(table["id"], table["downloads"])
        total = pc.sum(summed["weight_sum"]).as_py()
        pairs = zip(summed["namespace"].to_pylist(), summed["weight_sum"].to_pylist(), strict=True)
        weights.append({name: f"{100 * weight / total:.1f} %" for name, weight in pairs})
    for row in files.rows("decisions"):
        if row["namespace"] == "MIT":
            continue
        assert weights[0][row["namespace"]] in row["decision"], (row["namespace"], weights[0][row["namespace"]])
        for stated in re.findall(r"(\d+\.\d %) of the young weight", row["decision"]):
            assert weights[1][row["namespace"]] == stated, row["namespace"]


# ---- the design note says what is so ----


def test_the_design_note_counts_rows_and_hits_as_they_are() -> None:
    text = NOTE.read_text(encoding="utf-8")
    counts = dict(re.findall(r"^\| `(\w+)\.csv` \|.*\| ([\d,]+) \|$", text, re.MULTILINE))
    assert counts == {name: f"{len(files.rows(name)):,}" for name in files.FILES}
    for only_sure in (False, True):
        figures = blind_figures(only_sure)
        assert f"{figures['names']} | {figures['precision']:.3f} | {figures['recall']:.3f} |" in text.replace(
            " that the labeller was sure of", ""
        )


def test_the_design_note_weighs_what_is_weak_as_it_is(census: pa.Table) -> None:
    inferred, recalled = parties.GRADES.index("inferred"), parties.GRADES.index("recalled")
    conditions: list[Callable[[parties.Party], bool]] = [
        lambda party: party.organisation == parties.INDIVIDUALS and party.grade == inferred,
        lambda party: party.organisation == parties.INDIVIDUALS,
        lambda party: party.country_grade == recalled and party.country != parties.UNKNOWN,
        lambda party: party.organisation == parties.UNREGISTERED,
        lambda party: party.organisation == parties.UNKNOWN,
    ]
    text = NOTE.read_text(encoding="utf-8")
    for condition in conditions:
        stated = f"{100 * part(census, condition):.1f} % ({100 * part(young(census), condition):.1f} %)"
        assert stated in text


if __name__ == "__main__":
    for only_sure in (False, True):
        print({key: round(value, 3) for key, value in blind_figures(only_sure).items()}, "sure only" * only_sure)
