"""What a paper is, in the three forms that it takes on its way.

A *Sighting* is what one source said of a paper on one occasion. A *Page* is the sightings of one response,
with what that response said of itself. A *Paper* is everything that all sightings say, merged.
All texts here are normalised (see `papers.normalise`); all instants are in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


class Version(NamedTuple):
    number: int
    submitted: datetime | None


class Announcement(NamedTuple):
    """arXiv's mailing of `day` listed the paper in `category` as new, cross, replace or replace-cross."""

    day: date
    category: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One source's view of one paper. Absent is None (or an empty tuple), never an empty string."""

    id: str
    source: str  # "arxiv-listing", "huggingface-daily", "kaggle"
    listing: str = ""  # the category whose list this was, where the source has lists
    day: date | None = None  # the day that the list was for
    title: str | None = None
    authors: tuple[str, ...] = ()  # in reading order: "Ana Ruiz"
    abstract: str | None = None
    categories: tuple[str, ...] = ()  # the primary one first
    announce_type: str | None = None  # new, cross, replace, replace-cross
    version: int | None = None  # the version that was seen, where the source says it
    versions: tuple[Version, ...] = ()
    submitted: datetime | None = None  # of version 1
    comments: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    report_no: str | None = None
    licence: str | None = None
    upvotes: int | None = None
    code: str | None = None  # address of a repository
    project: str | None = None  # address of a project page
    keywords: tuple[str, ...] = ()
    organisation: str | None = None

    @property
    def slot(self) -> tuple[str, str, str, str, int]:
        """Who saw what: sightings of one slot are the same claim, made again later."""
        day = self.day.isoformat() if self.day else ""
        return (self.source, self.listing, day, self.announce_type or "", self.version or 0)

    @property
    def as_of(self) -> date:
        """The day whose state of the paper this shows; `date.min` where the source gives no hint."""
        if self.day:
            return self.day
        dates = [version.submitted.date() for version in self.versions if version.submitted]
        return max(dates, default=date.min)


class State(StrEnum):
    """How a page, or a listing of several pages, turned out."""

    COMPLETE = "complete"  # all that it says it has was read
    PARTIAL = "partial"  # fewer or more entries than it says
    EMPTY = "empty"  # it says that there is nothing
    OPEN = "open"  # more pages follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one response held. It is kept in one transaction, or not at all."""

    source: str
    listing: str
    day: date | None
    sightings: tuple[Sighting, ...]
    offset: int = 0  # how many entries of the listing come before this page
    stated: int | None = None  # how many entries the page says it shows
    total: int | None = None  # how many entries the page says the whole listing has
    state: State = State.COMPLETE
    next_offset: int | None = None  # where the next page starts, None on the last
    warnings: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that is known of a paper: the merge of its sightings."""

    id: str
    title: str | None = None
    abstract: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    announcements: tuple[Announcement, ...] = ()  # oldest first
    version: int | None = None  # the latest known
    versions: tuple[Version, ...] = ()
    day: date | None = None  # the one day of the paper: see merge
    submitted: datetime | None = None
    updated: datetime | None = None
    comments: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    report_no: str | None = None
    licence: str | None = None
    upvotes: int | None = None
    featured: date | None = None  # the day of Hugging Face's daily papers
    code: str | None = None
    project: str | None = None
    keywords: tuple[str, ...] = ()
    organisation: str | None = None
    sources: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change feed: the paper as it is now, or None where it was deleted."""

    seq: int
    number: int  # the paper's row in this catalogue: stable as long as the catalogue lives
    id: str
    paper: Paper | None
    language: str | None = None  # that its texts were found to be in; None where nobody has looked yet
    # Of its texts as they are now: field → language → translation, language → by which model, and why there is none.
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    translated_by: Mapping[str, str] = field(default_factory=dict)
    untranslated: Mapping[str, str] = field(default_factory=dict)
