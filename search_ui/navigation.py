"""Where one can go from a page of results: other filters, another order, a day, the next page. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from delivery.present import category_label
from indexer.query.parse import ParsedQuery
from indexer.query.search import MAX_NUMBERED_HITS, Filters, Search, Sort, to_parameters, with_filters
from indexer.results import Bar, Results
from search_ui.texts import Messages

HISTOGRAM_WIDTH, HISTOGRAM_HEIGHT = 900, 56
_FACETS = {"category": "categories", "source": "sources", "has": "has"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be clicked: a facet's value, a filter to take away, a page."""

    label: str
    address: str
    count: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DrawnBar:
    address: str
    title: str
    x: float
    y: float
    width: float
    height: float
    chosen: bool


def address_of(text: str, search: Search) -> str:
    """Where `search` is shown; `text` is its query as the reader wrote it."""
    pairs = to_parameters(search, text)
    return f"/?{urlencode(pairs)}" if pairs else "/?sort=newest"


def facets(said: Messages, text: str, search: Search, results: Results) -> list[tuple[str, list[Choice]]]:
    """Title → its values, each of which narrows the search or, where it is chosen, widens it again."""
    groups = []
    for name, attribute in _FACETS.items():
        chosen: tuple[str, ...] = getattr(search.filters, attribute)
        choices = []
        for facet in results.facets.get(name, ()):
            has = facet.value in chosen
            values = tuple(v for v in chosen if v != facet.value) if has else (*chosen, facet.value)
            address = address_of(text, with_filters(search, **{attribute: values}))
            choices.append(Choice(_label(said, name, facet.value), address, said.number(facet.count), has))
        groups.append((said(name), choices))
    years = []
    for facet in results.facets.get("year", ()):
        has = search.filters.year == int(facet.value)
        address = address_of(text, with_filters(search, year=None if has else int(facet.value)))
        years.append(Choice(facet.value, address, said.number(facet.count), has))
    groups.insert(2, (said("year"), years))
    return [(title, choices) for title, choices in groups if choices]


def _label(said: Messages, name: str, value: str) -> str:
    return category_label(value) if name == "category" else said.known(f"{name}_{value}", value)


def chosen(said: Messages, text: str, search: Search) -> list[Choice]:
    """The filters that narrow this search, each with the address without it."""
    filters, choices = search.filters, []
    for name, attribute in _FACETS.items():
        values: tuple[str, ...] = getattr(filters, attribute)
        for value in values:
            rest = tuple(other for other in values if other != value)
            label = value if name == "category" else _label(said, name, value)
            choices.append(Choice(label, address_of(text, with_filters(search, **{attribute: rest}))))
    if filters.year is not None:
        choices.append(Choice(str(filters.year), address_of(text, with_filters(search, year=None))))
    if filters.first or filters.last:
        choices.append(Choice(_span(said, filters), address_of(text, with_filters(search, first=None, last=None))))
    return choices


def _span(said: Messages, filters: Filters) -> str:
    if filters.first == filters.last:
        return str(filters.first)
    first = f"{said('from')} {filters.first}" if filters.first else ""
    last = f"{said('until')} {filters.last}" if filters.last else ""
    return f"{first} {last}".strip()


def sorts(said: Messages, parsed: ParsedQuery, search: Search) -> list[Choice]:
    """Relevance to nothing is no order."""
    offered = [sort for sort in Sort if sort is not Sort.RELEVANCE or not parsed.is_empty]
    return [
        Choice(
            said(sort.value),
            address_of(parsed.text, replace(search, sort=sort, page=1, cursor=None)),
            chosen=sort is search.sort,
        )
        for sort in offered
    ]


def bars(said: Messages, text: str, search: Search, histogram: tuple[Bar, ...]) -> list[DrawnBar]:
    """The histogram as drawn; none where there is but one bar."""
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
                title=f"{span}: {said.count(bar.count)}",
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
    """The page numbers around this one; none where there is one page, or a cursor is followed."""
    last = min(-(-results.total // search.size), MAX_NUMBERED_HITS // search.size)
    if last < 2 or search.cursor:
        return []
    near = {1, last, *range(search.page - 2, search.page + 3)}
    choices: list[Choice] = []
    before = 0
    for number in sorted(number for number in near if 1 <= number <= last):
        if number != before + 1:
            choices.append(Choice("…", ""))
        choices.append(
            Choice(str(number), address_of(text, replace(search, page=number)), chosen=number == search.page)
        )
        before = number
    return choices


def further(text: str, search: Search, results: Results) -> str | None:
    """The address of the following papers: the next page, or beyond the numbered ones by cursor."""
    reached = search.offset + len(results.hits)
    if search.cursor or (search.page + 1) * search.size > MAX_NUMBERED_HITS:
        return address_of(text, replace(search, page=1, cursor=results.cursor)) if results.cursor else None
    return address_of(text, replace(search, page=search.page + 1)) if reached < results.total else None
