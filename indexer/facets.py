"""Facets and the date histogram, from the raw counts that an engine gives: the same shape for every engine."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from indexer.engine import FACET_SIZE
from indexer.fields import FACETS
from indexer.results import Bar, Facet

Counted = Sequence[tuple[Any, int]]  # (value, papers)
_DAYS_UP_TO_MONTHS = 3
_MONTHS_UP_TO = 36


def facets(counted: dict[str, Counted]) -> dict[str, tuple[Facet, ...]]:
    """Facet → its values, at most FACET_SIZE, those with the most papers first.

    Values with equal counts are in the order of the values. Years are sorted with the latest first.
    """
    facets_by_name = {
        name: tuple(
            Facet(str(value), count)
            for value, count in sorted(counted[name], key=lambda pair: (-pair[1], pair[0]))[:FACET_SIZE]
        )
        for name in FACETS
    }
    return facets_by_name | {"year": tuple(sorted(facets_by_name["year"], key=lambda facet: facet.value, reverse=True))}


def histogram(months: Counted, by_day: Callable[[], Sequence[tuple[date, int]]]) -> tuple[Bar, ...]:
    """Bars by day over at most three months, by month over at most three years, otherwise by year; () without papers.

    `months` are pairs of a month, such as 202611, and its count. `by_day` is called only if days are shown.
    """
    if not months:
        return ()
    by_month = {(int(key) // 100, int(key) % 100): count for key, count in months}
    (first_year, first_month), (last_year, last_month) = min(by_month), max(by_month)
    span = (last_year - first_year) * 12 + last_month - first_month + 1
    if span <= _DAYS_UP_TO_MONTHS:
        return tuple(Bar(day, day, count) for day, count in sorted(by_day()))
    if span <= _MONTHS_UP_TO:
        return tuple(
            Bar(date(year, month, 1), date(year, month, monthrange(year, month)[1]), count)
            for (year, month), count in sorted(by_month.items())
        )
    by_year: dict[int, int] = {}
    for (year, _), count in by_month.items():
        by_year[year] = by_year.get(year, 0) + count
    return tuple(Bar(date(year, 1, 1), date(year, 12, 31), count) for year, count in sorted(by_year.items()))
