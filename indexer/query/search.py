"""Search: the one request that page, API, feeds, topics, alerts and digests make, and its URL form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from indexer.query.tree import ALL, And, Category, DateRange, NumberRange, Query, Term
from papers import categories
from papers.errors import UsageError

DEFAULT_SIZE = 20
MAX_SIZE = 100
# Results have page numbers up to this hit. A cursor leads beyond it.
MAX_NUMBERED_HITS = 10_000
_LONGEST_CURSOR = 19


class InvalidSearch(UsageError):
    """Raised by `Search`: a page, size or cursor that no engine can give."""


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    UPVOTES = "upvotes"


def is_cursor(text: str, sort: Sort) -> bool:
    """Whether a search in this order can have given this cursor: a key of `indexer.documents`, which fits 63 bits."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_CURSOR
    return sort is not Sort.RELEVANCE and is_number and int(text) < 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions of a search beside its text. All must hold: two categories mean papers in both.

    Categories are taken in any case and under any of their names: `CS.cl`, `math.mp`.
    """

    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    year: int | None = None
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(dict.fromkeys(map(categories.read, self.categories))))

    def query(self) -> Query:
        """All conditions as one Query; ALL if there are none."""
        parts: list[Query] = [Category(code) for code in self.categories]
        parts += [Term("source", source) for source in self.sources]
        parts += [Term("has", has) for has in self.has]
        if self.year is not None:
            parts.append(NumberRange("year", self.year, self.year))
        if self.first or self.last:
            parts.append(DateRange("date", self.first, self.last))
        return And(tuple(parts)) if parts else ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A request: which papers, in which order, which page of them, and whether facets are counted.

    Raises InvalidSearch for a page, size or cursor that cannot be.
    """

    query: Query = ALL
    filters: Filters = Filters()
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = DEFAULT_SIZE
    cursor: str | None = None
    counts: bool = False  # facets and date histogram
    highlight: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MAX_SIZE:
            raise InvalidSearch(f"A page holds 1 to {MAX_SIZE} papers, not {self.size}.")
        if self.page < 1 or self.page * self.size > MAX_NUMBERED_HITS:
            raise InvalidSearch(
                f"There is no page {self.page}: pages reach {MAX_NUMBERED_HITS:,} papers far; "
                "sort by newest or upvotes and follow the cursor beyond that."
            )
        if self.cursor is not None and not is_cursor(self.cursor, self.sort):
            raise InvalidSearch("A cursor goes with the sort order that gave it, newest or upvotes.")

    @property
    def whole(self) -> Query:
        """Query and filters as one Query."""
        condition = self.filters.query()
        return self.query if condition == ALL else And((self.query, condition))

    @property
    def offset(self) -> int:
        """The number of hits before this page."""
        return (self.page - 1) * self.size


def _whole_number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def filters_from(parameters: Mapping[str, Sequence[str]]) -> Filters:
    """The filters in URL parameters (`category=cs.CL&year=2026`). What cannot be read is left out."""

    def first(name: str) -> str | None:
        return next(iter(parameters.get(name, ())), None)

    def several(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value[:100] for value in parameters.get(name, ()) if value))[:10]

    return Filters(
        categories=several("category"),
        sources=several("source"),
        has=several("has"),
        year=_whole_number(first("year")),
        first=_day(first("from")),
        last=_day(first("until")),
    )


def filters_to(filters: Filters) -> list[tuple[str, str]]:
    """The URL parameters of filters: the inverse of `filters_from`."""
    pairs: list[tuple[str, Any]] = [("category", code) for code in filters.categories]
    pairs += [("source", source) for source in filters.sources]
    pairs += [("has", has) for has in filters.has]
    pairs += [("year", filters.year), ("from", filters.first), ("until", filters.last)]
    return [(name, str(value)) for name, value in pairs if value is not None]


def from_parameters(parameters: Mapping[str, Sequence[str]], query: Query) -> Search:
    """The Search that URL parameters ask for, with `query` for their text.

    Never raises: what cannot be read is left at its default, so that no address gives an error.
    """

    def first(name: str) -> str:
        return next(iter(parameters.get(name, ())), "")

    sort = Sort(first("sort")) if first("sort") in tuple(Sort) else Sort.RELEVANCE if query != ALL else Sort.NEWEST
    size = min(max(_whole_number(first("size")) or DEFAULT_SIZE, 1), MAX_SIZE)
    page = min(max(_whole_number(first("page")) or 1, 1), MAX_NUMBERED_HITS // size)
    cursor = first("cursor")
    return Search(
        query=query,
        filters=filters_from(parameters),
        sort=sort,
        page=page,
        size=size,
        cursor=cursor if is_cursor(cursor, sort) else None,
    )


def to_parameters(search: Search, text: str) -> list[tuple[str, str]]:
    """The URL parameters of a search whose query was read from `text`; defaults are left out."""
    pairs = [("q", text)] if text else []
    pairs += filters_to(search.filters)
    default_sort = Sort.RELEVANCE if search.query != ALL else Sort.NEWEST
    pairs += [("sort", search.sort)] if search.sort is not default_sort else []
    pairs += [("size", str(search.size))] if search.size != DEFAULT_SIZE else []
    pairs += [("cursor", search.cursor)] if search.cursor else []
    pairs += [("page", str(search.page))] if search.page > 1 and not search.cursor else []
    return pairs


def with_filters(search: Search, **changes: Any) -> Search:
    """The same search, from its first page, with other filters."""
    return replace(search, filters=replace(search.filters, **changes), page=1, cursor=None)
