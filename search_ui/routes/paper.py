"""`/paper/<id>`: one paper."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from delivery.present import present
from indexer.results import Hit
from papers import identifiers
from search_ui.layout import engine, page, root, texts_in

router = APIRouter(include_in_schema=False)
SIMILAR = 6


@router.get("/paper/{id:path}")
def show(request: Request, id: str) -> Response:
    """Any form of an arXiv id leads to its paper."""
    named = identifiers.parse(id)
    if named is None:
        raise HTTPException(404)
    if named.key != id:
        return RedirectResponse(f"{root(request)}/paper/{named.key}", status_code=301)
    found = engine(request)
    document = found.get(named.key)
    if document is None:
        return page(request, "error.html", status=404, missing=named.key)
    language = texts_in(request)
    similar = [present(hit, language) for hit in found.similar(named.key, SIMILAR)]
    return page(
        request,
        "paper.html",
        view=present(Hit(document), language),
        paper=document,
        similar=similar,
        bilingual=len(document.title) > 1 or len(document.abstract) > 1,
    )
