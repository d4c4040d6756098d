"""All checks of a text as the translation of another, together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.normalise.traditional import SIMPLIFIED, TRADITIONAL, simplified
from translation.judge import english, meaning, repetition, script
from translation.judge.reasons import Reason
from translation.spans.compare import compare_spans, spans_in
from translation.spans.exchange import exchanged
from translation.spans.find import without

_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[A-Za-z]+")
_PLACEHOLDER = re.compile(r"(?<![A-Za-z0-9])(?:[XＸ]\s?[0-9０-９]{2}|[QＱ]\s?[0-9０-９]{1,3}\s?[QＱ])(?![A-Za-z0-9])")
LEAST_HAN_SHARE = 0.3
# Languages in which a translation must have no Han outside of its spans.
LATIN = frozenset("en fr de es pt it nl pl".split())


def judge(source: str, target: str, to: str, language: str = "en") -> list[Reason]:
    """The reasons why `target` cannot be kept as the translation of `source`, without repetition; [] where it can.

    `language` is that of the source, `to` that of the target. The meaning is checked only from English into Chinese.
    """
    if to == TRADITIONAL:
        target, to = simplified(target), SIMPLIFIED
    return list(dict.fromkeys(_reasons(source, target, to, language)))


def _reasons(source: str, target: str, to: str, language: str) -> Iterator[Reason]:
    if not target.strip():
        yield Reason.EMPTY
        return
    yield from _of_characters(source, target, to)
    ours, theirs = spans_in(source), spans_in(target)
    difference = compare_spans(ours, source, theirs, target)
    if difference.lost:
        yield Reason.LOST
    if difference.added:
        yield Reason.ADDED
    if not difference and exchanged(ours, source, theirs, target):
        yield Reason.EXCHANGED
    prose = without(source, spans=ours)
    if _LETTER.search(prose):  # else there are only formulas, numbers and names, and no prose to check
        yield from _of_prose(source, prose, target, without(target, spans=theirs), to, language)


def _of_characters(source: str, target: str, to: str) -> Iterator[Reason]:
    if script.unreadable(source, target):
        yield Reason.UNREADABLE
    if script.other_script(source, target, to):
        yield Reason.SCRIPT
    if any(mark not in source for mark in _PLACEHOLDER.findall(target)):
        yield Reason.PLACEHOLDER


def _of_prose(source: str, prose: str, target: str, target_prose: str, to: str, language: str) -> Iterator[Reason]:
    words = len(_WORD.findall(prose))
    if script.without_letters(target):
        yield Reason.EMPTY
    elif words >= 2 and target_prose.split() == prose.split():
        yield Reason.SAME
    if repetition.repeats(source, target):
        yield Reason.REPETITION
    if to == SIMPLIFIED:
        yield from _chinese(target, target_prose, words)
        if language == "en":
            yield from _of_meaning(source, prose, target)
    elif to in LATIN and script.HAN.search(target_prose):
        yield Reason.ENGLISH


def _chinese(target: str, target_prose: str, words: int) -> Iterator[Reason]:
    han = len(script.HAN.findall(target))
    if words >= 2 and han <= (han + english.lower_letters(target_prose)) * LEAST_HAN_SHARE:
        yield Reason.SCRIPT
    elif english.left_over(target_prose):
        yield Reason.ENGLISH
    if not meaning.is_as_long(words, han):
        yield Reason.LENGTH


def _of_meaning(source: str, prose: str, target: str) -> Iterator[Reason]:
    if not meaning.says_the_same(prose, target):
        yield Reason.MEANING
    if not meaning.denies_as_often(source, target):
        yield Reason.NEGATION
