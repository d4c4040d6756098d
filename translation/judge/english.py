"""Finds English that was left untranslated in a Chinese text.

Names have capitals; English that was left over is mostly in lower case.
"""

from __future__ import annotations

import re

from translation.lexicon import forms

_WORD = r"[A-Za-z]+(?:['’-][A-Za-z]+)*"
_RUN = re.compile(rf"{_WORD}(?:[\s,;:()\"“”]+{_WORD})*")
_LOWER = re.compile(r"(?<![A-Za-z'’-])[a-z]+(?![A-Za-z])")
_FUNCTION = frozenset(
    """the of a an to in is are was were and that which with for on by from as be been has have this these those we our
    it its not can into than or at their they such when while where but also each more most""".split()
)
MOST_KNOWN = 3
_QUOTED = re.compile(r"[“\"‘'「《]([^”\"’'」》]{2,200})[”\"’'」》]")


def left_over(prose: str) -> bool:
    """Whether a passage of a Chinese text is English prose. `prose` is the text without its spans."""
    for run in _RUN.findall(_QUOTED.sub(" ", prose)):
        lower = _LOWER.findall(run)
        if len(lower) >= 4 or (len(lower) >= 3 and any(word in _FUNCTION for word in lower)):
            return True
        words = re.findall(_WORD, run)
        if sum(bool(forms(word.lower())) for word in words) >= max(MOST_KNOWN, len(words) * 0.6):
            return True  # a title, whose words have capitals
    return False


def lower_letters(prose: str) -> int:
    """How many letters are in words that are all in lower case."""
    return sum(map(len, _LOWER.findall(prose)))
