"""Elasticsearch's tokens are those of the embedded engine, for every text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.parsers import parser
from indexer.analysis import EXACT, STEMMED, blanked, fold, terms
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.engines.elasticsearch.mapping import stems
from indexer.settings import IndexSettings
from replica.world import World
from tests.conftest import TODAY
from tests.indexer.contract import fill

Tokens = Callable[[str, str], list[str]]


@pytest.fixture
def theirs(elastic: IndexSettings) -> Tokens:
    """The tokens that the server makes of a text as it would be sent to it."""
    fill(ElasticsearchEngine(elastic), [])
    client = Elasticsearch(elastic.hosts[0])

    def tokens(text: str, analysis: str) -> list[str]:
        response = client.indices.analyze(index=elastic.prefix, analyzer=analysis, text=blanked(text))
        return [token["token"] for token in response["tokens"]]

    return tokens


@pytest.mark.parametrize("analysis", (STEMMED, EXACT))
def test_every_character(analysis: str, theirs: Tokens) -> None:
    characters = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    for start in range(0, len(characters), 2500):
        text = "\n".join(f"a{c}b {c}" for c in characters[start : start + 2500])
        assert theirs(text, analysis) == terms(text, analysis)


def test_papers_of_the_stand_in(theirs: Tokens) -> None:
    papers = World(papers_a_day=400).announced(TODAY)
    text = "\n".join(text for paper in papers for text in (*paper.title, *paper.abstract, *paper.author_names))
    for start in range(0, len(text), 20_000):
        part = text[start : start + 20_000]
        assert theirs(part, STEMMED) == terms(part, STEMMED)


def test_recorded_papers(recorded: Path, theirs: Tokens) -> None:
    (file,) = (recorded / "kaggle").iterdir()
    character_count = 0
    for sighting in parser("kaggle")(file.read_bytes(), "").sightings:
        text = " ".join([sighting.title or "", sighting.abstract or "", *sighting.authors])
        assert theirs(text, STEMMED) == terms(text, STEMMED)
        character_count += len(text)
    assert character_count > 10_000


@given(text=st.text(max_size=300))
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_text(text: str, theirs: Tokens) -> None:
    for analysis in (STEMMED, EXACT):
        assert theirs(text, analysis) == terms(text, analysis)


def test_every_word_on_which_the_stemmers_differ(theirs: Tokens) -> None:
    listed = list(stems())
    for start in range(0, len(listed), 2000):
        text = " ".join(listed[start : start + 2000])
        assert theirs(text, STEMMED) == terms(text, STEMMED)


def test_the_list_says_what_our_stemmer_says() -> None:
    assert {word: terms(word, STEMMED) for word in stems()} == {word: [stem] for word, stem in stems().items()}
    assert all(word == fold(word) and terms(word, EXACT) == [word] for word in stems())
