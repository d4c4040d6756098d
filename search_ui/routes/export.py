"""`/export` and `/api/v1/export`: papers as a file for other programs, one, some, or all that a search finds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from delivery.export import FORMATS, format_named, in_chunks
from indexer.documents import Document
from indexer.query.request import PARAMETERS, InvalidRequest
from papers import identifiers
from search_ui import asked
from search_ui.layout import engine

router = APIRouter(include_in_schema=False)
api = APIRouter()
FORMAT, ID = "format", "id"
_MOST_IDS = 1_000


@router.get("/export")
@api.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {each.media_type.split(";")[0]: {} for each in FORMATS.values()}}},
    summary="Papers as a file",
    openapi_extra=asked.documented((FORMAT, ID, *PARAMETERS), tuple(FORMATS)),
)
def export(request: Request) -> StreamingResponse:
    """The papers of these ids, or all that `/search` finds for the same parameters in its first tier: newest first or
    by upvotes, without a limit."""
    parameters = asked.parameters_of(request)
    chosen_format = format_named(parameters.get(FORMAT, ["bibtex"])[0])
    documents, name = _papers(request, parameters.get(ID, []))
    # Who asks for the headers alone is not worth a file of the whole index.
    chunks = iter(()) if request.state.is_head else in_chunks(chosen_format.write(documents))
    return StreamingResponse(
        chunks,
        media_type=chosen_format.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{chosen_format.suffix}"'},
    )


def _papers(request: Request, ids: list[str]) -> tuple[Iterator[Document], str]:
    """The papers to export, and what to call their file."""
    search_request, topics = asked.strictly(request, also=(FORMAT,), besides=(ID,))
    if not ids:
        search = asked.first_tier(request, search_request, topics).as_stream
        name = re.sub(r"[^A-Za-z0-9]+", "-", search_request.text).strip("-")[:40].lower()
        return _begun(engine(request).iterate(search)), f"paperglot-{name}" if name else "paperglot"
    if len(ids) > _MOST_IDS:
        raise InvalidRequest(f"At most {_MOST_IDS} papers can be named by '{ID}'.")
    keys = [identifiers.key(id) for id in ids]
    documents = [document for key in dict.fromkeys(keys) if (document := engine(request).get(key))]
    if not documents:
        raise InvalidRequest(f"No paper of these is kept here: {', '.join(ids[:3])}.")
    return iter(documents), re.sub(r"[^A-Za-z0-9.]", "-", keys[0]) if len(keys) == 1 else "paperglot"


def _begun(documents: Iterator[Document]) -> Iterator[Document]:
    """The same papers; the first is fetched at once, so that an engine's error becomes an answer and not a cut file."""
    first = next(documents, None)

    def all_of_them() -> Iterator[Document]:
        if first is not None:
            yield first
            yield from documents

    return all_of_them()
