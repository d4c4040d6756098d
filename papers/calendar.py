"""arXiv's calendar: on which day a paper is announced, and which days have no announcement.

A day here is the date that a listing carries ("Showing new listings for Tuesday, 22 September 2026").
Submissions are collected until 14:00 US Eastern on working days, announced at 20:00 that evening
(Friday's on Sunday evening), and listed under the next working day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
CUT_OFF = time(14)
ANNOUNCED = time(20)
SATURDAY = 5

# Days on which arXiv makes no announcement, as it published them; a year it has not published has none here.
HOLIDAYS = frozenset(
    date(2026, month, day)
    for month, day in [(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)]
)


def is_working_day(day: date) -> bool:
    """Whether arXiv collects and announces on `day`."""
    return day.weekday() < SATURDAY and day not in HOLIDAYS


def is_listing_day(day: date) -> bool:
    """Whether a listing can carry `day`: it follows an evening on which arXiv announced."""
    return day.weekday() < SATURDAY and is_working_day(_last_weekday_before(day))


def _last_weekday_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=4096)
def _listed_after(collected: date) -> date:
    while not is_working_day(collected):
        collected += timedelta(days=1)
    listed = collected + timedelta(days=1)
    while listed.weekday() >= SATURDAY:
        listed += timedelta(days=1)
    return listed


def announcement_day(submitted: datetime) -> date:
    """The day under which a paper that was submitted then (any time zone) is listed first."""
    local = submitted.astimezone(EASTERN)
    late = local.time() >= CUT_OFF
    return _listed_after(local.date() + timedelta(days=late))


def current_listing_day(now: datetime) -> date:
    """The day that `/list/…/new` shows at `now`: the last one announced."""
    local = now.astimezone(EASTERN)
    day = local.date() + timedelta(days=local.time() >= ANNOUNCED)
    while not is_listing_day(day):
        day -= timedelta(days=1)
    return day


def listing_days(last: date, count: int) -> list[date]:
    """The `count` listing days up to and with `last`, oldest first."""
    days: list[date] = []
    while len(days) < count:
        if is_listing_day(last):
            days.append(last)
        last -= timedelta(days=1)
    return days[::-1]


def utc_now() -> datetime:
    """The only clock of this room; everything else takes the time as an argument."""
    return datetime.now(UTC)
