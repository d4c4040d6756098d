"""What the pages about alerts have in common: their form, their template, and the files that they write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request, Response

from delivery.alerts.file import Rhythm
from papers.catalogue import Catalogue
from papers.outbox import Outbox
from papers.subscribers import Subscribers
from search_ui.layout import page

# Of a form: an address of mail, a rhythm, and a search.
_LONGEST_BODY = 8_000
RHYTHMS = (Rhythm.DAY, Rhythm.WEEK)


def alerts_folder(request: Request) -> Path:
    """The data folder; there is no such page where the catalogue is not on this machine."""
    folder: Path | None = request.app.state.folder
    if folder is None:
        raise HTTPException(404)
    return folder


@contextmanager
def open_books(folder: Path) -> Iterator[tuple[Subscribers, Outbox]]:
    """The readers and the outbox, to be written; an older catalogue is brought up to date first."""
    with Catalogue(folder, write=True) as catalogue, Subscribers(folder, write=True) as subscribers:
        yield subscribers, catalogue.outbox


async def _form(request: Request) -> dict[str, list[str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413)
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=100)
    except ValueError as error:  # too many fields
        raise HTTPException(400) from error


Form = Annotated[Mapping[str, list[str]], Depends(_form)]


def alerts_page(
    request: Request,
    state: str,
    status: int = 200,
    *,
    parameters: list[tuple[str, str]] | None = None,
    is_wrong: bool = False,
    count: int = 0,
    is_forgotten: bool = False,
) -> Response:
    """A page about alerts, in one of its states."""
    return page(
        request, "alerts.html", status, state=state, parameters=parameters or [], rhythms=RHYTHMS, is_wrong=is_wrong,
        count=count, is_forgotten=is_forgotten,
        search=" · ".join(value for _, value in parameters or []),
    )  # fmt: skip
