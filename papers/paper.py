"""The records of a paper, from what one source says of it to what the catalogue gives to an index.

A *Sighting* is what one source said of a paper on one occasion. A *Page* is the sightings of one response, with what
that response said of itself. An *Attempt* is how one planned *Listing* turned out. A *Paper* is everything that all
sightings say, merged. All texts here are normalised (see `papers.normalise`); all instants are in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

# The ranges of what a record may hold. An index packs these numbers into a few bits, and a greater number from a source
# is a mistake.
MOST_VERSIONS = 999
MOST_UPVOTES = 2**31
FIRST_YEAR, LAST_YEAR = 1900, 2200
# In characters. arXiv's own limits are lower (an abstract: 1,920), and some of its older records are longer than these.
LONGEST = {
    "title": 2_000,
    "abstract": 20_000,
    "comments": 5_000,
    "journal_ref": 2_000,
    "doi": 1_000,
    "report_no": 1_000,
    "licence": 1_000,
    "code": 1_000,
    "project": 1_000,
    "organisation": 1_000,
    "summary": 2_000,
}
MOST_AUTHORS = 20_000  # the largest collaborations have 5,000
MOST_KEYWORDS = 100
MOST_FIGURES = 20
MOST_HTML_FIGURES = 8  # the first ones of a paper
LONGEST_NAME = 500


class OutOfRange(ValueError):
    """Raised by `Sighting`: a number, a date or a length that no paper can have. Parsers check these before."""


class Version(NamedTuple):
    number: int
    submitted: datetime | None


class AuthorName(NamedTuple):
    """The parts of a name, where a source keeps them apart: `("Martin Luther", "King", "Jr.")`."""

    given: str
    family: str
    suffix: str = ""

    @property
    def shown(self) -> str:
        """The name in reading order."""
        name = f"{self.given} {self.family}" if self.given and self.family else self.given or self.family
        return f"{name} {self.suffix}" if self.suffix else name


class Figure(NamedTuple):
    """A figure of a paper's HTML version: its label ("Figure 1"), its caption with formulas in TeX, and addresses at
    arXiv."""

    label: str
    caption: str
    address: str  # of its place in the HTML version
    image: str  # of its first image; "" where it is drawn in the page itself


class Announcement(NamedTuple):
    """arXiv's mailing of `day` listed the paper in `category` as new, cross, replace or replace-cross."""

    day: date
    category: str
    kind: str


_texts_of = attrgetter(*LONGEST)
_LONGEST = tuple(LONGEST.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One source's view of one paper. Absent is None (or an empty tuple), never an empty string.

    Raises OutOfRange for numbers, dates and lengths that no paper can have. All that the catalogue
    holds of a paper comes from Sightings.
    """

    id: str
    source: str  # a name of `papers.sources`
    listing: str = ""  # the category whose list this was, where the source has lists
    day: date | None = None  # the day that the list was for
    title: str | None = None
    authors: tuple[str, ...] = ()  # in reading order: "Ana Ruiz"
    # The same names in parts; joined, they are the names in `authors`. () where the source gives no parts.
    author_names: tuple[AuthorName, ...] = ()
    abstract: str | None = None
    categories: tuple[str, ...] = ()  # the primary one first
    announce_type: str | None = None  # new, cross, replace, replace-cross
    version: int | None = None  # the version that was seen, where the source says it
    versions: tuple[Version, ...] = ()  # oldest first, each number once
    withdrawn: tuple[int, ...] = ()  # the numbers of versions that were withdrawn, where the source marks them
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
    summary: str | None = None  # a sentence that a model of the source wrote
    figures: tuple[str, ...] = ()  # addresses of pictures
    html_figures: tuple[Figure, ...] = ()  # the first figures of arXiv's HTML version

    def __post_init__(self) -> None:
        if self.version is not None and not 1 <= self.version <= MOST_VERSIONS:
            raise OutOfRange(f"version {self.version}")
        if self.upvotes is not None and not 0 <= self.upvotes <= MOST_UPVOTES:
            raise OutOfRange(f"{self.upvotes} upvotes")
        for moment in (self.day, self.submitted):
            if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
                raise OutOfRange(f"the year {moment.year}")
        for number in self.withdrawn:
            if not 1 <= number <= MOST_VERSIONS:
                raise OutOfRange(f"version {number}")
        for number, submitted in self.versions:
            if not 1 <= number <= MOST_VERSIONS:
                raise OutOfRange(f"version {number}")
            if submitted is not None and not FIRST_YEAR <= submitted.year <= LAST_YEAR:
                raise OutOfRange(f"the year {submitted.year}")
        for text, limit in zip(_texts_of(self), _LONGEST, strict=True):
            if text and len(text) > limit:
                raise OutOfRange(f"a text of {len(text)} characters, where {limit} are the most")
        if len(self.figures) > MOST_FIGURES or len(self.html_figures) > MOST_HTML_FIGURES:
            raise OutOfRange(f"{len(self.figures)} and {len(self.html_figures)} figures")
        if len(self.authors) > MOST_AUTHORS or len(self.keywords) > MOST_KEYWORDS:
            raise OutOfRange(f"{len(self.authors)} authors, {len(self.keywords)} keywords")

    @property
    def slot(self) -> tuple[str, str, str, str, int]:
        """Source, list, day, kind and version. Sightings of one slot are the same claim, made at different times."""
        day = self.day.isoformat() if self.day else ""
        return (self.source, self.listing, day, self.announce_type or "", self.version or 0)

    @property
    def as_of(self) -> date:
        """The day whose state of the paper this shows; `date.min` where nothing tells it."""
        if self.day:
            return self.day
        dates = [version.submitted.date() for version in self.versions if version.submitted]
        return max(dates, default=date.min)


REJECTED_START = 500


@dataclass(frozen=True, slots=True)
class Validators:
    """What a source wants to be told when its page is asked for again, so that it can say that nothing has changed."""

    etag: str | None
    modified: str | None  # the Last-Modified of the page, as it was sent


# These are not named tuples: Scrapy's tools would treat parts of an item that are as plain tuples.
@dataclass(frozen=True, slots=True)
class Section:
    """One part of a listing: how many entries its source says it has, and how many were read."""

    category: str  # "" where the source has no categories
    day: date | None
    kind: str  # new, cross, replace; "" where the source does not tell
    stated: int | None  # of the whole section, on however many pages; None where the source does not count
    found: int  # read on this page, or on all pages so far


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read, left out of its page."""

    number: int  # its place on the page, from 1
    reason: str
    start: str  # its first REJECTED_START characters, as it came


class PageState(StrEnum):
    """How one page turned out."""

    COMPLETE = "complete"  # all entries that it says it shows were read
    PARTIAL = "partial"  # fewer entries than it says, or records that could not be read
    EMPTY = "empty"  # it says that there is nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a run plans to fetch: one request and the pages that follow it.

    `name` is the kind of list in the source's own words: "new", "catchup", "daily"; or a month, a set of OAI-PMH, the
    name of a file.
    """

    source: str
    name: str
    category: str = ""
    day: date | None = None


class AttemptOutcome(StrEnum):
    """How an attempt at a listing turned out."""

    COMPLETE = "complete"  # all that its source says there is
    EMPTY = "empty"  # its source says that there is nothing
    UNCHANGED = "unchanged"  # its source says that nothing is new since a complete attempt
    PARTIAL = "partial"  # fewer entries than its source says, or only a part of its pages
    STALE = "stale"  # the list of another day
    REFUSED = "refused"  # the source said no: a status, a denial, robots.txt
    UNREACHABLE = "unreachable"  # no answer, or one that broke off
    UNREADABLE = "not readable"  # an answer that is not such a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How a planned listing turned out, whether anything was kept or not.

    It holds for `at`, the moment when its last page was received: a list that could still grow then may hold more
    now.
    """

    listing: Listing
    at: datetime
    outcome: AttemptOutcome
    reason: str | None = None  # a part of a sentence
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one response held. It is kept in one transaction, or not at all.

    A parser fills in what the response says; the spider says which planned listing it belongs to.
    """

    source: str
    sightings: tuple[Sighting, ...]
    sections: tuple[Section, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    total: int | None = None  # how many entries the page says the whole listing has
    state: PageState = PageState.COMPLETE
    is_short: bool = False  # it ends early, or lacks entries that it says it shows: another look may bring them
    resume: str | None = None  # where the next page starts, in the spider's own terms; None on the last
    warnings: tuple[str, ...] = ()
    url: str = ""
    listing: Listing | None = None
    asked_at: str | None = None  # the `resume` of the page before; None on the first page
    cut: str | None = None  # why the listing ends here although its source says that there is more
    validators: Validators | None = None  # of the response, where its spider can ask "has this changed?"
    made_at: datetime | None = None  # when the source made the page, where it says so
    datestamps: tuple[date | None, ...] = ()  # of its sightings, one for each: when their records changed
    page_end: tuple[date, bytes] | None = None  # of a harvest: see `crawler.harvest`
    reached: tuple[str, date] | None = None  # of this list all is kept that its source changed before this day
    is_ranking: bool = False  # the order of its papers means something, and replaces the one kept before

    @property
    def category(self) -> str:
        """The category of its first section; "" where it has no section, or the source has no categories."""
        return self.sections[0].category if self.sections else ""

    @property
    def day(self) -> date | None:
        """The day of its first section that has one; None where none has."""
        return next((section.day for section in self.sections if section.day), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All that is known of a paper: the merge of its sightings."""

    id: str
    title: str | None = None
    abstract: str | None = None
    authors: tuple[str, ...] = ()
    author_names: tuple[AuthorName | None, ...] = ()  # the same names in parts, None where unknown; or () for all
    categories: tuple[str, ...] = ()
    announcements: tuple[Announcement, ...] = ()  # oldest first, one a category and day
    version: int | None = None  # the latest known
    versions: tuple[Version, ...] = ()
    withdrawn: tuple[int, ...] = ()  # the numbers of versions that were withdrawn
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
    code_from: str | None = None  # what names the repository: a source, "abstract" or "comments"
    project: str | None = None
    keywords: tuple[str, ...] = ()
    organisation: str | None = None
    summary: str | None = None  # one sentence by Hugging Face's model
    figures: tuple[str, ...] = ()  # addresses of pictures at Hugging Face
    html_figures: tuple[Figure, ...] = ()  # the first figures of arXiv's HTML version, where the owner asked for them
    sources: tuple[str, ...] = field(default=())

    @property
    def is_withdrawn(self) -> bool:
        """Whether its latest version was withdrawn. After a withdrawal a paper may come back in a further version."""
        return bool(self.withdrawn) and self.withdrawn[-1] >= (self.version or 1)


class Aligned(NamedTuple):
    """The lengths of a sentence and of its translation: `papers.alignment` cuts both texts into sentences by them."""

    length: int
    target: int | None  # the length of the translation; None where the sentence has none
    way: str  # how it was translated: see `translation.protect.Strategy`
    reason: str | None  # why it has no translation


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change feed: the paper as it is now, or None where it was deleted."""

    seq: int
    number: int  # the paper's row in this catalogue: stable as long as the catalogue lives
    id: str
    paper: Paper | None
    language: str | None = None  # the language of its texts; None where it is not detected yet
    # For its texts as they are now: field → language → translation; language → model; language → why there is none.
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    translated_by: Mapping[str, str] = field(default_factory=dict)
    untranslated: Mapping[str, str] = field(default_factory=dict)
    # Language → field → its sentences beside those of the original.
    aligned: Mapping[str, Mapping[str, tuple[Aligned, ...]]] = field(default_factory=dict)
    # Language → how far its texts are: see `papers.translations.TranslationState`.
    states: Mapping[str, str] = field(default_factory=dict)
    translated_at: datetime | None = None  # when its latest translation was kept
    first_seen: datetime | None = None
