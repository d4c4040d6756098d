"""arXiv's calendar: on which day a paper is announced, and which days have no announcement.

A day here is the date that a listing carries ("Showing new listings for Tuesday, 22 September 2026").
Submissions are collected until 14:00 US Eastern on working days, announced at 20:00 that evening
(Friday's on Sunday evening), and listed under the next working day.

arXiv publishes its holidays a year at a time. `holidays.tsv` holds the years that it has published. A file of the
user's own (`holidays` under `[calendar]`) may add a year, or replace one. The holidays of any other year are unknown:
its weekdays count as working days, which is a guess, and `is_known` is false for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import ClassVar

from papers.normalise.dates import EASTERN
from papers.settings import InvalidSetting, Section

CUT_OFF = time(14)
ANNOUNCED = time(20)
RECORDS_AFTER = timedelta(hours=3)  # OAI-PMH follows at about 22:30
SATURDAY = 5
# From this day of a year on, the holidays of the next year should be known.
REMINDER_MONTH = 12


class CalendarSettings(Section):
    """`[calendar]` in paperglot.toml."""

    section: ClassVar[str] = "calendar"

    holidays: Path | None = None
    """A file of arXiv's holidays, a line a day such as `2027-01-01`. A year in it replaces the same year of ours."""


@cache
def holidays() -> Mapping[int, frozenset[date]]:
    """The days without an announcement, by year; only the years whose holidays are known. Read once per process.

    Raises InvalidSetting where the user's own file cannot be read.
    """
    published = _read(Path(__file__).parent / "holidays.tsv")
    own_file = CalendarSettings.load().holidays
    return published | _read(own_file) if own_file else published


def _read(path: Path) -> dict[int, frozenset[date]]:
    years: dict[int, set[date]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"The holidays in {path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            try:
                day = date.fromisoformat(line.split("\t")[0].strip())
            except ValueError as error:
                raise InvalidSetting(f"{path}, line {number}: a day such as 2027-01-01 is expected.") from error
            years.setdefault(day.year, set()).add(day)
    return {year: frozenset(days) for year, days in years.items()}


def is_known(year: int) -> bool:
    """Whether arXiv's holidays of this year are known here."""
    return year in holidays()


def reminder(now: datetime) -> str | None:
    """A sentence for the user where the holidays of this year or, in December, of the next are unknown; else None."""
    day = now.astimezone(EASTERN).date()
    years = [day.year, day.year + 1] if day.month >= REMINDER_MONTH else [day.year]
    unknown_years = [year for year in years if not is_known(year)]
    if not unknown_years:
        return None
    return (
        f"arXiv's holidays of {unknown_years[0]} are not known here: update Paperglot, or list them in a file that "
        "'holidays' under [calendar] names."
    )


def is_working_day(day: date) -> bool:
    """Whether arXiv collects and announces on `day`. In a year whose holidays are unknown, every weekday counts."""
    return day.weekday() < SATURDAY and day not in holidays().get(day.year, ())


def is_listing_day(day: date) -> bool:
    """Whether a listing can carry `day`: it follows an evening on which arXiv announced."""
    return day.weekday() < SATURDAY and is_working_day(_last_weekday_before(day))


def _last_weekday_before(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day


@lru_cache(maxsize=4096)
def _listed_after(collection_day: date) -> date:
    while not is_working_day(collection_day):
        collection_day += timedelta(days=1)
    listing_day = collection_day + timedelta(days=1)
    while listing_day.weekday() >= SATURDAY:
        listing_day += timedelta(days=1)
    return listing_day


def announcement_day(submitted: datetime) -> date:
    """The day under which a paper that was submitted then (any time zone) is listed first."""
    local = submitted.astimezone(EASTERN)
    is_late = local.time() >= CUT_OFF
    return _listed_after(local.date() + timedelta(days=is_late))


def announced_at(day: date) -> datetime:
    """The moment, in UTC, at which the listing of `day` appears: 20:00 US Eastern on the evening before."""
    return datetime.combine(day - timedelta(days=1), ANNOUNCED, EASTERN).astimezone(UTC)


def feed_day(now: datetime) -> date:
    """The day of arXiv's feeds at `now`, listing day or not: they turn at midnight in New York."""
    return now.astimezone(EASTERN).date()


def records_changed_at(now: datetime) -> datetime:
    """The last moment up to `now`, in UTC, at which arXiv changed its records after an announcement."""
    day = current_listing_day(now)
    if now < announced_at(day) + RECORDS_AFTER:
        day = current_listing_day(announced_at(day) - timedelta(minutes=1))
    return announced_at(day) + RECORDS_AFTER


def current_listing_day(now: datetime) -> date:
    """The day that `/list/…/new` shows at `now`: the last one announced."""
    local = now.astimezone(EASTERN)
    day = local.date() + timedelta(days=local.time() >= ANNOUNCED)
    while not is_listing_day(day):
        day -= timedelta(days=1)
    return day


def listing_days(last: date, count: int) -> list[date]:
    """The `count` listing days up to and including `last`, oldest first."""
    days: list[date] = []
    while len(days) < count:
        if is_listing_day(last):
            days.append(last)
        last -= timedelta(days=1)
    return days[::-1]


def weekdays(last: date, count: int) -> list[date]:
    """The `count` weekdays up to and including `last`, oldest first."""
    days: list[date] = []
    while len(days) < count:
        if last.weekday() < SATURDAY:
            days.append(last)
        last -= timedelta(days=1)
    return days[::-1]


def is_over(day: date, now: datetime) -> bool:
    """Whether the day has ended everywhere on earth, which is twelve hours after its end in UTC."""
    return now >= datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, hours=12)


def utc_now() -> datetime:
    """The time now, in UTC. Only this function here reads the clock; the others take the time as an argument."""
    return datetime.now(UTC)
