"""Published figures beside ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from htpy import Node, article, details, div, h1, h2, h3, li, p, section, strong, summary, ul

from weighbridge.charts.wording import days_of
from weighbridge.claims.ledger import Claim, ledger
from weighbridge.claims.verdicts import DIFFERS, NOT_TESTABLE, REPRODUCED
from weighbridge.claims.wording import quantity
from weighbridge.errors import UsageError
from weighbridge.records.amounts import several
from weighbridge.surfaces.views.asked import Asked
from weighbridge.surfaces.views.shelf import Shelf
from weighbridge.surfaces.web.page import Given, Made, View
from weighbridge.surfaces.web.parts import entries
from weighbridge.surfaces.web.parts.facts import facts
from weighbridge.surfaces.web.parts.figure import figure
from weighbridge.surfaces.web.parts.notes import notes

ASKED = Asked("claims")
ORDER = (DIFFERS, REPRODUCED, NOT_TESTABLE)
NO_MEASURE = "none"
MEANS = {
    REPRODUCED: "Our figure agrees, within a tolerance that was written down before the test.",
    DIFFERS: "Our figure does not agree, whatever the unknown may be.",
    NOT_TESTABLE: "What is held is of another window, population or quantity, or what is unknown could decide it.",
}
READ = {
    "primary": "The publication itself was read.",
    "abstract": "Its abstract was read.",
    "press": "Reports of the press were read, not the publication.",
    "secondary": "Texts that quote it were read, not the publication.",
    "article": "An article that states the figure was read.",
}
LIMITS = {"at-least": "at least ", "at-most": "at most ", "over": "over "}


@dataclass(frozen=True)
class Row:
    """A claim with its row of the check."""

    claim: Claim
    found: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """One of `ORDER`."""
        return str(self.found["verdict"])

    @property
    def measure(self) -> str:
        """Id of the measure that tests it, or is nearest to it; `none` where none is."""
        asked = self.claim.test or self.claim.nearest
        return asked.asked.measure if asked else NO_MEASURE


class Claims:
    """A row a claim, grouped by verdict."""

    id = "claims"
    title = "Claims"
    rank = 40

    def make(self, view: View) -> Made:
        """See `Page.make`."""
        document = view.shelf.document(ASKED)
        rows = [Row(ledger()[row["id"]], row) for row in document["rows"]]
        verdict, measure = _chosen(view, rows)
        shown = [row for row in rows if verdict in ("", row.verdict) and measure in ("", row.measure)]
        told = counted_verdicts(rows)
        return Made(
            title="Published figures beside ours",
            summary=f"{told} Each with its source, the test, our figure with bounds, and why.",
            body=[
                h1["Published figures beside ours"],
                p(".lead")[told],
                p[
                    "Each figure was written down with its window, population and quantity, and with a tolerance, "
                    "before it was tested. Only where what is held is of the same is there a verdict; else the "
                    "nearest that can be said stands beside it, with how it differs. It tests nothing."
                ],
                _choices(view, rows, verdict, measure),
                figure(view, ASKED, first=True, full=False) if not (verdict or measure) else None,
                [_group(view, name, [row for row in shown if row.verdict == name]) for name in ORDER],
                p["No claim is of both kinds."] if not shown else None,
                notes(document),
            ],
            canonical=_given(verdict, measure),
        )

    def published(self, shelf: Shelf) -> Sequence[tuple[str | None, Given]]:
        """All of them, and those of one verdict or of one measure."""
        rows = [Row(ledger()[row["id"]], row) for row in shelf.document(ASKED)["rows"]]
        alone = [_given(name, "") for name in ORDER if any(row.verdict == name for row in rows)]
        alone += [_given("", name) for name in sorted({row.measure for row in rows})]
        return [(None, ()), *((None, given) for given in alone)]

    def figures(self, shelf: Shelf) -> Iterable[Asked]:
        """The chart."""
        return (ASKED,)


def _given(verdict: str, measure: str) -> Given:
    pairs = (("verdict", verdict.replace(" ", "-")), ("measure", measure))
    return tuple((name, value) for name, value in pairs if value)


def _chosen(view: View, rows: Sequence[Row]) -> tuple[str, str]:
    """The verdict and the measure that the address asks for; empty: all.

    Raises:
        UsageError: there is no such verdict or measure.
    """
    verdict, measure = view.value("verdict"), view.value("measure")
    verdicts = {name.replace(" ", "-"): name for name in ORDER}
    if verdict and verdict not in verdicts:
        raise UsageError(f"there is no verdict {verdict[:100]!r}", f"one of: {', '.join(verdicts)}")
    there = sorted({row.measure for row in rows})
    if measure and measure not in there:
        raise UsageError(f"no claim is of the measure {measure[:100]!r}", f"one of: {', '.join(there)}")
    return verdicts.get(verdict, ""), measure


def counted_verdicts(rows: Sequence[Row]) -> str:
    """How many claims have which verdict, in a sentence."""
    counts = Counter(row.verdict for row in rows)
    return (
        f"Of {several(len(rows), 'published figure')}, {counts[REPRODUCED]} come out of what is held here, "
        f"{counts[DIFFERS]} differ, and {counts[NOT_TESTABLE]} cannot be tested with it."
    )


def _choices(view: View, rows: Sequence[Row], verdict: str, measure: str) -> Node:
    def link(some: str, other: str) -> str | None:
        return view.links.page("claims", _given(some, other))

    verdicts, kinds = Counter(row.verdict for row in rows), Counter(row.measure for row in rows)
    return [
        entries.filters(
            "Verdict",
            [(f"all {len(rows)}", link("", measure), not verdict)]
            + [(f"{name} {verdicts[name]}", link(name, measure), name == verdict) for name in ORDER if verdicts[name]],
        ),
        entries.filters(
            "Measure",
            [("all", link(verdict, ""), not measure)]
            + [(f"{name} {count}", link(verdict, name), name == measure) for name, count in sorted(kinds.items())],
        ),
    ]


def _group(view: View, verdict: str, rows: Sequence[Row]) -> Node:
    if not rows:
        return None
    anchor = f"verdict-{verdict.replace(' ', '-')}"
    return section(aria_labelledby=anchor)[
        h2(id=anchor)[f"{verdict.capitalize()} ({len(rows)})"],
        p(".note")[MEANS[verdict]],
        [card(row) for row in rows],
    ]


def card(row: Row, level: Any = h3) -> Node:
    """One claim: what was said by whom, what we find, the verdict and why."""
    claim, found = row.claim, row.found
    needs = found.get("needs") or ()
    return article(f".claim.{row.verdict.replace(' ', '-')}", id=f"claim-{claim.id}")[
        level[entries.told(claim.statement)],
        p(".who")[
            entries.leaving(claim.address, entries.told(claim.source)), f" · {READ.get(claim.evidence, '')} ",
        ],
        facts(
            [
                ("Published", strong[published(claim)]),
                ("Ours", ours(found, claim)),
                ("Nearest", _nearest(found)),
                ("Verdict", strong(f".verdict.{row.verdict.replace(' ', '-')}")[row.verdict]),
            ],
        ),
        p(".because")[entries.told(_because(found, needs))],
        details[
            summary["Definition, window and the test"],
            facts(
                [
                    ("Id", claim.id),
                    ("Window", entries.told(claim.window.words)),
                    ("As published", entries.told(claim.definition)),
                    ("Note", entries.told(claim.note)),
                    ("Corrected", entries.told(claim.corrected)),
                    ("Tolerance", _tolerance(claim)),
                    ("Read as", entries.told(claim.test.reading) if claim.test else None),
                    ("How the nearest differs", entries.told(near["differs"]) if (near := found["nearest"]) else None),
                    ("What prints it", entries.command(near["command"]) if near else None),
                    ("No nearest", entries.told(found.get("no_nearest") or "")),
                    ("What would bring it", ul[(li[_need(need)] for need in needs)] if needs else None),
                ]
            ),
        ],
    ]  # fmt: skip


def published(claim: Claim) -> str:
    """The published figure."""
    if claim.comparison == "order":
        return "the lead"
    return entries.told(f"{LIMITS.get(claim.comparison, '')}{quantity(claim.value, claim.unit, claim.comparison)}")


def ours(found: Mapping[str, Any], claim: Claim) -> Node:
    """Our figure with its bounds."""
    if found["ours"] is None:
        return "none: not testable here"
    return _with_bounds(found, claim.unit, claim.comparison)


def nearest_value(found: Mapping[str, Any]) -> str | None:
    """The nearest figure with its bounds; null where nothing near can be said."""
    near = found["nearest"]
    return _with_bounds(near | {"ours": near["value"]}, near["unit"], "equal") if near else None


def _nearest(found: Mapping[str, Any]) -> Node:
    near = found["nearest"]
    if not near:
        return None
    window, definition = near["window"], near["definition"]
    return [
        nearest_value(found),
        div(".under")[
            f"{entries.told(near['figure'])}; {days_of(window)}; definition "
            f"{entries.told(definition['name'])} v{definition['version']}; "
            f"vintage {entries.told(', '.join(near['vintages']))}"
        ],
    ]


def _with_bounds(found: Mapping[str, Any], unit: str, comparison: str) -> str:
    """A figure of ours with what the unknown could make of it."""
    value, lo, hi = (found[name] for name in ("ours", "lo", "hi"))
    said = quantity(value, unit, comparison)
    if lo == value == hi or (lo is None and hi is None):
        return entries.told(said)
    least = "any" if lo is None else quantity(lo, unit, comparison).removesuffix(f" {unit}")
    most = "any" if hi is None else quantity(hi, unit, comparison).removesuffix(f" {unit}")
    return entries.told(f"{said} ({least} to {most})")


def _because(found: Mapping[str, Any], needs: Iterable[Mapping[str, Any]]) -> str:
    """The reason, without the words on what would bring the data, which stand in a list of their own."""
    said = str(found["because"])
    for need in needs:
        said = said.replace(str(need["words"]), "")
    return " ".join(said.split())


def _tolerance(claim: Claim) -> str | None:
    if claim.test is None or claim.comparison == "order":
        return None
    return entries.told(f"{claim.test.tolerance:g} ({claim.test.tolerance_because})")


def _need(need: Mapping[str, Any]) -> Node:
    return [f"{entries.told(need['name'])}: {entries.told(need['gives'])}", entries.command(need["command"])]


PAGE = Claims()
