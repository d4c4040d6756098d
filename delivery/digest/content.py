"""A digest: the papers of a search in sections, as every shape writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from delivery.digest.clean import cleaned
from delivery.digest.terms import with_right_terms
from delivery.present import Link, links
from delivery.segments import Segment, segments
from delivery.summary.content import Summarise, Summary
from indexer.documents import BY_LANGUAGE, Document
from indexer.query.request import Request
from papers.normalise.traditional import SIMPLIFIED, TRADITIONAL, traditional

SHOWN_AUTHORS = 10


@dataclass(frozen=True)
class DigestPaper:
    """A paper for a reader of one language. `reasons` are the words that put it into its section, and `also_in` the
    names of the other sections whose search it matches."""

    document: Document
    language: str
    summarise: Summarise
    reasons: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()

    @cached_property
    def summary(self) -> Summary:
        """Made when it is first needed: a service may write it, and not every shape has it."""
        return self.summarise(self.document, self.language)

    @property
    def id(self) -> str:
        return self.document.id

    @property
    def address(self) -> str:
        return f"https://arxiv.org/abs/{self.id}"

    @property
    def pdf(self) -> str:
        """The PDF of the version that is known."""
        version = self.document.version
        return f"https://arxiv.org/pdf/{self.id}" + (f"v{version}" if version else "")

    @property
    def code(self) -> str | None:
        return self.document.code

    @property
    def links(self) -> tuple[Link, ...]:
        return links(self.document)

    @property
    def authors(self) -> tuple[str, ...]:
        """The first ten, or eleven where there are no more: "and 1 more" is no shorter than a name."""
        names = self.document.authors
        return names if len(names) <= SHOWN_AUTHORS + 1 else names[:SHOWN_AUTHORS]

    @property
    def more_authors(self) -> int:
        return len(self.document.authors) - len(self.authors)

    @property
    def title(self) -> tuple[Segment, ...]:
        """In the original language; the id where there is none."""
        return segments(self.document.own_title or self.id, addresses=False)

    @property
    def translated_title(self) -> tuple[Segment, ...]:
        """() where it is not translated, or needs no translation."""
        return segments(self._translated("title"), addresses=False)

    @property
    def abstract(self) -> tuple[Segment, ...]:
        return segments(self.document.abstract.get(self.document.language, ""))

    @property
    def translated_abstract(self) -> tuple[Segment, ...]:
        """() where it is not translated, or needs no translation."""
        return segments(self._translated("abstract"))

    @property
    def figures(self) -> tuple[str, ...]:
        """Addresses of pictures: those that Hugging Face has, or else the one that it makes of a paper's title."""
        document = self.document
        if document.figures or not document.featured:
            return document.figures
        return (f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{document.id}.png",)

    @property
    def comments(self) -> tuple[Segment, ...]:
        return segments(self.document.comments or "")

    def _translated(self, field: str) -> str:
        if self.language == self.document.language:
            return ""
        texts = self.document.title if field == "title" else self.document.abstract
        return texts.get(self.language, "")


@dataclass(frozen=True, slots=True)
class Section:
    """Papers under one heading: a topic, a day; `key` names it in addresses and file names."""

    key: str
    name: str
    papers: tuple[DigestPaper, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The papers of one search. The same index gives the same digest: it does not say when it was made.

    `total` counts all papers of the search, of which the sections may have only the first. `notes` are sentences about
    them: why there are none, or which are missing. `home` is the address of the page with the same search, and `feed`
    that of its feed. `cover` is the paper whose picture stands above a post, None for the first that has one.
    """

    title: str
    request: Request
    language: str
    first: date | None
    last: date | None
    sections: tuple[Section, ...]
    total: int
    notes: tuple[str, ...] = ()
    home: str | None = None
    feed: str | None = None
    cover: str | None = None

    @property
    def papers(self) -> Sequence[DigestPaper]:
        return [paper for section in self.sections for paper in section.papers]

    @property
    def day(self) -> date | None:
        """The one day that it is of; None where it is of several, or of any."""
        return self.first if self.first == self.last else None


def for_reader(document: Document, language: str) -> Document:
    """The document with clean texts and right terms, and with texts in Traditional Chinese for their reader, if there
    are only Simplified ones."""
    document = cleaned(document)
    if language in (SIMPLIFIED, TRADITIONAL):
        document = with_right_terms(document)
    if language != TRADITIONAL:
        return document
    changes: dict[str, Any] = {}
    for field in BY_LANGUAGE:
        texts = getattr(document, field)
        if SIMPLIFIED in texts and TRADITIONAL not in texts:
            changes[field] = {**texts, TRADITIONAL: traditional(texts[SIMPLIFIED])}
    if not changes:
        return document
    aligned = dict(document.aligned)
    if SIMPLIFIED in aligned:
        aligned.setdefault(TRADITIONAL, aligned[SIMPLIFIED])
    return replace(document, aligned=aligned, **changes)
