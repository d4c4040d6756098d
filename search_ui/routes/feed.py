"""`/feed` and `/api/v1/feed`: the newest papers of any search, for a feed reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from heapq import nlargest
from itertools import islice
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from delivery.feeds import FORMATS, NEVER, Feed, entry_of
from delivery.present import present
from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.query.request import PARAMETERS, InvalidRequest
from indexer.query.request import Request as SearchRequest
from indexer.query.search import Search, Sort
from indexer.query.tree import And, DateRange, NumberRange
from indexer.results import Hit
from search_ui import asked
from search_ui.caching import unless_known
from search_ui.layout import engine, public_root
from search_ui.navigation import address_of

router = APIRouter(include_in_schema=False)
api = APIRouter()
FORMAT, VERSIONS = "format", "versions"
_OWN = (FORMAT, VERSIONS)
# A feed has no pages, and its own order.
_NOT_OF_FEEDS = ("sort", "page", "cursor")
_POSSIBLE = tuple(name for name in PARAMETERS if name not in _NOT_OF_FEEDS)
_SIZE = 50
# With new versions, those of so many days, and so many at most: arXiv has about 1,000 on a day.
_DAYS_OF_VERSIONS = 7
_MOST_VERSIONS = 10_000


@router.get("/feed")
@api.get(
    "/feed",
    responses={200: {"content": {each.media_type: {} for each in FORMATS.values()}}, 304: {"description": "As before"}},
    response_class=Response,
    summary="The newest papers of a search as a feed",
    openapi_extra=asked.documented((*_OWN, *_POSSIBLE), tuple(FORMATS)),
)
def feed(request: Request) -> Response:
    """The newest papers that `/search` finds for the same parameters, in its first tier: as Atom, JSON Feed or RSS."""
    parameters = asked.parameters_of(request)
    name = parameters.get(FORMAT, ["atom"])[0]
    if name not in FORMATS:
        raise InvalidRequest(f"There is no feed '{name[:40]}': there are {', '.join(FORMATS)}.")
    search_request, topics = asked.strictly(request, also=_OWN)
    if unused_name := next((name for name in _NOT_OF_FEEDS if parameters.get(name)), None):
        raise InvalidRequest(f"A feed has no '{unused_name}': it has the newest papers, newest first.")
    size = search_request.size if "size" in parameters else _SIZE
    search = replace(asked.first_tier(request, search_request, topics).as_stream, sort=Sort.NEWEST, size=size)
    versions = asked.flag(parameters, VERSIONS)
    root = public_root(request)
    language = search_request.languages[0] if len(search_request.languages) == 1 else None
    entries = [
        entry_of(present(hit, language), root and f"{root}/paper/{hit.document.id}", versions=versions)
        for hit in _hits(engine(request), search, versions)
    ]
    own_parameters = [(name, values[0]) for name, values in parameters.items() if name in _OWN]
    whole = Feed(
        title=_title(search_request),
        key=address_of(search_request),
        address=root and f"{root}/feed?{urlencode([*own_parameters, *search_request.parameters()])}".rstrip("?"),
        home=root and root + address_of(search_request),
        language=language or "en",
        entries=sorted(entries, key=lambda entry: entry.updated, reverse=True)[:size],
    )
    response = Response(FORMATS[name].write(whole), media_type=FORMATS[name].media_type)
    response.headers["Last-Modified"] = format_datetime(whole.updated.astimezone(UTC), usegmt=True)
    return unless_known(request, response)


def _hits(search_engine: SearchEngine, search: Search, versions: bool) -> list[Hit]:
    """The newest papers and, where new versions are wanted, the latest of those that have one."""
    hits = {hit.document.id: hit for hit in search_engine.search(search).hits}
    if versions:
        later = DateRange("updated", asked.today() - timedelta(days=_DAYS_OF_VERSIONS), None)
        with_versions = replace(search, query=And((search.query, later, NumberRange("version", 2, None))))
        documents = islice(search_engine.iterate(with_versions), _MOST_VERSIONS)
        hits |= {document.id: Hit(document) for document in nlargest(search.size, documents, key=_updated)}
    return list(hits.values())


def _updated(document: Document) -> datetime:
    return document.updated or NEVER


def _title(request: SearchRequest) -> str:
    filters = request.filters
    days = f"{filters.first or ''}..{filters.last or ''}" if filters.first or filters.last else ""
    parts = [request.text, *(value for _, value in filters.values), days]
    return " · ".join(filter(None, (*parts, "Paperglot")))
