"""What a search returns: hits, facets, a histogram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from indexer.documents import Document

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A found paper. `highlights` are the matched parts of its texts: field and language (`title_en`) → spans; a name
    of an author is `authors.0` for the first."""

    document: Document
    highlights: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facet:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the date histogram: the papers of the days from `first` to `last`."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    histogram: tuple[Bar, ...] = ()
    cursor: str | None = None  # leads on after the last hit; None if the page is not full or the order has no cursor
