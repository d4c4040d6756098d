"""Search: which papers an engine is to find, in which order, which page of them, and what is counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from indexer.query.tree import ALL, And, Query
from papers.errors import UsageError

DEFAULT_SIZE = 20
MAX_SIZE = 100
# Results have page numbers up to this hit. A cursor leads beyond it.
MAX_NUMBERED_HITS = 10_000
_LONGEST_CURSOR = 19


class InvalidSearch(UsageError):
    """Raised by `Search`: a page, size or cursor that no engine can give."""


class Sort(StrEnum):
    """The orders of results. All but the first are names of `indexer.fields.SORT_FIELDS`."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    UPVOTES = "upvotes"


def is_cursor(text: str, sort: Sort) -> bool:
    """Whether a search in this order can have given this cursor: a key of `indexer.documents`, which fits 63 bits."""
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_CURSOR
    return sort is not Sort.RELEVANCE and is_number and int(text) < 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What an engine is asked for. Raises InvalidSearch for a page, size or cursor that cannot be."""

    query: Query = ALL
    filters: Query = ALL  # further conditions, which do not change the order
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = DEFAULT_SIZE
    cursor: str | None = None
    facets: tuple[str, ...] = ()  # those of `indexer.fields.FACETS` that are to be counted
    histogram: bool = False
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

    def check_streamable(self) -> None:
        """Raise InvalidSearch if there is no end of this order."""
        if self.sort is Sort.RELEVANCE:
            raise InvalidSearch("A stream of papers is by newest or upvotes: there is no end of an order by relevance.")

    @property
    def as_stream(self) -> Search:
        """The same search from its first paper on; one by relevance, which has no end, newest first."""
        return replace(self, sort=Sort.NEWEST if self.sort is Sort.RELEVANCE else self.sort, page=1, cursor=None)

    @property
    def whole(self) -> Query:
        """Query and filters as one Query."""
        return self.query if self.filters == ALL else And((self.query, self.filters))

    @property
    def offset(self) -> int:
        """The number of hits before this page."""
        return (self.page - 1) * self.size
