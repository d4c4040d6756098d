"""Document: a paper as an index stores it, and its JSON form. `indexer.fields` says how its values are searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from papers.codec import restore
from papers.normalise import withdrawal
from papers.normalise.readable import readable
from papers.normalise.text import language_by_script
from papers.paper import Aligned, Announcement, AuthorName, Change, Figure, Paper, Version
from papers.translations import TranslationState

LANGUAGES = ("en", "zh")
OTHER = "other"
BY_LANGUAGE = ("title", "abstract")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper as an index holds it: enough to show it without the catalogue."""

    id: str
    number: int
    seq: int
    language: str = "en"  # the language of the original
    title: Mapping[str, str] = field(default_factory=dict)  # language → text
    abstract: Mapping[str, str] = field(default_factory=dict)
    translated_by: Mapping[str, str] = field(default_factory=dict)  # language → the model
    untranslated: Mapping[str, str] = field(default_factory=dict)  # language → why there is no translation
    # Language → field → its sentences beside those of the original: see `papers.alignment`.
    aligned: Mapping[str, Mapping[str, tuple[Aligned, ...]]] = field(default_factory=dict)
    translation: tuple[str, ...] = ()  # the state by language: "zh:translated", "zh:pending"
    translated_at: datetime | None = None
    first_seen: datetime | None = None  # when we first saw the paper
    authors: tuple[str, ...] = ()
    author_names: tuple[AuthorName | None, ...] = ()  # the same names in parts, None where unknown; or () for all
    categories: tuple[str, ...] = ()
    announcements: tuple[Announcement, ...] = ()  # oldest first, one a category and day
    day: date | None = None
    submitted: datetime | None = None
    updated: datetime | None = None
    version: int | None = None
    versions: tuple[Version, ...] = ()
    withdrawn: tuple[int, ...] = ()  # the numbers of versions that were withdrawn
    comments: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    report_no: str | None = None
    licence: str | None = None
    upvotes: int | None = None
    featured: date | None = None
    code: str | None = None
    code_from: str | None = None  # where the repository is named: in a source, "abstract" or "comments"
    project: str | None = None
    keywords: tuple[str, ...] = ()
    organisation: str | None = None
    summary: str | None = None  # one sentence by Hugging Face's model; shown, never searched
    figures: tuple[str, ...] = ()  # addresses of pictures at Hugging Face
    html_figures: tuple[Figure, ...] = ()  # the first figures of arXiv's HTML version, where the owner asked for them
    sources: tuple[str, ...] = ()

    @property
    def own_title(self) -> str:
        """The title in the original language, else in any; "" where there is none."""
        return self.title.get(self.language) or next(iter(self.title.values()), "")

    @property
    def is_withdrawn(self) -> bool:
        """Whether its latest version was withdrawn."""
        return bool(self.withdrawn) and self.withdrawn[-1] >= (self.version or 1)

    @property
    def withdrawal(self) -> str | None:
        """The text that says that the paper was withdrawn, and often why; None where it was not, or none says it."""
        if not self.is_withdrawn:
            return None
        return withdrawal.statement(self.comments, self.abstract.get(self.language))

    @property
    def is_day_known(self) -> bool:
        """Whether its day is one, and not the first of the month that its arXiv number tells. See `papers.merge`."""
        return self.day is not None and (bool(self.submitted) or "new" in self.announced or self.day.day > 1)

    @property
    def shown_day(self) -> str:
        """The paper's day in ISO form; only year and month where just its arXiv number tells them; "" where unknown."""
        if self.day is None:
            return ""
        return self.day.isoformat() if self.is_day_known else self.day.isoformat()[:7]

    @property
    def announced(self) -> tuple[str, ...]:
        """The kinds of its announcements, each once."""
        return tuple(dict.fromkeys(announcement.kind for announcement in self.announcements))


_SAME_NAME = tuple({f.name for f in fields(Document)} & {f.name for f in fields(Paper)} - {*BY_LANGUAGE, "comments"})


def from_change(change: Change, languages: Sequence[str] = ()) -> Document:
    """The document of a changed paper; the change must not be a deletion. `languages` are those that papers are to be
    translated into."""
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
        aligned=dict(change.aligned),
        translation=_states(change, languages),
        translated_at=change.translated_at,
        first_seen=change.first_seen,
        **{name: getattr(paper, name) for name in _SAME_NAME},
    )


def _states(change: Change, languages: Sequence[str]) -> tuple[str, ...]:
    states = dict.fromkeys(languages, TranslationState.PENDING.value) | dict(change.states)
    return tuple(f"{language}:{state}" for language, state in sorted(states.items()))


def _in_languages(language: str, original: str | None, translations: Mapping[str, str]) -> dict[str, str]:
    return {language: readable(original), **translations} if original else {}


# Where the day begins in `newest_key`.
DAY_SHIFT = 24


def newest_key(document: Document) -> int:
    """A unique number by which "newest" sorts: the day, then the order in which papers came to the catalogue.

    Unique, so that pages neither skip nor repeat a paper. 24 bits are for the paper's number: 16 million papers.
    """
    day = document.day.toordinal() if document.day else 0
    return day << DAY_SHIFT | ((1 << DAY_SHIFT) - 1 - document.number)


MOST_SORTED_UPVOTES = (1 << 19) - 1


def upvotes_key(document: Document) -> int:
    """A unique number by which "upvotes" sorts; papers with the same number of votes are newest first.

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
    """The inverse of `to_json`. Damaged JSON raises ValueError, KeyError, TypeError or AttributeError."""
    values: dict[str, Any] = orjson.loads(stored)
    restore(values)
    return Document(**known(values))


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of fields that a Document has: an index of the version before may hold others."""
    return {name: value for name, value in values.items() if name in _FIELDS}


class Deletion(NamedTuple):
    """A paper that was deleted from the catalogue, and the number of the change that deleted it."""

    id: str
    seq: int
