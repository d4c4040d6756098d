"""What a request would find without one of its filters, where it finds nothing with all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from indexer.engine import SearchEngine
from indexer.query.request import Filters, Request, needs_all
from indexer.query.search import Search
from indexer.query.tree import And, Query


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The request without one filter, and how many papers it then has. `name` is "from" for the days, whose only value
    is a range."""

    name: str
    values: tuple[str, ...]
    request: Request
    total: int


def relaxed(engine: SearchEngine, request: Request, search: Search, topics: Mapping[str, Query]) -> tuple[Relaxed, ...]:
    """The request without each one of its filters, where that has papers."""
    filters = request.filters
    ways: list[tuple[str, tuple[str, ...], Filters]]
    ways = [(name, (value,), filters.without(name, value)) for name, value in filters.values if needs_all(name)]
    ways += [
        (name, filters.of(name), filters.without(name))
        for name in dict.fromkeys(name for name, _ in filters.values)
        if not needs_all(name)
    ]
    if filters.first or filters.last:
        span = f"{filters.first or ''}..{filters.last or ''}"
        ways.append(("from", (span,), replace(filters, first=None, last=None)))
    totals = engine.count([And((search.query, filters.query(topics))) for _, _, filters in ways])
    return tuple(
        Relaxed(name, values, request.from_start(filters=filters), total)
        for (name, values, filters), total in zip(ways, totals, strict=True)
        if total
    )
