"""When a cron line is due, in any time zone. It uses cronsim: other libraries read `1-5` as Tuesday to Saturday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

# At most this many missed times are counted; a line that is due each minute has half a million a year.
MOST_COUNTED = 1000
_PARTS = 5


class BadTimes(ValueError):
    """Raised by `check`: the line is not a cron line or is never due, or the zone is not a time zone."""


def check(line: str, zone: str) -> None:
    """Raise BadTimes where `line` is not a cron line of five parts or is never due, or `zone` is not a time zone."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise BadTimes(f"there is no time zone '{zone}'; they are named like Europe/Berlin") from error
    if len(line.split()) != _PARTS:
        raise BadTimes(
            f"'{line}' is no cron line: minute, hour, day, month and weekday are expected, such as 15 2 * * 1-5"
        )
    try:
        next(after(line, zone, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise BadTimes(f"'{line}' is no cron line: {error}") from error
    except StopIteration as error:
        raise BadTimes(f"'{line}' is never due") from error


def after(line: str, zone: str, moment: datetime) -> Iterator[datetime]:
    """The due times after `moment`, in UTC, earliest first.

    A time that does not exist on the day on which clocks are put forward is due as they jump; one that comes twice when
    they are put back is due once.
    """
    for due in CronSim(line, moment.astimezone(ZoneInfo(zone))):
        yield due.astimezone(UTC)


def last(line: str, zone: str, moment: datetime) -> datetime | None:
    """The last due time up to `moment`; None where there was none in eight years."""
    # CronSim goes back from a moment that is not itself among the results.
    just_after = moment.astimezone(ZoneInfo(zone)) + timedelta(seconds=1)
    due = next(CronSim(line, just_after, reverse=True), None)
    return due.astimezone(UTC) if due else None


def between(line: str, zone: str, start: datetime, end: datetime) -> int:
    """How many due times lie after `start` and up to `end`; counted up to MOST_COUNTED."""
    return sum(1 for due in _up_to(after(line, zone, start), end))


def _up_to(times: Iterator[datetime], end: datetime) -> Iterator[datetime]:
    for due in islice(times, MOST_COUNTED):
        if due > end:
            return
        yield due
