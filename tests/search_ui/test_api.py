from __future__ import annotations

from dataclasses import fields

import pytest
from fastapi.testclient import TestClient

from delivery.paper_json import PaperOut
from indexer.documents import Document


def test_a_search(client: TestClient) -> None:
    results = client.get("/api/v1/search", params={"q": "attention", "counts": "true"}).json()
    assert results["total"] == 1
    (hit,) = results["hits"]
    assert hit["id"] == "2611.00047" and hit["title"]["zh"] == "一种注意力机制"
    assert hit["highlights"] == {"title_en": [[3, 12]]}
    assert hit["links"]["pdf"] == "https://arxiv.org/pdf/2611.00047"
    assert results["facets"]["category"] == [{"value": "cs.CL", "count": 1}]
    assert results["histogram"] == [{"first": "2026-11-20", "last": "2026-11-20", "count": 1}]


def test_filters_sort_and_pages(client: TestClient) -> None:
    parameters = {"category": "math.NT", "sort": "upvotes", "size": "10", "from": "2026-11-20", "until": "2026-11-20"}
    results = client.get("/api/v1/search", params=parameters).json()
    assert results["total"] == 15 and [hit["upvotes"] for hit in results["hits"]][:3] == [30, 28, 26]
    next_results = client.get("/api/v1/search", params=parameters | {"cursor": results["cursor"]}).json()
    assert len(next_results["hits"]) == 5 and next_results["cursor"] is None


@pytest.mark.parametrize("text", ["2611.00047", "https://arxiv.org/pdf/2611.00047v2", "arXiv:2611.00047, 2611.00046"])
def test_identifiers_find_their_papers(text: str, client: TestClient) -> None:
    ids = {hit["id"] for hit in client.get("/api/v1/search", params={"q": text}).json()["hits"]}
    assert ids == {"2611.00047", "2611.00046"} if "," in text else {"2611.00047"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("size=0", "'0' cannot be the value of 'size': it can be a number from 1 to 100."),
        ("page=x", "'x' cannot be the value of 'page'"),
        ("sort=colour", "it can be relevance, newest or upvotes"),
        ("from=never", "it can be a day, a month or a year, such as 2026-11-20"),
        ("page=9999", "'9999' cannot be the value of 'page': it can be a number from 1 to 500 for this size."),
        ("cursor=5", "A cursor goes with the sort order"),
        ("cursor=²", "'²' cannot be the value of 'cursor'"),
        ("sort=newest&cursor=18446744073709551616", "cannot be the value of 'cursor'"),
        ("category=cs.ZZ", "'cs.ZZ' cannot be the value of 'category'"),
        ("has=legs", "'legs' cannot be the value of 'has': code, project,"),
        ("topic=gardening", "'gardening' cannot be the value of 'topic': generative-models,"),
        ("year=soon", "'soon' cannot be the value of 'year': a year such as 2026"),
        ("counts=perhaps", "it can be true or false"),
        ("colour=red", "There is no parameter 'colour': there are q, category,"),
        ("page=1&page=2", "The parameter 'page' can be given once only."),
    ],
)
def test_what_cannot_be_answered_is_said(query: str, said: str, client: TestClient) -> None:
    answer = client.get(f"/api/v1/search?q=clocks&{query}")
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


def test_one_paper(client: TestClient) -> None:
    assert client.get("/api/v1/papers/arXiv:2611.00005v1").json()["id"] == "2611.00005"
    assert client.get("/api/v1/papers/2401.00001").status_code == 404
    assert client.get("/api/v1/papers/nonsense").json()["detail"] == "'nonsense' is not an arXiv identifier."


def test_suggestions(client: TestClient) -> None:
    suggestions = client.get("/api/v1/suggest", params={"q": "attention mech"}).json()
    (paper,) = client.get("/api/v1/search", params={"q": '"attention mechanism"', "size": 1}).json()["hits"]
    assert {"kind": "title", "text": "An attention mechanism", "address": f"/paper/{paper['id']}"} in suggestions
    kinds = {
        text: client.get("/api/v1/suggest", params={"q": text}).json()[0]["kind"] for text in ("cs.CL", "atention")
    }
    assert kinds == {"cs.CL": "category", "atention": "spelling"}
    for text in ("hol", "diffusion", "attention"):
        for suggestion in client.get("/api/v1/suggest", params={"q": text}).json():
            assert client.get(suggestion["address"]).status_code == 200


def test_papers_by_their_likeness_to_starred_ones(client: TestClient) -> None:
    """Which are left out themselves."""
    ranked = client.get("/api/v1/rank", params={"like": ["2611.00001", "2401.99999"], "size": 5}).json()
    assert len(ranked) == 5 and {"clocks", "sparse"} <= set(ranked[0]["words"])
    assert "2611.00001" not in {row["paper"]["id"] for row in ranked}
    second = client.get("/api/v1/rank", params={"like": "2611.00001", "size": 5, "page": 2}).json()
    assert not {row["paper"]["id"] for row in ranked} & {row["paper"]["id"] for row in second}
    assert [row["likeness"] for row in ranked] == sorted((row["likeness"] for row in ranked), reverse=True)
    narrowed = client.get("/api/v1/rank", params={"like": "2611.00047", "q": "clocks"}).json()
    assert 0 < len(narrowed) <= 20 and all("clock" in str(row["paper"]["title"]).lower() for row in narrowed)
    for query, sentence in {"": "Name 1 to 200 papers", "like=nonsense": "not an arXiv identifier",
                            "like=2611.00001&colour=red": "There is no parameter"}.items():  # fmt: skip
        answer = client.get(f"/api/v1/rank?{query}")
        assert answer.status_code == 400 and sentence in answer.json()["detail"]


def test_answers_are_what_the_openapi_document_says(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        f"/api/v1/{name}"
        for name in (
            "search",
            "papers/{id}",
            "changes/{id}",
            "trending",
            "suggest",
            "topics",
            "rank",
            "export",
            "feed",
            "statistics",
            "coverage",
            "runs",
        )
    }
    schemas = document["components"]["schemas"]
    results = client.get("/api/v1/search", params={"q": "clocks", "counts": "true"}).json()
    assert set(results) == set(schemas["ResultsOut"]["properties"])
    assert set(results["hits"][0]) == set(schemas["PaperOut"]["properties"])


def test_what_the_last_days_have(followed: TestClient, client: TestClient) -> None:
    days = followed.get("/api/v1/coverage", params={"days": 3}).json()
    schema = followed.get("/api/v1/openapi.json").json()["components"]["schemas"]["DayOut"]["properties"]
    assert set(days[0]) == set(schema)
    states = {(day["category"], day["day"]): (day["state"], day["got"], day["expected"]) for day in days}
    assert states["cs.CL", "2026-11-20"] == ("partial", 1, 3)
    assert states["cs.LG", "2026-11-20"] == ("refused", 0, None)
    assert states[None, "2026-11-20"] == ("not asked", 0, None)
    assert followed.get("/api/v1/coverage", params={"days": 0}).status_code == 400
    answer = client.get("/api/v1/coverage")
    assert answer.status_code == 503 and "another machine" in answer.json()["detail"]


def test_without_an_index(empty_client: TestClient) -> None:
    answer = empty_client.get("/api/v1/search")
    assert answer.status_code == 503 and "paperglot index" in answer.json()["detail"]


def test_whatever_an_index_holds_of_a_paper_is_in_the_api() -> None:
    elsewhere = {
        "number": "of the catalogue's row",
        "seq": "of the catalogue's change",
        "day": "date",
        "aligned": "sentences",
        "author_names": "their parts are in exports",
    }
    missing = {field.name for field in fields(Document)} - set(PaperOut.model_fields) - set(elsewhere)
    assert not missing
