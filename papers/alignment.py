"""A text and its translation, sentence beside sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from papers.paper import Aligned


class Pair(NamedTuple):
    """A sentence and its translation, each with the offset (in characters) at which it begins in its text.

    `target` is None where the sentence has no translation; `reason` then says why.
    """

    source: str
    source_start: int
    target: str | None
    target_start: int
    way: str
    reason: str | None


def pairs(source: str, target: str, aligned: Sequence[Aligned]) -> list[Pair]:
    """The sentences of a text beside their translations, in order; [] where `aligned` does not fit the two texts."""
    sentence_pairs = []
    source_at = target_at = 0
    for sentence in aligned:
        source_at, target_at = _next(source, source_at), _next(target, target_at)
        source_end, target_end = source_at + sentence.length, target_at + (sentence.target or 0)
        if source_end > len(source) or target_end > len(target):
            return []
        sentence_pairs.append(
            Pair(
                source[source_at:source_end],
                source_at,
                target[target_at:target_end] if sentence.target else None,
                target_at,
                sentence.way,
                sentence.reason,
            )
        )
        source_at, target_at = source_end, target_end
    return sentence_pairs if not source[source_at:].strip() and not target[target_at:].strip() else []


def _next(text: str, at: int) -> int:
    """The offset at which the next sentence begins: white space or nothing separates two sentences."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at
