"""What a plain word finds: its forms, the paper or day that it names, its parts where scripts change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import regex

from indexer.analysis import EXACT, closed_forms, terms
from indexer.query.tree import And, DateRange, Or, Query, Term, Word
from indexer.query.values import as_doi
from papers import identifiers

_RUNS = regex.compile(r"\p{Han}+|\P{Han}+", regex.V1)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Words are written together more often with a short word in front ("non invasive", "GPT 4") than with a long one.
_LONGEST_IN_FRONT = 6
_LONGEST_CLOSED = 30
_PART_OF_A_CLOSED_WORD = re.compile(r"[A-Za-z0-9]+")


def runs(text: str) -> list[str]:
    """The parts of a word that are in one script: `BERT模型` → `BERT`, `模型`."""
    return [run for run in _RUNS.findall(text) if terms(run, EXACT)]


def word(text: str) -> Query:
    """The papers that a plain word finds."""
    forms: list[Query] = []
    if identifier := identifiers.parse(text):
        forms.append(Term("id", identifier.key))
    if doi := as_doi(text):
        forms.append(Term("doi", doi))
    if _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
            forms.append(DateRange("date", day, day))
        except ValueError:
            pass
    if forms:
        return Or((*forms, Word(text)))
    parts = runs(text)
    if len(parts) > 1:
        return And(tuple(map(_forms, parts)))
    return _forms(text)


def _forms(text: str) -> Query:
    """A word, also written together where it has a hyphen."""
    closed = [form for form, (start, end) in closed_forms(text) if end - start == len(text.strip("'’,.;:!?"))]
    return Or((Word(text), Word(closed[0]))) if closed else Word(text)


def words(texts: Sequence[str]) -> list[Query]:
    """What each of some words beside each other finds: each also as a part of a word that is written together with the
    one before or after it: `non invasive` finds `noninvasive`."""
    queries = [word(text) for text in texts]
    for place, (first, second) in enumerate(pairwise(texts)):
        if _may_join(first, second):
            joined = Word(first + second)
            for other in (place, place + 1):
                query = queries[other]
                forms = query.parts if isinstance(query, Or) else (query,)
                queries[other] = Or((*forms, joined))
    return queries


def _may_join(first: str, second: str) -> bool:
    return (
        len(first) <= _LONGEST_IN_FRONT
        and len(first) + len(second) <= _LONGEST_CLOSED
        and all(_PART_OF_A_CLOSED_WORD.fullmatch(part) for part in (first, second))
    )
