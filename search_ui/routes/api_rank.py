"""`/api/v1/rank`: the papers of a search, those first that are like papers that a reader has starred."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from delivery.paper_json import PaperOut, as_json
from indexer.query.request import PARAMETERS, InvalidRequest
from indexer.query.search import Sort
from indexer.rank import liked_of, rank
from indexer.results import Hit
from papers import identifiers
from search_ui import asked
from search_ui.layout import engine, json_answer

router = APIRouter()
LIKE = "like"
_MOST_LIKED = 200
# The newest of a search; arXiv announces about 1,200 papers on a day.
_MOST_RANKED = 3_000


class RankedOut(BaseModel):
    """A paper, how much it is like the liked ones (0 to 1), and the words that say why."""

    likeness: float
    words: list[str]
    paper: PaperOut


@router.get(
    "/rank",
    response_model=list[RankedOut],
    summary="Papers by their likeness to others",
    openapi_extra=asked.documented((LIKE, *PARAMETERS)),
)
def ranked(request: Request) -> Response:
    """The newest papers that `/search` finds for the same parameters, ordered by their likeness to those of `like`.

    Ids of `like` that are not kept here are left out.
    """
    ids = asked.parameters_of(request).get(LIKE, [])
    if not ids or len(ids) > _MOST_LIKED:
        raise InvalidRequest(f"Name 1 to {_MOST_LIKED} papers by '{LIKE}'.")
    search_request, topics = asked.strictly(request, besides=(LIKE,))
    search = replace(asked.first_tier(search_request, topics), sort=Sort.NEWEST, page=1, cursor=None)
    documents = map(engine(request).get, map(identifiers.key, ids))
    liked = [liked_of(document) for document in documents if document is not None]
    papers = rank(liked, islice(engine(request).iterate(search), _MOST_RANKED))[: search_request.size]
    rows = [
        {
            "likeness": round(paper.likeness, 4),
            "words": paper.words,
            "paper": as_json(Hit(paper.document), search_request.languages),
        }
        for paper in papers
    ]
    return json_answer(request, rows)
