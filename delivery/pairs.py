"""A text beside its translation, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delivery.segments import Original, Segment, Text, segments
from indexer.documents import Document
from indexer.results import Span
from papers.alignment import Pair, pairs
from papers.translations import blank


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A sentence and its translation. Where `target` is None, `reason` says why."""

    source: tuple[Segment, ...]
    target: tuple[Segment, ...] | None
    reason: str | None
    way: str


def of_document(document: Document, field: str, language: str) -> list[Pair]:
    """The sentences of a text beside those of its translation; [] where it is not known which belong together."""
    texts = document.title if field == "title" else document.abstract
    rows = document.aligned.get(language, {}).get(field, ())
    return pairs(texts.get(document.language, ""), texts.get(language, ""), rows) if rows else []


def shown(document: Document, field: str, language: str) -> tuple[ShownPair, ...]:
    """The pairs of `of_document` as they are shown."""
    return tuple(
        ShownPair(segments(pair.source), segments(pair.target) if pair.target else None, pair.reason, pair.way)
        for pair in of_document(document, field, language)
    )


def whole(document: Document, field: str, language: str, marks: Sequence[Span]) -> tuple[Segment, ...] | None:
    """A translation; None where every sentence has a translation, or no pairs are known.

    A sentence without a translation stands in it as an Original.
    """
    sentence_pairs = of_document(document, field, language)
    if all(pair.target for pair in sentence_pairs):
        return None
    between = blank(language)
    parts: list[Segment] = []
    for number, pair in enumerate(sentence_pairs):
        if number and between:
            parts.append(Text(between))
        if pair.target:
            parts += segments(pair.target, _own(marks, pair), addresses=field != "title")
        else:
            original = Original(document.language, segments(pair.source, addresses=field != "title"))
            parts += (Text(" "), original, Text(" "))
    return tuple(parts)


def _own(marks: Sequence[Span], pair: Pair) -> list[Span]:
    """The marks of a text that lie in the translation of one sentence, counted from its beginning."""
    assert pair.target is not None
    start, end = pair.target_start, pair.target_start + len(pair.target)
    return [(max(first, start) - start, last - start) for first, last in marks if first < end and last > start]
