"""Checks by a lexicon whether a Chinese text can be the translation of an English one at all.

`papers.dictionary` has the content words of abstracts, each with its possible Chinese translations. A true translation
has nine in ten of the words that it knows; another paper's sentence has one in eight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from papers.dictionary import words

_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_ENDINGS = (
    ("ies", "y"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("es", "e"), ("s", ""),
    ("ly", ""), ("ly", "le"), ("ily", "y"), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"),
    ("ation", "e"), ("ions", ""), ("ion", ""), ("ion", "e"), ("ness", ""), ("ity", ""), ("ity", "e"), ("ment", ""),
)  # fmt: skip
_DOUBLED = re.compile(r"([bdglmnprt])\1$")


@lru_cache(maxsize=1 << 16)
def forms(word: str) -> tuple[str, ...]:
    """The Chinese translations of a word, which may be inflected; () where the lexicon does not know it."""
    return next((words()[base] for base in _bases(word) if base in words()), ())


def _bases(word: str) -> Iterator[str]:
    yield word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            base = word[: -len(ending)] + instead
            yield base
            if _DOUBLED.search(base):
                yield base[:-1]


def said(prose: str, target: str) -> list[bool]:
    """For each different word of `prose` that the lexicon knows, in order: whether `target` has a translation of it."""
    said_by_word: dict[str, bool] = {}
    for word in _split(prose):
        chinese = forms(word.lower())
        if chinese:
            # A word with a capital may be part of a name, which is not translated.
            is_said = any(form in target for form in chinese) or (word[0].isupper() and word in target)
            said_by_word[word.lower()] = said_by_word.get(word.lower(), False) or is_said
    return list(said_by_word.values())


def _split(prose: str) -> Iterator[str]:
    for word in _WORD.findall(prose):
        if "-" in word and not forms(word.lower()):
            yield from (part for part in word.split("-") if part)
        else:
            yield word
