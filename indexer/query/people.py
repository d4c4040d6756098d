"""Which words of a text may be somebody's name."""

from __future__ import annotations

import regex

from papers.normalise.names import PARTICLES

_LONGEST_NAME = 5
_WORD = regex.compile(r"[[\p{L}\p{M}]--\p{Han}]+(?:['’.-][[\p{L}\p{M}]--\p{Han}]*)*,?", regex.V1)
_INITIALS = regex.compile(r"(?:\p{L}\.?-?){1,3}", regex.V1)


def may_be_a_name(words: list[str]) -> bool:
    """Whether words, all of them, can be one person's name: two to five, of letters, none with more than one comma."""
    return 1 < len(words) <= _LONGEST_NAME and all(_WORD.fullmatch(word) for word in words)


def spelled_with_initials(words: list[str]) -> list[tuple[int, int]]:
    """The places (first, end) of names with initials among words: `L. Brandt`, `M. T. van der Holt`, `Brandt, L.`."""
    places: list[tuple[int, int]] = []
    start = 0
    while start < len(words):
        end = _end_of_name(words, start)
        if end:
            places.append((start, end))
        start = end or start + 1
    return places


def _end_of_name(words: list[str], start: int) -> int | None:
    place = start
    while place < len(words) and _is_initial(words[place]):
        place += 1
    if place > start:
        while place < len(words) and words[place].lower() in PARTICLES:
            place += 1
        is_family_name = place < len(words) and len(words[place]) > 1 and _WORD.fullmatch(words[place])
        return place + 1 if is_family_name else None
    # "Brandt, L." and "Brandt L.": only with the full stop, or a comma in front.
    following = words[start + 1] if start + 1 < len(words) else ""
    if _WORD.fullmatch(words[start]) and _is_initial(following) and (words[start][-1] == "," or following[-1] == "."):
        return start + 2
    return None


def _is_initial(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    return bool(_INITIALS.fullmatch(word)) and (len(letters) == 1 or "." in word)
