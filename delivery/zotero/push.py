"""Pushes papers into a collection of Zotero: those that are there already are not added again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import httpx2

from delivery.zotero.item import item, same_as
from delivery.zotero.library import MOST_AT_ONCE, Held, Library, Pushed
from delivery.zotero.local import LocalLibrary
from delivery.zotero.settings import ZoteroSettings
from delivery.zotero.web import WebLibrary
from indexer.documents import Document


def library(settings: ZoteroSettings, collection: str) -> Library:
    """The library that the settings name: at zotero.org with a key, else on this machine.

    Raises ZoteroRefused and ZoteroUnavailable.
    """
    transport = httpx2.HTTPTransport()
    return (WebLibrary if settings.key else LocalLibrary)(settings, collection, transport)


def push(
    documents: Iterable[Document],
    library: Library,
    languages: Sequence[str],
    progress: Callable[[Pushed], None] = lambda pushed: None,
) -> Pushed:
    """Put the papers into the collection, in batches; `progress` is called after each.

    A paper is in the library where an item has its arXiv id or a DOI of it. Raises ZoteroRefused and ZoteroUnavailable;
    what was pushed before stays, and the next call finds it.
    """
    pushed = Pushed()
    by_mark = {mark: held for held in library.items() for mark in held.marks}
    new: list[Document] = []
    for document in documents:
        if held := next((by_mark[mark] for mark in same_as(document) if mark in by_mark), None):
            _count(held, library, pushed)
            continue
        new.append(document)
        if len(new) == MOST_AT_ONCE:
            _add(new, library, languages, pushed)
            new = []
            progress(pushed)
    _add(new, library, languages, pushed)
    return pushed


def _count(held: Held, library: Library, pushed: Pushed) -> None:
    if held.is_in_collection:
        pushed.there += 1
    elif library.put_in(held):
        pushed.put_in += 1
    else:
        pushed.elsewhere += 1


def _add(documents: Sequence[Document], library: Library, languages: Sequence[str], pushed: Pushed) -> None:
    if documents:
        library.add([item(document, languages) for document in documents], pushed)
