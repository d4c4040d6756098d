"""Orders papers by their likeness to those that a reader likes: tf-idf, without a model.

Every paper is the terms of its title and abstract, each with how often it stands there, times how rare it is among all
papers at hand. Likeness is the cosine of a paper and the mean of the liked ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from indexer.analysis import EXACT, STEMMED, terms
from indexer.documents import Document
from indexer.function_words import CHINESE, ENGLISH

# A word in the title says as much as three in the abstract.
TITLE_WEIGHT = 3
REASONS = 5


@dataclass(frozen=True, slots=True)
class Liked:
    """What a reader likes: a text, in one language or several."""

    title: str
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper, how much it is like the liked ones (0 to 1), and the words that say why, the strongest first."""

    document: Document
    likeness: float
    words: tuple[str, ...]


def liked_of(document: Document) -> Liked:
    return Liked(" ".join(document.title.values()), " ".join(document.abstract.values()))


def rank(liked: Sequence[Liked], documents: Iterable[Document]) -> list[Ranked]:
    """The documents, those most like the liked ones first. Without a liked one, in the order given, with likeness 0."""
    papers = list(documents)
    wordings: dict[str, Counter[str]] = {}
    counts = [_counts(liked_of(paper), wordings) for paper in papers]
    liked_counts = [_counts(text, wordings) for text in liked]
    papers_with = Counter(term for terms_of in (*counts, *liked_counts) for term in terms_of)
    number = len(counts) + len(liked_counts)
    rarity = {term: log((number + 1) / (count + 1)) for term, count in papers_with.items()}
    taste = _mean([_unit(_weighted(terms_of, rarity)) for terms_of in liked_counts])
    ranked = [
        _ranked(paper, _unit(_weighted(terms_of, rarity)), taste, wordings)
        for paper, terms_of in zip(papers, counts, strict=True)
    ]
    return sorted(ranked, key=lambda paper: -paper.likeness)


def _counts(text: Liked, wordings: dict[str, Counter[str]]) -> Counter[str]:
    """How often each term stands in a text, those of the title TITLE_WEIGHT times. Chinese terms are pairs of
    characters: a single one means too little."""
    counts: Counter[str] = Counter()
    for part, weight in ((text.title, TITLE_WEIGHT), (text.abstract, 1)):
        stems, words = terms(part, STEMMED), terms(part, EXACT)
        for place, (stem, word) in enumerate(zip(stems, words, strict=True)):
            if _is_han(word):
                following = words[place + 1] if place + 1 < len(words) else ""
                if not _is_han(following) or word in CHINESE or following in CHINESE:
                    continue
                stem = word = word + following
            elif word in ENGLISH or len(word) < 2 or word.isdigit():
                continue
            counts[stem] += weight
            wordings.setdefault(stem, Counter())[word] += 1
    return counts


def _is_han(term: str) -> bool:
    return len(term) == 1 and "\u3400" <= term <= "\u9fff"


Vector = Mapping[str, float]


def _weighted(counts: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    return {term: (1 + log(count)) * rarity[term] for term, count in counts.items()}


def _unit(vector: Vector) -> Vector:
    length = sqrt(sum(value * value for value in vector.values()))
    return {term: value / length for term, value in vector.items()} if length else {}


def _mean(vectors: Sequence[Vector]) -> Vector:
    total: Counter[str] = Counter()
    for vector in vectors:
        for term, value in vector.items():
            total[term] += value  # type: ignore[assignment]
    return _unit(total)


def _ranked(paper: Document, vector: Vector, taste: Vector, wordings: Mapping[str, Counter[str]]) -> Ranked:
    shares = {term: value * taste[term] for term, value in vector.items() if term in taste}
    strongest = sorted((term for term in shares if shares[term] > 0), key=lambda term: (-shares[term], term))[:REASONS]
    return Ranked(paper, sum(shares.values()), tuple(wordings[term].most_common(1)[0][0] for term in strongest))
