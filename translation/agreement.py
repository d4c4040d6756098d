"""One paper, one term: where its sentences call a term by several of its names, all take the one that most have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from translation.glossary import Glossary, Term
from translation.spans.find import without

_LEAST = 2  # characters of a name: a shorter one may stand in another word


class Said(NamedTuple):
    """A sentence and its translation."""

    source: str
    target: str


def agreed(sentences: Sequence[Said], glossary: Glossary, categories: Iterable[str]) -> list[str]:
    """The translations, with each term called by one name."""
    categories = tuple(categories)
    targets = [one.target for one in sentences]
    used: dict[Term, list[tuple[int, str, int]]] = {}  # term → (sentence, name, how often its source has the term)
    for number, one in enumerate(sentences):
        terms = Counter(match.term for match in glossary.find(without(one.source), categories))
        for term, count in terms.items():
            if name := _name(term, one.target):
                used.setdefault(term, []).append((number, name, count))
    for term, places in used.items():
        counts = Counter(name for _, name, _ in places)
        chosen = max(counts, key=lambda name: (counts[name], -term.accepted.index(name)))
        for number, name, count in places:
            if name != chosen and targets[number].count(name) == count:
                targets[number] = targets[number].replace(name, chosen)
    return targets


def _name(term: Term, target: str) -> str | None:
    """By which of its names a term is called; the longest, where one is in the other."""
    names = [name for name in term.accepted if len(name) >= _LEAST and name in target]
    return max(names, key=len, default=None)
