"""`/trending` and its API twin: what is trending at Hugging Face, in its order, as it was last read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from crawler.plan import TRENDING
from delivery.paper_json import PaperOut, as_json
from delivery.present import present
from indexer.documents import Document
from indexer.results import Hit
from papers.catalogue import Catalogue
from search_ui.index_facts import index_facts
from search_ui.layout import engine, folder, json_answer, page, texts_in, words

router = APIRouter(include_in_schema=False)
api = APIRouter()
_MOST_SHOWN = 50


class TrendingOut(BaseModel):
    """When the order was read, null where it never was, and the papers in it."""

    at: datetime | None
    papers: list[PaperOut]


@api.get("/trending", response_model=TrendingOut, summary="What is trending at Hugging Face")
def trending(request: Request) -> Response:
    """The papers that the page /trending shows, in its order."""
    data = folder(request)
    if data is None:
        raise HTTPException(503, "The catalogue is kept on another machine.")
    at, documents = _ranked(request, data)
    return json_answer(request, {"at": at, "papers": [as_json(Hit(document)) for document in documents]})


@router.get("/trending")
def show(request: Request) -> Response:
    """The papers that are in the index. Where the catalogue is on another machine, the page says so."""
    data = folder(request)
    if data is None:
        return page(request, "trending.html", elsewhere=True)
    at, documents = _ranked(request, data)
    language, messages = texts_in(request), words(request)
    return page(
        request,
        "trending.html",
        views=[present(Hit(document), language, messages.language) for document in documents],
        at=f"{at:%Y-%m-%d %H:%M} UTC" if at else None,
        bilingual=index_facts(engine(request)).bilingual,
    )


def _ranked(request: Request, data: Path) -> tuple[datetime | None, list[Document]]:
    """When the order was read, and its first papers that are in the index."""
    with Catalogue(data) as catalogue:
        ranking = catalogue.ranking(TRENDING.source, TRENDING.name)
    return ranking.at, [document for id in ranking.ids[:_MOST_SHOWN] if (document := engine(request).get(id))]
