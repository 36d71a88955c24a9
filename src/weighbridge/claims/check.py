"""Claims against what is held: one row a claim, with a verdict, its reason, and the nearest thing that can be said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from weighbridge.claims import figures, needs, spliced
from weighbridge.claims.answers import Answers
from weighbridge.claims.ledger import Claim, Test, claims
from weighbridge.claims.matching import CREATED, PROPERTY, matches
from weighbridge.claims.nearest import nearest
from weighbridge.claims.verdicts import DIFFERS, NOT_TESTABLE, REPRODUCED, Reading, number, sure, verdict
from weighbridge.claims.wording import month, quantity, whole
from weighbridge.errors import DataMissing
from weighbridge.measures.asking import Backing


def check(backing: Backing, ids: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Check claims against a store or a cube file.

    Args:
        backing: what is held.
        ids: of the claims, in order; none: all, sorted by id.

    Returns:
        one row a claim: what was published (`published`, `comparison`, `unit`, `window`, `definition`, `source`,
        `evidence`), what we find (`ours`, `lo`, `hi`, null where it cannot be tested), `verdict`, `because`, `needs`
        (data sets that would bring what is missing), `nearest` (null where the claim itself was tested or nothing near
        can be said, then with a reason in `no_nearest`). A figure that was joined from two kinds of counters has
        `joint` (see `spliced.Joint`), `also` (the figure by other registers) and `vintages`; else they are null.

    Raises:
        UsageError: there is no such claim.
        StoreDamaged: what is held is damaged.
    """
    chosen, answers = claims(ids), Answers(backing)
    rows = {claim.id: checked(claim, answers) for claim in chosen}
    open_claims = [claim for claim in chosen if rows[claim.id]["verdict"] == NOT_TESTABLE]
    for claim in sorted(open_claims, key=_weighing):
        rows[claim.id]["nearest"], rows[claim.id]["no_nearest"] = nearest(claim, answers)
    return [rows[claim.id] for claim in chosen]


def checked(claim: Claim, answers: Answers) -> dict[str, Any]:
    """The row of one claim, without the nearest thing."""
    row: dict[str, Any] = {
        "id": claim.id,
        "statement": claim.statement,
        "published": claim.value,
        "comparison": claim.comparison,
        "unit": claim.unit,
        "ours": None,
        "lo": None,
        "hi": None,
        "verdict": NOT_TESTABLE,
        "because": claim.untestable,
        "needs": [],
        "nearest": None,
        "no_nearest": "",
        "joint": None,
        "also": None,
        "vintages": None,
        "window": claim.window.words,
        "definition": claim.definition,
        "source": claim.source,
        "evidence": claim.evidence,
    }
    if claim.test is None:
        return row
    try:
        joined = spliced.Splice(claim.test, answers).found() if claim.test.among else None
        ours = joined.reading if joined else found(claim.test, answers)
    except DataMissing as error:
        wanted = needs.needs(claim.test)
        hint = f" ({error.hint})" if error.hint else ""
        because = f"{error.message[:1].upper()}{error.message[1:]}{hint}. {needs.words(wanted)}"
        return row | {"because": because.strip(), "needs": wanted}
    if joined is not None:
        unit = "points" if claim.comparison == "order" else claim.unit
        row |= {"joint": joined.joint.to_dict(), "also": spliced.also(joined), "vintages": list(joined.vintages)}
        told = judged(claim, claim.test, ours)
        return row | told | {"because": f"{told['because']} {spliced.in_words(joined, unit, claim.test.among)}"}
    return row | judged(claim, claim.test, ours)


def found(test: Test, answers: Answers) -> Reading:
    """Our figure for a test, in the published unit.

    Raises:
        DataMissing: window, population, unit or counter of what is held are not those of the claim, or this version
            cannot ask it.
    """
    answers.options(test.asked)
    ours = _figure(test, answers, test.asked.window)
    if test.against is not None:
        ours = figures.divided(ours, _figure(test, answers, test.against))
    return figures.scaled(ours, test.asked.scale)


def _figure(test: Test, answers: Answers, window: Mapping[str, Any]) -> Reading:
    question = answers.question(test.asked, window)
    if test.counter != PROPERTY:
        matches(test, window, answers.created(question) if test.counter == CREATED else answers.weighed(question).slice)
    return figures.read(answers.answer(test.asked, question), test.asked.figure)


def judged(claim: Claim, test: Test, ours: Reading) -> dict[str, Any]:
    """Verdict and reason for a figure of ours."""
    published = 0.0 if claim.comparison == "order" else number(claim.value)
    said = verdict(published, claim.comparison, test.tolerance, ours)
    return {
        "ours": _shown(ours.value, claim.comparison),
        "lo": _shown(ours.lo, claim.comparison),
        "hi": _shown(ours.hi, claim.comparison),
        "verdict": said,
        "because": _because(claim, test, ours, said, sure(published, claim.comparison, test.tolerance, ours)),
    }


def _shown(value: float | None, comparison: str) -> float | int | str | None:
    """A figure as a row holds it: a month as text; null where there is no limit."""
    if value is None or not math.isfinite(value):
        return None
    return month(value) if comparison == "month" else whole(value)


def _because(claim: Claim, test: Test, ours: Reading, said: str, certain: bool) -> str:
    """The reason of a verdict on a figure that was found."""
    unit, kind = claim.unit, claim.comparison
    limits = f"{quantity(ours.least, unit, kind)} to {quantity(ours.most, unit, kind)}"
    figure = f"Ours is {quantity(ours.value, unit, kind)}"
    claimed = "the lead" if kind == "order" else f"{kind.replace('-', ' ')} {quantity(claim.value, unit, kind)}"
    tolerance = f"within {test.tolerance:g} ({test.tolerance_because})" if kind != "order" else "by the sign alone"
    reading = f" Read as: {test.reading}" if test.reading else ""
    if said == REPRODUCED:
        doubt = "" if certain else f"; but what is unknown could put it anywhere from {limits}"
        return f"{figure}, which agrees with {claimed}, {tolerance}{doubt}.{reading}"
    if said == DIFFERS:
        return f"{figure}, and whatever the unknown may be from {limits}: not {claimed}, {tolerance}.{reading}"
    return (
        f"{figure}, which does not agree with {claimed}, {tolerance}; but what is unknown could put it anywhere from "
        f"{limits}, and that reaches it.{reading}"
    )


def _weighing(claim: Claim) -> str:
    """What the nearest question weighs, so that claims with the same weighing follow on each other."""
    return repr((claim.nearest.asked.question, claim.nearest.asked.window)) if claim.nearest else ""
