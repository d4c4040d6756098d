"""Finds the parts of a word that are names and must stay: models, data sets, acronyms, identifiers.

In "ViT-based", "ViT" is a name and "based" is translated; "ResNet-50" is a name as a whole; "top-5" holds a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HASH = re.compile(r"(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,64}")
_IDENTIFIER = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z_]\w+){2,6}")  # torch.nn.Linear
_LANGUAGE = re.compile(r"[A-Z](?:\+\+|#)")
_KNOWN = frozenset("scikit-learn scikit-image scikit-optimize".split())
_NAME = re.compile(
    r"""
        [A-Za-z]+\d[A-Za-z0-9]*(?:\.\d+)*\+*  # YOLOv8, W8A8
      | \d+(?:\.\d+)?[A-Za-z][A-Za-z0-9]*     # 3D, 8x7B, 802.11ax
      | [A-Za-z0-9]+(?:_[A-Za-z0-9]+)+        # snake_case
      | [A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+     # ImageNet
      | [a-z]+[A-Z][A-Za-z0-9]*               # mBERT
      | [A-Z]{2,}[a-z]{0,3}[A-Z0-9]*\+*       # COCO, LLMs
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:[kKMBT]|[xX]|st|nd|rd|th|s)?")
_AFTER_A_NAME = re.compile(r"\d[A-Za-z0-9.]*\+*|[A-Z][A-Za-z]?")  # the 50 of ResNet-50, the B and 16 of ViT-B/16
_CAPITALISED = re.compile(r"[A-Z][a-z]{1,9}")
_BREAK = re.compile(r"[-/’]|(?<=[A-Za-z])\.|\.(?=[A-Za-z])")
# Words that authors write in capitals for stress.
_STRESSED = frozenset("ALL AND NOT OR ANY ONLY BOTH NO EVERY MOST MORE NEW VERY NEVER MUST EACH NON IS ARE TO".split())
# These words never form a name with the part before or after them.
_WORDS = frozenset(
    """based enhanced generated denied aware level like style free trained driven guided augmented centric specific only
    conditioned powered related induced inspired optimized assisted enabled tuned to and in of the for shot scale bench
    world real self pre post non multi cross semi sub anti top phase type stage step layer order rank grade tier class
    round part day week age task model method image video text language""".split()
)


class Part(NamedTuple):
    """A part of a word: its place in the word, and its kind: `name`, `number` or `hash`."""

    start: int
    end: int
    kind: str


def parts(word: str) -> list[Part]:
    """The names and numbers within a word, which may have hyphens, slashes and dots."""
    if _HASH.fullmatch(word):
        return [Part(0, len(word), "hash")]
    if word in _KNOWN or _IDENTIFIER.fullmatch(word) or _LANGUAGE.fullmatch(word):
        return [Part(0, len(word), "name")]
    return list(_within(word))


def _within(word: str) -> Iterator[Part]:
    pieces = list(_pieces(word))
    at = 0
    while at < len(pieces):
        start, end = pieces[at]
        text = word[start:end]
        following = word[slice(*pieces[at + 1])] if at + 1 < len(pieces) else ""
        is_number = bool(_NUMBER.fullmatch(text))
        if not is_number and text not in _STRESSED and (_NAME.fullmatch(text) or _has_a_number(text, following)):
            while at + 1 < len(pieces) and _belongs(word[slice(*pieces[at + 1])]):
                at += 1
            yield Part(start, pieces[at][1], "name")
        elif is_number:
            yield Part(start, end, "number")
        at += 1


def _pieces(word: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _BREAK.finditer(word):
        yield at, match.start()
        at = match.end()
    yield at, len(word)


def _has_a_number(text: str, following: str) -> bool:
    """Whether a word and the number after it form a name: "Vicuna-7B", "gpt-4"."""
    return text.isalpha() and text.isascii() and len(text) > 1 and following[:1].isdigit() and not _is_word(text)


def _belongs(text: str) -> bool:
    """Whether a part belongs to the name before it."""
    if _AFTER_A_NAME.fullmatch(text) or _NAME.fullmatch(text):
        return True
    return bool(_CAPITALISED.fullmatch(text)) and not _is_word(text)


def _is_word(text: str) -> bool:
    text = text.lower()
    return text in _WORDS or text.endswith(("ed", "ing", "ive", "able", "wise", "al"))
