"""One paper, one name for a term: where the translated sentences of a paper use several, the most frequent one wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from translation.glossary import Glossary, Term
from translation.spans.find import without

_LEAST_LENGTH = 2  # characters of a name: a shorter one may be part of another word


class Said(NamedTuple):
    """A sentence and its translation."""

    source: str
    target: str


def agreed(sentences: Sequence[Said], glossary: Glossary, categories: Iterable[str]) -> list[str]:
    """The translations in the order of `sentences`, with one name for each term.

    A sentence is changed only where its translation has the name exactly as often as its source has the term.
    """
    categories = tuple(categories)
    targets = [sentence.target for sentence in sentences]
    uses: dict[Term, list[tuple[int, str, int]]] = {}  # term → (sentence, name, how often its source has the term)
    for number, sentence in enumerate(sentences):
        terms = Counter(match.term for match in glossary.find(without(sentence.source), categories))
        for term, count in terms.items():
            if name := _name(term, sentence.target):
                uses.setdefault(term, []).append((number, name, count))
    for term, places in uses.items():
        counts = Counter(name for _, name, _ in places)
        usual_name = max(counts, key=lambda name: (counts[name], -term.accepted.index(name)))
        for number, name, count in places:
            if name != usual_name and targets[number].count(name) == count:
                targets[number] = targets[number].replace(name, usual_name)
    return targets


def _name(term: Term, target: str) -> str | None:
    """The accepted name of a term that the target has, the longest of several; None where it has none of them."""
    names = [name for name in term.accepted if len(name) >= _LEAST_LENGTH and name in target]
    return max(names, key=len, default=None)
