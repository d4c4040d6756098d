"""The value that a text gives for a field → the Query for it: dates, numbers, categories, names."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar, assert_never

from indexer.fields import Field, Kind
from indexer.query.tree import Category, DateRange, NumberRange, Or, Query, Term
from papers import categories, identifiers
from papers.paper import FIRST_YEAR, LAST_YEAR

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_LAST = re.compile(r"last-?(\d{1,4})?-?(d|w|m|y|day|week|month|year)s?", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_COMPARED = re.compile(r"(>=|<=|>|<|=)?\s*(.+)")
_LONGEST_NUMBER = 9
# Several values of these may be given with commas between them.
_SEVERAL = ("category", "primary", "id")

_Value = TypeVar("_Value", int, date)
Days = tuple[date | None, date | None]


def read(field: Field, text: str, today: date) -> Query | None:
    """The papers whose `field` has this value; None if it cannot have such a value."""
    text = text.strip()
    match field.kind:
        case Kind.KEYWORD:
            return _keyword(field, text)
        case Kind.NUMBER:
            numbers = _between(text, lambda part: (number, number) if (number := _number(part)) is not None else None)
            return NumberRange(field.asked_as, *numbers) if numbers else None
        case Kind.DAY | Kind.MOMENT:
            days = _days(text, today)
            return DateRange(field.asked_as, *days) if days else None
        case Kind.TEXT | Kind.SORT_KEY:
            return None
        case unreachable:
            assert_never(unreachable)


def _keyword(field: Field, text: str) -> Query | None:
    parts = [part for part in text.split(",") if part.strip()] if field.name in _SEVERAL else [text]
    queries = [_single(field, part.strip()) for part in parts]
    if not queries or None in queries:
        return None
    known_queries = tuple(query for query in queries if query is not None)
    return known_queries[0] if len(known_queries) == 1 else Or(known_queries)


def _single(field: Field, text: str) -> Query | None:
    match field.name:
        case "category" | "primary":
            return _category(field, text)
        case "archive":
            codes = field.reads(text)
            return Category(f"{codes[0]}.*") if codes else None
        case "id":
            identifier = identifiers.parse(text)
            return Term("id", identifier.key) if identifier else None
        case "doi_lookup":
            doi = as_doi(text)
            return Term("doi", doi) if doi else None
        case _:
            return Term(field.asked_as, text) if field.reads(text) else None


def _category(field: Field, text: str) -> Query | None:
    """A category by its code or name, an archive (`cs`, `cs.*`), or every category that begins so (`cs.C*`)."""
    code = categories.read(text)
    lower_text = text.lower()
    if code.endswith(".*") and code.removesuffix(".*") in categories.archives():
        codes = [code]
    elif code in categories.archives() and code not in categories.taxonomy():
        codes = [f"{code}.*"]
    elif code in categories.taxonomy():
        codes = [code]
    elif lower_text.endswith("*") and len(lower_text) > 1:
        codes = [known for known in categories.taxonomy() if known.lower().startswith(lower_text[:-1])]
    else:
        codes = categories.named(text)
    if not codes:
        return None
    as_query: Callable[[str], Query] = Category if field.name == "category" else lambda known: Term("primary", known)
    return as_query(codes[0]) if len(codes) == 1 else Or(tuple(map(as_query, codes)))


_DOI = re.compile(r"(?:https?://)?(?:(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def as_doi(text: str) -> str | None:
    """The DOI that a text is a written form of, in lower case; None for another text."""
    bare_text = text.strip().rstrip(".,;").strip("<>[]\"'")
    if bare_text[:1] == "(":
        bare_text = bare_text.strip("()")
    match = _DOI.fullmatch(bare_text)
    return match[1].lower() if match else None


# Ranges


def _between(
    text: str, read_part: Callable[[str], tuple[_Value, _Value] | None]
) -> tuple[_Value | None, _Value | None] | None:
    """The bounds of `a..b`, `a..`, `..b`, `>a` or `a`; `read_part` gives the first and the last of what `a` stands for.

    A range whose end lies before its beginning is none.
    """
    start_text, dots, end_text = text.partition("..")
    if dots:
        start, end = (read_part(part) if part else None for part in (start_text.strip(), end_text.strip()))
        if (start_text and not start) or (end_text and not end) or not (start or end):
            return None
        return (start[0] if start else None, end[1] if end else None)
    match = _COMPARED.fullmatch(text)
    bounds = read_part(match[2]) if match else None
    if match is None or bounds is None:
        return None
    return _compared(match[1], bounds)


def _compared(operator: str | None, bounds: tuple[_Value, _Value]) -> tuple[_Value | None, _Value | None]:
    first, last = bounds
    match operator:
        case ">":
            return (_next(last), None)
        case ">=":
            return (first, None)
        case "<":
            return (None, _previous(first))
        case "<=":
            return (None, last)
        case _:
            return (first, last)


def _next(value: _Value) -> _Value:
    return value + timedelta(days=1) if isinstance(value, date) else value + 1


def _previous(value: _Value) -> _Value:
    return value - timedelta(days=1) if isinstance(value, date) else value - 1


def _number(text: str) -> int | None:
    digits = text.removeprefix("v").replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def _days(text: str, today: date) -> Days | None:
    if text.lower() in ("today", "yesterday"):
        day = today - timedelta(days=text.lower() == "yesterday")
        return (day, day)
    if match := _LAST.fullmatch(text):
        days = int(match[1] or 1) * _DAYS[match[2][0].lower()]
        return (today - timedelta(days=min(days, 365 * 200)), None)
    return _between(text, _period)


def first_day(text: str) -> date | None:
    """The first day of a year, a month, a week or a day; None for another text."""
    days = _period(text.strip())
    return days[0] if days else None


def last_day(text: str) -> date | None:
    """The last day of a year, a month, a week or a day; None for another text."""
    days = _period(text.strip())
    return days[1] if days else None


def is_period(text: str) -> bool:
    """Whether the text is a year, a month, a week or a day, and no range."""
    return _period(text.strip()) is not None


def _period(text: str) -> tuple[date, date] | None:
    """The first and last day of a year, a month, a week (`2026-W30`) or a day."""
    if week := _WEEK.fullmatch(text):
        try:
            monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
        except ValueError:
            return None
        return (monday, monday + timedelta(days=6)) if FIRST_YEAR <= monday.year <= LAST_YEAR else None
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        if month is None:
            return (date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return (date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        return (date(year, month, day),) * 2
    except ValueError:
        return None
