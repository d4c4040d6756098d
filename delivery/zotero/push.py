"""Pushes papers into a collection of Zotero: those that are there already are not added again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

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
    by_mark = _by_mark(library.items())
    new: list[Document] = []
    for document in documents:
        if known := next((by_mark[mark] for mark in same_as(document) if mark in by_mark), None):
            if _count(known, library, pushed):
                by_mark |= dict.fromkeys(known.marks, replace(known, is_in_collection=True))
            continue
        new.append(document)
        if len(new) == MOST_AT_ONCE:
            _add(new, library, languages, pushed)
            new = []
            progress(pushed)
    _add(new, library, languages, pushed)
    return pushed


def _by_mark(items: Iterable[Held]) -> dict[str, Held]:
    """What items are known by → the item. Of several, one in the collection counts, and one in the trash last."""
    by_mark: dict[str, Held] = {}
    for each in sorted(items, key=lambda each: (not each.is_in_trash, each.is_in_collection)):
        by_mark |= dict.fromkeys(each.marks, each)
    return by_mark


def _count(held: Held, library: Library, pushed: Pushed) -> bool:
    """Count a paper that is in the library; whether it was put into the collection for that."""
    if held.is_in_trash:
        pushed.in_trash += 1
    elif held.is_in_collection:
        pushed.there += 1
    elif library.put_in(held):
        pushed.put_in += 1
        return True
    else:
        pushed.elsewhere += 1
    return False


def _add(documents: Sequence[Document], library: Library, languages: Sequence[str], pushed: Pushed) -> None:
    if documents:
        library.add([item(document, languages) for document in documents], pushed)
