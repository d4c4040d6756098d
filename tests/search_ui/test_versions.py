"""What changed between versions, withdrawals, and what is trending, on the page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawler.plan import TRENDING
from delivery.settings import PageSettings
from indexer.engines import open_engine
from indexer.update import update
from papers.catalogue import Catalogue
from papers.paper import Version
from search_ui.app import application
from tests.making import AT, listing, page, sighting

RAW = {"source": "arxiv-oai-raw", "listing": "", "day": None, "announce_type": None}
VERSIONS = tuple(Version(number, datetime(2026, 11, number, tzinfo=UTC)) for number in (1, 2))
REASON = "This paper has been withdrawn by the author: lemma 3 is wrong"


@pytest.fixture
def versions(folder: Path) -> TestClient:
    """A paper whose second version is a withdrawal, an ordinary one, and a list of what is trending."""
    with Catalogue(folder, write=True) as catalogue:
        ordinary = sighting("2611.00002", title="An ordinary one")
        catalogue.keep(page(sighting(version=1, title="Slow clocks", abstract="For $a<b$ only."), ordinary), AT)
        second = sighting(
            version=2, versions=VERSIONS, title="Slow clocks", abstract="For $a<c$ only.", comments=REASON,
            withdrawn=(2,), **RAW,
        )  # fmt: skip
        catalogue.keep(page(second, listing=listing("", None, name="cs", source="arxiv-oai-raw")), AT)
        trending = [
            sighting(
                id, source="huggingface-daily", listing="", announce_type=None, title=None, abstract=None, upvotes=9
            )
            for id in ("2611.00002", "2611.00001")
        ]
        catalogue.keep(page(*trending, listing=TRENDING, is_ranking=True), AT)
        engine = open_engine(folder)
        update(catalogue, engine)
    return TestClient(application(engine, PageSettings(), folder), raise_server_exceptions=False)


def test_a_withdrawn_paper_says_so_and_why(versions: TestClient) -> None:
    text = versions.get("/paper/2611.00001").text
    assert f'<strong>This paper was withdrawn.</strong> <span lang="en">{REASON}</span>' in text
    assert '<a href="/changes/2611.00001?old=1&amp;new=2" rel="nofollow">what changed</a>' in text
    assert "已撤稿" in versions.get("/paper/2611.00001", headers={"accept-language": "zh"}).text
    listed = versions.get("/").text
    assert listed.count('<strong class="withdrawn"') == 1
    assert "withdrawn" not in versions.get("/paper/2611.00002").text.lower()


def test_withdrawn_papers_can_be_chosen_and_left_out(versions: TestClient) -> None:
    def ids(**parameters: str) -> list[str]:
        return [hit["id"] for hit in versions.get("/api/v1/search", params=parameters).json()["hits"]]

    assert ids(has="withdrawal") == ids(q="has:withdrawal") == ["2611.00001"]
    assert ids(q="-has:withdrawal") == ["2611.00002"]
    paper = versions.get("/api/v1/papers/2611.00001").json()
    assert (paper["is_withdrawn"], paper["withdrawn"]) == (True, [2])


def test_what_changed_is_marked(versions: TestClient) -> None:
    text = versions.get("/changes/arXiv:2611.00001", params={"old": 1, "new": 2}).text
    assert "What changed from version 1 to version 2" in text
    assert text.count("<del>") == 1 and text.count("<ins>") == 2  # a formula, and the comments
    assert "从版本 1 到版本 2" in versions.get("/changes/2611.00001", headers={"accept-language": "zh"}).text
    twin = versions.get("/api/v1/changes/2611.00001", params={"old": 1, "new": 2}).json()
    assert {"fate": "added", "text": "$a<c$"} in twin["abstract"] and (twin["old"], twin["new"]) == (1, 2)
    unseen = versions.get("/api/v1/changes/2611.00001", params={"new": 7})
    assert unseen.status_code == 404 and unseen.json()["detail"] == "Version 7 of 2611.00001 was not seen."
    same = versions.get("/changes/2611.00001", params={"old": 2, "new": 2}).text
    assert "Nothing changed in it." in same


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [
        ("/changes/2611.00001?old=1&new=7", 404, "Version 7 of this paper was not seen"),
        ("/changes/2611.00001?old=0", 400, "old"),
        ("/changes/2611.77777", 404, ""),
        ("/changes/nothing", 404, ""),
    ],
)
def test_versions_that_nobody_saw(address: str, status: int, text: str, versions: TestClient) -> None:
    answer = versions.get(address)
    assert answer.status_code == status and text in answer.text


def test_what_is_trending_is_in_its_order(versions: TestClient, client: TestClient) -> None:
    text = versions.get("/trending").text
    assert "in its order: 2026-11-20 08:00 UTC" in text
    assert text.index('data-paper="2611.00002"') < text.index('data-paper="2611.00001"')
    twin = versions.get("/api/v1/trending").json()
    assert [paper["id"] for paper in twin["papers"]] == ["2611.00002", "2611.00001"] and twin["at"]
    assert "on the machine that crawls" in client.get("/trending").text


def test_nothing_is_trending_yet(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting()), AT)
        engine = open_engine(folder)
        update(catalogue, engine)
    with TestClient(application(engine, PageSettings(), folder)) as page_client:
        assert "was not read yet" in page_client.get("/trending").text
