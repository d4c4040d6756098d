"""How well known papers are found by Elasticsearch: the same floors as for the embedded engine."""

from __future__ import annotations

import pytest

from indexer.engine import SearchEngine
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.settings import IndexSettings
from tests.relevance.floors import RelevanceFloors


class TestElasticsearch(RelevanceFloors):
    @pytest.fixture
    def engine(self, elastic: IndexSettings) -> SearchEngine:
        return ElasticsearchEngine(elastic)
