"""`/paper/<id>`: one paper."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from delivery.present import citation_names, present
from indexer.results import Hit
from papers import identifiers
from search_ui.layout import engine, page, root, texts_in

router = APIRouter(include_in_schema=False)
SIMILAR = 6


@router.get("/paper/{id:path}")
def show(request: Request, id: str) -> Response:
    """The page of a paper. Any other form of its arXiv id redirects here."""
    identifier = identifiers.parse(id)
    if identifier is None:
        raise HTTPException(404)
    if identifier.key != id:
        return RedirectResponse(f"{root(request)}/paper/{identifier.key}", status_code=301)
    search_engine = engine(request)
    document = search_engine.get(identifier.key)
    if document is None:
        return page(request, "error.html", status=404, missing=identifier.key)
    language = texts_in(request)
    similar = [present(hit, language) for hit in search_engine.similar(identifier.key, SIMILAR)]
    return page(
        request,
        "paper.html",
        view=present(Hit(document), language),
        paper=document,
        similar=similar,
        citation_names=citation_names(document),
        bilingual=len(document.title) > 1 or len(document.abstract) > 1,
    )
