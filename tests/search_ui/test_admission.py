"""The password, and how often an address is answered."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from pydantic import SecretStr

from delivery.settings import PageSettings
from indexer.engines import open_engine
from search_ui.admission import Rate
from search_ui.app import application
from tests.indexer.contract import fill
from tests.making import document


def client(folder: Path, address: str = "203.0.113.5", port: int = 5000, **settings: object) -> TestClient:
    engine = open_engine(folder)
    fill(engine, [document()])
    return TestClient(application(engine, PageSettings(**settings)), client=(address, port))  # type: ignore[arg-type]


def test_a_private_page(folder: Path) -> None:
    page = client(folder, password=SecretStr("geheim ü:1"))
    for path in ("/", "/api/v1/search", "/feed", "/static/style.css", "/nothing"):
        refused = page.get(path)
        assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Basic ")
        assert "2611" not in refused.text
    assert page.get("/api/v1/search").json()["detail"] == "This page asks for a password."
    assert page.get("/livez").status_code == 200  # what watches the page needs none
    assert page.get("/", auth=("anybody", "geheim ü:1")).status_code == 200
    assert page.get("/", auth=("anybody", "geheim")).status_code == 401
    for header in ("Basic", "Basic !!!", "Bearer x", "Basic Og==", "Basic //8="):
        assert page.get("/", headers={"Authorization": header}).status_code == 401


def test_one_address_has_its_number_of_requests(folder: Path) -> None:
    page = client(folder, requests_a_minute=3)
    assert [page.get("/api/v1/search").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = page.get("/api/v1/search")
    assert 1 <= int(refused.headers["retry-after"]) <= 21 and "Wait a little" in refused.json()["detail"]
    assert page.get("/static/style.css").status_code == 200


def test_a_trusted_proxy_and_no_limit(folder: Path) -> None:
    for page in (
        client(folder, requests_a_minute=2, proxies=("203.0.113.5",)),
        client(folder, requests_a_minute=2, port=0),  # so the server names an address that a proxy gave
        client(folder, requests_a_minute=0),
    ):
        assert [page.get("/api/v1/search").status_code for _ in range(5)] == [200] * 5


def test_a_rate_recovers_and_is_by_address() -> None:
    now = [0.0]
    rate = Rate(60, clock=lambda: now[0])
    assert [rate.seconds_to_wait("a") for _ in range(60)] == [0.0] * 60
    assert rate.seconds_to_wait("a") == 1.0 and rate.seconds_to_wait("b") == 0.0
    now[0] = 2.5
    assert [rate.seconds_to_wait("a") for _ in range(3)] == [0.0, 0.0, 0.5]
