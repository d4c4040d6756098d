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
# So long a page may say of the index what it was before.
SECONDS_KNOWN = 5.0


@router.get("/")
def show(request: Request) -> Response:
    """Any address gives a page: what cannot be read in it is left out."""
    parameters = parse_qs(request.url.query, encoding="utf-8", errors="replace", max_num_fields=None)
    found = engine(request)
    if not any(parameters.get(name) for name in ("q", "category", "source", "has", "year", "from", "until", "sort")):
        try:
            return _newest_day(request, found)
        except NoIndex:
            # A newcomer's first look: what to do, not that something failed. `/readyz` and every search say 503.
            return page(request, "search.html", empty=True, parsed=parse(""))
    parsed = parse(next(iter(parameters.get("q", ())), ""))
    if parsed.jump and found.get(parsed.jump):
        return RedirectResponse(f"{root(request)}/paper/{parsed.jump}", status_code=302)
    search = replace(from_parameters(parameters, parsed.query), counts=True, highlight=True)
    results = found.search(search)
    return _results(request, parsed, search, results, results.histogram)


def _newest_day(request: Request, found: SearchEngine) -> Response:
    day = _of_index(found).newest
    if day is None:
        return page(request, "search.html", empty=True, parsed=parse(""))
    search = Search(filters=Filters(first=day, last=day), sort=Sort.NEWEST, counts=True)
    results = found.search(search)
    recent = found.search(Search(sort=Sort.NEWEST, size=1, counts=True)).histogram[-_BARS_ON_FRONT_PAGE:]
    return _results(request, parse(""), search, results, recent, front=True)


def _results(
    request: Request,
    parsed: ParsedQuery,
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
        parsed=parsed,
        search=search,
        results=results,
        bilingual=any(facet.value == "translation" for facet in results.facets.get("has", ())),
        views=[present(hit, language) for hit in results.hits],
        front=front,
        day=day if parsed.is_empty else None,
        facets=navigation.facets(said, parsed.text, search, results),
        chosen=[] if front else navigation.chosen(said, parsed.text, search),
        clear=navigation.address_of(parsed.text, replace(search, filters=Filters(), page=1, cursor=None)),
        sorts=navigation.sorts(said, parsed, search),
        bars=navigation.bars(said, parsed.text, search, histogram),
        span=(histogram[0].first, histogram[-1].last) if histogram else None,
        width=navigation.HISTOGRAM_WIDTH,
        height=navigation.HISTOGRAM_HEIGHT,
        pages=navigation.pages(parsed.text, search, results),
        first_page=navigation.address_of(parsed.text, replace(search, page=1, cursor=None)),
        further=navigation.further(parsed.text, search, results),
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
