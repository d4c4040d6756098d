"""A library of Zotero: what is in it, and how a collection gets more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx2
from pyzotero.zotero_errors import PyZoteroError, UserNotAuthorisedError

from delivery.zotero.item import known_by
from papers.errors import PaperglotError

# The most objects of one request, as Zotero says.
MOST_AT_ONCE = 50


class ZoteroRefused(PaperglotError):
    """Raised by libraries: Zotero does not do what it is asked for. Key, library or collection is not right."""


@dataclass(frozen=True, slots=True)
class Held:
    """An item of the library: what it is known by, and whether it is in the collection, or in the trash. `raw` is
    Zotero's own."""

    marks: frozenset[str]
    is_in_collection: bool
    is_in_trash: bool
    raw: Mapping[str, Any]


@dataclass(slots=True)
class Pushed:
    """What became of papers: how many, and a sentence for each that Zotero did not take."""

    added: int = 0
    there: int = 0  # in the collection already
    put_in: int = 0  # in the library already, and now in the collection
    elsewhere: int = 0  # in the library already, and not in the collection, as it cannot be put there
    in_trash: int = 0  # where it stays
    refused: list[str] = field(default_factory=list)


class Library(Protocol):
    """A collection of a library, which papers are pushed into. Raises ZoteroRefused and ZoteroUnavailable."""

    def items(self) -> list[Held]:
        """All items of the library that are known by an arXiv id or a DOI, those in its trash, too."""

    def put_in(self, held: Held) -> bool:
        """Put an item of the library into the collection; False where this way to Zotero cannot."""

    def add(self, items: Sequence[Mapping[str, Any]], pushed: Pushed) -> None:
        """Add at most MOST_AT_ONCE new items to the collection, and count them."""


def held(raw_items: Sequence[Mapping[str, Any]], collection: str) -> list[Held]:
    """Items as Zotero gives them, those that are known by nothing left out."""
    with refusals():
        items = [_held(raw, raw["data"], collection) for raw in raw_items]
    return [item for item in items if item.marks]


def _held(raw: Mapping[str, Any], data: Mapping[str, Any], collection: str) -> Held:
    return Held(known_by(data), collection in (data.get("collections") or ()), bool(data.get("deleted")), raw)


def names_of(raw_collections: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The key and the name of collections as Zotero gives them."""
    with refusals():
        return [(raw["key"], raw["data"]["name"]) for raw in raw_collections]


def collection_named(name: str, collections: Sequence[tuple[str, str]]) -> str | None:
    """The key of the collection of this name among (key, name); None where there is none. Raises ZoteroRefused where
    there are several."""
    keys = [key for key, each in collections if each == name]
    if len(keys) > 1:
        raise ZoteroRefused(f"Zotero has {len(keys)} collections named '{name}': rename all but one.")
    return keys[0] if keys else None


@contextmanager
def refusals() -> Iterator[None]:
    """What pyzotero raises in the block becomes ZoteroRefused. Its messages can hold the key, and are not shown."""
    try:
        yield
    except UserNotAuthorisedError as error:
        raise ZoteroRefused("Zotero refuses the key, or the key may not write to this library.") from error
    except (PyZoteroError, httpx2.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ZoteroRefused(f"Zotero gives an answer that is not expected ({type(error).__name__}).") from error
