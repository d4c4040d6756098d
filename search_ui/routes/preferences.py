"""The reader's preferences, kept in cookies: the language of the page, and the languages of the papers."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from indexer.documents import LANGUAGES
from search_ui.layout import BOTH, LANGUAGE_COOKIE, TEXTS_COOKIE, root

router = APIRouter(include_in_schema=False)
YEAR = 31_536_000  # seconds


@router.get("/language/{code}")
def choose_language(request: Request, code: str, back: str = "") -> Response:
    """Set the language of the page: `/language/zh` for Chinese."""
    if code not in request.app.state.languages:
        raise HTTPException(404)
    return _remember(request, LANGUAGE_COOKIE, code, back)


@router.get("/texts/{code}")
def choose_texts(request: Request, code: str, back: str = "") -> Response:
    """Set the languages of titles and abstracts: `/texts/zh` for Chinese alone, `/texts/both` for both side by side."""
    if code not in (BOTH, *LANGUAGES):
        raise HTTPException(404)
    return _remember(request, TEXTS_COOKIE, code, back)


def _remember(request: Request, cookie: str, value: str, back: str) -> Response:
    """Store the choice in a cookie and redirect to `back`, or to the front page if `back` is not on this site."""
    is_local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = RedirectResponse(back if is_local else f"{root(request)}/", status_code=303)
    response.set_cookie(cookie, value, max_age=YEAR, httponly=True, samesite="lax")
    return response
