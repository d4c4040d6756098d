"""A paper as a reference: what all formats for references are written from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.documents import Document
from papers.normalise.names import without_suffix
from papers.paper import AuthorName

_LONGEST_SURNAME = 24
_FIRST_HAN = "\u2e80"


@dataclass(frozen=True, slots=True)
class Reference:
    """A preprint at arXiv. Texts are in the original language, on one line, with their formulas in TeX."""

    key: str  # unique and the same for ever: it ends with the arXiv id
    id: str
    title: str
    abstract: str
    authors: tuple[AuthorName | str, ...]  # a text where it is not known which part of a name is which
    date_parts: tuple[int, ...]  # year, month and day of version 1, as far as they are known
    version: int | None
    categories: tuple[str, ...]
    language: str
    doi: str | None
    journal_ref: str | None
    comments: str | None
    is_withdrawn: bool

    @property
    def address(self) -> str:
        return f"https://arxiv.org/abs/{self.id}"

    @property
    def pdf(self) -> str:
        return f"https://arxiv.org/pdf/{self.id}"

    @property
    def any_doi(self) -> str:
        """The DOI that the authors gave, or else the one that arXiv registers for every paper."""
        return self.doi or f"10.48550/arXiv.{self.id}"

    @property
    def names(self) -> Iterator[str]:
        """The authors as `Family, Given, Suffix`, or as they are."""
        return (
            name if isinstance(name, str) else ", ".join(filter(None, (name.family, name.given, name.suffix)))
            for name in self.authors
        )


def reference(document: Document) -> Reference:
    """The reference of a paper."""
    authors = _authors(document)
    date_parts = _date_parts(document)
    return Reference(
        key=_key(document.id, authors, date_parts[:1]),
        id=document.id,
        title=_line(document.own_title) or document.id,
        abstract=_line(document.abstract.get(document.language) or next(iter(document.abstract.values()), "")),
        authors=authors,
        date_parts=date_parts,
        version=document.version,
        categories=document.categories,
        language=document.language,
        doi=document.doi,
        journal_ref=_line(document.journal_ref or "") or None,
        comments=_comments(document),
        is_withdrawn=document.is_withdrawn,
    )


def _comments(document: Document) -> str | None:
    """The comments. Where a paper was withdrawn, they say so."""
    comments = _line(document.comments or "")
    if document.is_withdrawn and document.withdrawal != document.comments:
        comments = " ".join(filter(None, ("Withdrawn.", comments)))
    return comments or None


def _date_parts(document: Document) -> tuple[int, ...]:
    day = document.submitted.date() if document.submitted else document.day
    if day is None:
        return ()
    return (day.year, day.month, day.day) if document.is_day_known else (day.year, day.month)


def _line(text: str) -> str:
    return " ".join(text.split())


def _authors(document: Document) -> tuple[AuthorName | str, ...]:
    parts = document.author_names or (None,) * len(document.authors)
    return tuple(
        # A Chinese name stands as it is written: programs would put a blank into it, or make initials.
        name if name and name.family and name.given and name.family[0] < _FIRST_HAN else shown
        for name, shown in zip(parts, document.authors, strict=True)
    )


def _key(id: str, authors: tuple[AuthorName | str, ...], year: tuple[int, ...]) -> str:
    """`vaswani2017-1706.03762`; without a Latin name `arxiv-1706.03762`."""
    first = authors[0] if authors else ""
    surname = first.family if isinstance(first, AuthorName) else without_suffix(first)[0].rpartition(" ")[2]
    plain = unicodedata.normalize("NFKD", surname).encode("ascii", "ignore").decode("ascii").lower()
    letters = re.sub("[^a-z]", "", plain)[:_LONGEST_SURNAME]
    return f"{letters + ''.join(map(str, year)) if letters else 'arxiv'}-{id.replace('/', '-')}"
