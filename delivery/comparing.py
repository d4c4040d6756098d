"""Two versions of a text, word by word: what is the same, what was taken out, and what was put in. Pure.

A formula, a word, and a Chinese character are each compared as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from papers.normalise import formulas
from papers.normalise.text import HAN
from papers.versions import VersionText

_TOKEN = re.compile(rf"[{HAN}]|[^\s{HAN}]+\s*|\s+")


Step = tuple[str, int, int, int, int]  # as SequenceMatcher has them
# Pairs of equal tokens. Ordinary abstracts have a few thousand; 100,000 take about a second.
MOST_PAIRS = 100_000


class Fate(StrEnum):
    """What became of a piece of text from one version to the other."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the older text, of the newer one, or of both."""

    fate: Fate
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a paper, field by field; () for a field that one of them lacks."""

    old: int
    new: int
    title: tuple[Piece, ...]
    abstract: tuple[Piece, ...]
    comments: tuple[Piece, ...]


FIELDS = ("title", "abstract", "comments")


def compare(old: VersionText, new: VersionText) -> Comparison:
    """What changed from one version of a paper to another."""
    return Comparison(
        old.number,
        new.number,
        title=_of_field(old.title, new.title),
        abstract=_of_field(old.abstract, new.abstract),
        comments=_of_field(old.comments, new.comments),
    )


def _of_field(old: str | None, new: str | None) -> tuple[Piece, ...]:
    """Nothing is said of a text of which one of the versions is not known to have one."""
    return () if old is None or new is None else pieces(old, new)


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order. Without the removed ones they are the new text, and without the added ones the
    old text, but for blanks."""
    old_tokens, new_tokens = list(_tokens(old)), list(_tokens(new))
    # A word is the same whether a blank or the end of the text follows.
    old_keys, new_keys = ([token.rstrip() for token in tokens] for tokens in (old_tokens, new_tokens))
    start = _common(old_keys, new_keys)
    end = _common(old_keys[start:][::-1], new_keys[start:][::-1])
    old_middle, new_middle = old_keys[start : len(old_keys) - end], new_keys[start : len(new_keys) - end]
    steps: list[Step] = [("equal", 0, start, 0, start)]
    steps += [
        (step, a + start, b + start, c + start, d + start) for step, a, b, c, d in _opcodes(old_middle, new_middle)
    ]
    steps.append(("equal", len(old_keys) - end, len(old_keys), len(new_keys) - end, len(new_keys)))
    return tuple(_joined(_pieces(steps, old_tokens, new_tokens)))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """With how many equal tokens both begin."""
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[Step]:
    """The steps from one to the other. Where so many tokens repeat that comparing takes long, all is replaced."""
    counts = Counter(old)
    if sum(counts[token] for token in new) > MOST_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    return SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()


def _pieces(steps: Iterable[Step], old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for step, old_start, old_end, new_start, new_end in steps:
        if step == "equal":
            pairs = zip(old[old_start:old_end], new[new_start:new_end], strict=True)
            yield Piece(Fate.SAME, "".join(max(pair, key=len) for pair in pairs))
        else:
            yield Piece(Fate.REMOVED, "".join(old[old_start:old_end]))
            yield Piece(Fate.ADDED, "".join(new[new_start:new_end]))


def _joined(steps: Iterable[Piece]) -> Iterator[Piece]:
    """The steps without empty ones, neighbours of one fate as one."""
    for fate, group in groupby((step for step in steps if step.text), key=lambda step: step.fate):
        yield Piece(fate, "".join(step.text for step in group))


def _tokens(text: str) -> Iterator[str]:
    for number, part in enumerate(formulas.split(text)):
        if number % 2:
            yield part
        else:
            yield from _TOKEN.findall(part)
