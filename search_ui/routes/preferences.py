"""What a reader chooses once and keeps: the page's language, and in which languages papers are shown."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from search_ui.layout import BOTH, LANGUAGE_COOKIE, TEXTS_COOKIE, root
from search_ui.texts import LANGUAGES

router = APIRouter(include_in_schema=False)
YEAR = 31_536_000


@router.get("/language/{code}")
def choose_language(request: Request, code: str, back: str = "") -> Response:
    """`/language/zh`: the page speaks Chinese."""
    if code not in request.app.state.languages:
        raise HTTPException(404)
    return _kept(request, LANGUAGE_COOKIE, code, back)


@router.get("/texts/{code}")
def choose_texts(request: Request, code: str, back: str = "") -> Response:
    """`/texts/zh`: titles and abstracts in Chinese alone; `/texts/both`: side by side."""
    if code not in (BOTH, *LANGUAGES):
        raise HTTPException(404)
    return _kept(request, TEXTS_COOKIE, code, back)


def _kept(request: Request, cookie: str, value: str, back: str) -> Response:
    """Remember the choice and go back to where the reader was, on this site only."""
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = RedirectResponse(back if local else f"{root(request)}/", status_code=303)
    response.set_cookie(cookie, value, max_age=YEAR, httponly=True, samesite="lax")
    return response
