"""The links of a page of results: filters, orders, days, further pages. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from delivery.messages import Messages
from delivery.present import category_label
from indexer.find import Answer
from indexer.query.request import Filters, Request
from indexer.query.search import MAX_NUMBERED_HITS, Sort
from indexer.results import Bar, Results
from indexer.topics import Topic

HISTOGRAM_WIDTH, HISTOGRAM_HEIGHT = 900, 56
# In this order beside the results.
FACETS_SHOWN = ("category", "year", "has", "venue", "language", "source")


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


def address_of(request: Request) -> str:
    """The address that shows the results of `request`."""
    pairs = request.parameters()
    return f"/?{urlencode(pairs)}" if pairs else "/?sort=newest"


def elsewhere(answer: Answer) -> str | None:
    """arXiv's own search for the same words, if nothing was found here."""
    words = " ".join(answer.reading.built.texts)
    if not answer.is_empty or not words:
        return None
    return f"https://arxiv.org/search/?{urlencode({'query': words, 'searchtype': 'all'})}"


def facets(
    messages: Messages, request: Request, results: Results, topics: Mapping[str, Topic]
) -> list[tuple[str, list[Choice]]]:
    """Each facet's title and values. A value adds or removes its filter. Facets without values are left out.

    Topics have no counts: `indexer.topics.counted` says why.
    """
    groups = [
        (messages(name), [_facet(messages, request, name, facet.value, facet.count) for facet in results.facets[name]])
        for name in FACETS_SHOWN
        if name in results.facets
    ]
    if results.total:
        of_topics = [
            Choice(topic.shown(messages.language), *_toggled(request, "topic", name, ""))
            for name, topic in topics.items()
        ]
        groups.append((messages("topic"), of_topics))
    return [(title, choices) for title, choices in groups if choices]


def _facet(messages: Messages, request: Request, name: str, value: str, count: int) -> Choice:
    return Choice(_label(messages, name, value), *_toggled(request, name, value, messages.number(count)))


def _toggled(request: Request, name: str, value: str, count: str) -> tuple[str, str, bool]:
    """The address of the request with or without a filter, the count to show, and whether it is chosen now."""
    filters = request.filters
    is_chosen = value in filters.of(name)
    changed = filters.without(name, value) if is_chosen else filters.with_value(name, value)
    return address_of(request.from_start(filters=changed)), count, is_chosen


def _label(messages: Messages, name: str, value: str) -> str:
    if name == "category":
        return category_label(value)
    if name == "language":
        return messages.language_name(value)
    return messages.get(f"{name}_{value}", value)


def chosen(messages: Messages, request: Request, topics: Mapping[str, Topic]) -> list[Choice]:
    """The filters of this request, each with the address of the request without it."""
    filters = request.filters
    choices = [
        Choice(
            filter_label(messages, name, value, topics),
            address_of(request.from_start(filters=filters.without(name, value))),
        )
        for name, value in filters.values
    ]
    if filters.first or filters.last:
        without_days = replace(filters, first=None, last=None)
        choices.append(Choice(_span(messages, filters), address_of(request.from_start(filters=without_days))))
    return choices


def filter_label(messages: Messages, name: str, value: str, topics: Mapping[str, Topic]) -> str:
    """A filter in a few words."""
    if name == "category":
        return value
    if name == "topic":
        return topics[value].shown(messages.language) if value in topics else value
    return _label(messages, name, value)


def relaxed(messages: Messages, answer: Answer, topics: Mapping[str, Topic]) -> list[Choice]:
    """The request without each filter that keeps everything out."""
    return [
        Choice(
            _span(messages, answer.request.filters)
            if way.name == "from"
            else ", ".join(filter_label(messages, way.name, value, topics) for value in way.values),
            address_of(way.request),
            messages.number(way.total),
        )
        for way in answer.relaxed
    ]


def _span(messages: Messages, filters: Filters) -> str:
    if filters.first == filters.last:
        return str(filters.first)
    first = f"{messages('from')} {filters.first}" if filters.first else ""
    last = f"{messages('until')} {filters.last}" if filters.last else ""
    return f"{first} {last}".strip()


def sorts(messages: Messages, answer: Answer) -> list[Choice]:
    """The orders to offer. Relevance is left out when the query is empty: there is nothing to compare with."""
    offered = [sort for sort in Sort if sort is not Sort.RELEVANCE or not answer.reading.is_empty]
    return [
        Choice(
            messages(sort.value),
            address_of(answer.request.from_start(sort=sort)),
            chosen=sort is answer.search.sort,
        )
        for sort in offered
    ]


def bars(messages: Messages, request: Request, histogram: tuple[Bar, ...]) -> list[DrawnBar]:
    """The histogram, ready to draw; empty if it has fewer than two bars. Where there are no papers, it has a gap."""
    if len(histogram) < 2:
        return []
    highest = max(bar.count for bar in histogram)
    step = HISTOGRAM_WIDTH / len(histogram)
    width = step * 0.86
    drawn = []
    for number, bar in enumerate(histogram):
        if not bar.count:
            continue
        height = max(2.0, bar.count / highest * (HISTOGRAM_HEIGHT - 4))
        span = str(bar.first) if bar.first == bar.last else f"{bar.first} – {bar.last}"
        drawn.append(
            DrawnBar(
                address=address_of(
                    request.from_start(filters=replace(request.filters, first=bar.first, last=bar.last))
                ),
                title=f"{span}: {messages.count(bar.count)}",
                x=round(number * step, 1),
                y=round(HISTOGRAM_HEIGHT - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                chosen=_is_span(request.filters, bar.first, bar.last),
            )
        )
    return drawn


def _is_span(filters: Filters, first: date, last: date) -> bool:
    return filters.first == first and filters.last == last


def pages(answer: Answer) -> list[Choice]:
    """The first, the last and the nearby page numbers; "…" marks a gap. Empty with one page, or with a cursor."""
    request = answer.request
    last = min(-(-answer.results.total // request.size), MAX_NUMBERED_HITS // request.size)
    if last < 2 or request.cursor:
        return []
    near = {1, last, *range(request.page - 2, request.page + 3)}
    choices: list[Choice] = []
    previous = 0
    for number in sorted(number for number in near if 1 <= number <= last):
        if number != previous + 1:
            choices.append(Choice("…", ""))
        choices.append(Choice(str(number), address_of(replace(request, page=number)), chosen=number == request.page))
        previous = number
    return choices


def further(answer: Answer) -> str | None:
    """The address of the next papers: the next page or, beyond the numbered pages, a cursor. None at the end."""
    request, results = answer.request, answer.results
    reached = answer.search.offset + len(results.hits)
    if request.cursor or (request.page + 1) * request.size > MAX_NUMBERED_HITS:
        return address_of(replace(request, page=1, cursor=results.cursor)) if results.cursor else None
    return address_of(replace(request, page=request.page + 1)) if reached < results.total else None
