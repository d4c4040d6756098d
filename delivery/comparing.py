"""Two versions of a text, word by word: what is the same, what was taken out, and what was put in. Pure.

A formula, a word, and a Chinese character are each compared as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from papers.normalise import formulas
from papers.normalise.text import HAN
from papers.versions import VersionText

_TOKEN = re.compile(rf"[{HAN}]|[^\s{HAN}]+\s*|\s+")


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
        comments=pieces(old.comments or "", new.comments or ""),
    )


def _of_field(old: str | None, new: str | None) -> tuple[Piece, ...]:
    """Nothing is said of a text that one of the versions is not known to have."""
    return pieces(old, new) if old and new else ()


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order. Without the removed ones they are the new text, and without the added ones the
    old text, but for blanks."""
    old_tokens, new_tokens = list(_tokens(old)), list(_tokens(new))
    # A word is the same whether a blank or the end of the text follows.
    old_keys, new_keys = ([token.rstrip() for token in tokens] for tokens in (old_tokens, new_tokens))
    matcher = SequenceMatcher(a=old_keys, b=new_keys, autojunk=False)
    return tuple(_joined(_steps(matcher, old_tokens, new_tokens)))


def _steps(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for step, old_start, old_end, new_start, new_end in matcher.get_opcodes():
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
