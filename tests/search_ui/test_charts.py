"""Charts over time, and the days, weeks and months that pages step through."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.messages import Messages
from delivery.periods import Period, Unit, around, days_of, of_days, of_text, title
from indexer.query.request import Filters
from indexer.results import Bar
from search_ui.charts import HEIGHT, Chart, draw, ending

FIRST = date(2026, 1, 1)


def years(*counts: int) -> list[Bar]:
    return [Bar(date(2000 + n, 1, 1), date(2000 + n, 12, 31), count) for n, count in enumerate(counts)]


def chart(bars: list[Bar]) -> Chart:
    drawn = draw(bars, address=lambda bar: "/", title=lambda bar: str(bar.first), number=str)
    assert drawn is not None
    return drawn


def test_intervals_without_papers_keep_their_place() -> None:
    drawn = chart(years(4, 0, 0, 2))
    assert [(bar.x, bar.height) for bar in drawn.bars] == [(0.0, 52.0), (75.0, 26.0)]
    assert [label.text for label in drawn.labels] == ["4", "2000", "2001", "2002", "2003"]


@pytest.mark.parametrize(("counts", "is_logarithmic"), [((5, 6, 49), False), ((5, 6, 60), True), ((1, 0, 9), False)])
def test_one_giant_does_not_flatten_the_others(counts: tuple[int, ...], is_logarithmic: bool) -> None:
    drawn = chart(years(*counts))
    assert drawn.is_logarithmic is is_logarithmic
    assert min(bar.height for bar in drawn.bars) > 5


def test_one_bar_is_no_chart() -> None:
    assert draw(years(3), address=lambda bar: "", title=lambda bar: "", number=str) is None


def test_the_last_bar_ends_with_the_newest_paper() -> None:
    newest = date(2003, 5, 6)
    assert [bar.last for bar in ending(years(1, 1, 1, 1), newest)][-2:] == [date(2002, 12, 31), newest]
    # The newest paper of the index may be no paper of this search.
    assert ending(years(1, 1), newest) == tuple(years(1, 1)) and ending((), newest) == ()


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=400), st.sampled_from(["day", "year"]))
def test_everything_is_within_the_drawing(counts: list[int], unit: str) -> None:
    days = [Bar(FIRST + timedelta(days=n), FIRST + timedelta(days=n), count) for n, count in enumerate(counts)]
    drawn = chart(days if unit == "day" else years(*counts[:100]))
    for bar in drawn.bars:
        assert bar.x >= 0 and bar.x + bar.width <= 100.01 and bar.y >= 0 and bar.y + bar.height <= drawn.base + 0.11
    for label in drawn.labels:
        assert 0 <= label.x <= 100.01 and 0 < label.y < HEIGHT
        assert label.anchor != "middle" or 10 <= label.x <= 90


@given(st.dates(date(1991, 1, 10), date(2190, 1, 1)), st.sampled_from(Unit))
def test_periods(day: date, unit: Unit) -> None:
    period = around(unit, day)
    assert period.first <= day <= period.last
    assert period.next.previous == period == period.previous.next
    assert of_text(str(period)) == period == of_days(period.first, period.last)
    filters = Filters(values=(("featured", str(period)),))
    days = days_of(filters)
    assert days is not None and days.featured and days.filters(filters, period) == filters
    announced = days_of(Filters(first=period.first, last=period.last))
    assert announced is not None and not announced.featured and announced.period == period


def test_what_is_no_period() -> None:
    assert of_days(date(2026, 11, 2), date(2026, 11, 10)) is None and of_days(None, FIRST) is None
    assert of_text("2026") is None and of_text("soon") is None
    assert days_of(Filters()) is None and days_of(Filters(values=(("featured", "2026"),))) is None
    assert days_of(Filters(values=(("featured", "2026-11"),), first=FIRST)) is None


def test_titles() -> None:
    english, chinese = Messages("en"), Messages("zh-Hant")
    periods = [around(unit, date(2026, 11, 20)) for unit in Unit]
    assert [title(english, each) for each in periods] == [
        "Friday, 20 November 2026",
        "Week 47 of 2026",
        "November 2026",
    ]
    assert title(chinese, Period(Unit.MONTH, date(2026, 11, 1))) == "2026年11月"
