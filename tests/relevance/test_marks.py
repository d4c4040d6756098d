"""Why a paper was found is seen without opening anything: the kept queries of the relevance tests on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html

from delivery.settings import PageSettings
from indexer.engines import open_engine
from search_ui.app import application
from tests.indexer.contract import fill
from tests.relevance.corpora import own_papers
from tests.relevance.floors import handwritten

LEAST_SHARE = 0.95


@pytest.mark.parametrize("texts", ["both", "en", "zh"])
def test_results_show_why_they_were_found(texts: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whichever languages a reader has chosen: a match in one that is not shown is shown beside."""
    folder: Path = tmp_path_factory.mktemp("marks")
    engine = open_engine(folder)
    fill(engine, own_papers())
    client = TestClient(application(engine, PageSettings()), cookies={"texts": texts})
    unmarked: list[str] = []
    total = 0
    for query in handwritten()[::3]:
        page = html.fromstring(client.get("/", params={"q": query.text}).text)
        for paper in page.cssselect("article.paper"):
            total += 1
            if not paper.xpath(".//mark[not(ancestor::details)]"):
                unmarked.append(f"{query.text}: {paper.get('data-paper')}")
    assert total > 500
    assert len(unmarked) <= (1 - LEAST_SHARE) * total, unmarked[:10]
