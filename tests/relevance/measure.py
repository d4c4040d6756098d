"""How well known papers are answer: the mean reciprocal rank and the recall among the first ten, kind by kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.engine import SearchEngine
from indexer.find import find
from indexer.lexicon import EMPTY, Lexicon
from indexer.query.request import Request
from tests.making import DAY
from tests.relevance.made import Known

AMONG = 10


@dataclass(frozen=True, slots=True)
class Score:
    queries: int
    mrr: float  # mean of 1 / rank among the first ten, 0 for a paper that is not among them
    recall: float  # the share of papers that are among the first ten
    nothing: int  # queries that found nothing at all
    missed: tuple[Known, ...] = ()


def ranking(engine: SearchEngine, text: str, lexicon: Lexicon = EMPTY) -> list[str]:
    """The ids that a reader sees for a text, the papers of all tiers in order."""
    answer = find(engine, Request(text=text, size=AMONG), today=DAY, lexicon=lexicon)
    hits = [*answer.results.hits, *(hit for tier in answer.further for hit in tier.hits)]
    return [hit.document.id for hit in hits]


def scores(engine: SearchEngine, queries: Sequence[Known], lexicon: Lexicon = EMPTY) -> dict[str, Score]:
    """The score of each kind, and of "all" together."""
    ranks: dict[str, list[tuple[Known, int]]] = defaultdict(list)
    nothing: dict[str, int] = defaultdict(int)
    for known in queries:
        ids = ranking(engine, known.text, lexicon)
        rank = ids.index(known.id) + 1 if known.id in ids[:AMONG] else 0
        for kind in (known.kind, "all"):
            ranks[kind].append((known, rank))
            nothing[kind] += not ids
    return {
        kind: Score(
            len(of_kind),
            sum(1 / rank for _, rank in of_kind if rank) / len(of_kind),
            sum(rank > 0 for _, rank in of_kind) / len(of_kind),
            nothing[kind],
            tuple(known for known, rank in of_kind if not rank),
        )
        for kind, of_kind in ranks.items()
    }
