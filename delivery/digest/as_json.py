"""`json`: a digest for programs."""

from __future__ import annotations

from typing import Any

import orjson

from delivery.digest.content import Digest, DigestPaper
from delivery.paper_json import as_json, sentences
from delivery.summary.content import Told
from indexer.results import Hit


def write(digest: Digest) -> str:
    """The digest as one JSON object, with the papers as the API gives them."""
    body = {
        "title": digest.title,
        "language": digest.language,
        "search": dict(parameters(digest)),
        "first": digest.first,
        "last": digest.last,
        "total": digest.total,
        "notes": digest.notes,
        "papers": [_paper(paper) for paper in digest.papers],
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2, default=list).decode() + "\n"


def parameters(digest: Digest) -> dict[str, list[str]]:
    """The parameters of the search, as an address has them."""
    values: dict[str, list[str]] = {}
    for name, value in digest.request.parameters():
        values.setdefault(name, []).append(value)
    return values


def _paper(paper: DigestPaper) -> dict[str, Any]:
    summary = paper.summary
    values = as_json(Hit(paper.document)) | {"sentences": sentences(paper.document)}
    # What belongs to a search alone.
    del values["tier"], values["highlights"]
    return values | {
        "summaries": {
            "line": _told(summary.line),
            "line_by": summary.line_by,
            "takeaways": [_told(takeaway) for takeaway in summary.takeaways],
            "takeaways_by": summary.takeaways_by,
            "keywords": summary.keywords,
            "keywords_by": summary.keywords_by,
            "model": summary.model or None,
        },
    }


def _told(sentence: Told | None) -> dict[str, str] | None:
    return {"text": sentence.text, "language": sentence.language} if sentence else None
