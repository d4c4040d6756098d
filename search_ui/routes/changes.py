"""`/changes/<id>?old=1&new=2`: what changed between two versions of a paper, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from markupsafe import Markup

from delivery.comparing import FIELDS, Fate, Piece, compare
from delivery.html import to_html
from delivery.segments import segments
from papers import identifiers
from papers.catalogue import Catalogue
from papers.paper import MOST_VERSIONS
from papers.versions import texts
from search_ui.layout import engine, folder, page

router = APIRouter(include_in_schema=False)
_TAGS = {Fate.REMOVED: "del", Fate.ADDED: "ins"}
Number = Annotated[int, Query(ge=1, le=MOST_VERSIONS)]


@router.get("/changes/{id:path}")
def show(request: Request, id: str, old: Number = 1, new: Number = 2) -> Response:
    """The texts of a newer version, with what was taken out of an older one and what was put in."""
    identifier = identifiers.parse(id)
    document = engine(request).get(identifier.key) if identifier else None
    if identifier is None or document is None:
        raise HTTPException(404)
    data = folder(request)
    title = segments(document.own_title, addresses=False)
    if data is None:
        return page(request, "changes.html", paper=document, title=title, elsewhere=True)
    with Catalogue(data) as catalogue:
        by_number = texts(catalogue.sightings(identifier.key))
    unknown = next((number for number in (old, new) if number not in by_number), None)
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


def _html(pieces: Sequence[Piece]) -> Markup:
    parts = []
    for piece in pieces:
        html = to_html(segments(piece.text))
        tag = _TAGS.get(piece.fate)
        parts.append(f"<{tag}>{html}</{tag}>" if tag else html)
    return Markup("".join(parts))  # noqa: S704  (to_html escapes)
