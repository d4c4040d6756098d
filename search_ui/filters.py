"""The filters of a page of results: the values to choose beside it, and those that are chosen. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, urlencode

from delivery.messages import Messages
from delivery.present import category_label
from indexer.find import Answer
from indexer.query.request import Filters, Request
from indexer.results import Results
from indexer.topics import Topic
from papers.categories import archive_name
from search_ui.navigation import Choice, address_of

# Who has shown us a paper is a line on its page, and nothing to choose by.
FACETS_SHOWN = ("archive", "category", "year", "has", "announced", "venue", "language")
# Beside the results they stand in this order.
_IN_ORDER = (*FACETS_SHOWN[:2], "topic", *FACETS_SHOWN[2:])
_VALUES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter and its values: those that are shown at once, and the others."""

    name: str
    title: str
    first: Sequence[Choice]
    more: Sequence[Choice]


def facets(messages: Messages, request: Request, results: Results, topics: Mapping[str, Topic]) -> list[Facet]:
    """The filters to choose by. A value adds or removes itself. Facets without a choice are left out.

    Topics have no counts: `indexer.topics.counted` says why.
    """
    start = _start(request)
    groups = {name: _values(messages, request, start, results, name) for name in FACETS_SHOWN}
    of_topics = [
        Choice(topic.shown(messages.language), *_toggled(request, start, "topic", name, ""))
        for name, topic in topics.items()
    ]
    groups["topic"] = of_topics if results.total else []
    return [
        Facet(name, messages(name), *_parted(choices))
        for name in _IN_ORDER
        if (choices := groups[name]) and (name != "language" or len(choices) > 1)
    ]


def _parted(choices: Sequence[Choice]) -> tuple[Sequence[Choice], Sequence[Choice]]:
    """The first values with all that are chosen, and the others. A single value more is no reason to fold it."""
    shown = _VALUES_SHOWN if len(choices) > _VALUES_SHOWN + 1 else len(choices)
    first = [choice for place, choice in enumerate(choices) if place < shown or choice.chosen]
    return first, [choice for choice in choices if choice not in first]


def _values(messages: Messages, request: Request, start: str, results: Results, name: str) -> list[Choice]:
    counts = {facet.value: messages.number(facet.count) for facet in results.facets.get(name, ())}
    uncounted = {value: "" for value in request.filters.of(name) if value not in counts and ".." not in value}
    return [
        Choice(filter_label(messages, name, value), *_toggled(request, start, name, value, count))
        for value, count in (uncounted | counts).items()
    ]


def _toggled(request: Request, start: str, name: str, value: str, count: str) -> tuple[str, str, bool]:
    """The address of the request with or without a filter, the count to show, and whether it is chosen now.

    `start` is the address from its first page on. A page has a hundred of these: one more parameter is written faster
    than the whole address is.
    """
    filters = request.filters
    if value in filters.of(name):
        return address_of(request.from_start(filters=filters.without(name, value))), count, True
    return f"{start}{name}={quote_plus(value)}", count, False


def _start(request: Request) -> str:
    """The address of a request from its first page on, up to where one more parameter is written."""
    parameters = request.from_start().parameters()
    return f"/?{urlencode(parameters)}&" if parameters else "/?"


def chosen(messages: Messages, request: Request, topics: Mapping[str, Topic]) -> list[Choice]:
    """The filters of this request, each with the address of the request without it."""
    filters = request.filters
    choices = [
        Choice(
            filter_label(messages, name, value, topics, short=True),
            address_of(request.from_start(filters=filters.without(name, value))),
        )
        for name, value in filters.values
    ]
    if filters.first or filters.last:
        without_days = replace(filters, first=None, last=None)
        choices.append(Choice(_span(messages, filters), address_of(request.from_start(filters=without_days))))
    return choices


def filter_label(
    messages: Messages, name: str, value: str, topics: Mapping[str, Topic] | None = None, *, short: bool = False
) -> str:
    """A filter in a few words; `short`: a category as its code."""
    match name:
        case "category":
            return value if short else category_label(value, messages.language)
        case "archive":
            return archive_name(value, messages.language) or value
        case "topic":
            return topics[value].shown(messages.language) if topics and value in topics else value
        case "language":
            return messages.language_name(value)
        case "translation":
            code, _, state = value.partition(":")
            return f"{messages.language_name(code)}: {messages.get(f'translation_{state}', state)}"
        case "untranslated_reason":
            return messages.get(f"reason: {value}", value)
        case "featured":
            return messages("featured_on", period=value)
        case _:
            return messages.get(f"{name}_{value}", value)


_AUTHOR = re.compile(r'au(?:thor)?:"([^"]+)"')
_SUBJECTS = ("archive", "category", "topic", "venue")


def subject(messages: Messages, request: Request, topics: Mapping[str, Topic]) -> str | None:
    """What a page is about that has the papers of one author, category, field, topic or venue; None for another."""
    filters = request.filters
    if filters.first or filters.last or len(filters.values) > 1:
        return None
    if filters.values:
        name, value = filters.values[0]
        return filter_label(messages, name, value, topics) if name in _SUBJECTS and not request.text else None
    author = _AUTHOR.fullmatch(request.text.strip())
    return author[1] if author else None


def relaxed(messages: Messages, answer: Answer, topics: Mapping[str, Topic]) -> list[Choice]:
    """The request without each filter that keeps everything out."""
    return [
        Choice(
            _span(messages, answer.request.filters)
            if way.name == "from"
            else ", ".join(filter_label(messages, way.name, value, topics, short=True) for value in way.values),
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
