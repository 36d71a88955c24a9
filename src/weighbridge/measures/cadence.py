"""Cadence: how often organisations release models of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from weighbridge.cubes.roster import Roster
from weighbridge.cubes.uploads import Uploads
from weighbridge.definitions import releases
from weighbridge.errors import DataMissing
from weighbridge.measures import LISTED_MOST, Option
from weighbridge.measures.answering import answer
from weighbridge.measures.asking import Asking
from weighbridge.measures.first_party import Releases, days_of, first_party
from weighbridge.measures.intervals import QUANTILES, Intervals, intervals
from weighbridge.measures.leaving_out import left_out, without_effect
from weighbridge.measures.only import ONLY, named
from weighbridge.records.amounts import amount
from weighbridge.records.answer import Answer
from weighbridge.records.group_row import GroupRow, group_row
from weighbridge.records.presented import Presented

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

YEAR_DAYS = 365
SHOWN = 30
LEAST = 3
COLUMNS = (
    "period", "group", "country", "organisations", "releases", "release_days", "value", "lo", "hi", "with_rare",
    "trend",
)  # fmt: skip
PRESENTED = Presented(columns=COLUMNS, heads={"value": "median days"})
OF = {"all": None, "companies": "company"}


class Cadence:
    """Days between the releases of organisations."""

    id = "cadence"
    title = "Days between own releases"
    words = (
        "How many days lie between successive days on which an organisation released a model of its own. Left out, by "
        "rules that are data (definitions/releases): what descends from another organisation's model, adapters, "
        "quantised and converted copies, checkpoints, tests, and what is no model; the answer says how many each left "
        "out. Variants of one line of one UTC day are one release; a line is the family by name, else the name up to "
        "the first size or variant.\n\n"
        "value is the median interval in days; p10 to p90 its other quantiles; trend by "
        "how many days an interval is longer a year later. lo and hi are a range over definitions, not of chance: "
        "least and most of the median where each model is a release, where those of one day are, and where those of "
        "one line up to 7 days apart are.\n\n"
        "By country or type: the median over organisations, each once by its own "
        "median (--of companies: companies only), as p10 to p90 and mean are over these medians, trend is the median "
        "of their trends and longest the longest of all intervals; with_rare takes in those with fewer release days "
        "than --least, at the window's days over their release days.\n\n"
        "Only intervals within the window are seen, which favours short "
        "ones. Without a window: the 365 days before the census."
    )
    formula = (
        "value_o = median_i (d_{i+1} - d_i) over the release days d of organisation o; "
        "trend_o = median_{i<j} ((g_j - g_i) / (t_j - t_i)) over intervals g ending at t, in days a year; "
        "value_country = median_o value_o"
    )
    source = "own definition; trend after Theil (1950) and Sen (1968)"
    example = "--at 2024-07-11 --of companies --top 15"

    options = (
        Option("by", "What to group by.", ("organisation", "country", "type"), "organisation"),
        Option("of", "Which organisations.", tuple(OF), "all"),
        ONLY,
        Option("least", "Organisations with so many release days at least.", default=LEAST, number=True, least=2),
        Option("top", "Keep so many rows.", default=SHOWN, number=True, most=LISTED_MOST),
    )

    def across(self, asking: Asking, options: Mapping[str, Any]) -> Answer:
        """One row an organisation, country or type, and window.

        Raises:
            DataMissing: a cube file is asked, no dates are known, or no organisation has enough release days.
        """
        uploads = _uploads(asking)
        cleaning = left_out(asking, None, uploads)
        roster = asking.created(None if cleaning is None else ~cleaning.gone, uploads)
        found = first_party(roster)
        types, countries = found.labels(roster, "type"), found.labels(roster, "country")
        wanted = OF[options["of"]]
        chosen = np.array([wanted is None or kind == wanted for kind in types], bool)
        labels = {"organisation": list(found.names), "country": list(countries), "type": list(types)}[options["by"]]
        groups = list(dict.fromkeys(labels))
        only = named(options["only"], groups, options["by"])
        if only is not None:
            chosen &= np.isin(np.array([groups.index(label) for label in labels], np.int64), only)
        rows: list[GroupRow] = []
        rare = 0
        for number, window in enumerate(roster.weighed.slice.windows):
            mine = (found.window == number) & chosen[found.organisation]
            paces = _paces(found, mine)
            often = [pace for pace in paces if len(pace.days) >= options["least"]]
            rare += len(paces) - len(often)
            span, period = window.end - window.start, window.name or None
            if options["by"] == "organisation":
                made = [_of_organisation(found, pace, period, types, countries) for pace in often]
            else:
                seldom = [pace for pace in paces if len(pace.days) < options["least"]]
                made = _of_groups(often, seldom, types if options["by"] == "type" else countries, period, span)
            rows += made[: options["top"]]
        if not rows:
            raise DataMissing(
                f"no organisation has {options['least']} days with a release of its own in this time and scope",
                "ask a longer window (--from, --to), or a lower --least",
            )
        values = {
            "asked": {name: options[name] for name in ("by", "of", "least")},
            "rules": releases.version(),
            "releases": int(chosen[found.organisation].sum()),
            "excluded": list(found.excluded),
            "fewer_release_days": rare,
            "flat_date": found.flat,
        }
        definition = asking.question.definition
        notes = [*_notes(roster, found, options["least"], rare), *without_effect(definition, cleaning)]
        if definition.attribution != "uploader":
            notes.append("The attribution changes nothing here: a release is its publisher's.")
        told = answer(self.id, self.title, roster.weighed, options["by"], rows, values, notes, PRESENTED)
        return told if cleaning is None else cleaning.told(told)


@dataclass(frozen=True)
class _Pace:
    """The releases of one organisation in one window.

    Attributes:
        organisation: its number.
        days: with a release, ascending.
        models, releases: that count.
        own: intervals between the days.
        medians: of the same under each definition of one release that gives any interval.
    """

    organisation: int
    days: Ints
    models: int
    releases: int
    own: Intervals | None
    medians: tuple[float, ...]


def _uploads(asking: Asking) -> Uploads:
    """The census with the time that is asked; where none is, the year before the census."""
    question = asking.question
    if question.over or question.trailing_days is not None or not question.start is question.end is None:
        return asking.uploads
    day = asking.uploads.census.day
    return asking.uploads.between(day - YEAR_DAYS, day)


def _paces(found: Releases, chosen: Mask) -> list[_Pace]:
    """Every organisation with a release among the chosen models, those with most release days first."""
    who, day = days_of(found, chosen, 0)
    others = [days_of(found, chosen, apart) for apart in (None, releases.same_release_days())]
    keys = np.stack([found.organisation[chosen], found.day[chosen], found.line[chosen]], axis=1)
    counted = np.unique(keys, axis=0)[:, 0]
    paces = []
    for organisation in np.unique(who).tolist():
        days = day[who == organisation]
        own = intervals(days)
        more = [intervals(theirs[whose == organisation]) for whose, theirs in others]
        paces.append(
            _Pace(
                organisation=organisation,
                days=days,
                models=int((found.organisation[chosen] == organisation).sum()),
                releases=int((counted == organisation).sum()),
                own=own,
                medians=tuple(one.median for one in (own, *more) if one is not None),
            )
        )
    return sorted(paces, key=lambda p: (-len(p.days), -p.releases, found.names[p.organisation]))


def _of_organisation(
    found: Releases, pace: _Pace, period: str | None, types: Sequence[str], countries: Sequence[str]
) -> GroupRow:
    own = pace.own
    if own is None:
        raise ValueError("a row needs two release days")
    return group_row(
        {
            "group": found.names[pace.organisation],
            "period": period,
            "country": countries[pace.organisation],
            "type": types[pace.organisation],
            "releases": pace.releases,
            "release_days": len(pace.days),
            "models": pace.models,
            "value": own.median,
            "lo": min(pace.medians),
            "hi": max(pace.medians),
            **own.quantiles,
            "mean": own.mean,
            "longest": own.longest,
            "trend": own.trend,
        }
    )


def _of_groups(
    often: Sequence[_Pace], rare: Sequence[_Pace], labels: Sequence[str], period: str | None, span: int
) -> list[GroupRow]:
    """One row a group of organisations, those with most organisations first."""
    rows = []
    for name in sorted({labels[pace.organisation] for pace in often}):
        mine = [pace for pace in often if labels[pace.organisation] == name]
        few = [pace for pace in rare if labels[pace.organisation] == name]
        own = [pace.own for pace in mine if pace.own is not None]
        medians = np.array([one.median for one in own])
        trends = [one.trend for one in own if one.trend is not None]
        slow = [span / len(pace.days) for pace in few]
        rows.append(
            group_row(
                {
                    "group": name,
                    "period": period,
                    "organisations": len(mine),
                    "rarer": len(few),
                    "releases": sum(pace.releases for pace in mine),
                    "release_days": sum(len(pace.days) for pace in mine),
                    "models": sum(pace.models for pace in mine),
                    "value": float(np.median(medians)),
                    "lo": float(np.median([min(pace.medians) for pace in mine])),
                    "hi": float(np.median([max(pace.medians) for pace in mine])),
                    "with_rare": float(np.median([*medians, *slow])),
                    **{quantile: float(np.quantile(medians, at)) for quantile, at in QUANTILES.items()},
                    "mean": float(medians.mean()),
                    "longest": max(one.longest for one in own),
                    "trend": float(np.median(trends)) if trends else None,
                }
            )
        )
    return sorted(rows, key=lambda row: (-row["organisations"], -row["release_days"], row.group))


def _notes(roster: Roster, found: Releases, least: int, rare: int) -> list[str]:
    """What was left out, what is not seen, and what the figures hang on."""
    left = sum(rule["models"] for rule in found.excluded)
    named = ", ".join(f"{rule['rule']} {rule['models']:,}" for rule in found.excluded if rule["models"])
    declared = roster.frame.declared[found.model].sum()
    notes = [
        f"Of {left + len(found.model):,} models of organisations {left:,} are no release of their own"
        + (f": {named}." if named else "."),
        f"{declared:,} of the {len(found.model):,} that are left {'declares' if declared == 1 else 'declare'} a base "
        "of the organisation's own; what comes "
        "from others and does not say so is among them.",
        f"{amount(found.nobodys, 'models')} of persons and of accounts that nobody has registered "
        f"{'is' if found.nobodys == 1 else 'are'} in no row.",
    ]
    if rare:
        notes.append(
            f"Organisations and windows with fewer than {least} release days have no row: {rare:,}. These are the "
            "slow ones; a longer window shows more of them."
        )
    if found.flat:
        verb = "is" if found.flat == 1 else "are"
        notes.append(f"{amount(found.flat, 'models')} of the Hub's first creation date {verb} left out.")
    return notes


MEASURE = Cadence()
