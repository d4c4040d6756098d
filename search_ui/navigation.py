"""The links of a page of results: orders, days, further pages. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from delivery.messages import Messages
from delivery.periods import Days, Period, Unit, around
from indexer.find import Answer
from indexer.query.request import Request
from indexer.query.search import MAX_NUMBERED_HITS, Sort
from papers.paper import FIRST_YEAR

# Which days a calendar shows: `at=huggingface`.
HUGGING_FACE = "huggingface"
# So many days without papers are passed over on the way to the day before or after.
_MOST_PASSED = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the page: a facet's value, a filter to remove, an order, or a page number."""

    label: str
    address: str
    count: str = ""
    chosen: bool = False


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


def backward(answer: Answer) -> str | None:
    """The address of the page before; None on the first one. Before a cursor is what the browser's history has."""
    request = answer.request
    return address_of(replace(request, page=request.page - 1)) if request.page > 1 and not request.cursor else None


@dataclass(frozen=True, slots=True)
class Steps:
    """The links of a page of one day, week or month to those beside it. An address is None where there is no page."""

    previous: str | None
    next: str | None
    units: tuple[Choice, ...]  # the day, week and month
    calendar: str


def steps(messages: Messages, request: Request, days: Days, newest: date, is_passed: Callable[[date], bool]) -> Steps:
    """How to go on from a day, week or month. `newest` is the last day that there can be papers of; single days for
    which `is_passed` is true are passed over, up to four."""

    def address(period: Period) -> str:
        return address_of(request.from_start(filters=days.filters(request.filters, period)))

    period = days.period
    previous, following = _unpassed(period.previous, -1, is_passed), _unpassed(period.next, 1, is_passed)
    day = max(period.first, min(period.last, newest))
    return Steps(
        previous=address(previous) if previous.last.year >= FIRST_YEAR else None,
        next=address(following) if following.first <= newest else None,
        units=tuple(
            Choice(messages(f"unit_{unit}"), address(around(unit, day)), chosen=unit is period.unit) for unit in Unit
        ),
        calendar=f"/days?{urlencode({'month': f'{day:%Y-%m}'} | ({'at': HUGGING_FACE} if days.featured else {}))}",
    )


def _unpassed(period: Period, direction: int, is_passed: Callable[[date], bool]) -> Period:
    for _ in range(_MOST_PASSED):
        if period.unit is not Unit.DAY or not is_passed(period.first):
            break
        period = period.next if direction > 0 else period.previous
    return period
