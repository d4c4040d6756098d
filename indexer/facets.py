"""Facets and the date histogram, from the raw counts that an engine gives: the same shape for every engine."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from indexer.engine import FACET_SIZE
from indexer.results import Bar, Facet

Counted = Sequence[tuple[Any, int]]  # (value, papers)
_DAYS_UP_TO_MONTHS = 3
_MONTHS_UP_TO = 36
MOST_YEARS = 300


def facets(counted: dict[str, Counted]) -> dict[str, tuple[Facet, ...]]:
    """Facet → its values, at most FACET_SIZE, those with the most papers first.

    Values with equal counts are in the order of the values. Years are sorted with the latest first, and all are given.
    """
    facets_by_name = {
        name: tuple(
            Facet(str(value), count)
            for value, count in sorted(counted[name], key=lambda pair: (-pair[1], pair[0]))[: size_of(name)]
        )
        for name in counted
    }
    if years := facets_by_name.get("year"):
        facets_by_name["year"] = tuple(sorted(years, key=lambda facet: facet.value, reverse=True))
    return facets_by_name


def size_of(name: str) -> int:
    """How many values of a facet are given: there are not too many years for all of them."""
    return MOST_YEARS if name == "year" else FACET_SIZE


def histogram(months: Counted, by_day: Callable[[], Sequence[tuple[date, int]]]) -> tuple[Bar, ...]:
    """Bars by day over at most three months, by month over at most three years, otherwise by year; () without papers.

    Days, months and years without papers have a bar, too, with a count of 0.

    `months` are pairs of a month, such as 202611, and its count. `by_day` is called only if days are shown.
    """
    if not months:
        return ()
    by_month = {(int(key) // 100, int(key) % 100): count for key, count in months}
    (first_year, first_month), (last_year, last_month) = min(by_month), max(by_month)
    span = (last_year - first_year) * 12 + last_month - first_month + 1
    if span <= _DAYS_UP_TO_MONTHS:
        count_by_day = dict(by_day())
        first, last = min(count_by_day), max(count_by_day)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return tuple(Bar(day, day, count_by_day.get(day, 0)) for day in days)
    if span <= _MONTHS_UP_TO:
        months_on = (divmod(first_year * 12 + first_month - 1 + number, 12) for number in range(span))
        return tuple(
            Bar(
                date(year, month + 1, 1),
                date(year, month + 1, monthrange(year, month + 1)[1]),
                by_month.get((year, month + 1), 0),
            )
            for year, month in months_on
        )
    by_year: dict[int, int] = {}
    for (year, _), count in by_month.items():
        by_year[year] = by_year.get(year, 0) + count
    return tuple(
        Bar(date(year, 1, 1), date(year, 12, 31), by_year.get(year, 0)) for year in range(first_year, last_year + 1)
    )
