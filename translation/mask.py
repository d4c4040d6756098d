"""Replaces parts of a sentence by placeholders and puts them back, or cuts the sentence around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_LETTERS = re.compile(r"[^\W\d_]{2}")


class Part(NamedTuple):
    """A part of a sentence that is hidden: where it stands, and what replaces it in the translation (`said`)."""

    start: int
    end: int
    said: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence with placeholders, and pairs of each placeholder and what replaces it in the translation."""

    text: str
    placeholders: tuple[tuple[str, str], ...]


def _usual(number: int) -> str:
    return f"X{number + 11}"


def _otherwise(number: int) -> str:
    return f"Q{number + 3}Q"


def mask(sentence: str, parts: Sequence[Part], *, otherwise: bool = False) -> Masked | None:
    """The sentence with a placeholder for each part; None where its text already holds something that looks like one.

    `otherwise` takes a second kind of placeholders.
    """
    form: Callable[[int], str] = _otherwise if otherwise else _usual
    pieces, at = [], 0
    for number, part in enumerate(parts):
        pieces += [sentence[at : part.start], form(number)]
        at = part.end
    shown_text = "".join([*pieces[::2], sentence[at:]])
    placeholders = tuple((form(number), part.said) for number, part in enumerate(parts))
    if any(_finder(placeholder).search(shown_text) for placeholder, _ in placeholders):
        return None
    return Masked("".join([*pieces, sentence[at:]]), placeholders)


def _finder(placeholder: str) -> re.Pattern[str]:
    """A pattern for the placeholder, also in full width, another case or with blanks; no other number matches."""
    characters = (f"[{c}{chr(ord(c) + 0xFEE0)}]" for c in placeholder)
    return re.compile(r"(?<![0-9A-Za-z])" + r"\s*".join(characters) + r"(?![0-9])", re.IGNORECASE)


def unmask(answer: str, masked: Masked) -> str | None:
    """The answer with each placeholder replaced; None unless the answer has each of them exactly once."""
    places: list[tuple[int, int, str]] = []
    for placeholder, replacement in masked.placeholders:
        hits = list(_finder(placeholder).finditer(answer))
        if len(hits) != 1:
            return None
        places.append((hits[0].start(), hits[0].end(), replacement))
    pieces, at = [], 0
    for start, end, replacement in sorted(places):
        if start < at:
            return None
        pieces += [answer[at:start], replacement]
        at = end
    return "".join([*pieces, answer[at:]])


@dataclass(frozen=True, slots=True)
class Pieces:
    """A sentence cut around its parts.

    `plan` has, in order, the strings that stay and the indexes of those `texts` that are translated.
    """

    plan: tuple[str | int, ...]
    texts: tuple[str, ...]


def gaps(sentence: str, parts: Sequence[Part]) -> Pieces:
    """Cut a sentence around its parts. A gap between them is translated if it has two letters in a row."""
    plan: list[str | int] = []
    texts: list[str] = []
    at = 0
    for part in [*parts, Part(len(sentence), len(sentence), "")]:
        gap = sentence[at : part.start]
        if _LETTERS.search(gap):
            before, after = len(gap) - len(gap.lstrip()), len(gap.rstrip())
            plan += [gap[:before], len(texts), gap[after:]]
            texts.append(gap.strip())
        else:
            plan.append(gap)
        plan.append(part.said)
        at = part.end
    return Pieces(tuple(plan), tuple(texts))


def join(pieces: Pieces, answers: Sequence[str]) -> str:
    """The whole sentence, with these translations of `pieces.texts` in their places."""
    return "".join(answers[piece] if isinstance(piece, int) else piece for piece in pieces.plan)
