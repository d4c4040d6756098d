from datetime import UTC, date, datetime

import pytest

from papers.calendar import announcement_day, current_listing_day, is_listing_day, listing_days


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


def test_listing_days() -> None:
    assert listing_days(date(2026, 11, 30), 3) == [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 30)]
