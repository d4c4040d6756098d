"""`/`: the newest day, or the results of a search."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from delivery.present import category_label, present
from indexer.documents import Bar, Results
from indexer.engine import SearchEngine
from indexer.query.reading import Reading, read
from indexer.query.search import (
    MAX_NUMBERED_HITS,
    Filters,
    Search,
    Sort,
    from_parameters,
    to_parameters,
    with_filters,
)
from search_ui.shell import engine, page, texts_in, words
from search_ui.texts import Words

router = APIRouter(include_in_schema=False)
_FACETS = {"category": "categories", "source": "sources", "has": "has"}
_HISTOGRAM_WIDTH, _HISTOGRAM_HEIGHT = 900, 56
_BARS_ON_FRONT_PAGE = 30
# So long a page may say of the index what it was before.
SECONDS_KNOWN = 5.0


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


@router.get("/")
def show(request: Request) -> Response:
    """Any address gives a page: what cannot be read in it is left out."""
    parameters = parse_qs(request.url.query, encoding="utf-8", errors="replace", max_num_fields=None)
    found = engine(request)
    if not any(parameters.get(name) for name in ("q", "category", "source", "has", "year", "from", "until", "sort")):
        return _newest_day(request, found)
    reading = read(next(iter(parameters.get("q", ())), ""))
    if reading.jump and found.get(reading.jump):
        return RedirectResponse(f"/paper/{reading.jump}", status_code=302)
    search = replace(from_parameters(parameters, reading.query), counts=True, highlight=True)
    results = found.search(search)
    return _results(request, reading, search, results, results.histogram)


def _newest_day(request: Request, found: SearchEngine) -> Response:
    day = _of_index(found).newest
    if day is None:
        return page(request, "search.html", empty=True, reading=read(""))
    search = Search(filters=Filters(first=day, last=day), sort=Sort.NEWEST, counts=True)
    results = found.search(search)
    recent = found.search(Search(sort=Sort.NEWEST, size=1, counts=True)).histogram[-_BARS_ON_FRONT_PAGE:]
    return _results(request, read(""), search, results, recent, front=True)


def _results(
    request: Request,
    reading: Reading,
    search: Search,
    results: Results,
    histogram: tuple[Bar, ...],
    *,
    front: bool = False,
) -> Response:
    """The page of results. On the front page the day is where the reader is, not a filter to search within."""
    said = words(request)
    language = texts_in(request)
    filters = search.filters
    day = filters.first if filters.first and filters.first == filters.last else None
    return page(
        request,
        "search.html",
        reading=reading,
        search=search,
        results=results,
        bilingual=any(facet.value == "translation" for facet in results.facets.get("has", ())),
        views=[present(hit, language) for hit in results.hits],
        front=front,
        day=day if reading.is_empty else None,
        facets=_facets(said, reading.text, search, results),
        chosen=[] if front else _chosen(said, reading.text, search),
        clear=_address(reading.text, replace(search, filters=Filters(), page=1, cursor=None)),
        sorts=_sorts(said, reading, search),
        bars=_bars(said, reading.text, search, histogram),
        span=(histogram[0].first, histogram[-1].last) if histogram else None,
        width=_HISTOGRAM_WIDTH,
        height=_HISTOGRAM_HEIGHT,
        pages=_pages(reading.text, search, results),
        further=_further(reading.text, search, results),
        kept=[] if front else [pair for pair in to_parameters(search, "") if pair[0] not in ("page", "cursor")],
        index=_of_index(engine(request)),
    )


@dataclass(frozen=True, slots=True)
class OfIndex:
    """What a page says of the whole index."""

    documents: int
    newest: date | None


def _of_index(found: SearchEngine) -> OfIndex:
    return _asked(found, int(time.monotonic() / SECONDS_KNOWN))  # type: ignore[arg-type]  # each is itself


@lru_cache(maxsize=2)
def _asked(found: SearchEngine, tick: int) -> OfIndex:
    """Asked once in a while: every page of results would ask three times otherwise."""
    newest = found.search(Search(sort=Sort.NEWEST, size=1)).hits
    state = found.state()
    return OfIndex(state.documents if state else 0, newest[0].document.day if newest else None)


def _address(text: str, search: Search) -> str:
    pairs = to_parameters(search, text)
    return f"/?{urlencode(pairs)}" if pairs else "/?sort=newest"


def _facets(said: Words, text: str, search: Search, results: Results) -> list[tuple[str, list[Choice]]]:
    groups = []
    for name, attribute in _FACETS.items():
        chosen: tuple[str, ...] = getattr(search.filters, attribute)
        choices = []
        for facet in results.facets.get(name, ()):
            has = facet.value in chosen
            values = tuple(v for v in chosen if v != facet.value) if has else (*chosen, facet.value)
            address = _address(text, with_filters(search, **{attribute: values}))
            choices.append(Choice(_label(said, name, facet.value), address, said.number(facet.count), has))
        groups.append((said(name), choices))
    years = []
    for facet in results.facets.get("year", ()):
        has = search.filters.year == int(facet.value)
        address = _address(text, with_filters(search, year=None if has else int(facet.value)))
        years.append(Choice(facet.value, address, said.number(facet.count), has))
    groups.insert(2, (said("year"), years))
    return [(title, choices) for title, choices in groups if choices]


def _label(said: Words, name: str, value: str) -> str:
    return category_label(value) if name == "category" else said.known(f"{name}_{value}", value)


def _chosen(said: Words, text: str, search: Search) -> list[Choice]:
    """The filters that narrow this search, each with the address without it."""
    filters, choices = search.filters, []
    for name, attribute in _FACETS.items():
        values: tuple[str, ...] = getattr(filters, attribute)
        for value in values:
            rest = tuple(other for other in values if other != value)
            label = value if name == "category" else _label(said, name, value)
            choices.append(Choice(label, _address(text, with_filters(search, **{attribute: rest}))))
    if filters.year is not None:
        choices.append(Choice(str(filters.year), _address(text, with_filters(search, year=None))))
    if filters.first or filters.last:
        choices.append(Choice(_span(said, filters), _address(text, with_filters(search, first=None, last=None))))
    return choices


def _span(said: Words, filters: Filters) -> str:
    if filters.first == filters.last:
        return str(filters.first)
    first = f"{said('from')} {filters.first}" if filters.first else ""
    last = f"{said('until')} {filters.last}" if filters.last else ""
    return f"{first} {last}".strip()


def _sorts(said: Words, reading: Reading, search: Search) -> list[Choice]:
    """Relevance to nothing is no order."""
    offered = [sort for sort in Sort if sort is not Sort.RELEVANCE or not reading.is_empty]
    return [
        Choice(
            said(sort.value),
            _address(reading.text, replace(search, sort=sort, page=1, cursor=None)),
            chosen=sort is search.sort,
        )
        for sort in offered
    ]


def _bars(said: Words, text: str, search: Search, histogram: tuple[Bar, ...]) -> list[DrawnBar]:
    if len(histogram) < 2:
        return []
    highest = max(bar.count for bar in histogram)
    step = _HISTOGRAM_WIDTH / len(histogram)
    width = step * 0.86
    bars = []
    for number, bar in enumerate(histogram):
        height = max(2.0, bar.count / highest * (_HISTOGRAM_HEIGHT - 4))
        span = str(bar.first) if bar.first == bar.last else f"{bar.first} – {bar.last}"
        bars.append(
            DrawnBar(
                address=_address(text, with_filters(search, first=bar.first, last=bar.last)),
                title=f"{span}: {said.count(bar.count)}",
                x=round(number * step, 1),
                y=round(_HISTOGRAM_HEIGHT - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                chosen=_is_span(search.filters, bar.first, bar.last),
            )
        )
    return bars


def _is_span(filters: Filters, first: date, last: date) -> bool:
    return filters.first == first and filters.last == last


def _pages(text: str, search: Search, results: Results) -> list[Choice]:
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
        choices.append(Choice(str(number), _address(text, replace(search, page=number)), chosen=number == search.page))
        before = number
    return choices


def _further(text: str, search: Search, results: Results) -> str | None:
    """The address of the following papers: the next page, or beyond the numbered ones by cursor."""
    reached = search.offset + len(results.hits)
    if search.cursor or (search.page + 1) * search.size > MAX_NUMBERED_HITS:
        return _address(text, replace(search, page=1, cursor=results.cursor)) if results.cursor else None
    return _address(text, replace(search, page=search.page + 1)) if reached < results.total else None
