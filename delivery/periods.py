"""Days, weeks and months: the one before and the one after, as pages of results step through them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from delivery.messages import Messages
from indexer.query.request import Filters
from indexer.query.values import first_day, last_day


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week from Monday on, or a month."""

    unit: Unit
    first: date

    @property
    def last(self) -> date:
        match self.unit:
            case Unit.DAY:
                return self.first
            case Unit.WEEK:
                return self.first + timedelta(days=6)
            case Unit.MONTH:
                return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def previous(self) -> Period:
        return around(self.unit, self.first - timedelta(days=1))

    @property
    def next(self) -> Period:
        return around(self.unit, self.last + timedelta(days=1))

    def __str__(self) -> str:
        """As an address has it: `2026-11-20`, `2026-W47`, `2026-11`."""
        match self.unit:
            case Unit.DAY:
                return self.first.isoformat()
            case Unit.WEEK:
                return f"{self.first:%G-W%V}"
            case Unit.MONTH:
                return f"{self.first:%Y-%m}"


def title(messages: Messages, period: Period) -> str:
    """A period as a heading has it: `Friday, 20 November 2026`, `Week 47 of 2026`, `November 2026`."""
    match period.unit:
        case Unit.DAY:
            return messages.day(period.first)
        case Unit.WEEK:
            year, number, _ = period.first.isocalendar()
            return messages("week_of", number=number, year=year)
        case Unit.MONTH:
            return messages.month(period.first)


def around(unit: Unit, day: date) -> Period:
    """The day, week or month that a day is in."""
    match unit:
        case Unit.DAY:
            return Period(unit, day)
        case Unit.WEEK:
            return Period(unit, day - timedelta(days=day.weekday()))
        case Unit.MONTH:
            return Period(unit, day.replace(day=1))


def of_days(first: date | None, last: date | None) -> Period | None:
    """The day, week or month from `first` to `last`; None for another span."""
    if first is None or last is None:
        return None
    periods = (around(unit, first) for unit in Unit)
    return next((period for period in periods if (period.first, period.last) == (first, last)), None)


def of_text(text: str) -> Period | None:
    """The period that `str` of it gives; None for another text."""
    first, last = first_day(text), last_day(text)
    return of_days(first, last)


@dataclass(frozen=True, slots=True)
class Days:
    """Which of its days a page of results shows: arXiv's, or those of Hugging Face."""

    period: Period
    featured: bool

    def filters(self, filters: Filters, period: Period) -> Filters:
        """The same filters for another period."""
        if self.featured:
            return filters.without("featured").with_value("featured", str(period))
        return replace(filters, first=period.first, last=period.last)


def days_of(filters: Filters) -> Days | None:
    """The period that these filters choose; None if they choose none, or more than one."""
    featured = [period for text in filters.of("featured") if (period := of_text(text))]
    announced = of_days(filters.first, filters.last)
    if len(featured) == 1 and not (filters.first or filters.last):
        return Days(featured[0], featured=True)
    return Days(announced, featured=False) if announced and not featured else None
