"""One bulk request and what became of its lines: tried again where the server is busy, set aside where it refuses.

The client's own helpers try nothing again unless told to, and then without end in sight of a full disk.
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

# Waits of 0.5, 1, 2, 4, 8 seconds: a node that is restarted is back by then, or the next run carries on.
TRIES = 6
FIRST_WAIT = 0.5
SECONDS = 60.0
_CONFLICT = 409
_ANSWER = "errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


@dataclass(frozen=True, slots=True)
class Line:
    """What one paper wants of the index. `content` is one line of the request, or two."""

    id: str
    content: bytes


def index_line(document: Document, at: datetime) -> Line:
    # Greater or equal: a write that is repeated is no conflict, one that arrives late is.
    head = {"index": {"_id": document.id, "version": document.seq, "version_type": "external_gte"}}
    return Line(document.id, orjson.dumps(head) + b"\n" + to_source(document, at))


def delete_line(deletion: Deletion) -> Line:
    head = {"delete": {"_id": deletion.id, "version": deletion.seq, "version_type": "external_gte"}}
    return Line(deletion.id, orjson.dumps(head))


def send(
    client: Elasticsearch, index: str, lines: list[Line], *, alias: bool, sleep: Callable[[float], None]
) -> dict[str, str]:
    """Send the lines; those that were refused, with the reason.

    A line that the index knows a later state of, and a deletion of what is not there, count as done. Raises
    IndexWriteFailed where the server takes nothing, also after waiting, and what the client raises otherwise.
    """
    rejected: dict[str, str] = {}
    reason = ""
    for tried in range(TRIES):
        if tried:
            sleep(FIRST_WAIT * 2 ** (tried - 1))
        try:
            answer = client.options(max_retries=0, request_timeout=SECONDS).bulk(
                operations=[line.content for line in lines],  # type: ignore[misc]
                index=index,
                require_alias=alias,
                filter_path=_ANSWER,
            )
        except (TransportError, ApiError) as error:
            if tried == TRIES - 1 or (isinstance(error, ApiError) and error.status_code not in BUSY):
                raise
            continue
        lines, reason = _again(answer.body, lines, rejected)
        if not lines:
            return rejected
    if "disk" in reason:
        reason = "its disk is fuller than its limit: free disk on the server"
    raise IndexWriteFailed(
        f"Elasticsearch takes no writes: {reason.rstrip('.;]')}. Nothing is lost; run 'paperglot index' when it does."
    )


def _again(answer: Mapping[str, Any], lines: list[Line], rejected: dict[str, str]) -> tuple[list[Line], str]:
    """The lines to be sent again, and why; those refused for good go into `rejected`."""
    if not answer.get("errors"):
        return [], ""
    again, why = [], ""
    for line, item in zip(lines, answer["items"], strict=True):
        (outcome,) = item.values()
        error = outcome.get("error")
        # What was to be deleted and is not there has a status of its own, and no error.
        if not error or outcome["status"] == _CONFLICT:
            continue
        kind, reason = reason_of(error)
        if kind == NO_INDEX:
            raise IndexWriteFailed(f"The index is gone while it was written: {reason}. Run 'paperglot rebuild'.")
        if outcome["status"] in BUSY or "block" in kind or kind == "unavailable_shards_exception":
            again.append(line)
            why = reason
        else:
            cause = error.get("caused_by", {}).get("reason")
            # Without its preview of the value, which is as long as the sentence that says what is wrong with it.
            rejected[line.id] = f"{reason.split('. Preview of')[0]}: {cause}"[:300] if cause else reason
    return again, why
