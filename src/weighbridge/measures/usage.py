"""Downloads, pulls and router tokens side by side: each as shares of its own total, never added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from weighbridge.cubes.tokens import REST
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.only import ONLY
from weighbridge.measures.only import named as names_asked
from weighbridge.measures.rank_correlation import kendall, spearman
from weighbridge.measures.sides import UNITS, Side, absent, periods, shares, sides
from weighbridge.measures.table import GroupTable
from weighbridge.records.amounts import several
from weighbridge.records.answer import Answer, Row
from weighbridge.records.presented import Presented
from weighbridge.register.parties import UNAFFILIATED

GROUPS_SHOWN = 20
UNNAMED = "not_named"
"""Field of a row with the units whose source names its largest groups only, and not this one."""
PLURALS = {"country": "countries", "organisation": "organisations", "family": "families"}
LEAST = 3
"""Groups that a rank correlation needs to be worth a sentence."""


class Usage:
    """Shares of each group in every unit that is held."""

    id = "usage"
    title = "Downloads, pulls and router tokens side by side"
    example = "--by country --top 12"
    words = (
        "Shares of each group in what was downloaded on the Hugging Face Hub, pulled from Ollama and used through a "
        "router, each of its own total, in its own window and by its own vintage; units are never added or averaged. "
        "A column is null where nothing is held for the window. Where a router names only its largest authors or "
        "models, what it does not name is (rest), which could be anybody's and widens every upper limit. Routers see "
        "paid and free use of hosted models, closed ones among them; downloads see what is fetched to run elsewhere. "
        "correlations: rank correlations between each two units over the groups that have weight in both; groups that "
        "nobody knows and pools of many are left out. They say whether two units order the groups alike, not "
        "whether one stands for the other."
    )
    formula = (
        "value_{u,g} = W_{u,g} / Σ_j W_{u,j} for each unit u, with the limits of share; ρ: Pearson's correlation of "
        "mean ranks; τ_b = (C − D) / √((P − T₁)(P − T₂))"
    )
    source = "own definition; Spearman (1904), Kendall (1945)"

    options = (
        Option("by", "What to group by.", tuple(PLURALS), "country"),
        ONLY,
        Option("top", "Keep so many groups.", default=GROUPS_SHOWN, number=True, most=LISTED_MOST),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row a group and period, with a column and its limits for each unit.

        Raises:
            DataMissing: no hub that is held answers the window.
        """
        by = options["by"]
        found, silent = sides(asking, by)
        tables = [side.table() for side in found]
        named = periods(tables)
        groups = list(dict.fromkeys(name for table in tables for name in table.names))
        wanted = names_asked(options["only"], groups, by)
        only = None if wanted is None else [groups[place] for place in wanted]
        rows, left = [], {}
        for period in named:
            here = [shares(table, period) for table in tables]
            kept = _largest(here, tables, options["top"]) if only is None else only
            rows += [_row(found, tables, here, period, group) for group in kept]
            left = {side.column: _left(there, kept) for side, there in zip(found, here, strict=True) if there}
        correlations = [one for period in named for one in _correlations(found, tables, period)]
        not_held = [unit for unit in UNITS if unit not in {side.column for side in found}]
        values = {
            "sides": [side.to_dict() for side in found],
            "not_held": not_held,
            "silent": silent,
            "correlations": correlations,
        }
        notes = [
            *_apart(found),
            *(_said(side) for side in found),
            *_missing(not_held, silent, found),
            *(_told(one, by) for one in correlations if one["period"] == (named[-1] or None) and one["n"] >= LEAST),
            *_omitted(left, len(named) > 1),
        ]
        shown = found[0].weighed
        notes += dict.fromkeys(note for side in found for note in side.notes if note not in shown.slice.notes)
        made = answer(self.id, f"{self.title}, by {by}", shown, by, rows, values, notes, _presented(rows))
        return replace(made, sources=tuple(source for side in found for source in side.weighed.slice.sources))


def _largest(here: Sequence[Mapping[str, Row] | None], tables: Sequence[GroupTable], top: int) -> list[str]:
    """Groups by their largest share in any unit; what nobody knows comes last and counts for none of the `top`."""
    most: dict[str, float] = {}
    for there in here:
        for name, row in (there or {}).items():
            most[name] = max(most.get(name, 0.0), row.value)
    dark = {name for table in tables for name in table.groups.dark}
    ordered = sorted(most, key=lambda name: (-most[name], name))
    return [name for name in ordered if name not in dark][:top] + [name for name in ordered if name in dark]


def _row(
    found: Sequence[Side], tables: Sequence[GroupTable], here: Sequence[Mapping[str, Row] | None], period: str,
    group: str,
) -> dict[str, Any]:  # fmt: skip
    columns = list(dict.fromkeys([*UNITS, *(side.column for side in found)]))
    row: dict[str, Any] = {"period": period} if period else {}
    row |= {"group": group}
    row |= {f"{column}{end}": None for column in columns for end in ("", "_lo", "_hi")}
    unnamed: list[str] = []
    nobody = any(group in table.groups.dark for table in tables)
    for side, table, there in zip(found, tables, here, strict=True):
        if there is None:
            continue
        share = there.get(group)
        none = (0.0, 0.0) if nobody else absent(table, period, group)
        lo, hi = (share.lo, share.hi) if share else none
        given = {"": share.value if share else 0.0, "_lo": lo, "_hi": hi}
        row |= {f"{side.column}{end}": value for end, value in given.items()}
        if share is None and REST in there and not nobody:
            unnamed.append(side.column)
    return row | {UNNAMED: unnamed}


def _left(there: Mapping[str, Row], kept: Sequence[str]) -> tuple[int, float]:
    """How many groups of a unit have no row, and their part."""
    rest = [row.value for name, row in there.items() if name not in set(kept)]
    return len(rest), float(sum(rest))


def _correlations(found: Sequence[Side], tables: Sequence[GroupTable], period: str) -> list[dict[str, Any]]:
    """Rank correlations of each two units over groups with weight in both."""
    made = []
    for (one, first), (other, second) in combinations(zip(found, tables, strict=True), 2):
        ours, theirs = shares(first, period), shares(second, period)
        if ours is None or theirs is None:
            continue
        dark = first.groups.dark | second.groups.dark
        both = sorted(name for name in ours.keys() & theirs.keys() if name not in dark and not _pool(name))
        columns = [np.array([rows[name].downloads for name in both], np.float64) for rows in (ours, theirs)]
        made.append(
            {
                "period": period or None,
                "first": one.column,
                "second": other.column,
                "n": len(both),
                "spearman": spearman(*columns),
                "kendall": kendall(*columns),
            }
        )
    return made


def _pool(group: str) -> bool:
    """Whether a group is no one but many: persons, broad buckets, those without a place."""
    return group.startswith("(") or group == UNAFFILIATED


def _presented(rows: Sequence[Mapping[str, Any]]) -> Presented:
    """Every unit's share and limits in per cent."""
    given = [name for name in rows[0] if name not in ("period", "group", UNNAMED)] if rows else []
    words = {"_lo": "at least", "_hi": "at most"}
    heads = {name: f"{name[:-3]} {words[name[-3:]]}" for name in given if name[-3:] in words}
    return Presented(parts=tuple(given), heads=heads, absent=UNNAMED)


def _apart(found: Sequence[Side]) -> list[str]:
    """A warning where the units' windows have no day in common, or are not the same."""
    spans = [(side.column, *(side.to_dict()["window"][end] for end in ("from", "to"))) for side in found]
    if len({span[1:] for span in spans}) < 2:
        return []
    meet = max(start for _, start, _ in spans) < min(end for _, _, end in spans)
    told = "; ".join(f"{column} {start} to {end}" for column, start, end in spans)
    words = "The windows differ" if meet else "The windows do not meet, so a difference may be one of time"
    return [f"{words}: {told}."]


def _said(side: Side) -> str:
    told = side.to_dict()
    window, known = told["window"], told["coverage"]
    kind = window["kind"] if window["complete"] else f"{window['kind']}, not wholly observed"
    total = f"shares of {told['unit']}" if told["total"] is None else f"{told['total']:,} {told['unit']}"
    return (
        f"{side.column}: {told['hub']}, {window['from']} to {window['to']} ({kind}), {total}, a {told['population']}; "
        f"{known['registered_share']:.1%} registered, {known['located_share']:.1%} with a country; "
        f"{', '.join(told['vintages'])}."
    )


def _missing(not_held: Sequence[str], silent: Mapping[str, str], found: Sequence[Side]) -> list[str]:
    notes = [f"{hub} does not answer: {why}." for hub, why in silent.items()]
    if not_held:
        notes.append(f"Nothing is held, or answers here, for: {', '.join(not_held)}.")
    if len(found) == 1:
        notes.append(f"Only {found[0].column} are there, so nothing can be set beside them.")
    return notes


def _told(one: Mapping[str, Any], by: str) -> str:
    both = ", ".join(
        f"{name} {'-' if one[key] is None else format(one[key], '.2f')}"
        for key, name in (("spearman", "Spearman's ρ"), ("kendall", "Kendall's τ_b"))
    )
    when = f" in {one['period']}" if one["period"] else ""
    return f"Rank correlation of {one['first']} and {one['second']}{when} over {one['n']} {PLURALS[by]}: {both}."


def _omitted(left: Mapping[str, tuple[int, float]], over: bool) -> list[str]:
    parts = [
        f"{several(count, 'group')} with {part:.1%} of the {name}" for name, (count, part) in left.items() if count
    ]
    return [f"Without a row{' in the last period' if over else ''}: {', '.join(parts)}."] if parts else []


MEASURE = Usage()
