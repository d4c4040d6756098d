from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from papers import calendar
from papers.calendar import announced_at, announcement_day, current_listing_day, is_listing_day, is_over, listing_days
from papers.settings import InvalidSetting


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        (datetime(2026, 9, 18, 17, 59, tzinfo=UTC), date(2026, 9, 21)),  # Friday 13:59 in New York → Monday
        (datetime(2026, 9, 18, 18, 1, tzinfo=UTC), date(2026, 9, 22)),  # Friday 14:01 → Tuesday
        (datetime(2026, 9, 20, 12, 0, tzinfo=UTC), date(2026, 9, 22)),  # Sunday → Tuesday
        (datetime(2026, 9, 22, 12, 0, tzinfo=UTC), date(2026, 9, 23)),  # Tuesday noon → Wednesday
        (datetime(2026, 11, 25, 20, 0, tzinfo=UTC), date(2026, 11, 30)),  # before Thanksgiving, late → Monday
        (datetime(2026, 1, 5, 18, 59, tzinfo=UTC), date(2026, 1, 6)),  # winter time: 13:59
    ],
)
def test_when_a_submission_is_listed(submitted: datetime, listed: date) -> None:
    assert announcement_day(submitted) == listed


def test_no_listing_follows_a_holiday() -> None:
    assert is_listing_day(date(2026, 11, 26))
    assert not is_listing_day(date(2026, 11, 27))
    assert not is_listing_day(date(2026, 11, 28))


def test_the_listing_that_is_shown_now() -> None:
    assert current_listing_day(datetime(2026, 11, 21, 5, tzinfo=UTC)) == date(2026, 11, 20)  # Saturday
    assert current_listing_day(datetime(2026, 11, 23, 0, 59, tzinfo=UTC)) == date(2026, 11, 20)  # Sunday 19:59
    assert current_listing_day(datetime(2026, 11, 23, 1, 1, tzinfo=UTC)) == date(2026, 11, 23)  # Sunday 20:01


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of one's own holidays, which is read anew."""
    file = tmp_path / "holidays.tsv"
    monkeypatch.setenv("PAPERGLOT_CALENDAR_HOLIDAYS", str(file))
    calendar.holidays.cache_clear()
    calendar._listed_after.cache_clear()
    yield file
    monkeypatch.undo()
    calendar.holidays.cache_clear()
    calendar._listed_after.cache_clear()


def test_the_holidays_of_2026() -> None:
    days = [(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)]
    assert calendar.holidays()[2026] == {date(2026, month, day) for month, day in days}


def test_a_year_that_is_not_known_is_said_so() -> None:
    """26 November 2027 is the day after Thanksgiving: nobody here knows that it is a holiday."""
    assert calendar.is_known(2026) and not calendar.is_known(2027)
    assert calendar.reminder(datetime(2026, 11, 30, 12, tzinfo=UTC)) is None
    for now in (datetime(2026, 12, 1, 12, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)):
        sentence = calendar.reminder(now)
        assert sentence and sentence.startswith("arXiv's holidays of 2027 are not known here")


def test_a_file_of_ones_own_adds_a_year_and_replaces_one(own: Path) -> None:
    own.write_text("# mine\n2027-11-25\tThanksgiving\n2026-11-24\tOurs\n")
    assert calendar.reminder(datetime(2026, 12, 1, 12, tzinfo=UTC)) is None
    assert not is_listing_day(date(2027, 11, 26))
    assert not is_listing_day(date(2026, 11, 25)) and is_listing_day(date(2026, 11, 27))


@pytest.mark.parametrize(
    ("content", "sentence"), [("26 November\n", "line 1: a day such as"), (None, "cannot be read")]
)
def test_a_file_that_cannot_be_read_is_said(content: str | None, sentence: str, own: Path) -> None:
    if content:
        own.write_text(content)
    with pytest.raises(InvalidSetting, match=sentence):
        calendar.holidays()


def test_when_a_day_is_announced_and_over() -> None:
    assert announced_at(date(2026, 11, 23)) == datetime(2026, 11, 23, 1, tzinfo=UTC)  # Sunday 20:00 in New York
    assert not is_over(date(2026, 11, 20), datetime(2026, 11, 21, 11, 59, tzinfo=UTC))
    assert is_over(date(2026, 11, 20), datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert calendar.weekdays(date(2026, 11, 22), 2) == [date(2026, 11, 19), date(2026, 11, 20)]


def test_listing_days() -> None:
    assert listing_days(date(2026, 11, 30), 3) == [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 30)]
