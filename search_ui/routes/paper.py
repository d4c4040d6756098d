"""`/paper/<id>`: one paper."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from delivery.export import FORMATS, REFERENCES
from delivery.export.reference import reference
from delivery.present import Link, links, present
from indexer.documents import Document
from indexer.results import Hit
from papers import identifiers
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from papers.versions import texts
from search_ui.layout import engine, folder, page, root, texts_in, words

router = APIRouter(include_in_schema=False)
SIMILAR = 8


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
    language, reader_language = texts_in(request), words(request).language
    similar = [present(hit, language, reader_language) for hit in search_engine.similar(identifier.key, SIMILAR)]
    return page(
        request,
        "paper.html",
        view=present(Hit(document), language, reader_language),
        paper=document,
        links=(*links(document), *_configured(request.app.state.links, document.id)),
        similar=similar,
        reference=reference(document),
        # The abstract stands above.
        citations=[
            (name, FORMATS[name].suffix, "".join(FORMATS[name].write([replace(document, abstract={})])))
            for name in REFERENCES
        ],
        comparable=_comparable(request, document),
        announcements=[a for a in document.announcements if a.kind != "new" or len(document.announcements) > 1],
        bilingual=len(document.title) > 1 or len(document.abstract) > 1,
    )


def _comparable(request: Request, document: Document) -> dict[int, int]:
    """Version → the version before it with which it can be compared, where the texts of both were seen."""
    data = folder(request)
    if data is None or len(document.versions) < 2:
        return {}
    try:
        with Catalogue(data) as catalogue:
            numbers = list(texts(catalogue.sightings(document.id)))
    except (PaperglotError, sqlite3.DatabaseError):
        return {}  # it is of an older schema, or damaged, and the rest of the page does not need it
    return dict(zip(numbers[1:], numbers, strict=False))


def _configured(named_links: tuple[str, ...], id: str) -> list[Link]:
    """The further links of the settings, for one paper."""
    pairs = (named_link.rpartition(" ") for named_link in named_links)
    return [Link(name, template.replace("{id}", id)) for name, _, template in pairs]
