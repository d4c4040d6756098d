"""What is not good enough to be kept as a translation. Pure; each check gives a reason or None."""

from __future__ import annotations

import re
from collections import Counter

from translation.spans import without

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[A-Za-z]+")
_LOWER = re.compile(r"(?<![A-Za-z])[a-z]+")

# Chinese characters for an English word: references have 1.9 to 2.9; a dictionary, or a title of names, less.
LEAST_RATIO, MOST_RATIO = 0.5, 6.0
# Below this many words a ratio says nothing: "Attention" → 注意力.
WORDS_FOR_RATIO = 5
LEAST_HAN_SHARE = 0.3
_REPEATED = 4

REASONS = ("empty", "same as the source", "wrong script", "length", "repetition", "a protected part was lost")
EMPTY, SAME, SCRIPT, LENGTH, REPETITION, SPANS = REASONS


def check(source: str, target: str, to: str) -> str | None:
    """Why `target` cannot be kept as the translation of `source` into the language `to`; None where it can."""
    prose, said = without(source), without(target)
    if not target.strip():
        return EMPTY
    if not _LETTER.search(prose):
        return None  # only formulas, numbers and names: there is nothing to say
    words = len(_WORD.findall(prose))
    if words >= 2 and said.split() == prose.split():
        return SAME
    if repeats(said):
        return REPETITION
    if to == "zh":
        return _chinese(said, words)
    return None


def _chinese(said: str, words: int) -> str | None:
    han = len(_HAN.findall(said))
    # Names keep their capitals in a translation; English that was left over is mostly in lower case.
    foreign = sum(map(len, _LOWER.findall(said)))
    if words >= 2 and han < (han + foreign) * LEAST_HAN_SHARE:
        return SCRIPT
    if words >= WORDS_FOR_RATIO and not LEAST_RATIO <= han / words <= MOST_RATIO:
        return LENGTH
    return None


def repeats(text: str) -> bool:
    """Whether a piece of the text is said over and over: 阳性阴性阳性阴性… or "the the the the"."""
    if re.search(r"(.{2,30}?)\1{3,}", text[:5000]):
        return True
    words = text.lower().split()
    if any(len(set(words[at : at + _REPEATED])) == 1 for at in range(len(words) - _REPEATED + 1)):
        return True
    grams = Counter(zip(words, words[1:], words[2:], strict=False))
    return bool(grams) and max(grams.values()) >= max(_REPEATED, len(words) // 6)
