"""`/mine`: what a reader has starred and saved. It is in the reader's browser alone; the page is filled there."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from search_ui.layout import page

router = APIRouter(include_in_schema=False)


@router.get("/mine")
def show(request: Request) -> Response:
    """The page without anything of the reader's, which the server never has."""
    return page(request, "mine.html")
