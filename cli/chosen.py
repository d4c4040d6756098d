"""The papers that a command was asked for: by a search, or by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cli.options import folder
from papers.errors import UsageError

if TYPE_CHECKING:
    from indexer.documents import Document


def chosen(text: str, ids: list[str], sort: str, data: Path | None) -> Iterator[Document]:
    """The papers with these ids, or those that match a text; "" matches all. Raises UsageError."""
    if ids and text:
        raise UsageError("Name papers by --id, or by a search, and not by both.")
    return iter(_of_ids(ids, data)) if ids else _matching(text, sort, data)


def _matching(text: str, sort: str, data: Path | None) -> Iterator[Document]:
    from indexer import lexicon, topics
    from indexer.engines import open_engine
    from indexer.find import matching, search_of
    from indexer.query.request import Request
    from indexer.query.search import Sort
    from papers.calendar import utc_now

    if sort not in (Sort.NEWEST, Sort.UPVOTES):
        raise UsageError(f"There is no order '{sort}' of an export; there are newest and upvotes.")
    engine, today = open_engine(folder(data)), utc_now().date()
    queries = topics.load(folder(data), today).queries
    request = Request(text=text, sort=Sort(sort))
    reading, _ = matching(engine, request, today=today, topics=queries, lexicon=lexicon.load(folder(data)))
    if reading.unread:
        raise UsageError(f"'{reading.unread[0].text}' is not understood in this search.")
    return engine.iterate(search_of(request, reading, queries))


def _of_ids(ids: list[str], data: Path | None) -> list[Document]:
    from indexer.engines import open_engine
    from papers import identifiers

    engine = open_engine(folder(data))
    documents: dict[str, Document] = {}
    for text in ids:
        identifier = identifiers.parse(text)
        if identifier is None:
            raise UsageError(f"'{text}' is not an arXiv identifier.")
        document = engine.get(identifier.key)
        if document is None:
            raise UsageError(f"{identifier.key} is not kept here.")
        documents[document.id] = document
    return list(documents.values())
