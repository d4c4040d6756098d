"""Tables and lines of JSON, with everything that is known of a paper and in all of its languages."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

import orjson

from delivery.paper_json import as_json
from indexer.documents import LANGUAGES, Document
from indexer.field_values import venue
from indexer.results import Hit

# A spreadsheet would run a cell that begins so as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "id", *(f"title_{language}" for language in LANGUAGES), "authors", "categories", "date", "submitted", "version",
    *(f"abstract_{language}" for language in LANGUAGES), "language", "doi", "journal_ref", "comments", "venues",
    "licence", "code", "upvotes", "withdrawn", "url",
)  # fmt: skip


def write_csv(documents: Iterable[Document]) -> Iterator[str]:
    """A table in UTF-8 with a byte order mark, without which Excel spoils Chinese; several values stand with semicolons
    between them."""
    row = StringIO(newline="")
    writer = csv.writer(row)
    row.write("\ufeff")
    writer.writerow(COLUMNS)
    for document in documents:
        writer.writerow(map(_cell, _values(document)))
        yield row.getvalue()
        row.seek(0)
        row.truncate()
    yield row.getvalue()


def _values(document: Document) -> Iterator[object]:
    yield document.id
    yield from (document.title.get(language) for language in LANGUAGES)
    yield "; ".join(document.authors)
    yield "; ".join(document.categories)
    yield document.day.isoformat()[: 10 if document.is_day_known else 7] if document.day else None
    yield document.submitted.isoformat() if document.submitted else None
    yield document.version
    yield from (document.abstract.get(language) for language in LANGUAGES)
    yield document.language
    yield document.doi
    yield document.journal_ref
    yield document.comments
    yield "; ".join(venue(document))
    yield document.licence
    yield document.code
    yield document.upvotes
    yield "withdrawn" if document.is_withdrawn else None
    yield f"https://arxiv.org/abs/{document.id}"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_ndjson(documents: Iterable[Document]) -> Iterator[str]:
    """A JSON object a line, as the API gives a paper."""
    for document in documents:
        values = as_json(Hit(document))
        for name in ("tier", "sentences", "highlights"):  # they belong to an answer of the API
            del values[name]
        yield orjson.dumps(values, default=list).decode() + "\n"
