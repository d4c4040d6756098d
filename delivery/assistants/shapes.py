"""What an assistant gets. Texts are bounded: a model reads every word of an answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from delivery.present import links
from indexer.documents import Document

MOST_PAPERS = 20
LONGEST_EXCERPT, LONGEST_ABSTRACT = 600, 4_000  # characters of one language
LONGEST_CAPTION = 300
MOST_AUTHORS = 10


class PaperBrief(BaseModel):
    """A paper in a list: texts by language, the original's first."""

    id: str = Field(description="arXiv identifier")
    title: dict[str, str] = Field(description="language code → title")
    authors: list[str] = Field(description=f"the first {MOST_AUTHORS}")
    more_authors: int
    categories: list[str]
    day: str = Field(description="of its first announcement; empty where unknown")
    abstract: dict[str, str] = Field(description="language code → abstract, cut where it is long")
    withdrawn: bool
    address: str = Field(description="its page at arXiv, to be named as the source")


class PaperWhole(PaperBrief):
    """Everything that is known of one paper."""

    original_language: str
    translated_by: dict[str, str] = Field(description="language code → the model that translated it")
    untranslated: dict[str, str] = Field(description="language code → why a sentence has no good translation")
    submitted: str | None
    version: int | None
    versions: list[tuple[int, str | None]] = Field(description="number and date of each version")
    withdrawal: str | None = Field(description="what its authors or arXiv say of a withdrawal")
    comments: str | None
    journal_ref: str | None
    doi: str | None
    licence: str | None
    code: str | None
    upvotes: int | None = Field(description="at Hugging Face")
    figures: list[str] = Field(description="captions of its first figures, where they are known, with their addresses")
    links: dict[str, str]


class Papers(BaseModel):
    """A list of papers. `total` counts all that match; `papers` are those of one page."""

    total: int
    page: int = 1
    papers: list[PaperBrief]
    understood: Annotated[str, Field(description="how the text was read")] = ""
    not_understood: Annotated[list[str], Field(description="parts of the text that were left out, and why")] = []
    note: Annotated[str, Field(description="a sentence where something is missing, or nothing was found")] = ""


def brief(document: Document) -> PaperBrief:
    """A paper as a list has it."""
    return PaperBrief(**_brief(document, LONGEST_EXCERPT))


def whole(document: Document) -> PaperWhole:
    """A paper with all that is known of it."""
    return PaperWhole(
        **_brief(document, LONGEST_ABSTRACT),
        original_language=document.language,
        translated_by=dict(document.translated_by),
        untranslated=dict(document.untranslated),
        submitted=document.submitted.isoformat() if document.submitted else None,
        version=document.version,
        versions=[(number, at.date().isoformat() if at else None) for number, at in document.versions],
        withdrawal=document.withdrawal,
        comments=document.comments,
        journal_ref=document.journal_ref,
        doi=document.doi,
        licence=document.licence,
        code=document.code,
        upvotes=document.upvotes,
        figures=[
            f"{figure.label}: {_cut(figure.caption, LONGEST_CAPTION)} ({figure.address})"
            for figure in document.html_figures
        ],
        links={link.kind: link.address for link in links(document)},
    )


def _brief(document: Document, longest: int) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": dict(document.title),
        "authors": list(document.authors[:MOST_AUTHORS]),
        "more_authors": max(0, len(document.authors) - MOST_AUTHORS),
        "categories": list(document.categories),
        "day": document.shown_day,
        "abstract": {language: _cut(text, longest) for language, text in document.abstract.items()},
        "withdrawn": document.is_withdrawn,
        "address": f"https://arxiv.org/abs/{document.id}",
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 2].rstrip()} …"


def day_of(text: str, newest: date) -> date:
    """The day that a text names; the newest one for "newest". Raises ValueError."""
    return newest if text.strip().lower() in ("", "newest", "latest") else date.fromisoformat(text.strip())
