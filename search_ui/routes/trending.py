"""`/trending`: what is trending at Hugging Face, in its order, as it was last read."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from crawler.plan import TRENDING
from delivery.present import present
from indexer.results import Hit
from papers.catalogue import Catalogue
from search_ui.index_facts import index_facts
from search_ui.layout import engine, folder, page, texts_in, words

router = APIRouter(include_in_schema=False)
_MOST_SHOWN = 50


@router.get("/trending")
def show(request: Request) -> Response:
    """The papers that are in the index. Where the catalogue is on another machine, the page says so."""
    data = folder(request)
    if data is None:
        return page(request, "trending.html", elsewhere=True)
    with Catalogue(data) as catalogue:
        ranking = catalogue.ranking(TRENDING.source, TRENDING.name)
    documents = [document for id in ranking.ids[:_MOST_SHOWN] if (document := engine(request).get(id))]
    language, messages = texts_in(request), words(request)
    return page(
        request,
        "trending.html",
        views=[present(Hit(document), language, messages.language) for document in documents],
        at=f"{ranking.at:%Y-%m-%d %H:%M} UTC" if ranking.at else None,
        bilingual=index_facts(engine(request)).bilingual,
    )
