"""The statistics page, its API twin, and rising terms; the day ranked by likeness."""

from __future__ import annotations

from datetime import timedelta

from fastapi.testclient import TestClient
from lxml.html import fromstring

from indexer.rising import rising
from tests.making import DAY, document


def titles(*texts: str) -> list:  # type: ignore[type-arg]
    return [document(f"2611.{number:05}", number, title=text) for number, text in enumerate(texts, start=1)]


def test_rising_terms() -> None:
    now = titles(*["World models of slow clocks"] * 10, *["Bells"] * 10)
    before = titles(*["Slow clocks"] * 10, *["Bells"] * 20)
    first, *others = rising(now, before, 5)
    assert (first.text, first.papers, first.now, first.before) == ("world models", 10, 500.0, 0.0)
    assert not {"bells", "of", "models"} & {term.text for term in others}
    assert rising([], before, 5) == rising(now, [], 5) == []


def test_the_numbers_are_those_of_the_search(client: TestClient) -> None:
    whole, some = (client.get("/api/v1/statistics", params=query).json() for query in ({}, {"category": "cs.CL"}))
    assert (whole["total"], some["total"]) == (47, 25)
    for body, query in ((whole, {}), (some, {"category": "cs.CL"})):
        facets = client.get("/api/v1/search", params={**query, "counts": "true"}).json()["facets"]
        for name in ("language", "venue", "has", "announced", "archive"):
            assert body["facets"].get(name, []) == facets.get(name, []), name
        assert sum(bar["count"] for bar in body["histogram"]) == body["total"]


def test_every_row_leads_to_as_many_papers_as_it_counts(client: TestClient) -> None:
    page = fromstring(client.get("/statistics").text)
    rows = [
        (row.cssselect("a")[0].get("href"), row.cssselect("td")[0].text) for row in page.cssselect(".bars tbody tr")
    ]
    assert len(rows) > 6
    for address, count in rows:
        answer = client.get("/api/v1/search" + address.removeprefix("/"))
        assert answer.status_code == 200 and answer.json()["total"] == int(count), address
    assert page.cssselect("svg.histogram rect") and len(page.cssselect("table.coverage tbody tr")) == 2


def test_a_day_by_likeness_to_stars(client: TestClient) -> None:
    query = {"like": ["2611.00001"], "from": str(DAY - timedelta(days=9)), "size": "3"}
    page = fromstring(client.get("/ranked", params=query).text)
    assert page.cssselect("#papers h2")[0].text_content().strip().startswith("Sparse clocks number")
    assert "Because of: " in page.cssselect("#papers article")[0].text_content()
    assert len(page.cssselect("#papers article")) == 3
    refused = client.get("/ranked")
    assert refused.status_code == 400 and "Name 1 to 200 papers by" in refused.text
