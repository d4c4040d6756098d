"""CSL-JSON, which Zotero and Pandoc read: its `article` is a preprint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from delivery.export.reference import Reference, reference
from indexer.documents import Document
from papers.paper import AuthorName


def write(documents: Iterable[Document]) -> Iterator[str]:
    """A JSON array, an item a line."""
    between = "[\n"
    for document in documents:
        yield between + orjson.dumps(item(reference(document))).decode()
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def item(paper: Reference) -> dict[str, Any]:
    """One item, with keys of the CSL schema alone."""
    values = {
        "id": paper.key,
        "citation-key": paper.key,
        "type": "article",
        "genre": "preprint",
        "title": paper.title,
        "author": [_name(name) for name in paper.authors],
        "issued": {"date-parts": [paper.date_parts]} if paper.date_parts else None,
        "abstract": paper.abstract,
        "publisher": "arXiv",
        "number": f"arXiv:{paper.id}",
        "archive": "arXiv",
        "archive_location": paper.id,
        "DOI": paper.any_doi,
        "URL": paper.address,
        "version": str(paper.version) if paper.version else None,
        "language": paper.language,
        "keyword": ", ".join(paper.categories),
        "note": "; ".join(filter(None, (paper.journal_ref and f"Published in: {paper.journal_ref}", paper.comments))),
    }
    return {name: value for name, value in values.items() if value}


def _name(name: AuthorName | str) -> dict[str, str]:
    if isinstance(name, str):
        return {"literal": name}
    parts = {"family": name.family, "given": name.given}
    return parts | ({"suffix": name.suffix} if name.suffix else {})
