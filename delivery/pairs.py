"""A text beside its translation, sentence by sentence, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from delivery.html import to_html
from indexer.documents import Document
from indexer.results import Span
from papers.alignment import Pair, pairs
from papers.translations import joined


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A sentence and its translation as HTML. Where `target` is None, `reason` says why."""

    source: str
    target: str | None
    reason: str | None
    way: str


def of_document(document: Document, field: str, language: str) -> list[Pair]:
    """The sentences of a text beside those of its translation; [] where it is not known which belong together."""
    texts = document.title if field == "title" else document.abstract
    rows = document.aligned.get(language, {}).get(field, ())
    return pairs(texts.get(document.language, ""), texts.get(language, ""), rows) if rows else []


def shown(document: Document, field: str, language: str) -> tuple[ShownPair, ...]:
    """The pairs of `of_document` as HTML."""
    return tuple(
        ShownPair(to_html(pair.source), to_html(pair.target) if pair.target else None, pair.reason, pair.way)
        for pair in of_document(document, field, language)
    )


def whole(document: Document, field: str, language: str, marks: Sequence[Span]) -> str | None:
    """A translation as HTML; None where every sentence has a translation, or no pairs are known.

    A sentence without a translation is shown in the original, in a `<span class="refused">`.
    """
    sentence_pairs = of_document(document, field, language)
    if all(pair.target for pair in sentence_pairs):
        return None
    parts = []
    for pair in sentence_pairs:
        if pair.target:
            end = pair.target_start + len(pair.target)
            own_marks = [(max(a, pair.target_start) - pair.target_start, b - pair.target_start) for a, b in marks if
                   a < end and b > pair.target_start]  # fmt: skip
            parts.append(to_html(pair.target, own_marks, addresses=field != "title"))
        else:
            original = to_html(pair.source, addresses=field != "title")
            parts.append(f' <span class="refused" lang="{escape(document.language)}">{original}</span> ')
    return joined(parts, language)
