"""How well known papers are found by the embedded engine, and what a lexicon learns by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.lexicon import of_entries
from indexer.lexicon_learning import learn
from tests.indexer.contract import fill
from tests.relevance.corpora import own_papers
from tests.relevance.floors import RelevanceFloors, handwritten
from tests.relevance.measure import scores


class TestEmbedded(RelevanceFloors):
    @pytest.fixture
    def engine(self, folder: Path) -> SearchEngine:
        return EmbeddedEngine(folder / "index", memory=64 << 20, threads=2)


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
    floors = {"chinese-untranslated": (0.60, 0.78), "chinese-untranslated-two": (0.25, 0.45)}
    result = scores(engine, queries, of_entries(learn(pairs)))
    for kind, (least_mrr, least_recall) in floors.items():
        assert result[kind].mrr >= least_mrr and result[kind].recall >= least_recall, result[kind]
