"""`/changes/<id>?old=1&new=2` and its API twin: what changed between two versions of a paper, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from markupsafe import Markup
from pydantic import BaseModel

from delivery.comparing import FIELDS, Fate, Piece, compare
from delivery.html import to_html
from delivery.segments import segments
from indexer.documents import Document
from papers import identifiers
from papers.catalogue import Catalogue
from papers.paper import MOST_VERSIONS
from papers.versions import VersionText, texts
from search_ui.layout import engine, folder, json_answer, page
from search_ui.openapi import described

router = APIRouter(include_in_schema=False)
api = APIRouter()
_TAGS = {Fate.REMOVED: "del", Fate.ADDED: "ins"}
Number = Annotated[int, Query(ge=1, le=MOST_VERSIONS)]


class PieceOut(BaseModel):
    """A piece of the older text, of the newer one, or of both: `removed`, `added` or `same`."""

    fate: Fate
    text: str


class ComparisonOut(BaseModel):
    """Two versions of a paper. A text is [] where one of the versions is not known to have it."""

    old: int
    new: int
    title: list[PieceOut]
    abstract: list[PieceOut]
    comments: list[PieceOut]


@api.get(
    "/changes/{id:path}",
    response_model=ComparisonOut,
    responses={404: described("There is no such paper, or one of the versions was not seen")},
    summary="What changed between two versions",
)
def changes(request: Request, id: str, old: Number = 1, new: Number = 2) -> Response:
    """The texts of two versions of a paper, word by word. Formulas are compared as a whole."""
    document = _document(request, id)
    by_number = _texts(request, document)
    if by_number is None:
        raise HTTPException(503, "The catalogue is kept on another machine.")
    unknown = _unknown(by_number, old, new)
    if unknown is not None:
        raise HTTPException(404, f"Version {unknown} of {document.id} was not seen.")
    return json_answer(request, compare(by_number[old], by_number[new]))


@router.get("/changes/{id:path}")
def show(request: Request, id: str, old: Number = 1, new: Number = 2) -> Response:
    """The texts of a newer version, with what was taken out of an older one and what was put in."""
    document = _document(request, id)
    title = segments(document.own_title, addresses=False)
    by_number = _texts(request, document)
    if by_number is None:
        return page(request, "changes.html", paper=document, title=title, elsewhere=True)
    unknown = _unknown(by_number, old, new)
    if unknown is not None:
        return page(request, "changes.html", status=404, paper=document, title=title, unknown=unknown)
    comparison = compare(by_number[old], by_number[new])
    fields = [(name, getattr(comparison, name)) for name in FIELDS]
    return page(
        request,
        "changes.html",
        paper=document,
        title=title,
        old=old,
        new=new,
        fields=[(name, _html(pieces)) for name, pieces in fields if pieces],
        is_same=all(piece.fate is Fate.SAME for _, pieces in fields for piece in pieces),
    )


def _document(request: Request, id: str) -> Document:
    identifier = identifiers.parse(id)
    document = engine(request).get(identifier.key) if identifier else None
    if document is None:
        name = identifier.key if identifier else f"'{id[:60]}'"
        raise HTTPException(404, f"{name} is not kept here.")
    return document


def _texts(request: Request, document: Document) -> dict[int, VersionText] | None:
    """The texts of the paper's versions by number; None where the catalogue is on another machine."""
    data = folder(request)
    if data is None:
        return None
    with Catalogue(data) as catalogue:
        return texts(catalogue.sightings(document.id))


def _unknown(by_number: dict[int, VersionText], *numbers: int) -> int | None:
    return next((number for number in numbers if number not in by_number), None)


def _html(pieces: Sequence[Piece]) -> Markup:
    parts = []
    for piece in pieces:
        html = to_html(segments(piece.text))
        tag = _TAGS.get(piece.fate)
        parts.append(f"<{tag}>{html}</{tag}>" if tag else html)
    return Markup("".join(parts))  # noqa: S704  (to_html escapes)
