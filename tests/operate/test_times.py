"""When a cron line is due: weekdays, months, and the nights in which clocks change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from operate import times
from operate.settings import Job
from operate.times import BadTimes

NEW_YORK = "America/New_York"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "zone", "after", "due"),
    [
        ("15 2 * * 1-5", "UTC", "11-27T03:00", ["11-30T02:15", "12-01T02:15"]),  # from Friday to Monday
        ("15 2 * * 1-6", "UTC", "11-27T03:00", ["11-28T02:15", "11-30T02:15"]),
        ("0 2 * * 7", "UTC", "11-23T00:00", ["11-29T02:00"]),
        ("0 2 * * 0", "UTC", "11-23T00:00", ["11-29T02:00"]),
        ("0 0 1 * 1", "UTC", "11-24T00:00", ["11-30T00:00", "12-01T00:00"]),  # day and weekday: either
        ("30 2 * * *", NEW_YORK, "03-07T12:00", ["03-08T07:00", "03-09T06:30"]),  # 02:30 is not there on 8 March
        ("30 1 * * *", NEW_YORK, "10-31T12:00", ["11-01T05:30", "11-02T06:30"]),  # 01:30 comes twice on 1 November
        ("0 9 * * *", "Asia/Shanghai", "11-20T00:00", ["11-20T01:00", "11-21T01:00"]),
    ],
)
def test_due_times(line: str, zone: str, after: str, due: list[str]) -> None:
    moments = [at(text) for text in due]
    assert list(islice(times.after(line, zone, at(after)), len(due))) == moments
    for moment in moments:
        assert times.last(line, zone, moment) == moment
        assert times.last(line, zone, moment + timedelta(seconds=59)) == moment
        assert times.last(line, zone, moment - timedelta(seconds=1)) != moment
    assert times.between(line, zone, at(after), moments[-1]) == len(moments)


@pytest.mark.parametrize(
    ("line", "zone", "sentence"),
    [
        ("61 2 * * *", "UTC", "'61 2 * * *' is no cron line"),
        ("15 2 * *", "UTC", "minute, hour, day, month and weekday are expected"),
        ("0 15 2 * * 1-5", "UTC", "minute, hour, day, month and weekday are expected"),
        ("", "UTC", "is no cron line"),
        ("0 2 30 2 *", "UTC", "is no cron line|is never due"),
        ("15 2 * * *", "Asia/Peking", "there is no time zone 'Asia/Peking'"),
        ("15 2 * * *", "../etc/passwd", "there is no time zone"),
        ("15 2 * * *", "", "there is no time zone"),
    ],
)
def test_what_is_no_time_is_said(line: str, zone: str, sentence: str) -> None:
    sentence = "|".join(map(re.escape, sentence.split("|")))
    with pytest.raises(BadTimes, match=sentence):
        times.check(line, zone)
    with pytest.raises(ValueError, match=sentence):
        Job(name="x", at=line, zone=zone)


def test_the_count_of_missed_times_is_bounded() -> None:
    assert times.between("* * * * *", "UTC", at("01-01T00:00"), at("11-01T00:00")) == times.MOST_COUNTED
