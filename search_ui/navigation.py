"""The links of a page of results: filters, orders, days, further pages. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from delivery.messages import Messages
from delivery.present import category_label
from indexer.query.parse import ParsedQuery
from indexer.query.search import MAX_NUMBERED_HITS, Filters, Search, Sort, to_parameters, with_filters
from indexer.results import Bar, Results

HISTOGRAM_WIDTH, HISTOGRAM_HEIGHT = 900, 56
_FACETS = {"category": "categories", "source": "sources", "has": "has"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the page: a facet's value, a filter to remove, an order, or a page number."""

    label: str
    address: str
    count: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """A bar of the histogram: its place and size in units of the drawing, and the address of its days."""

    address: str
    title: str
    x: float
    y: float
    width: float
    height: float
    chosen: bool


def address_of(text: str, search: Search) -> str:
    """The address that shows `search`. `text` is its query as the reader wrote it."""
    pairs = to_parameters(search, text)
    return f"/?{urlencode(pairs)}" if pairs else "/?sort=newest"


def facets(messages: Messages, text: str, search: Search, results: Results) -> list[tuple[str, list[Choice]]]:
    """Each facet's title and values. A value adds or removes its filter. Facets without values are left out."""
    groups = []
    for name, attribute in _FACETS.items():
        chosen_values: tuple[str, ...] = getattr(search.filters, attribute)
        choices = []
        for facet in results.facets.get(name, ()):
            is_chosen = facet.value in chosen_values
            values = tuple(v for v in chosen_values if v != facet.value) if is_chosen else (*chosen_values, facet.value)
            address = address_of(text, with_filters(search, **{attribute: values}))
            choices.append(
                Choice(_label(messages, name, facet.value), address, messages.number(facet.count), is_chosen)
            )
        groups.append((messages(name), choices))
    years = []
    for facet in results.facets.get("year", ()):
        is_chosen = search.filters.year == int(facet.value)
        address = address_of(text, with_filters(search, year=None if is_chosen else int(facet.value)))
        years.append(Choice(facet.value, address, messages.number(facet.count), is_chosen))
    groups.insert(2, (messages("year"), years))
    return [(title, choices) for title, choices in groups if choices]


def _label(messages: Messages, name: str, value: str) -> str:
    return category_label(value) if name == "category" else messages.get(f"{name}_{value}", value)


def chosen(messages: Messages, text: str, search: Search) -> list[Choice]:
    """The filters of this search, each with the address of the search without it."""
    filters, choices = search.filters, []
    for name, attribute in _FACETS.items():
        values: tuple[str, ...] = getattr(filters, attribute)
        for value in values:
            remaining = tuple(v for v in values if v != value)
            label = value if name == "category" else _label(messages, name, value)
            choices.append(Choice(label, address_of(text, with_filters(search, **{attribute: remaining}))))
    if filters.year is not None:
        choices.append(Choice(str(filters.year), address_of(text, with_filters(search, year=None))))
    if filters.first or filters.last:
        choices.append(Choice(_span(messages, filters), address_of(text, with_filters(search, first=None, last=None))))
    return choices


def _span(messages: Messages, filters: Filters) -> str:
    if filters.first == filters.last:
        return str(filters.first)
    first = f"{messages('from')} {filters.first}" if filters.first else ""
    last = f"{messages('until')} {filters.last}" if filters.last else ""
    return f"{first} {last}".strip()


def sorts(messages: Messages, parsed: ParsedQuery, search: Search) -> list[Choice]:
    """The orders to offer. Relevance is left out when the query is empty: there is nothing to compare with."""
    offered = [sort for sort in Sort if sort is not Sort.RELEVANCE or not parsed.is_empty]
    return [
        Choice(
            messages(sort.value),
            address_of(parsed.text, replace(search, sort=sort, page=1, cursor=None)),
            chosen=sort is search.sort,
        )
        for sort in offered
    ]


def bars(messages: Messages, text: str, search: Search, histogram: tuple[Bar, ...]) -> list[DrawnBar]:
    """The histogram, ready to draw; empty if it has fewer than two bars."""
    if len(histogram) < 2:
        return []
    highest = max(bar.count for bar in histogram)
    step = HISTOGRAM_WIDTH / len(histogram)
    width = step * 0.86
    drawn = []
    for number, bar in enumerate(histogram):
        height = max(2.0, bar.count / highest * (HISTOGRAM_HEIGHT - 4))
        span = str(bar.first) if bar.first == bar.last else f"{bar.first} – {bar.last}"
        drawn.append(
            DrawnBar(
                address=address_of(text, with_filters(search, first=bar.first, last=bar.last)),
                title=f"{span}: {messages.count(bar.count)}",
                x=round(number * step, 1),
                y=round(HISTOGRAM_HEIGHT - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                chosen=_is_span(search.filters, bar.first, bar.last),
            )
        )
    return drawn


def _is_span(filters: Filters, first: date, last: date) -> bool:
    return filters.first == first and filters.last == last


def pages(text: str, search: Search, results: Results) -> list[Choice]:
    """The first, the last and the nearby page numbers; "…" marks a gap. Empty with one page, or with a cursor."""
    last = min(-(-results.total // search.size), MAX_NUMBERED_HITS // search.size)
    if last < 2 or search.cursor:
        return []
    near = {1, last, *range(search.page - 2, search.page + 3)}
    choices: list[Choice] = []
    previous = 0
    for number in sorted(number for number in near if 1 <= number <= last):
        if number != previous + 1:
            choices.append(Choice("…", ""))
        choices.append(
            Choice(str(number), address_of(text, replace(search, page=number)), chosen=number == search.page)
        )
        previous = number
    return choices


def further(text: str, search: Search, results: Results) -> str | None:
    """The address of the next papers: the next page or, beyond the numbered pages, a cursor. None at the end."""
    reached = search.offset + len(results.hits)
    if search.cursor or (search.page + 1) * search.size > MAX_NUMBERED_HITS:
        return address_of(text, replace(search, page=1, cursor=results.cursor)) if results.cursor else None
    return address_of(text, replace(search, page=search.page + 1)) if reached < results.total else None
