"""A paper as JSON: what it has, and its sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel

from delivery.pairs import of_document
from delivery.present import links
from indexer.documents import Document
from indexer.field_values import venue
from indexer.results import Hit


class SentenceOut(BaseModel):
    """A sentence, its translation, how it was translated, and the reason if it has no translation."""

    source: str
    target: str | None
    way: str
    reason: str | None


class AnnouncementOut(BaseModel):
    """arXiv's mailing of this day listed the paper in the category as new, cross, replace or replace-cross."""

    day: date
    category: str
    kind: str


class FigureOut(BaseModel):
    """A figure of arXiv's HTML version: its caption with formulas in TeX, its place there, and its image ("" where it
    is drawn in the page itself)."""

    label: str
    caption: str
    address: str
    image: str


class PaperOut(BaseModel):
    """A paper. Texts are by language. `translation` is the state by language, as in `zh:translated`, and `untranslated`
    why some sentence has no good translation. `withdrawn` are the numbers of withdrawn versions; `is_withdrawn` says
    whether the latest is one of them. `sentences` are by language and field; only `/papers/{id}` fills them.
    `highlights` are the [start, end] of each match, by field; `authors.0` is the first author's name. `tier` says how
    well a hit fits."""

    id: str
    tier: str = "all"
    language: str
    title: dict[str, str]
    abstract: dict[str, str]
    authors: list[str]
    categories: list[str]
    featured: date | None
    date: date | None
    submitted: str | None
    updated: str | None
    version: int | None
    versions: list[tuple[int, str | None]]
    is_withdrawn: bool
    withdrawn: list[int]
    announced: list[str]
    announcements: list[AnnouncementOut]
    comments: str | None
    journal_ref: str | None
    venues: list[str]
    doi: str | None
    report_no: str | None
    licence: str | None
    code: str | None
    code_from: str | None
    project: str | None
    organisation: str | None
    summary: str | None
    figures: list[str]
    html_figures: list[FigureOut]
    upvotes: int | None
    first_seen: str | None
    keywords: list[str]
    sources: list[str]
    links: dict[str, str]
    translation: list[str] = []
    translated_at: str | None = None
    translated_by: dict[str, str] = {}
    untranslated: dict[str, str] = {}
    sentences: dict[str, dict[str, list[SentenceOut]]] = {}
    highlights: dict[str, list[tuple[int, int]]] = {}


_SAME_NAME = (
    "id", "language", "authors", "categories", "submitted", "updated", "version", "versions", "is_withdrawn",
    "withdrawn", "announced",
    "comments", "journal_ref", "doi", "report_no", "licence", "code", "code_from", "project", "organisation",
    "featured", "upvotes", "summary", "figures", "keywords", "sources", "translated_by", "untranslated",
    "translation", "translated_at", "first_seen",
)  # fmt: skip


def as_json(hit: Hit, languages: tuple[str, ...] = (), tier: str = "all") -> dict[str, Any]:
    """The values of a PaperOut. With `languages`, texts in these alone; in the original's if there is none."""
    document = hit.document
    values: dict[str, Any] = {name: getattr(document, name) for name in _SAME_NAME}
    return values | {
        "tier": tier,
        "title": _in_languages(document, document.title, languages),
        "abstract": _in_languages(document, document.abstract, languages),
        "date": document.day,
        "venues": venue(document),
        "html_figures": [figure._asdict() for figure in document.html_figures],
        "announcements": [announcement._asdict() for announcement in document.announcements],
        "links": {link.kind: link.address for link in links(document)},
        "sentences": {},  # `/papers/{id}` fills them
        "highlights": hit.highlights,
    }


def _in_languages(document: Document, texts: Any, languages: tuple[str, ...]) -> dict[str, str]:
    chosen = {language: text for language, text in texts.items() if not languages or language in languages}
    return chosen or {language: text for language, text in texts.items() if language == document.language}


def sentences(document: Document) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """By language, then by field: the pairs of sentences, original and translation."""
    return {
        language: {
            name: [
                {"source": pair.source, "target": pair.target, "way": pair.way, "reason": pair.reason}
                for pair in of_document(document, name, language)
            ]
            for name in by_field
        }
        for language, by_field in document.aligned.items()
    }
