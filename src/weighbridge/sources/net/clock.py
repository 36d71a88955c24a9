"""When a live source was observed: by its own clock, unless that cannot be right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from weighbridge.records.clock import moment_text

A_DAY = timedelta(days=1)
OLDEST = datetime(2008, 1, 1, tzinfo=UTC)
"""Before any hub: a clock that says less was never set."""


def observed(
    server: datetime | None,
    began: datetime,
    say: Callable[[str], None],
    newest_created: datetime | None = None,
    held: datetime | None = None,
) -> datetime:
    """The source's clock where it can be right, else ours; the user is told of what is odd.

    Args:
        server: what the source's clock said at the first answer; null: it does not tell.
        began: our clock at the first answer.
        say: told in words.
        newest_created: the latest creation date in what was listed, before which it cannot have been observed.
        held: when the latest reading in the store was observed; null: there is none.
    """
    ours = "it is dated by this machine's clock"
    if server is None:
        say(f"the source does not tell the time; {ours}")
        return began
    shown = f"the source's clock says {moment_text(server)}"
    if server < OLDEST:
        say(f"{shown}, before there were hubs; {ours}")
        return began
    if server > datetime.now(UTC) + A_DAY:
        say(f"{shown}, which is in the future; {ours}")
        return began
    if newest_created is not None and server < newest_created - A_DAY:
        say(f"{shown}, but it lists what was created on {moment_text(newest_created)}; {ours}")
        return began
    if abs(server - began) > A_DAY:
        say(f"{shown}, over a day off this machine's; what it lists counts as of then")
    if held is not None and server < held:
        say(f"{shown}, before the latest reading in the store ({moment_text(held)})")
    return server
