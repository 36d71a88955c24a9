"""The register: from a namespace (or an entry of a republishing hub) to the party behind it, on a given day."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from weighbridge.errors import UsageError
from weighbridge.records.clock import parse_day
from weighbridge.records.vintage import Vintage
from weighbridge.register import files
from weighbridge.store.parts import read_part

Codes = npt.NDArray[np.int32]

GRADES = ("stated", "inferred", "recalled")
"""Grades of evidence, strongest first."""
INDIVIDUALS, UNKNOWN, UNREGISTERED, UNAFFILIATED = "(individuals)", "unknown", "unregistered", "unaffiliated"
INTERNATIONAL = "INT"
EUROPE, ELSEWHERE = "(europe)", "(elsewhere)"
REPUBLISHING_HUBS = ("ollama",)
ALWAYS = 2**31
"""Day number of the end of an open term; its negative is that of the beginning."""
ROOT_MARK = "#root"
"""On a republishing hub `entry#root0`, `entry#root1`... stand for the declared roots of an entry."""


@dataclass(frozen=True)
class Party:
    """Who is behind a namespace.

    Attributes:
        organisation: everyday English name, `(individuals)`, `unknown` or `unregistered`.
        type: company, nonprofit, academic, government, community, individual, `unknown` or `unregistered`.
        country: ISO 3166-1 code, `INT`, `unaffiliated`, a broad bucket, `unknown` or `unregistered`.
        grade: of who it is: index into `GRADES`; `len(GRADES)` where nobody knows.
        country_grade: of where it is.
        alternatives: what reasonable people hold instead: mappings with organisation, type, country.
    """

    organisation: str
    type: str
    country: str
    grade: int
    country_grade: int
    alternatives: tuple[tuple[tuple[str, str], ...], ...] = ()
    parent: str = ""
    evidence: str = ""
    evidence_date: str = ""
    note: str = ""


NOBODY = Party(UNREGISTERED, UNREGISTERED, UNREGISTERED, len(GRADES), len(GRADES))


@dataclass(frozen=True)
class _Term:
    since: int
    until: int
    party: int


class Register:
    """Lookup of parties. Party 0 is *unregistered*: nobody has looked."""

    def __init__(
        self, name: str, rows: Sequence[tuple[str, str, str, str, Party]], fingerprint: str | None = None
    ) -> None:
        """`rows`: (hub, holder, since, until, party); dates as text, empty for open.

        `fingerprint`: digest of what the rows were made from; null where that may change unnoticed.
        """
        self.name, self.fingerprint = name, fingerprint
        self.parties: list[Party] = [NOBODY]
        self._terms: list[list[_Term]] = [[]]
        self._slots: dict[tuple[str, str], int] = {}
        for hub, holder, since, until, party in rows:
            slot = self._slots.setdefault((hub, holder.lower()), len(self._terms))
            if slot == len(self._terms):
                self._terms.append([])
            start = parse_day(since) if since else -ALWAYS
            end = parse_day(until) if until else ALWAYS
            self._terms[slot].append(_Term(start, end, len(self.parties)))
            self.parties.append(party)

    def slots(self, hub: str, holders: pa.Array) -> Codes:
        """For each holder its place in the register, 0 where it has none; letter case does not count."""
        mine = {holder: slot for (at, holder), slot in self._slots.items() if at == hub}
        if not mine or not len(holders):
            return np.zeros(len(holders), np.int32)
        found = pc.index_in(pc.utf8_lower(holders), pa.array(list(mine), pa.string()))
        index = pc.fill_null(found, -1).to_numpy(zero_copy_only=False)
        places = np.append(np.fromiter(mine.values(), np.int32), np.int32(0))
        return np.asarray(places[index], dtype=np.int32)

    def in_force(self, day: int) -> Codes:
        """For each slot the party in force on a day (0 before the first and after the last term)."""
        current = np.zeros(len(self._terms), np.int32)
        for slot, terms in enumerate(self._terms):
            for term in terms:
                if term.since <= day < term.until:
                    current[slot] = term.party
        return current

    def turns(self) -> list[int]:
        """Days on which some term begins or ends, ascending."""
        days = {day for terms in self._terms for term in terms for day in (term.since, term.until)}
        return sorted(day for day in days if abs(day) < ALWAYS)

    def party(self, hub: str, holder: str, day: int) -> Party:
        """The party of one holder on a day."""
        slot = self._slots.get((hub, holder.lower()), 0)
        return self.parties[int(self.in_force(day)[slot])]


@functools.cache
def house() -> Register:
    """The curated register that travels with the package."""
    made_from = files.fingerprint("namespaces", "organisations", "entries")
    return Register("house", _house_rows(files.rows("namespaces")), made_from)


def corrected(table: Sequence[files.Row], name: str) -> Register:
    """The house register with one's own rows instead of the house's for the same namespaces."""
    own = {(row["hub"], row["namespace"].lower()) for row in table}
    kept = [row for row in files.rows("namespaces") if (row["hub"], row["namespace"].lower()) not in own]
    return Register(name, _house_rows([*kept, *table]))


def with_corrections(path: Path) -> Register:
    """The house's register with a file of one's own rows.

    Raises:
        UsageError: the file cannot be read, or a row is not valid.
    """
    table = read_corrections(path)
    faults = correction_faults(table)
    if faults:
        first = faults[0]
        raise UsageError(
            f"{path} has {len(faults)} faults; row {first['row']}, {first['column']}: {first['reason']}",
            "`weighbridge register check FILE` lists them all",
        )
    return corrected(table, f"house + {path.name}")


def correction_faults(table: Sequence[files.Row]) -> list[dict[str, Any]]:
    """What is wrong with one's own rows: by the schema, with the organisation, or with another row of the same time."""
    unsaid = [number for number, row in enumerate(table, 1) if not row["organisation"].strip()]
    found = [{"row": n, "column": "organisation", "reason": "nobody has said yet who this is"} for n in unsaid]
    listed = files.faults("namespaces", list(table))
    found += [f for f in listed if f["row"] not in unsaid or f["column"] != "organisation"]
    known = {row["organisation"] for row in files.rows("organisations")} | {INDIVIDUALS, "(unknown)"}
    terms: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for number, row in enumerate(table, 1):
        if row["organisation"] and row["organisation"] not in known:
            reason = f"there is no organisation {row['organisation']!r} in the register"
            found.append({"row": number, "column": "organisation", "reason": reason})
        mine = (row["since"] or "0000", row["until"] or "9999")
        found += [
            {"row": number, "column": name, "reason": f"{row[name]!r} is not a date"}
            for name in ("since", "until")
            if row[name] and not _is_day(row[name])
        ]
        if mine[0] >= mine[1]:
            found.append({"row": number, "column": "until", "reason": "is not after since"})
        held = terms.setdefault((row["hub"], row["namespace"].lower()), [])
        if any(mine[0] < until and since < mine[1] for since, until in held):
            found.append(
                {"row": number, "column": "namespace", "reason": "another row says something for the same time"}
            )
        held.append(mine)
    return sorted(found, key=lambda fault: fault["row"])


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except UsageError:
        return False
    return True


def read_in(vintage: Vintage) -> Register:
    """The register that a vintage brought: places of namespaces, each its own organisation."""
    table = read_part(vintage, "places", ("namespace", "place", "note"))
    rows = []
    for namespace, place, note in zip(*(table[c].to_pylist() for c in ("namespace", "place", "note")), strict=True):
        party = Party(
            namespace, UNKNOWN, place, 0, len(GRADES) if place == UNKNOWN else 0, (), "", vintage.id, "", note
        )
        rows.append((vintage.hub, namespace, "", "", party))
    return Register(vintage.register or vintage.source, rows, vintage.id)


def region_of(country: str) -> str:
    """UN M49 sub-region of an ISO code; what is no code stays as it is."""
    return _countries().get(country, (country, ""))[0]


def could_hold(bucket: str, country: str) -> bool:
    """Whether a broad bucket may hold weight of a country or of a sub-region."""
    if country in (INTERNATIONAL, UNAFFILIATED, UNKNOWN, UNREGISTERED, EUROPE, ELSEWHERE):
        return False
    european = country in _european()
    if bucket == EUROPE:
        return european
    return bucket == ELSEWHERE and not european and country not in ("US", "CN")


def is_country(code: str) -> bool:
    """Whether a text is an ISO 3166-1 alpha-2 code."""
    return code in _countries()


@functools.cache
def _countries() -> dict[str, tuple[str, str]]:
    return {row["code"]: (row["subregion"], row["region"]) for row in files.rows("countries")}


@functools.cache
def _european() -> frozenset[str]:
    codes = {code for code, (_, region) in _countries().items() if region == "Europe"}
    return frozenset(codes | {region_of(code) for code in codes})


def _house_rows(namespaces: Sequence[files.Row]) -> list[tuple[str, str, str, str, Party]]:
    organisations = {row["organisation"]: row for row in files.rows("organisations")}
    rows = [
        (row["hub"], row["namespace"], row["since"], row["until"], _party_of_namespace(row, organisations))
        for row in namespaces
    ]
    for row in files.rows("entries"):
        alternatives = tuple(tuple(sorted(a.items())) for a in files.parse_alternatives(row["alternatives"]))
        rows.append(
            (
                row["hub"],
                row["entry"],
                "",
                "",
                _party_of_entry(row["organisation"], row, organisations, alternatives),
            )
        )
        for place, base in enumerate(row["base_organisation"].split("|")):
            party = _party_of_entry(base.strip(), row, organisations, alternatives)
            rows.append((row["hub"], f"{row['entry']}{ROOT_MARK}{place}", "", "", party))
    return rows


def _party_of_namespace(row: files.Row, organisations: dict[str, files.Row]) -> Party:
    name = row["organisation"]
    if name == "(unknown)":
        return Party(UNKNOWN, UNKNOWN, UNKNOWN, len(GRADES), len(GRADES), note=row["note"])
    behind = organisations.get(name)
    if behind is None and name != INDIVIDUALS:
        raise UsageError(
            f"namespace {row['namespace']}: there is no organisation {name!r} in the register",
            "name one of organisations.csv, (individuals) or (unknown)",
        )
    country = row["country"] or (behind["country"] if behind else UNAFFILIATED)
    own_place = bool(row["country"])
    grade = row["country_grade"] if own_place or behind is None else behind["country_grade"]
    both = [row["alternatives"], behind["alternatives"] if behind and not own_place else ""]
    alternatives = [a for text in both for a in files.parse_alternatives(text)]
    return Party(
        organisation=name,
        type=row["type"] or (behind["type"] if behind else "individual"),
        country=country,
        grade=_rank(row["grade"]),
        country_grade=_rank(grade),
        alternatives=tuple(tuple(sorted(a.items())) for a in alternatives),
        parent=behind["parent"] if behind else "",
        evidence=row["evidence"],
        evidence_date=row["evidence_date"],
        note=row["note"],
    )


def _party_of_entry(
    name: str,
    row: files.Row,
    organisations: dict[str, files.Row],
    alternatives: tuple[tuple[tuple[str, str], ...], ...],
) -> Party:
    stated = {"evidence": row["evidence"], "evidence_date": row["evidence_date"], "note": row["note"]}
    if name == INDIVIDUALS:
        return Party(name, "individual", UNAFFILIATED, _rank(row["grade"]), len(GRADES), alternatives, **stated)
    behind = organisations.get(name)
    if behind is None:
        return Party(UNKNOWN, UNKNOWN, UNKNOWN, len(GRADES), len(GRADES), alternatives, **stated)
    own = tuple(tuple(sorted(a.items())) for a in files.parse_alternatives(behind["alternatives"]))
    return Party(
        name,
        behind["type"],
        behind["country"],
        _rank(row["grade"]),
        _rank(behind["country_grade"]),
        alternatives + own,
        behind["parent"],
        **stated,
    )


def _rank(grade: str) -> int:
    return GRADES.index(grade) if grade in GRADES else len(GRADES)


def read_corrections(path: Path) -> list[files.Row]:
    """Rows of a file with (some of) the columns of `namespaces.csv`; missing columns are empty, `hub` huggingface.

    Raises:
        UsageError: the file cannot be read or lacks the columns namespace and organisation.
    """
    import csv

    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is not a regular file", "give a CSV file")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            there = reader.fieldnames or []
            columns = list(files.schema("namespaces")["properties"])
            if not {"namespace", "organisation"} <= set(there):
                raise UsageError(
                    f"{path} needs the columns namespace and organisation; it has {', '.join(there) or 'none'}",
                    f"columns that are read: {', '.join(columns)}",
                )
            table = [{c: (row.get(c) or "").strip() for c in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}", "give a CSV file in UTF-8") from None
    for row in table:
        row["hub"] = row["hub"] or "huggingface"
        row["grade"] = row["grade"] or "recalled"
        if row["country"]:
            row["country_grade"] = row["country_grade"] or "recalled"
    return table
