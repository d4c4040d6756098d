"""`/ranked` and `/api/v1/rank`: the papers of a search, those first that are like papers that a reader has starred."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from delivery.paper_json import PaperOut, as_json
from delivery.present import present
from indexer.query.request import PARAMETERS, InvalidRequest
from indexer.query.request import Request as SearchRequest
from indexer.query.search import Sort
from indexer.rank import Ranked, liked_of, rank
from indexer.results import Hit
from papers import identifiers
from search_ui import asked
from search_ui.filters import chosen
from search_ui.index_facts import index_facts
from search_ui.layout import engine, json_answer, page, texts_in, words
from search_ui.navigation import address_of

router = APIRouter(include_in_schema=False)
api = APIRouter()
LIKE = "like"
_MOST_LIKED = 200
# The newest of a search; arXiv announces about 1,200 papers on a day.
_MOST_RANKED = 3_000


class RankedOut(BaseModel):
    """A paper, how much it is like the liked ones (0 to 1), and the words that say why."""

    likeness: float
    words: list[str]
    paper: PaperOut


@api.get(
    "/rank",
    response_model=list[RankedOut],
    summary="Papers by their likeness to others",
    openapi_extra=asked.documented((LIKE, *PARAMETERS)),
)
def ranked(request: Request) -> Response:
    """The newest papers that `/search` finds for the same parameters, ordered by their likeness to those of `like`,
    which are left out themselves. Ids of `like` that are not kept here mean nothing.
    """
    search_request, papers = _ranked(request)
    rows = [
        {
            "likeness": round(paper.likeness, 4),
            "words": paper.words,
            "paper": as_json(Hit(paper.document), search_request.languages),
        }
        for paper in papers
    ]
    return json_answer(request, rows)


@router.get("/ranked")
def show(request: Request) -> Response:
    """The same as a page."""
    search_request, papers = _ranked(request)
    messages, language = words(request), texts_in(request)
    return page(
        request,
        "ranked.html",
        text=search_request.text,
        chosen=chosen(messages, search_request, asked.topics(request).topics),
        unranked=address_of(search_request),
        liked=len(asked.parameters_of(request)[LIKE]),
        bilingual=index_facts(engine(request)).bilingual,
        ranked=[
            (present(Hit(paper.document), language, messages.language), round(100 * paper.likeness), paper.words)
            for paper in papers
        ],
    )


def _ranked(request: Request) -> tuple[SearchRequest, list[Ranked]]:
    ids = list(dict.fromkeys(asked.parameters_of(request).get(LIKE, [])))
    if not ids or len(ids) > _MOST_LIKED:
        raise InvalidRequest(f"Name 1 to {_MOST_LIKED} papers by '{LIKE}'.")
    search_request, topics = asked.strictly(request, besides=(LIKE,))
    search = replace(asked.first_tier(request, search_request, topics), sort=Sort.NEWEST, page=1, cursor=None)
    keys = set(map(identifiers.key, ids))
    documents = map(engine(request).get, keys)
    liked = [liked_of(document) for document in documents if document is not None]
    others = (paper for paper in engine(request).iterate(search) if paper.id not in keys)
    papers = rank(liked, islice(others, _MOST_RANKED))
    start = (search_request.page - 1) * search_request.size
    return search_request, papers[start : start + search_request.size]
