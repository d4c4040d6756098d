"""`[page] address`: the page behind a proxy, below a path."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from pydantic import ValidationError

from delivery.settings import PageSettings
from indexer.engines import open_engine
from search_ui.app import application
from tests.indexer.contract import fill
from tests.search_ui.conftest import documents

ROOT = "/reading/papers"
PAGES = (
    "/",
    "/?q=clocks&page=2",
    "/?q=clocks&category=cs.CL",
    "/paper/2611.00047",
    "/coverage",
    "/runs",
    "/paper/x",
    "/?page=9",
)


@pytest.fixture
def below(folder: Path) -> TestClient:
    """The application with a public address below a path."""
    engine = open_engine(folder)
    fill(engine, documents())
    settings = PageSettings(address=f"https://example.org{ROOT}/")
    return TestClient(application(engine, settings), raise_server_exceptions=False, follow_redirects=False)


def links(html: str) -> set[str]:
    """What the page leads to on this site."""
    tags = BeautifulSoup(html, "html.parser").find_all(True)
    named = {str(tag[name]) for tag in tags for name in ("href", "action", "src") if tag.has_attr(name)}
    return {link for link in named if not link.startswith(("http", "#"))}


@pytest.mark.parametrize("path", PAGES)
def test_every_link_is_below_the_path(path: str, below: TestClient) -> None:
    answer = below.get(f"{ROOT}{path}")
    without_time = [re.sub(r"in \d+ ms", "", text) for text in (answer.text, below.get(path).text)]
    assert without_time[0] == without_time[1]  # a proxy that takes the path away
    assert links(answer.text) and all(link.startswith(f"{ROOT}/") for link in links(answer.text))
    for link in sorted(links(answer.text))[:40]:
        assert below.get(link).status_code in (200, 302, 303), link


def test_a_redirect_stays_below_it(below: TestClient) -> None:
    for address, location in {
        "/paper/arXiv:2611.00047v2": "/paper/2611.00047",
        "/?q=2611.00047": "/paper/2611.00047",
        "/language/zh": "/",
        f"/texts/zh?back={ROOT}/runs": "/runs",
        "/texts/zh?back=//elsewhere.example": "/",
    }.items():
        for root in ("", ROOT):
            assert below.get(root + address).headers["location"] == ROOT + location


def test_the_root_itself_and_headers(below: TestClient) -> None:
    assert below.get(ROOT).status_code == 200
    assert "max-age" in below.get(f"{ROOT}/static/style.css").headers["cache-control"]
    assert below.get(f"{ROOT}/api/v1/nothing").json()["detail"] == "There is no such address in this API."
    assert below.get(f"{ROOT}/api/v1/openapi.json").json()["servers"] == [{"url": ROOT}]
    # Begins with the same letters only.
    assert below.get(f"{ROOT}2/runs").status_code == 404


def test_a_paper_names_its_public_address(below: TestClient, client: TestClient) -> None:
    page = unescape(below.get("/paper/2611.00047").text)
    assert re.findall(r'rel="canonical" href="(.*?)"', page) == [f"https://example.org{ROOT}/paper/2611.00047"]
    assert 'rel="canonical"' not in client.get("/paper/2611.00047").text


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org", "https://", "https://a.org/?q=1", "https://a b"]
)
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(ValidationError):
        PageSettings(address=address)
