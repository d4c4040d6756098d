"""`/`: the newest day, or the results of a search."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from delivery.present import present
from indexer.engine import NoIndex, SearchEngine
from indexer.query.parse import ParsedQuery, parse
from indexer.query.search import Filters, Search, Sort, from_parameters, to_parameters
from indexer.results import Bar, Results
from search_ui import navigation
from search_ui.layout import engine, page, root, texts_in, words

router = APIRouter(include_in_schema=False)
_BARS_ON_FRONT_PAGE = 30
# For so long a page may show cached facts about the index.
SECONDS_KNOWN = 5.0


@router.get("/")
def show(request: Request) -> Response:
    """The newest day without parameters, else the results. Parameters that cannot be read are ignored."""
    parameters = parse_qs(request.url.query, encoding="utf-8", errors="replace", max_num_fields=None)
    search_engine = engine(request)
    if not any(parameters.get(name) for name in ("q", "category", "source", "has", "year", "from", "until", "sort")):
        try:
            return _newest_day(request, search_engine)
        except NoIndex:
            # A newcomer sees what to do first, and no error. `/readyz` and every search answer 503.
            return page(request, "search.html", empty=True, parsed=parse(""))
    parsed = parse(next(iter(parameters.get("q", ())), ""))
    if parsed.jump and search_engine.get(parsed.jump):
        return RedirectResponse(f"{root(request)}/paper/{parsed.jump}", status_code=302)
    search = replace(from_parameters(parameters, parsed.query), counts=True, highlight=True)
    results = search_engine.search(search)
    return _results(request, parsed, search, results, results.histogram)


def _newest_day(request: Request, search_engine: SearchEngine) -> Response:
    day = _index_facts(search_engine).newest
    if day is None:
        return page(request, "search.html", empty=True, parsed=parse(""))
    search = Search(filters=Filters(first=day, last=day), sort=Sort.NEWEST, counts=True)
    results = search_engine.search(search)
    bars = search_engine.search(Search(sort=Sort.NEWEST, size=1, counts=True)).histogram[-_BARS_ON_FRONT_PAGE:]
    return _results(request, parse(""), search, results, bars, front=True)


def _results(
    request: Request,
    parsed: ParsedQuery,
    search: Search,
    results: Results,
    histogram: tuple[Bar, ...],
    *,
    front: bool = False,
) -> Response:
    """The page of results. On the front page the newest day is not shown as a filter, and a new search drops it."""
    messages = words(request)
    language = texts_in(request)
    filters = search.filters
    day = filters.first if filters.first and filters.first == filters.last else None
    return page(
        request,
        "search.html",
        parsed=parsed,
        search=search,
        results=results,
        bilingual=any(facet.value == "translation" for facet in results.facets.get("has", ())),
        views=[present(hit, language) for hit in results.hits],
        front=front,
        day=day if parsed.is_empty else None,
        facets=navigation.facets(messages, parsed.text, search, results),
        chosen=[] if front else navigation.chosen(messages, parsed.text, search),
        clear=navigation.address_of(parsed.text, replace(search, filters=Filters(), page=1, cursor=None)),
        sorts=navigation.sorts(messages, parsed, search),
        bars=navigation.bars(messages, parsed.text, search, histogram),
        span=(histogram[0].first, histogram[-1].last) if histogram else None,
        width=navigation.HISTOGRAM_WIDTH,
        height=navigation.HISTOGRAM_HEIGHT,
        pages=navigation.pages(parsed.text, search, results),
        first_page=navigation.address_of(parsed.text, replace(search, page=1, cursor=None)),
        further=navigation.further(parsed.text, search, results),
        kept=[] if front else [pair for pair in to_parameters(search, "") if pair[0] not in ("page", "cursor")],
        index=_index_facts(engine(request)),
    )


@dataclass(frozen=True, slots=True)
class OfIndex:
    """Facts about the whole index that a page shows."""

    documents: int
    newest: date | None


def _index_facts(search_engine: SearchEngine) -> OfIndex:
    return _cached_facts(search_engine, int(time.monotonic() / SECONDS_KNOWN))  # type: ignore[arg-type]  # hashed by identity


@lru_cache(maxsize=2)
def _cached_facts(search_engine: SearchEngine, tick: int) -> OfIndex:
    """The facts about the index. `tick` changes every SECONDS_KNOWN; until then the cache answers."""
    newest = search_engine.search(Search(sort=Sort.NEWEST, size=1)).hits
    state = search_engine.state()
    return OfIndex(state.documents if state else 0, newest[0].document.day if newest else None)
