"""Who leads whom outside the bounds, and when that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from weighbridge.cubes.condensing import DIMENSIONS
from weighbridge.errors import DataMissing, UsageError
from weighbridge.measures.asking import Asking, StoreBacking
from weighbridge.measures.pairs import chosen_groups, lead
from weighbridge.measures.questions import names_of_options, question
from weighbridge.measures.table import GroupTable
from weighbridge.records.clock import GRAINS, day_text
from weighbridge.store.home import Store
from weighbridge.upkeep.alerts import Alert, Rule, Watched
from weighbridge.upkeep.then import StoreThen

WINDOWS = ("hub", "at", "from_", "to", "over", "as_of", "vintage", "engine", "spark_remote")
"""Options of a question that a rule does not set: it is of the whole history, or of its newest window."""
HUB = "huggingface"  # for which a rule without a hub is checked
SEEN = 5  # vintages that an alert names, the newest
BACK = 30  # vintages that are taken away one by one in search of a lead that nothing unknown could turn


@dataclass(frozen=True)
class Led:
    """A window in which one group leads whatever the unknown turns out to be.

    Attributes:
        name: of the period; empty where there is only the newest window.
        start, end: day numbers, `start ≤ t < end`.
        leader: the group.
        values: shares.
        bounds: of the shares.
        vintages: what was read.
    """

    name: str
    start: int
    end: int
    leader: str
    values: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    vintages: tuple[str, ...]


@dataclass(frozen=True)
class Turn:
    """A window in which another group leads outside the bounds than did in the last one in which any did."""

    before: Led
    after: Led

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from another turn."""
        return self.after.name, self.before.leader, self.after.leader


class Leads:
    """A lead that changes outside its bounds."""

    id = "lead"
    title = "a lead that changes outside its bounds"
    words = (
        "Period by period, or in the newest window where no period is named: another group leads outside the bounds "
        "than in the last one in which any group did. Periods in which the unknown could turn the lead decide nothing, "
        "nor do those that were not observed whole. A lead that later readings turn for a period long past is told too."
    )
    by_the_clock = False

    @property
    def schema(self) -> Mapping[str, Any]:
        """See `Kind.schema`."""
        options = [name for name in names_of_options() if name not in WINDOWS]
        return {
            "type": "object",
            "properties": {
                "by": {"enum": list(DIMENSIONS), "description": "What to group by."},
                "groups": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 2,
                           "uniqueItems": True, "description": "Who is set against whom."},
                "over": {"enum": list(GRAINS), "description": "Period; left out: the newest window that is held."},
                "question": {
                    "type": "object",
                    "description": "Definition and its changes, by the names of the options of `share`.",
                    "propertyNames": {"enum": options},
                },
            },
            "required": ["by", "groups"],
            "additionalProperties": False,
        }  # fmt: skip

    def check(self, rule: Rule) -> None:
        """See `Kind.check`; a question that none of the hubs could answer."""
        hub = rule.hub or HUB
        try:
            question((hub,), hub=hub, over=rule.of.get("over"), **rule.of.get("question", {}))
        except (UsageError, TypeError, ValueError) as error:
            hint = error.hint if isinstance(error, UsageError) else "docs/running.md shows rules"
            raise UsageError(f"the rule {rule.id}: {error}", hint) from None

    def find(self, rule: Rule, watched: Watched) -> Iterator[Alert]:
        """See `Kind.find`; a hub in which a group has no weight, or is not known yet, is told and passed over."""
        for hub in watched.hubs(rule):
            try:
                found = _turns(rule, hub, watched)
            except (DataMissing, UsageError) as error:
                watched.say(f"{rule.id}: {hub} cannot be asked: {error.message}.")
            else:
                yield from (_alert(rule, hub, turn) for turn in found)


def _turns(rule: Rule, hub: str, watched: Watched) -> list[Turn]:
    """Turns of the series as it is now that it did not have then."""
    now = leads(watched.now, rule, hub)
    if "over" not in rule.of:
        return turns([*_last_led(watched.then, rule, hub), *now[-1:]]) if now else []
    known = {turn.key for turn in turns(_leads_then(watched.then, rule, hub))}
    return [turn for turn in turns(now) if turn.key not in known]


def _leads_then(then: Store, rule: Rule, hub: str) -> list[Led]:
    try:
        return leads(then, rule, hub)
    except (DataMissing, UsageError):  # nothing answered then, or a group had no weight
        return []


def _last_led(then: Store, rule: Rule, hub: str) -> list[Led]:
    """The last lead that nothing unknown could turn, in the newest window as it was then, or before."""
    held = [vintage.id for vintage in then.vintages(hub=hub) if vintage.counters]
    for number in range(len(held), max(len(held) - BACK, 0), -1):
        found = _leads_then(StoreThen(then.path, held[:number]), rule, hub)
        if found:
            return found[-1:]
    return []


def turns(series: Sequence[Led]) -> list[Turn]:
    """Where the leader is another than in the window before."""
    return [Turn(before, after) for before, after in pairwise(series) if before.leader != after.leader]


def leads(store: Store, rule: Rule, hub: str) -> list[Led]:
    """The windows in which a group leads outside the bounds, in order.

    Raises:
        DataMissing: what is held has no such windows.
        UsageError: the rule's question is none, or a group does not exist.
    """
    backing, by = StoreBacking(store), rule.of["by"]
    asked = question(backing.hubs(), hub=hub, over=rule.of.get("over"), **rule.of.get("question", {}))
    weighed = Asking(backing, asked).condensed(by)
    groups = chosen_groups(weighed, by, {"groups": tuple(rule.of["groups"])})
    table = GroupTable(weighed, weighed.groups(by))
    found = []
    for number, window in enumerate(table.windows):
        if not window.complete or not table.value[number].sum():
            continue
        here = lead(table, number, groups)
        if here.leader is not None and here.outside_bounds:
            found.append(
                Led(window.name, window.start, window.end, here.leader, here.values, here.bounds,
                    weighed.slice.vintages)
            )  # fmt: skip
    return found


def _alert(rule: Rule, hub: str, turn: Turn) -> Alert:
    after, before = turn.after, turn.before
    shares = "; ".join(
        f"{group} {value:.2%} ({after.bounds[group][0]:.2%} to {after.bounds[group][1]:.2%})"
        for group, value in sorted(after.values.items(), key=lambda pair: -pair[1])
    )
    when = after.name or f"{day_text(after.start)} to {day_text(after.end)}"
    was = before.name or f"{day_text(before.start)} to {day_text(before.end)}"
    return Alert(
        rule.id,
        rule.kind,
        rule.title,
        hub,
        None,
        day_text(after.start),
        f"in {when} {after.leader} leads by {rule.of['by']} outside the bounds, before ({was}) {before.leader} did: "
        f"{shares}",
        numbers={
            "period": when,
            "leader": after.leader,
            "before": before.leader,
            **{f"share of {group}": value for group, value in after.values.items()},
        },
        vintages=after.vintages[-SEEN:],
        subject=f"{when} {before.leader} {after.leader}",
    )


ALERT = Leads()
