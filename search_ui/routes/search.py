"""`/`: the newest day, or the results of a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest
from fastapi.responses import RedirectResponse

from delivery.day_notes import notes
from delivery.export import FORMATS
from delivery.messages import Messages
from delivery.periods import Days, Unit, days_of, title
from delivery.present import View, present
from indexer.engine import NoIndex, SearchEngine
from indexer.fields import text_names
from indexer.find import Answer, find, sort_of
from indexer.query.reading import Reading, read
from indexer.query.request import Filters, InvalidRequest, Request, from_parameters
from indexer.query.search import Search, Sort
from indexer.query.tree import DateRange, Term
from indexer.results import Bar, Hit
from indexer.topics import Topics
from papers import calendar
from papers.calendar import utc_now
from search_ui import asked, navigation
from search_ui.filters import FACETS_SHOWN, chosen, facets, relaxed, subject
from search_ui.index_facts import index_facts
from search_ui.layout import engine, folder, page, root, texts_in, words
from search_ui.navigation import address_of
from search_ui.over_time import over_time

router = APIRouter(include_in_schema=False)
# A form for days has these itself, and leads to the first page.
_NOT_OF_A_RANGE = ("from", "until", "page", "cursor")
_FIELD_NAMES = (*dict.fromkeys(field.aliases[0] for field in text_names().values()), "topic")
# Around a day, the chart shows these many.
_DAYS_BEFORE, _DAYS_AFTER = 30, 14


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
    return _results(http, answer, topics)


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
        facets=FACETS_SHOWN,
        histogram=True,
    )


def _newest_day(http: HttpRequest, search_engine: SearchEngine) -> Response:
    day = index_facts(search_engine).newest
    if day is None:
        return page(http, "search.html", empty=True, text="")
    topics = asked.topics(http)
    answer = _found(http, search_engine, Request(filters=Filters(first=day, last=day)), topics)
    return _results(http, answer, topics, front=True)


def _results(http: HttpRequest, answer: Answer, topics: Topics, *, front: bool = False) -> Response:
    """The page of results. On the front page the newest day is not shown as a filter, and a new search drops it."""
    messages = words(http)
    request, results = answer.request, answer.results
    parameters = request.parameters()
    # The feed of the front page is that of all papers, not of its day. A feed or a file has no page, and its own order.
    whole = Request() if front else request
    leaving = [pair for pair in whole.parameters() if pair[0] not in ("sort", "page", "cursor", "size")]
    facts = index_facts(engine(http))
    language = request.languages[0] if len(request.languages) == 1 else texts_in(http)

    def views(hits: Sequence[Hit]) -> list[View]:
        return [present(hit, language, messages.language) for hit in hits]

    days = days_of(request.filters)
    is_day_alone = answer.reading.is_empty and all(name == "featured" for name, _ in request.filters.values)
    not_kept = ("q", "page", "cursor")
    return page(
        http,
        "search.html",
        text=request.text,
        answer=answer,
        results=results,
        bilingual=facts.bilingual,
        views=views(results.hits),
        tiers=[(tier, views(tier.hits)) for tier in answer.further],
        front=front,
        days=days if answer.reading.is_empty else None,
        days_title=title(messages, days.period) if days else "",
        steps=_steps(http, messages, request, days),
        day_notes=notes(messages, days, results.total, folder(http), utc_now()) if days and is_day_alone else [],
        facets=facets(messages, request, results, topics.topics),
        chosen=[] if front else chosen(messages, request, topics.topics),
        clear=address_of(request.from_start(filters=Filters())),
        sorts=navigation.sorts(messages, answer),
        chart=over_time(messages, request, _histogram(http, answer, days, topics), facts.newest),
        pages=navigation.pages(answer),
        first_page=address_of(request.from_start()),
        backward=navigation.backward(answer),
        further=navigation.further(answer),
        relaxed=relaxed(messages, answer, topics.topics),
        correction=address_of(answer.correction.request) if answer.correction else None,
        elsewhere=navigation.elsewhere(answer),
        kept=[] if front else [pair for pair in parameters if pair[0] not in not_kept],
        kept_for_range=[] if front else [pair for pair in parameters if pair[0] not in _NOT_OF_A_RANGE],
        index=facts,
        statistics=f"/statistics?{urlencode(leaving)}",
        subject=subject(messages, request, topics.topics),
        saved_address=address_of(whole.from_start(sort=None)),
        feed=f"/feed?{urlencode(leaving)}" if _can_leave(leaving, topics) else None,
        export_formats=FORMATS,
        has_alerts=http.app.state.has_alerts,
        parameters=leaving,
        field_names=_FIELD_NAMES,
    )


def _can_leave(parameters: list[tuple[str, str]], topics: Topics) -> bool:
    """Whether feeds and files can be made of a search: they refuse what a page ignores."""
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    try:
        from_parameters(values, strict=True, topics=topics.topics)
    except InvalidRequest:
        return False
    return True


def _steps(http: HttpRequest, messages: Messages, request: Request, days: Days | None) -> navigation.Steps | None:
    """The links to the days beside; None where the page shows no day, week or month."""
    if days is None:
        return None
    search_engine, now = engine(http), utc_now()
    if not days.featured:
        newest = max(calendar.current_listing_day(now), index_facts(search_engine).newest or date.min)
        return navigation.steps(messages, request, days, newest, lambda day: not calendar.is_listing_day(day))

    def has_none(day: date) -> bool:
        return search_engine.count([DateRange("featured", day, day)]) == (0,)

    return navigation.steps(messages, request, days, now.date(), has_none)


def _histogram(http: HttpRequest, answer: Answer, days: Days | None, topics: Topics) -> tuple[Bar, ...]:
    """The papers over time; for a single day those of the weeks around it, and none for a day of Hugging Face."""
    if answer.request.filters.of("featured"):
        return ()
    if days is None or days.period.unit is not Unit.DAY:
        return answer.results.histogram
    day = days.period.first
    around = replace(
        answer.request.filters, first=day - timedelta(days=_DAYS_BEFORE), last=day + timedelta(days=_DAYS_AFTER)
    )
    search = Search(query=answer.search.query, filters=around.query(topics.queries), size=1, histogram=True)
    return engine(http).search(search).histogram
