"""Floors of relevance, for every engine. They only go up: a score that is well above its floor fails, too.

The queries over our own papers were written by hand (`queries.tsv`) and made by rule (`made.py`); those over recorded
papers are made by the same rules, where the recordings are at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from indexer.engine import SearchEngine
from indexer.lexicon import EMPTY, Lexicon, base
from tests.indexer.contract import fill
from tests.relevance.corpora import HERE, own_papers, recorded_papers
from tests.relevance.made import Known, made_queries
from tests.relevance.measure import scores

# Kind → the least mean reciprocal rank, and the least recall, among the first ten.
EXACT_HABITS = dict.fromkeys(
    (
        *("title-part", "three-words", "wrong-word", "misspelt", "two-families", "seven-of-abstract", "four-rare"),
        *("title", "abstract", "no-accents", "initial-family-word"),
    ),
    (0.95, 0.97),
)
OWN = EXACT_HABITS | {
    "family-word": (0.95, 0.97),
    "chinese-title-part": (0.95, 0.97),
    "chinese-joined": (0.95, 0.97),
    "chinese-two": (0.95, 0.97),
    "mixed": (0.95, 0.97),
    "name": (0.95, 0.97),
    "name-full": (0.95, 0.97),
    "topic": (0.93, 0.96),
    # Papers that have no Chinese text.
    "chinese-untranslated": (0.94, 0.94),
    "chinese-untranslated-two": (0.66, 0.97),
    "all": (0.96, 0.98),
}
RECORDED = EXACT_HABITS | {"family-word": (0.90, 0.97), "all": (0.95, 0.98)}
SLACK = 0.09


def handwritten() -> list[Known]:
    return [Known(*line.split("\t")) for line in (HERE / "queries.tsv").read_text("utf-8").splitlines()]


def check(
    engine: SearchEngine, queries: Sequence[Known], floors: Mapping[str, tuple[float, float]], lexicon: Lexicon
) -> None:
    result = scores(engine, queries, lexicon)
    for kind, score in result.items():
        print(f"{kind:26} {score.queries:4}  MRR {score.mrr:.3f}  recall {score.recall:.3f}  nothing {score.nothing}")
        least_mrr, least_recall = floors[kind]
        assert score.mrr >= least_mrr and score.recall >= least_recall, (kind, score)
        assert score.recall <= least_recall + SLACK, f"{kind}: raise the floor of its recall to {score.recall:.2f}"
    assert floors.keys() <= result.keys()
    assert result["all"].nothing <= 0.02 * result["all"].queries


class RelevanceFloors:
    """Subclass it, and give a fixture `engine`."""

    @pytest.fixture
    def engine(self) -> SearchEngine:
        pytest.fail("a subclass of RelevanceFloors gives the fixture `engine`")

    def test_our_own_papers_are_found(self, engine: SearchEngine) -> None:
        papers = own_papers()
        fill(engine, papers)
        check(engine, [*handwritten(), *made_queries(papers)], OWN, base())

    def test_recorded_papers_are_found(self, engine: SearchEngine, recorded: Path) -> None:
        papers = recorded_papers(recorded)
        fill(engine, papers)
        check(engine, made_queries(papers), RECORDED, EMPTY)
