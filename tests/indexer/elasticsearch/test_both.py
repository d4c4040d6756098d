"""Both engines and the plain evaluator say the same; only the order by relevance may differ."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.engines.embedded.engine import EmbeddedEngine
from indexer.fields import FACETS
from indexer.query.evaluate import matches
from indexer.query.search import Search, Sort
from indexer.query.tree import Query
from indexer.settings import IndexSettings
from indexer.suggest import suggest
from tests.indexer.contract import fill, queries, random_document


def test_the_same_papers_counts_and_order_for_any_query(elastic: IndexSettings, folder: Path) -> None:
    chance = random.Random(23)
    documents = [random_document(number, chance) for number in range(1, 250)]
    engines = (ElasticsearchEngine(elastic), EmbeddedEngine(folder / "index", memory=64 << 20, threads=1))
    for engine in engines:
        fill(engine, documents)

    @given(queries)
    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    def agree(query: Query) -> None:
        expected_ids = {document.id for document in documents if matches(query, document)}
        search = Search(query=query, size=100, sort=Sort.NEWEST, facets=FACETS, histogram=True, highlight=True)
        served, embedded = (engine.search(search) for engine in engines)
        assert served.total == len(expected_ids) and {hit.document.id for hit in served.hits} <= expected_ids
        assert served == embedded

    agree()
    for text in ("", "att", "注意", "run", "bert 模"):
        assert set(suggest(engines[0], text, 100)) == set(suggest(engines[1], text, 100))
    for word in ("clock", "attentoin", "naiv", "cloks"):
        assert engines[0].spellings(word, 3) == engines[1].spellings(word, 3)
