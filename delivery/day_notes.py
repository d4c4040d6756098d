"""What a page of one day says of its papers: why there are none, or which are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from crawler.followed import coverage_of, is_odd
from crawler.settings import CrawlSettings
from delivery.messages import Messages
from delivery.periods import Days, Unit
from papers import calendar
from papers.coverage import DayCoverage

_DAYS = 14
# For so long a page may show cached coverage.
_SECONDS_KNOWN = 30


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about a day; `is_fault` where something is missing that could be there."""

    text: str
    is_fault: bool


def notes(
    messages: Messages, days: Days, total: int, folder: Path | None, now: datetime, *, nothing: str = "day_nothing"
) -> list[Note]:
    """What to say about the papers of a day; [] where it is complete, and for a week or a month that has papers.

    `folder` is the data folder with the catalogue, None where that is on another machine. `nothing` is the key of what
    is said where no other reason is known.
    """
    if days.period.unit is not Unit.DAY:
        return [] if total else [Note(messages(nothing), is_fault=False)]
    day = days.period.first
    incomplete = [row for row in _coverage(folder, day, now) if bool(row.subject.category) is not days.featured]
    sentences = [Note(_incomplete(messages, row), is_fault=True) for row in incomplete]
    if total and day.day == 1 and not days.featured and not calendar.is_listing_day(day):
        return [*sentences, Note(messages("day_month_only"), is_fault=False)]
    if total or sentences:
        return sentences
    return [Note(_why_empty(messages, days, now, nothing), is_fault=False)]


def _coverage(folder: Path | None, day: date, now: datetime) -> Sequence[DayCoverage]:
    if folder is None or not 0 <= (now.date() - day).days <= 3 * _DAYS:
        return ()
    rows = _cached(folder, now.replace(second=now.second // _SECONDS_KNOWN * _SECONDS_KNOWN, microsecond=0))
    return [row for row in rows if row.day == day and is_odd(row)]


@lru_cache(maxsize=2)
def _cached(folder: Path, now: datetime) -> list[DayCoverage]:
    return coverage_of(folder, CrawlSettings.load(), now, _DAYS)


def _incomplete(messages: Messages, row: DayCoverage) -> str:
    name = row.subject.category or messages.get(f"source_{row.subject.source}", row.subject.source)
    if row.expected is not None and row.got < row.expected:
        return messages("day_partial", name=name, n=messages.number(row.got), expected=messages.number(row.expected))
    return messages("day_state", name=name, state=state_text(messages, row))


def state_text(messages: Messages, row: DayCoverage) -> str:
    """The state of a day of a category or source, with its reason if there is one."""
    state = messages(f"state_{row.state.value}")
    return f"{state}: {row.reason}" if row.reason else state


def _why_empty(messages: Messages, days: Days, now: datetime, nothing: str) -> str:
    day = days.period.first
    if day.weekday() >= calendar.SATURDAY:
        return messages("day_weekend")
    if not days.featured and calendar.is_known(day.year) and not calendar.is_listing_day(day):
        return messages("day_holiday")
    if day > calendar.current_listing_day(now) and day >= now.date():
        return messages("day_not_yet")
    return messages(nothing)
