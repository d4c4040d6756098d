"""Checks a Chinese text against its English source: the length, the words of the lexicon, and negation.

All thresholds were set on true pairs and on the same pairs damaged on purpose (`tests/translation/test_damage.py`).
"""

from __future__ import annotations

import math
import re

from translation.judge.script import HAN
from translation.lexicon import said

_ENGLISH_WORD = re.compile(r"[A-Za-z]+")
# Chinese characters per English word: 99 of 100 true sentences have 1.1 to 2.6.
LEAST_RATIO, MOST_RATIO, USUAL_RATIO = 0.8, 3.4, 1.8
WORDS_FOR_RATIO = 5
# A true sentence has 88 of 100 of the words that the lexicon knows. One that is half as long has half of them.
USUAL_SHARE, WEIGHT_OF_RATIO, LEAST_SCORE = 0.72, 0.3, -0.9
WORDS_FOR_MEANING = 3
_NEGATED = re.compile(
    r"\b(?:not|no|without|cannot|never|neither|none|nothing|nobody|lack|lacks|lacking|fail|fails|failed|unable)\b"
    r"|n['’]t\b|\bnor\b",
    re.IGNORECASE,
)
_NEITHER = re.compile(r"\bneither\b.*?\bnor\b", re.IGNORECASE | re.DOTALL)
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely|surprising\w*)\b|\bno (?:longer|matter|more|less)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"不(?!同|断|仅|但|过|管|论|久|止)|没|无(?!论)|未(?!来|必)|非(?!常|洲)|否|勿|免|缺|难|失败|而是|除外|尚|毫|零|禁止|反"
    r"|忽略|失去"
)


def is_as_long(words: int, han: int) -> bool:
    """Whether `han` Chinese characters can translate `words` English words; fewer than 5 words are always accepted."""
    return words < WORDS_FOR_RATIO or LEAST_RATIO <= han / words <= MOST_RATIO


def says_the_same(prose: str, target: str) -> bool:
    """Whether the words of a text are in its translation.

    One score combines the share of its words that are translated with the length, and tolerates more where words are
    few. Of one or two known words at least one must be there.
    """
    hits = said(prose, target)
    if len(hits) < WORDS_FOR_MEANING:
        return not hits or any(hits)
    ratio = max(len(HAN.findall(target)), 1) / max(len(_ENGLISH_WORD.findall(prose)), 1)
    excess = sum(hits) / len(hits) + WEIGHT_OF_RATIO * math.log(ratio / USUAL_RATIO) - USUAL_SHARE
    return excess * math.sqrt(len(hits)) >= LEAST_SCORE


def denies_as_often(source: str, target: str) -> bool:
    """Whether the translation has at least as many negations as its source."""
    text = _NOT_ONLY.sub(" ", _NEITHER.sub(" not ", source))
    return len(_NEGATION.findall(target)) >= len(_NEGATED.findall(text))
