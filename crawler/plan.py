"""What is to be fetched: pure functions of the settings, the ledger and the time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crawler.configuration import CrawlSettings
from papers.calendar import SATURDAY
from papers.ledger import Row
from papers.paper import State

# A list that may still grow, or that was empty when papers were expected, is asked for again after this long.
RECHECK = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Run:
    """One spider with its arguments."""

    spider: str
    arguments: dict[str, Any] = field(default_factory=dict)


def daily(settings: CrawlSettings) -> list[Run]:
    """The runs of an ordinary day."""
    runs = [Run("arxiv_new", {"categories": ",".join(settings.categories)})] if settings.categories else []
    return [*runs, Run("huggingface_daily")]


def start_of(row: Row | None, *, final: bool, now: datetime) -> int | None:
    """Where fetching a listing starts: 0, where it was left off, or None where nothing is to be fetched.

    `final` says that a listing that was complete cannot grow any more.
    """
    if row is None:
        return 0
    if row.state is State.OPEN:
        return row.resume or 0
    if row.state is State.PARTIAL:
        return 0
    settled = row.state is State.COMPLETE and final
    return None if settled or now - row.at < RECHECK else 0


def is_over(day: date, now: datetime) -> bool:
    """Whether the day has ended everywhere on earth."""
    return now >= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, hours=12)


def last_weekdays(now: datetime, count: int) -> list[date]:
    """The `count` weekdays up to and with today, newest first."""
    day = now.astimezone(UTC).date()
    found: list[date] = []
    while len(found) < count:
        if day.weekday() < SATURDAY:
            found.append(day)
        day -= timedelta(days=1)
    return found
