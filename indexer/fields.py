"""The fields of an index, one row each: how they are indexed, what they hold of a document, and who looks at them.

Schemas, mapping, limits, evaluator, the query language, filters, facets, and what Kibana shows derive from FIELDS. A
field that is `searched` has the same values on every engine; the others are there for people who look into
Elasticsearch by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any, assert_never

from indexer import field_values as of
from indexer.analysis import EXACT, FINISHED, STEMMED, STEMMERS
from indexer.documents import BY_LANGUAGE, LANGUAGES, OTHER, Document, newest_key, upvotes_key
from papers.normalise import licences, names, venues


class Kind(StrEnum):
    """How the values of a field are found."""

    TEXT = "text"  # by their words
    KEYWORD = "keyword"  # as a whole
    NUMBER = "number"  # by a range; an integer from 0 on
    DAY = "day"  # by a range; a date
    MOMENT = "moment"  # by a range of days; a time with its zone
    SORT_KEY = "sort key"  # not at all: results are sorted by it; an integer below 2⁶³


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. It holds a field of Document as it is (`holds`), or what `compute` makes of the document."""

    name: str  # its name in an index
    kind: Kind
    label: str  # for people; `about` explains it if the label is not enough
    about: str = ""
    holds: str = ""
    compute: Callable[[Document], Sequence[Any]] | None = None
    asked_as: str = ""  # the name by which a node of a Query asks for it; "" where none does
    aliases: tuple[str, ...] = ()  # the names by which a text asks for it, the shortest first: `ti:`
    analysis: str = EXACT  # TEXT: how its values become terms
    reads: of.Reads = of.as_it_is  # KEYWORD: what a text that asks for it looks up; () where it cannot be a value
    filters: bool = False  # a parameter of an address chooses papers by it
    needs_all: bool = False  # of several values that are chosen a paper needs all, and not one
    counted: bool = False  # a facet
    sorts_by: str = ""  # SORT_KEY: the name of the order
    searched: bool = True  # False: Elasticsearch alone has it, and no search of ours looks at it
    internal: bool = False  # of no use to people

    def values(self, document: Document) -> Sequence[Any]:
        """Strings for TEXT and KEYWORD, one number, date or time for the other kinds; () if the paper has none."""
        return tuple(self.reader(document))

    @property
    def reader(self) -> Reader:
        """The function that reads the values from a document. It is a plain one because it is called for every
        field of every paper."""
        if self.compute is not None:
            return self.compute
        read: Callable[[Document], Any] = attrgetter(self.holds)
        return read if self.holds in _MULTI_VALUED else lambda document: _as_tuple(read(document))

    @property
    def query_analyses(self) -> tuple[str, ...]:
        """TEXT: the analyses of a searched word, any of which may give terms of this field."""
        return (STEMMED, *STEMMERS) if self.analysis == FINISHED else (self.analysis,)


Reader = Callable[[Document], Sequence[Any]]
# Fields of a Document that hold several values.
_MULTI_VALUED = {field.name for field in fields(Document) if field.default == ()}


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return () if value is None or value == "" else (value,)


def language_field(name: str, language: str) -> str:
    """The field that holds title or abstract in a language: `title_en`; `title_other` for most languages.

    All are analysed alike. There are several fields only for people who look into an index by themselves.
    """
    return f"{name}_{language if language in LANGUAGES else OTHER}"


_LANGUAGE_NAMES = {"en": "English", "zh": "Chinese", OTHER: "other languages"}
_TEXT_ALIASES = {"title": ("ti", "title", "intitle"), "abstract": ("abs", "abstract")}
_TEXTS = tuple(
    Field(
        name=language_field(name, language),
        kind=Kind.TEXT,
        label=f"{name.capitalize()} ({_LANGUAGE_NAMES[language]})",
        about=f"Stemmed: finds other forms of a word, too. {name.capitalize()} finds the exact word in any language.",
        compute=of.in_language(name, language),
        asked_as=name,
        aliases=_TEXT_ALIASES[name],
        analysis=STEMMED,
    )
    for name in BY_LANGUAGE
    for language in (*LANGUAGES, OTHER)
)


def _row(name: str, kind: Kind, label: str, about: str = "", **options: Any) -> Field:
    if "compute" not in options:
        options.setdefault("holds", name)
    return Field(name=name, kind=kind, label=label, about=about, **options)


def _other_forms(name: str) -> Callable[[Document], Sequence[str]]:
    texts_of = attrgetter(name)
    return lambda document: of.other_forms(texts_of(document))


_T, _K, _N, _D, _M = Kind.TEXT, Kind.KEYWORD, Kind.NUMBER, Kind.DAY, Kind.MOMENT

FIELDS: tuple[Field, ...] = (
    *_TEXTS,
    *(
        _row(f"{name}_forms", _T, f"{name.capitalize()}, other forms of its words", compute=_other_forms(name),
             asked_as=name, analysis=FINISHED, internal=True)
        for name in BY_LANGUAGE
    ),
    _row("authors", _T, "Authors", "Words of names; count by authors.keyword.", asked_as="authors"),
    _row("comments", _T, "Comments", asked_as="comments", aliases=("co", "comment", "comments")),
    _row("journal_ref", _T, "Journal", asked_as="journal_ref", aliases=("jr", "journal")),
    _row("report_no", _T, "Report number", asked_as="report_no", aliases=("rn", "report")),
    _row("code", _T, "Code", "Address of a repository.", asked_as="code", aliases=("code",)),
    _row("details", _T, "Everything else that is shown of a paper", compute=of.details, asked_as="details",
         internal=True),
    _row("category", _K, "Category", "All categories, the primary one first.", holds="categories",
         aliases=("cat", "category"), reads=of.category_codes, filters=True, counted=True),
    _row("source", _K, "Source", "Who has shown the paper to us.", holds="sources", asked_as="source",
         aliases=("source",), reads=of.source_names, filters=True, counted=True),
    _row("has", _K, "Has", f"{', '.join(of.HAS)}.", compute=of.has, asked_as="has", aliases=("has",),
         reads=of.one_of(tuple(of.HAS)), filters=True, needs_all=True, counted=True),
    _row("venue", _K, "Venue", "Conference or journal, as the comments and the journal reference name it.",
         compute=of.venue, asked_as="venue", aliases=("venue",), reads=venues.read, filters=True, counted=True),
    _row("id", _K, "arXiv identifier", asked_as="id", aliases=("id",)),
    _row("archive", _K, "Archive", "Archives of all categories: cs, math.", compute=of.archives, aliases=("archive",),
         reads=of.archive_codes, filters=True, counted=True),
    _row("primary", _K, "Primary category", compute=lambda d: d.categories[:1], asked_as="primary",
         aliases=("primary",), reads=of.category_codes),
    _row("author_lookup", _K, "Author, every form", compute=of.author_keys, asked_as="author",
         aliases=("au", "author", "authors", "inauthor"), reads=names.query_keys, internal=True),
    _row("title_whole", _K, "Whole title", compute=of.whole_titles, asked_as="title_whole", reads=of.whole_title_of,
         internal=True),
    _row("doi_lookup", _K, "DOI in lower case", compute=of.doi, asked_as="doi", aliases=("doi",), reads=of.lower,
         internal=True),
    _row("language", _K, "Language of the original", asked_as="language", aliases=("lang", "language"),
         reads=of.language_codes, filters=True, counted=True),
    _row("announced", _K, "Kind of announcement", f"{', '.join(of.ANNOUNCEMENTS)}.", compute=lambda d: d.announced,
         asked_as="announced", aliases=("announced",), reads=of.one_of(of.ANNOUNCEMENTS), filters=True, counted=True),
    _row("licence", _K, "Licence", asked_as="licence", aliases=("licence", "license"), reads=licences.codes),
    _row("keyword", _K, "Keyword", "In lower case.", compute=of.keywords, asked_as="keyword",
         aliases=("kw", "keyword"), reads=of.lower),
    _row("year", _N, "Year", compute=lambda d: [d.day.year] if d.day else (), asked_as="year", aliases=("year",),
         filters=True, counted=True, internal=True),
    _row("month", _N, "Month", compute=lambda d: [d.day.year * 100 + d.day.month] if d.day else (), internal=True),
    _row("version", _N, "Version", "The latest that is known.", asked_as="version", aliases=("version",)),
    _row("upvotes", _N, "Upvotes", "At Hugging Face.", asked_as="upvotes", aliases=("upvotes",)),
    _row("date", _D, "Day", "The paper's one day: of its first announcement.", holds="day", asked_as="date",
         aliases=("date",)),
    _row("submitted", _M, "Submitted", "Of those that have it: listings do not say it.", asked_as="submitted",
         aliases=("submitted",)),
    _row("updated", _M, "Updated", "Of those that have it.", asked_as="updated", aliases=("updated",)),
    _row("featured", _D, "Day at Hugging Face", "A day, a week (2026-W30), a month or a year.", asked_as="featured",
         aliases=("featured",), filters=True),
    _row("newest_key", Kind.SORT_KEY, "Order by day", compute=lambda d: [newest_key(d)], sorts_by="newest",
         internal=True),
    _row("upvotes_key", Kind.SORT_KEY, "Order by upvotes", compute=lambda d: [upvotes_key(d)], sorts_by="upvotes",
         internal=True),
    # Not searched by us: only for people who look into Elasticsearch.
    _row("@timestamp", _M, "Day at noon", "The paper's day at 12:00 UTC: the same day in nearly every time zone.",
         compute=of.noon, searched=False),
    _row("url", _K, "Address", compute=lambda d: [f"https://arxiv.org/abs/{d.id}"], searched=False),
    _row("doi", _K, "DOI", searched=False),
    _row("withdrawn", _N, "Withdrawn version", "The numbers of the versions that were withdrawn.", searched=False),
    _row("code_from", _K, "Code named by", searched=False),
    _row("project", _K, "Project page", searched=False),
    _row("organisation", _K, "Organisation", searched=False),
    _row("translation", _K, "Translation", "State by language: zh:translated, zh:partly, zh:untranslated, zh:pending, "
         "zh:original.", asked_as="translation", filters=True, counted=True),
    _row("translated_by", _K, "Translated by", "The model.", compute=lambda d: sorted({*d.translated_by.values()}),
         searched=False),
    _row("untranslated_reason", _K, "Why untranslated", compute=lambda d: sorted({*d.untranslated.values()} - {""}),
         asked_as="untranslated_reason", filters=True, counted=True),
    _row("translated_at", _M, "Translated at", searched=False),
    _row("first_seen", _M, "First seen", "When the crawl or an import first saw the paper.", searched=False),
    _row("seq", _N, "Change", searched=False, internal=True),
    _row("number", _N, "Row", searched=False, internal=True),
)  # fmt: skip

SEARCHED = tuple(field for field in FIELDS if field.searched)
FACETS = tuple(field.name for field in FIELDS if field.counted)


def of_kind(*kinds: Kind) -> tuple[Field, ...]:
    """The fields of these kinds that are searched."""
    return tuple(field for field in SEARCHED if field.kind in kinds)


def asked_names(*kinds: Kind) -> tuple[str, ...]:
    """The names by which nodes of a Query ask for fields of these kinds."""
    return tuple(dict.fromkeys(field.asked_as for field in of_kind(*kinds) if field.asked_as))


def text_names() -> dict[str, Field]:
    """The names by which a text asks for a field: `ti` → the field of titles."""
    return {alias: field for field in reversed(SEARCHED) for alias in field.aliases}


FILTERS = {field.name: field for field in SEARCHED if field.filters}
SORT_FIELDS = {field.sorts_by: field.name for field in SEARCHED if field.sorts_by}

_FIELDS_BY_NAME = {
    name: tuple(field for field in SEARCHED if field.asked_as == name) for name in {f.asked_as for f in SEARCHED} - {""}
} | {name: tuple(field for field in SEARCHED if field.name == name) for name in ("category", "archive")}


def asked_for(name: str) -> tuple[Field, ...]:
    """The fields behind a name in a Query: one for each language of a title, else one."""
    return _FIELDS_BY_NAME[name]


def as_number(day: date | None) -> int | None:
    """2026-11-20 → 20261120."""
    return day.year * 10_000 + day.month * 100 + day.day if day else None


def from_number(number: int) -> date:
    """20261120 → 2026-11-20."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def number_reader(field: Field) -> Callable[[Document], Iterable[int]]:
    """The function that reads the values of a field for ranges and sorting, as whole numbers; days as yyyymmdd.

    Raises TypeError for a TEXT or KEYWORD field.
    """
    read = field.reader
    match field.kind:
        case Kind.DAY | Kind.MOMENT:
            return lambda document: [number for value in read(document) if (number := as_number(value)) is not None]
        case Kind.NUMBER | Kind.SORT_KEY:
            return read
        case Kind.TEXT | Kind.KEYWORD:
            raise TypeError(f"{field.name} has no numbers")
        case unreachable:
            assert_never(unreachable)
