"""What leaves the page: files, feeds, and what browsers and robots ask for."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
import rispy
from fastapi.testclient import TestClient
from pybtex.database import parse_string

from delivery.export import FORMATS
from delivery.settings import PageSettings
from indexer.engines import open_engine
from papers.calendar import utc_now
from search_ui.app import application
from tests.indexer.contract import fill
from tests.making import DAY, document
from tests.search_ui.conftest import documents


@pytest.fixture
def named(folder: Path) -> TestClient:
    """The application with a public address."""
    engine = open_engine(folder)
    fill(engine, documents())
    settings = PageSettings(address="https://papers.example/p")
    return TestClient(application(engine, settings), base_url="https://papers.example/p")


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_a_whole_result_in_every_format(prefix: str, client: TestClient) -> None:
    """All papers of the search, not those of a page."""
    total = client.get("/api/v1/search", params={"q": "clocks"}).json()["total"]
    assert total > 20
    texts = {}
    for name, each in FORMATS.items():
        answer = client.get(f"{prefix}/export", params={"q": "clocks", "format": name})
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(each.media_type.split(";")[0])
        assert answer.headers["content-disposition"] == f'attachment; filename="paperglot-clocks.{each.suffix}"'
        texts[name] = answer.text
    assert len(parse_string(texts["bibtex"], "bibtex").entries) == total
    assert len(rispy.loads(texts["ris"])) == total
    assert len(json.loads(texts["csl"])) == total
    assert len(list(csv.reader(io.StringIO(texts["csv"])))) == total + 1
    assert len(texts["ndjson"].splitlines()) == len(texts["text"].splitlines()) == total


def test_asking_for_headers_alone_writes_no_file(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = client.get("/export", params={"format": "csv"}).headers
    monkeypatch.setattr("search_ui.routes.export.in_chunks", lambda pieces: pytest.fail("a file is written"))
    head = client.head("/export", params={"format": "csv"})
    assert (head.status_code, head.headers["content-disposition"]) == (200, whole["content-disposition"])


def test_one_paper_and_a_selection(client: TestClient) -> None:
    answer = client.get("/export", params={"id": "arXiv:2611.00047v2", "format": "csl"})
    assert [item["archive_location"] for item in answer.json()] == ["2611.00047"]
    assert 'filename="2611.00047.json"' in answer.headers["content-disposition"]
    ids = ["2611.00003", "2611.00001", "2611.00003", "2401.99999"]
    lines = client.get("/export", params={"id": ids, "format": "ndjson"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["2611.00003", "2611.00001"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("format=docx", "There is no format 'docx': there are bibtex"),
        ("id=2401.99999", "No paper of these is kept here: 2401.99999."),
        ("colour=red", "There is no parameter 'colour'"),
    ],
)
def test_what_cannot_be_exported_is_said(query: str, sentence: str, client: TestClient) -> None:
    answer = client.get(f"/api/v1/export?{query}")
    assert answer.status_code == 400 and sentence in answer.json()["detail"]


def test_an_export_without_an_index_is_no_empty_file(empty_client: TestClient) -> None:
    answer = empty_client.get("/api/v1/export")
    assert answer.status_code == 503 and "paperglot index" in answer.json()["detail"]


def test_the_page_leads_to_files_and_feeds_of_the_same_search(client: TestClient) -> None:
    page = client.get("/", params={"q": "clocks", "category": "cs.CL", "sort": "upvotes", "page": "2"}).text
    assert 'href="/feed?q=clocks&amp;category=cs.CL"' in page
    assert 'href="/export?format=bibtex&amp;q=clocks&amp;category=cs.CL"' in page
    assert '<link rel="alternate" type="application/atom+xml"' in page


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_a_feed_of_a_search(name: str, named: TestClient) -> None:
    answer = named.get("/feed", params={"q": "clocks", "format": name, "size": "5"})
    parsed = feedparser.parse(answer.content)
    assert len(parsed.entries) == 5 and parsed.feed.title == "clocks · Paperglot"
    assert all(entry.link.startswith("https://papers.example/p/paper/2611.") for entry in parsed.entries)
    again = named.get("/feed", params={"q": "clocks", "format": name, "size": "5"},
                      headers={"If-None-Match": answer.headers["etag"]})  # fmt: skip
    assert (again.status_code, again.content) == (304, b"") and again.headers["etag"] == answer.headers["etag"]
    assert answer.headers["last-modified"].endswith("GMT")
    assert named.get("/feed", params={"q": "other"}).headers["etag"] != answer.headers["etag"]


def test_the_languages_of_a_feed(named: TestClient) -> None:
    def entry(languages: str) -> dict[str, str]:
        parameters = {"q": '"attention mechanism"', "format": "json", "languages": languages}
        item: dict[str, str] = named.get("/feed", params=parameters).json()["items"][0]
        return item

    assert entry("en")["title"] == "An attention mechanism" and "中文" not in entry("en")["content_html"]
    assert entry("zh")["title"] == "一种注意力机制" and "In English" not in entry("zh")["content_html"]
    both = entry("en,zh")["content_html"]
    assert "中文摘要" in both and "In English" in both


def test_a_new_version_comes_only_where_it_is_asked_for(folder: Path) -> None:
    engine = open_engine(folder)
    paper = replace(document("2611.00001", 1, day=DAY), version=2, updated=utc_now())
    fill(engine, [paper])
    client = TestClient(application(engine, PageSettings()))
    quiet, loud = (
        client.get("/feed", params={"format": "json", "versions": versions}).json()["items"]
        for versions in ("false", "true")
    )
    assert [item["id"] for item in quiet] == ["https://arxiv.org/abs/2611.00001"]
    assert [item["id"] for item in loud] == ["https://arxiv.org/abs/2611.00001v2"]


def test_opensearch(named: TestClient) -> None:
    answer = named.get("/opensearch.xml")
    root = ElementTree.fromstring(answer.text)
    spaces = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    assert answer.headers["content-type"].startswith("application/opensearchdescription+xml")
    assert len(root.findtext("o:ShortName", namespaces=spaces) or "") <= 16
    templates = {url.get("type"): url.get("template") for url in root.findall("o:Url", spaces)}
    assert templates["text/html"] == "https://papers.example/p/?q={searchTerms}"
    suggestions = named.get("/suggestions", params={"q": "Atten"})
    assert suggestions.headers["content-type"] == "application/x-suggestions+json"
    assert suggestions.json()[0] == "Atten" and "An attention mechanism" in suggestions.json()[1]


def test_robots_are_spared_filters(client: TestClient, named: TestClient) -> None:
    assert "Disallow: /?\n" in client.get("/robots.txt").text
    assert "Disallow: /p/?\n" in named.get("/robots.txt").text
