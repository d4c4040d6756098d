"""Words that differ from a word by one edit."""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_lowercase, digits

SHORTEST, LONGEST = 4, 24
_LETTERS = ascii_lowercase + digits


def can_be_corrected(word: str) -> bool:
    """Whether other spellings of this folded word can be looked for: neither too few nor too many Latin letters."""
    return SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalnum() and not word.isdigit()


def one_edit_away(word: str) -> Iterator[str]:
    """Every word with one letter more, less or other, or with two neighbours that changed places."""
    seen = {word}
    for place in range(len(word) + 1):
        start, end = word[:place], word[place:]
        candidates = [start + letter + end for letter in _LETTERS]
        if end:
            candidates += [start + end[1:], *(start + letter + end[1:] for letter in _LETTERS)]
        if len(end) > 1:
            candidates.append(start + end[1] + end[0] + end[2:])
        for candidate in candidates:
            if candidate not in seen:
                seen.add(candidate)
                yield candidate
