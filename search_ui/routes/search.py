"""`/`: the newest day, or the results of a search."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse

from delivery.present import present
from indexer.engine import NoIndex, SearchEngine
from indexer.fields import text_names
from indexer.find import Answer, find, sort_of
from indexer.query.reading import Reading, read
from indexer.query.request import Filters, Request, from_parameters
from indexer.query.search import Search, Sort
from indexer.query.tree import Term
from indexer.results import Bar
from indexer.topics import Topics
from search_ui import asked, navigation
from search_ui.layout import engine, page, root, texts_in, words

router = APIRouter(include_in_schema=False)
_FIELD_NAMES = (*dict.fromkeys(field.aliases[0] for field in text_names().values()), "topic")
_BARS_ON_FRONT_PAGE = 30
# For so long a page may show cached facts about the index.
SECONDS_KNOWN = 5.0


@router.get("/")
def show(http: HttpRequest) -> Response:
    """The newest day without parameters, else the results. Parameters that cannot be read are ignored."""
    search_engine = engine(http)
    parameters = asked.parameters_of(http)
    request = from_parameters(parameters)
    if request == Request():
        try:
            return _newest_day(http, search_engine)
        except NoIndex:
            # A newcomer sees what to do first, and no error. `/readyz` and every search answer 503.
            return page(http, "search.html", empty=True, text="")
    topics = asked.topics(http)
    reading = read(request.text, asked.today(), topics.queries)
    if sort_of(request, reading) is Sort.RELEVANCE:
        request = replace(request, cursor=None)
    if paper := _paper_named(search_engine, reading):
        return RedirectResponse(f"{root(http)}/paper/{paper}", status_code=302)
    answer = _found(http, search_engine, request, topics)
    return _results(http, answer, answer.results.histogram, topics)


def _paper_named(search_engine: SearchEngine, reading: Reading) -> str | None:
    """The one paper whose identifier or DOI the text is; None if it is something else, or there is no such paper."""
    term = reading.names_paper
    if term is None:
        return None
    if term.field == "id":
        return term.value if search_engine.get(term.value) else None
    hits = search_engine.search(Search(query=Term(term.field, term.value), size=2)).hits
    return hits[0].document.id if len(hits) == 1 else None


def _found(http: HttpRequest, search_engine: SearchEngine, request: Request, topics: Topics) -> Answer:
    return find(
        search_engine,
        request,
        today=asked.today(),
        topics=topics.queries,
        lexicon=asked.lexicon(http),
        facets=navigation.FACETS_SHOWN,
        histogram=True,
    )


def _newest_day(http: HttpRequest, search_engine: SearchEngine) -> Response:
    day = _index_facts(search_engine).newest
    if day is None:
        return page(http, "search.html", empty=True, text="")
    topics = asked.topics(http)
    answer = _found(http, search_engine, Request(filters=Filters(first=day, last=day), sort=Sort.NEWEST), topics)
    whole = search_engine.search(Search(sort=Sort.NEWEST, size=1, histogram=True))
    return _results(http, answer, whole.histogram[-_BARS_ON_FRONT_PAGE:], topics, front=True)


def _results(
    http: HttpRequest, answer: Answer, histogram: tuple[Bar, ...], topics: Topics, *, front: bool = False
) -> Response:
    """The page of results. On the front page the newest day is not shown as a filter, and a new search drops it."""
    messages = words(http)
    request, results = answer.request, answer.results
    language = request.languages[0] if len(request.languages) == 1 else texts_in(http)
    filters = request.filters
    day = filters.first if filters.first and filters.first == filters.last else None
    not_kept = ("q", "page", "cursor")
    return page(
        http,
        "search.html",
        text=request.text,
        answer=answer,
        results=results,
        bilingual=any(facet.value == "translation" for facet in results.facets.get("has", ())),
        views=[present(hit, language) for hit in results.hits],
        tiers=[(tier, [present(hit, language) for hit in tier.hits]) for tier in answer.further],
        front=front,
        day=day if answer.reading.is_empty else None,
        facets=navigation.facets(messages, request, results, topics.topics),
        chosen=[] if front else navigation.chosen(messages, request, topics.topics),
        clear=navigation.address_of(request.from_start(filters=Filters())),
        sorts=navigation.sorts(messages, answer),
        bars=navigation.bars(messages, request, histogram),
        span=(histogram[0].first, min(histogram[-1].last, asked.today())) if histogram else None,
        width=navigation.HISTOGRAM_WIDTH,
        height=navigation.HISTOGRAM_HEIGHT,
        pages=navigation.pages(answer),
        first_page=navigation.address_of(request.from_start()),
        further=navigation.further(answer),
        relaxed=navigation.relaxed(messages, answer, topics.topics),
        correction=navigation.address_of(answer.correction.request) if answer.correction else None,
        elsewhere=navigation.elsewhere(answer),
        kept=[] if front else [pair for pair in request.parameters() if pair[0] not in not_kept],
        index=_index_facts(engine(http)),
        field_names=_FIELD_NAMES,
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
