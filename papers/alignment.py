"""A text and its translation, sentence beside sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from papers.paper import Aligned


class Pair(NamedTuple):
    """A sentence and its translation; `start`s are where they stand in their texts. No target: the reason says why."""

    source: str
    source_start: int
    target: str | None
    target_start: int
    way: str
    reason: str | None


def pairs(source: str, target: str, aligned: Sequence[Aligned]) -> list[Pair]:
    """The sentences of a text beside their translations, in order; [] where the texts are others than were aligned."""
    made = []
    at = there = 0
    for one in aligned:
        at, there = _next(source, at), _next(target, there)
        end, ends = at + one.length, there + (one.target or 0)
        if end > len(source) or ends > len(target):
            return []
        made.append(Pair(source[at:end], at, target[there:ends] if one.target else None, there, one.way, one.reason))
        at, there = end, ends
    return made if not source[at:].strip() and not target[there:].strip() else []


def _next(text: str, at: int) -> int:
    """Where the next sentence begins: sentences are apart by blanks, or by nothing."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at
