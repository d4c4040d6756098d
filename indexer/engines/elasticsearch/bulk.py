"""Sends one bulk request. Lines are sent again while the server is busy, and set aside if the server refuses them.

The client's own helpers retry nothing by default. With retries switched on, they retry a full disk without end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError

from indexer.documents import Deletion, Document
from indexer.engine import IndexWriteFailed
from indexer.engines.elasticsearch.client import BUSY, NO_INDEX, reason_of
from indexer.engines.elasticsearch.source import to_source

# Waits of 0.5, 1, 2, 4, 8 seconds: a node that restarts is back by then; if not, the next run carries on.
TRIES = 6
FIRST_WAIT = 0.5
SECONDS = 60.0
_CONFLICT = 409
_ANSWER = "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


@dataclass(frozen=True, slots=True)
class Line:
    """One paper's part of a bulk request. `content` is one line (a deletion) or two (a document)."""

    id: str
    content: bytes


def index_line(document: Document, at: datetime) -> Line:
    # Greater or equal: repeating a write is not a conflict, a write that arrives late is.
    head = {"index": {"_id": document.id, "version": document.seq, "version_type": "external_gte"}}
    return Line(document.id, orjson.dumps(head) + b"\n" + to_source(document, at))


def delete_line(deletion: Deletion) -> Line:
    head = {"delete": {"_id": deletion.id, "version": deletion.seq, "version_type": "external_gte"}}
    return Line(deletion.id, orjson.dumps(head))


def send(
    client: Elasticsearch, index: str, lines: list[Line], *, alias: bool, sleep: Callable[[float], None]
) -> dict[str, str]:
    """Send the lines. Returns those that the server refused: paper id → reason.

    A line for a paper of which the index has a later state counts as done, and so does deleting a paper that is not
    there. Raises IndexWriteFailed if the server takes nothing even after waiting, and otherwise what the client raises.
    """
    rejected: dict[str, str] = {}
    reason = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(FIRST_WAIT * 2 ** (attempt - 1))
        try:
            answer = client.options(max_retries=0, request_timeout=SECONDS).bulk(
                operations=[line.content for line in lines],  # type: ignore[misc]
                index=index,
                require_alias=alias,
                filter_path=_ANSWER,
            )
        except (TransportError, ApiError) as error:
            if attempt == TRIES - 1 or (isinstance(error, ApiError) and error.status_code not in BUSY):
                raise
            continue
        lines, reason = _lines_to_retry(answer.body, lines, rejected)
        if not lines:
            return rejected
    if "disk" in reason:
        reason = "its disk is fuller than its limit: free disk on the server"
    raise IndexWriteFailed(
        f"Elasticsearch takes no writes: {reason.rstrip('.;]')}. Nothing is lost; run 'paperglot index' when it does."
    )


def _lines_to_retry(answer: Mapping[str, Any], lines: list[Line], rejected: dict[str, str]) -> tuple[list[Line], str]:
    """The lines to be sent again, and why; those refused for good go into `rejected`."""
    if not answer.get("errors"):
        return [], ""
    retried, retry_reason = [], ""
    for line, item in zip(lines, answer["items"], strict=True):
        (outcome,) = item.values()
        error = outcome.get("error")
        # Deleting a paper that is not there gives a status of its own, and no error.
        if not error or outcome["status"] == _CONFLICT:
            continue
        kind, reason = reason_of(error)
        if kind == NO_INDEX:
            raise IndexWriteFailed(f"The index is gone while it was written: {reason}. Run 'paperglot rebuild'.")
        if outcome["status"] in BUSY or "block" in kind or kind == "unavailable_shards_exception":
            retried.append(line)
            retry_reason = reason
        else:
            cause = error.get("caused_by", {}).get("reason")
            # Leave out the preview of the value: it is as long as the sentence that says what is wrong with it.
            rejected[line.id] = f"{reason.split('. Preview of')[0]}: {cause}"[:300] if cause else reason
    return retried, retry_reason
