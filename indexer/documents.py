"""What an index holds of a paper (Document), what it answers (Results), and what a Query is matched against.

The three `*_values` functions are the whole truth about matching: engines index what they return, and the
evaluator compares with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from papers import categories
from papers.codec import restore
from papers.normalise import names
from papers.normalise.readable import readable
from papers.normalise.text import language_by_script
from papers.paper import Change, Paper, Version

LANGUAGES = ("en", "zh")
OTHER = "other"
BY_LANGUAGE = ("title", "abstract")
# Keyword fields: those that are counted, and those that are only looked up. `keyword_values` fills them.
COUNTED = ("category", "source", "has")
KEYWORDS = (*COUNTED, "id", "archive", "primary", "author", "language", "announced", "licence", "keyword")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper as an index holds it: enough to show it without the catalogue."""

    id: str
    number: int
    seq: int
    language: str = "en"  # of the original
    title: Mapping[str, str] = field(default_factory=dict)  # by language
    abstract: Mapping[str, str] = field(default_factory=dict)
    translated_by: Mapping[str, str] = field(default_factory=dict)  # language → the model
    untranslated: Mapping[str, str] = field(default_factory=dict)  # language → why there is no translation
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()  # the kinds of its announcements
    day: date | None = None
    submitted: datetime | None = None
    updated: datetime | None = None
    version: int | None = None
    versions: tuple[Version, ...] = ()
    comments: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    report_no: str | None = None
    licence: str | None = None
    upvotes: int | None = None
    featured: date | None = None
    code: str | None = None
    code_from: str | None = None  # what names the repository: a source, "abstract" or "comments"
    project: str | None = None
    keywords: tuple[str, ...] = ()
    organisation: str | None = None
    sources: tuple[str, ...] = ()


_SAME_NAME = tuple({f.name for f in fields(Document)} & {f.name for f in fields(Paper)} - {*BY_LANGUAGE, "comments"})


def from_change(change: Change) -> Document:
    """The document of a changed paper; the change must not be a deletion."""
    paper = change.paper
    assert paper is not None
    language = change.language or language_by_script(f"{paper.title or ''} {paper.abstract or ''}")
    return Document(
        number=change.number,
        seq=change.seq,
        language=language,
        title=_in_languages(language, paper.title, change.translations.get("title", {})),
        abstract=_in_languages(language, paper.abstract, change.translations.get("abstract", {})),
        comments=readable(paper.comments) if paper.comments else None,
        translated_by=dict(change.translated_by),
        untranslated=dict(change.untranslated),
        announced=tuple(dict.fromkeys(announcement.kind for announcement in paper.announcements)),
        **{name: getattr(paper, name) for name in _SAME_NAME},
    )


def _in_languages(language: str, original: str | None, translations: Mapping[str, str]) -> dict[str, str]:
    return {language: readable(original), **translations} if original else {}


def language_field(name: str, language: str) -> str:
    """The field that holds title or abstract in a language: `title_en`; `title_other` for most of them.

    All are analysed alike. Fields of their own are for those who look into an index by themselves.
    """
    return f"{name}_{language if language in LANGUAGES else OTHER}"


def text_fields(name: str) -> tuple[str, ...]:
    """The fields of an index behind a text field of a Query."""
    return tuple(language_field(name, one) for one in (*LANGUAGES, OTHER)) if name in BY_LANGUAGE else (name,)


def text_values(document: Document) -> dict[str, list[str]]:
    """The values of each text field."""
    values: dict[str, list[str]] = {}
    for name in BY_LANGUAGE:
        for language, text in getattr(document, name).items():
            values.setdefault(language_field(name, language), []).append(text)
    values["authors"] = list(document.authors)
    values["comments"] = [document.comments] if document.comments else []
    return values


def keyword_values(document: Document) -> dict[str, list[str]]:
    """The values of each keyword field; those of `author` are keys (see `names.keys`)."""
    found = document.categories
    return {
        "id": [document.id],
        "category": list(found),
        "archive": list(dict.fromkeys(archive_of(code) for code in found)),
        "primary": [found[0]] if found else [],
        "author": list(dict.fromkeys(key for name in document.authors for key in names.keys(name))),
        "source": list(document.sources),
        "has": _has(document),
        "language": [document.language],
        "announced": list(document.announced),
        "licence": [document.licence] if document.licence else [],
        "keyword": [keyword.lower() for keyword in document.keywords],
    }


def archive_of(code: str) -> str:
    category = categories.taxonomy().get(code)
    return category.archive if category else code.split(".")[0]


def _has(document: Document) -> list[str]:
    found = {
        "code": document.code is not None,
        "project": document.project is not None,
        "translation": len(document.title) > 1,
        "updates": (document.version or 1) > 1,
        "upvotes": bool(document.upvotes),
    }
    return [name for name, has in found.items() if has]


def number_values(document: Document) -> dict[str, int]:
    """The values of each number and date field (dates as yyyymmdd); what a paper lacks is missing."""
    values = {
        "year": document.day.year if document.day else None,
        "month": document.day.year * 100 + document.day.month if document.day else None,
        "version": document.version,
        "upvotes": document.upvotes,
        "date": as_number(document.day),
        "submitted": as_number(document.submitted),
        "updated": as_number(document.updated),
        "featured": as_number(document.featured),
    }
    return {name: value for name, value in values.items() if value is not None}


def as_number(day: date | None) -> int | None:
    """2026-11-20 → 20261120."""
    return day.year * 10_000 + day.month * 100 + day.day if day else None


def from_number(number: int) -> date:
    """20261120 → 2026-11-20."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def newest_key(document: Document) -> int:
    """A unique number by which "newest" sorts: the day, then the order in which papers came to the catalogue.

    Unique, so that pages neither skip nor repeat a paper. 24 bits for the paper's number: 16 million papers.
    """
    day = document.day.toordinal() if document.day else 0
    return day << 24 | ((1 << 24) - 1 - document.number)


MOST_SORTED_UPVOTES = (1 << 19) - 1


def upvotes_key(document: Document) -> int:
    """A unique number by which "upvotes" sorts; papers with as many votes are newest first.

    19 bits for the votes, beside the 44 of `newest_key` in a signed number: papers of more than half a million votes
    count as equal.
    """
    return min(document.upvotes or 0, MOST_SORTED_UPVOTES) << 44 | newest_key(document)


_FIELDS = tuple(f.name for f in fields(Document))


def to_json(document: Document) -> bytes:
    """The document as stored in an index."""
    values = {name: value for name in _FIELDS if (value := getattr(document, name)) not in (None, (), {})}
    return orjson.dumps(values, default=list)


def from_json(stored: bytes) -> Document:
    values: dict[str, Any] = orjson.loads(stored)
    restore(values)
    return Document(**values)


class Deletion(NamedTuple):
    """A paper that is no more, and the number of the change that says so."""

    id: str
    seq: int


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A found paper. `highlights` are the matched parts of its texts: field and language (`title_en`) → spans."""

    document: Document
    highlights: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facet:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the date histogram: the papers of the days from `first` to `last`."""

    first: date
    last: date
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[Facet, ...]] = field(default_factory=dict)
    histogram: tuple[Bar, ...] = ()
    cursor: str | None = None  # goes on after the last hit; None where nothing follows or the sort has none
