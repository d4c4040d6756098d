"""Turns a hit into what the page shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from delivery import pairs
from delivery.excerpt import Excerpt, excerpt
from delivery.pairs import ShownPair
from delivery.segments import Segment, Text, segments
from indexer.documents import BY_LANGUAGE, Document
from indexer.field_values import venue
from indexer.results import Hit, Span
from papers import categories
from papers.paper import Figure
from papers.translations import DEMO

SHOWN_AUTHORS = 5
MOST_AUTHORS_SHOWN = 12
# About five lines of an abstract in one column and in one of two, in characters; a Chinese one is twice as wide.
_LINES, _LINES_OF_TWO = 480, 300
_WIDE_LANGUAGES = ("zh", "zh-Hant", "ja", "ko")
_DETAILS = ("comments", "journal_ref", "report_no", "doi", "licence", "organisation", "code", "project")
# arXiv has shown papers as HTML since this month, where it could convert them.
_FIRST_HTML = "2312"


@dataclass(frozen=True, slots=True)
class Shown:
    """A text in one language."""

    language: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """The name of an author, a category or a venue, with what matched marked."""

    name: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """A part of what else matched: the name of a field, its text, and the text's language, None where it has none."""

    field: str
    segments: tuple[Segment, ...]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where else the paper is. `kind` names it: pdf, html, arxiv, code, project, huggingface, doi. `named_by` is who
    says so, where that is not arXiv."""

    kind: str
    address: str
    named_by: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A paper as a page or a digest shows it; the reader's language first."""

    document: Document
    titles: tuple[Shown, ...]
    abstracts: tuple[Shown, ...]
    only_language: str | None  # the one language that it has of those that are asked for, or of the two
    comments: tuple[Segment, ...]  # () where there are none
    links: tuple[Link, ...]
    first_authors: tuple[Value, ...]  # and those after them whose names matched
    id: tuple[Segment, ...]
    categories: tuple[Value, ...]
    venues: tuple[Value, ...]
    matched: tuple[Matched, ...]  # what matched of all that is not shown otherwise

    @property
    def pairs(self) -> tuple[ShownPair, ...]:
        """The abstract sentence by sentence; () where only one language is shown. Lists do not need it."""
        target = next((text.language for text in self.abstracts if text.language != self.document.language), None)
        return pairs.shown(self.document, "abstract", target) if target and len(self.abstracts) > 1 else ()

    @property
    def figures(self) -> tuple[tuple[Figure, tuple[Segment, ...]], ...]:
        """The figures that are known, with their captions. Lists do not need them."""
        return tuple((figure, segments(figure.caption)) for figure in self.document.html_figures)

    @property
    def excerpts(self) -> tuple[tuple[str, Excerpt], ...]:
        """About five lines of each abstract, with the first matches, and their languages."""
        length = _LINES if len(self.abstracts) == 1 else _LINES_OF_TWO
        return tuple(
            (text.language, excerpt(text.segments, length // 2 if text.language in _WIDE_LANGUAGES else length))
            for text in self.abstracts
        )

    @property
    def is_day_announced(self) -> bool:
        """Whether arXiv announced the paper on this day. Otherwise the day was computed, and may be wrong by a few."""
        return "new" in self.document.announced

    @property
    def is_by_demo(self) -> bool:
        """Whether a translation of it was made by the demo's model."""
        return any(DEMO in model for model in self.document.translated_by.values())

    @property
    def more_authors(self) -> int:
        return len(self.document.authors) - len(self.first_authors)

    @property
    def is_replacement(self) -> bool:
        """Whether its last known version is not the first."""
        return (self.document.version or 1) > 1


def present(hit: Hit, language: str | None = None, first: str = "") -> View:
    """What is shown of a hit, with the matches marked.

    With a `language`, only the texts in it; a text that is missing in it is shown in the original language. Texts in
    the language `first` come first, or else those in the original language.
    """
    document, marks = hit.document, hit.highlights
    return View(
        document=document,
        titles=_texts(document, "title", language, first, marks),
        abstracts=_texts(document, "abstract", language, first, marks),
        only_language=_only_language(document, language),
        comments=segments(document.comments or "", marks.get("comments", ())),
        links=links(document),
        first_authors=_authors(document, marks),
        id=segments(document.id, marks.get("id", ()), addresses=False),
        categories=_values("categories", document.categories, marks),
        venues=_values("venues", venue(document), marks),
        matched=(*_matched_details(document, marks), *_matched_elsewhere(document, language, marks)),
    )


_Marks = Mapping[str, Sequence[Span]]


def _values(field: str, names: Sequence[str], marks: _Marks) -> tuple[Value, ...]:
    return tuple(
        Value(name, segments(name, marks.get(f"{field}.{place}", ()), addresses=False))
        for place, name in enumerate(names)
    )


def _matched_details(document: Document, marks: _Marks) -> Iterator[Matched]:
    for name in _DETAILS:
        if name in marks:
            yield Matched(name, excerpt(segments(getattr(document, name), marks[name]), _LINES_OF_TWO).segments)
    for value in _values("keywords", document.keywords, marks):
        if any(isinstance(segment, Text) and segment.is_marked for segment in value.segments):
            yield Matched("keywords", value.segments)


def _matched_elsewhere(document: Document, language: str | None, marks: _Marks) -> Iterator[Matched]:
    """What matched in the texts of a language that is not shown, if nothing did in those that are."""
    if language is None:
        return
    shown = [language if language in getattr(document, field) else document.language for field in BY_LANGUAGE]
    if any(f"{field}_{code}" in marks for field, code in zip(BY_LANGUAGE, shown, strict=True)):
        return
    for field in BY_LANGUAGE:
        for code, text in getattr(document, field).items():
            if spans := marks.get(f"{field}_{code}"):
                yield Matched(field, excerpt(segments(text, spans), _LINES_OF_TWO // 2).segments, code)


def _only_language(document: Document, language: str | None) -> str | None:
    languages = list(document.abstract or document.title)
    if language is None:
        return languages[0] if len(languages) == 1 else None
    return document.language if languages and language not in languages else None


def _authors(document: Document, marks: _Marks) -> tuple[Value, ...]:
    places = [place for place in range(len(document.authors)) if place < SHOWN_AUTHORS or f"authors.{place}" in marks]
    return tuple(
        Value(name, segments(name, marks.get(f"authors.{place}", ()), addresses=False))
        for place in places[:MOST_AUTHORS_SHOWN]
        for name in (document.authors[place],)
    )


def _texts(document: Document, field: str, language: str | None, first: str, marks: _Marks) -> tuple[Shown, ...]:
    texts: Mapping[str, str] = getattr(document, field)
    original = document.language
    if language is None:
        # Who reads Traditional Chinese would have Simplified before English.
        languages = sorted(texts, key=lambda code: (code != first, code[:2] != first[:2], code != original, code))
    else:
        languages = [code for code in (language, original) if code in texts][:1]
    return tuple(
        Shown(code, _segments(document, field, code, texts[code], marks.get(f"{field}_{code}", ())))
        for code in languages
    )


def _segments(document: Document, field: str, language: str, text: str, marks: Sequence[Span]) -> tuple[Segment, ...]:
    whole = pairs.whole(document, field, language, marks) if language != document.language else None
    return whole or segments(text, marks, addresses=field != "title")


def links(document: Document) -> tuple[Link, ...]:
    """Where the paper, its code and its discussion are. Only web addresses."""
    shown_links = [
        Link("pdf", f"https://arxiv.org/pdf/{document.id}"),
        Link("arxiv", f"https://arxiv.org/abs/{document.id}"),
    ]
    if document.id[:4] >= _FIRST_HTML and document.id[:4].isdigit():
        shown_links.insert(1, Link("html", f"https://arxiv.org/html/{document.id}"))
    if document.code:
        shown_links.append(Link("code", document.code, document.code_from or ""))
    if document.project:
        shown_links.append(Link("project", document.project, "huggingface-daily"))
    if document.featured or "huggingface-daily" in document.sources:
        shown_links.append(Link("huggingface", f"https://huggingface.co/papers/{document.id}"))
    if document.doi:
        shown_links.append(Link("doi", f"https://doi.org/{quote(document.doi, safe='/:;()._-')}"))
    return tuple(shown_links)


def category_label(code: str, language: str = "en") -> str:
    """`cs.CL Computation and Language`, with the name in the language of the page; the code alone where it has none."""
    name = categories.name(code, language)
    return f"{code} {name}" if name and name != code else code
