"""`/language/zh`: choose the page's language."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from search_ui.shell import COOKIE

router = APIRouter(include_in_schema=False)
YEAR = 31_536_000


@router.get("/language/{code}")
def choose(request: Request, code: str, back: str = "/") -> Response:
    """Remember the language and go back to where the reader was, on this site only."""
    if code not in request.app.state.languages:
        raise HTTPException(404)
    local = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    response = RedirectResponse(back if local else "/", status_code=303)
    response.set_cookie(COOKIE, code, max_age=YEAR, httponly=True, samesite="lax")
    return response
