"""Floors of relevance, on every engine. They only go up: a score that is well above its floor fails, too.

The queries over our own papers were written by hand (`queries.tsv`) and made by rule (`made.py`); those over recorded
papers are made by the same rules, where the recordings are at hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.lexicon import EMPTY, Lexicon, base, of_entries
from indexer.lexicon_learning import learn
from indexer.settings import IndexSettings
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
    "chinese-untranslated": (0.82, 0.92),
    "chinese-untranslated-two": (0.46, 0.95),
    "all": (0.95, 0.97),
}
RECORDED = EXACT_HABITS | {"family-word": (0.90, 0.97), "all": (0.95, 0.98)}
SLACK = 0.09


@pytest.fixture(params=["embedded", "elasticsearch"])
def engine(request: pytest.FixtureRequest, folder: Path) -> SearchEngine:
    if request.param == "embedded":
        return EmbeddedEngine(folder / "index", memory=64 << 20, threads=2)
    settings: IndexSettings = request.getfixturevalue("elastic")
    return ElasticsearchEngine(settings)


def own_pairs(papers: Sequence[Document]) -> list[tuple[str, str]]:
    """The titles of our own translated papers, and their abstracts sentence by sentence where both have as many."""
    pairs: list[tuple[str, str]] = []
    for paper in papers:
        if "zh" in paper.title:
            pairs.append((paper.title["en"], paper.title["zh"]))
            english = re.split(r"(?<=[.!?]) ", paper.abstract["en"])
            chinese = re.findall("[^。！？]+[。！？]?", paper.abstract["zh"])
            pairs += zip(english, chinese, strict=True) if len(english) == len(chinese) else []
    return pairs


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


def test_our_own_papers_are_found(engine: SearchEngine) -> None:
    papers = own_papers()
    fill(engine, papers)
    queries = [*handwritten(), *made_queries(papers)]
    check(engine, queries, OWN, base())


def test_recorded_papers_are_found(engine: SearchEngine, recorded: Path) -> None:
    papers = recorded_papers(recorded)
    fill(engine, papers)
    check(engine, made_queries(papers), RECORDED, EMPTY)


def test_what_a_lexicon_learns_alone() -> None:
    """Without the dictionary: from the translations of a hundred papers, those of sixty others are found."""
    papers = own_papers()
    lexicon = of_entries(learn(own_pairs(papers)))
    assert "diffusion models" in lexicon.in_english("扩散模型") and "hallucinations" in lexicon.in_english("幻觉")
    assert lexicon.words_of("图像编辑扩散模型") == ["图像编辑", "扩散模型"]


def test_papers_without_a_translation_are_found_by_what_others_teach(recorded: Path, folder: Path) -> None:
    """From the 193 recorded pairs alone, without the dictionary."""
    content = json.loads((recorded.parent / "translation" / "pairs.json").read_bytes())
    pairs = [(pair["en"], pair["zh"]) for pair in (*content["sentences"], *content["titles"])]
    engine = EmbeddedEngine(folder / "index", memory=64 << 20, threads=2)
    fill(engine, own_papers())
    queries = [known for known in handwritten() if known.kind.startswith("chinese-untranslated")]
    floors = {"chinese-untranslated": (0.53, 0.73), "chinese-untranslated-two": (0.17, 0.45)}
    result = scores(engine, queries, of_entries(learn(pairs)))
    for kind, (least_mrr, least_recall) in floors.items():
        assert result[kind].mrr >= least_mrr and result[kind].recall >= least_recall, result[kind]
