"""Keeping to a source's quota: how many requests were made in the last minute and on this day, in a small file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from weighbridge.errors import SourceFailed
from weighbridge.sources.net.pages import write_whole
from weighbridge.sources.net.retries import TOLD_FROM, Say

MINUTE = 60.0


@dataclass(frozen=True)
class Quota:
    """Requests that may be made; the file outlives a run, so that runs together keep to it too.

    Attributes:
        path: file with what was used; only one process at a time may use it.
        a_minute, a_day: how many requests; days are those of UTC.
        clock, sleep: seconds since 1970 and waiting, as of `time`.
    """

    path: Path
    a_minute: int
    a_day: int
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def take(self, requests: int, say: Say = lambda words: None) -> None:
        """Count requests before they are made, waiting where the minute is used up.

        Args:
            requests: the most that will be made, retries among them; at most `a_minute`.
            say: told in words of waits over five seconds.

        Raises:
            SourceFailed: the day's requests do not suffice.
        """
        day, used, recent = self._held()
        if used + requests > self.a_day:
            raise SourceFailed(
                f"{used} of the {self.a_day} requests that the source allows on a day may have been made today",
                "run the same again after midnight UTC; what was fetched is kept",
            )
        while len(recent) + requests > self.a_minute:
            wait = max(recent[0] + MINUTE - self.clock(), 0.0)
            if wait > TOLD_FROM:
                say(f"waiting {wait:,.0f} s (the source allows {self.a_minute} requests a minute)")
            self.sleep(wait)
            recent = recent[1:]
        now = self.clock()
        held = {"day": day, "requests": used + requests, "recent": [*recent, *[now] * requests]}
        write_whole(self.path, json.dumps(held).encode())

    def _held(self) -> tuple[str, int, list[float]]:
        """Today, the requests of today, and the moments of those of the last minute, the oldest first."""
        now = self.clock()
        today = datetime.fromtimestamp(now, UTC).date().isoformat()
        try:
            held = json.loads(self.path.read_bytes())
            used = int(held["requests"]) if held["day"] == today else 0
            recent = sorted(min(float(moment), now) for moment in held["recent"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return today, 0, []
        return today, max(used, 0), [moment for moment in recent if moment > now - MINUTE]
