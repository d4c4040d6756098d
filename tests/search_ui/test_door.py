"""What every answer has, whatever was asked, and the connections on which it is asked."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from urllib.parse import quote

import pytest
import uvicorn
from fastapi import APIRouter
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.paper_json import PaperOut
from indexer.documents import Document
from indexer.query.search import InvalidSearch, Search, Sort
from search_ui import connections, routes
from search_ui.connections import Connection
from search_ui.door import HEADERS
from search_ui.language import language_of
from search_ui.layout import API, FOLDER
from tests.processes import BIN, wait_until

ANSWERS = [
    ("/", 200, "private, no-cache"),
    ("/?q=clocks", 200, "private, no-cache"),
    ("/paper/2611.00001", 200, "private, no-cache"),
    ("/paper/2611.99999", 404, "no-store"),
    ("/paper/arXiv:2611.00001", 301, "no-store"),
    ("/language/zh", 303, "no-store"),
    ("/texts/both", 303, "no-store"),
    ("/nothing", 404, "no-store"),
    ("/topics", 200, "private, no-cache"),
    ("/trending", 200, "private, no-cache"),
    ("/changes/2611.00001?old=1&new=2", 200, "private, no-cache"),
    ("/api/v1/changes/2611.00001?old=1&new=2", 503, "no-store"),
    ("/api/v1/trending", 503, "no-store"),
    ("/api/v1/topics", 200, "no-cache"),
    ("/api/v1/rank?like=2611.00001", 200, "no-cache"),
    ("/days", 200, "private, no-cache"),
    ("/huggingface", 302, "no-store"),
    ("/export?format=ris", 200, "private, no-cache"),
    ("/api/v1/export?format=nothing", 400, "no-store"),
    ("/statistics", 200, "private, no-cache"),
    ("/api/v1/statistics?q=clocks", 200, "no-cache"),
    ("/mine", 200, "private, no-cache"),
    ("/ranked?like=2611.00001", 200, "private, no-cache"),
    # Only where the owner allows alerts, and knows the recipient.
    ("/alerts", 404, "no-store"),
    ("/alerts/confirm/nothing", 404, "no-store"),
    ("/unsubscribe/nothing", 404, "no-store"),
    ("/robots.txt", 200, "private, no-cache"),
    ("/favicon.ico", 302, "no-store"),
    ("/opensearch.xml", 200, "private, no-cache"),
    ("/suggestions?q=cl", 200, "private, no-cache"),
    ("/feed", 200, "private, no-cache"),
    ("/api/v1/feed?format=json", 200, "no-cache"),
    ("/coverage", 200, "private, no-cache"),
    ("/runs", 200, "private, no-cache"),
    ("/livez", 200, "private, no-cache"),
    ("/readyz", 200, "private, no-cache"),
    ("/metrics", 200, "private, no-cache"),
    ("/api/v1/runs", 503, "no-store"),
    ("/coverage/", 404, "no-store"),
    ("/static/style.css", 200, "public, max-age=86400"),
    ("/static/nothing.css", 404, "no-store"),
    ("/api/v1/search", 200, "no-cache"),
    ("/api/v1/search?size=0", 400, "no-store"),
    ("/api/v1/papers/2611.00001", 200, "no-cache"),
    ("/api/v1/papers/nothing", 404, "no-store"),
    ("/api/v1/suggest?q=cl", 200, "no-cache"),
    ("/api/v1/coverage", 503, "no-store"),
    ("/api/v1/openapi.json", 200, "no-cache"),
]


@pytest.mark.parametrize(("address", "status", "caching"), ANSWERS)
def test_every_answer_has_its_headers(address: str, status: int, caching: str, client: TestClient) -> None:
    answer = client.get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers["cache-control"]) == (status, caching)
    assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    head = client.head(address, follow_redirects=False)
    assert (head.status_code, head.content) == (status, b"")
    same = ("content-type", "cache-control", "location", "etag")
    assert [head.headers.get(name) for name in same] == [answer.headers.get(name) for name in same]
    # A page says in how many milliseconds it was made.
    lengths = [int(response.headers.get("content-length", 0)) for response in (head, answer)]
    assert abs(lengths[0] - lengths[1]) <= 5
    if status == 503 or (status >= 400 and address.startswith("/api/")):
        assert answer.json()["detail"]


def test_every_route_is_among_these(client: TestClient) -> None:
    paths = [address.partition("?")[0] for address, *_ in ANSWERS]
    modules = [import_module(f"search_ui.routes.{module.name}") for module in iter_modules(routes.__path__)]
    routers = [value for module in modules for value in vars(module).values() if isinstance(value, APIRouter)]
    patterns = [route.path_regex for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert len(patterns) > 20
    for pattern in patterns:
        assert any(pattern.match(path.removeprefix(API)) for path in paths), pattern.pattern


def test_the_methods_of_a_form(client: TestClient) -> None:
    assert client.options("/alerts").headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert "GET, HEAD, OPTIONS, POST" in client.put("/alerts").headers["Allow"]
    assert client.options("/").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_methods(client: TestClient) -> None:
    for address, status in [("/", 204), ("/api/v1/search", 204), ("/static/style.css", 204), ("/nothing", 404)]:
        assert client.options(address).status_code == status
    for address in ("/", "/api/v1/search", "/paper/2611.00001"):
        answer = client.post(address)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert client.post("/api/v1/search").json()["detail"] == "Only GET, HEAD, OPTIONS are answered here."


def test_an_unexpected_error_is_an_answer_like_others(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr("indexer.engines.embedded.engine.EmbeddedEngine.search", fail)
    for address in ("/?q=a", "/api/v1/search"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items()
    assert answer.json()["detail"] == "Something went wrong here. It was noted in the server's log."


def test_no_host_that_a_request_names_is_believed(client: TestClient) -> None:
    for address, *_ in ANSWERS:
        answer = client.get(address, headers={"Host": "evil.example"}, follow_redirects=False)
        assert "evil.example" not in answer.text and "evil.example" not in str(answer.headers)


NUMBERS = ["²", "-1", "0", "18446744073709551616", "9223372036854775808", "٣", "1e3", "", "9" * 5000, "\ud800", "1\x00"]
PARAMETERS = ["q", "category", "source", "has", "year", "from", "until", "sort", "page", "size", "cursor", "counts"]


@pytest.mark.parametrize("parameter", [*PARAMETERS, "days"])
@pytest.mark.parametrize("value", NUMBERS)
def test_no_value_of_a_parameter_fails(parameter: str, value: str, client: TestClient) -> None:
    written = quote(value, errors="surrogatepass")
    for path in ("/", "/api/v1/search", "/api/v1/suggest", "/api/v1/coverage", "/coverage"):
        for sort in ("", "&sort=newest"):
            answer = client.get(f"{path}?{parameter}={written}{sort}")
            assert answer.status_code < 500 or path == "/api/v1/coverage", answer.text


@given(parameter=st.sampled_from(PARAMETERS), text=st.text(max_size=40))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_in_any_parameter_fails(parameter: str, text: str, client: TestClient) -> None:
    for path in ("/", "/api/v1/search"):
        answer = client.get(f"{path}?sort=newest&{parameter}={quote(text, errors='surrogatepass')}")
        assert answer.status_code in (200, 302, 400), answer.text


@pytest.mark.parametrize("cursor", ["²", "-1", str(2**63), "9" * 20, ""])
def test_a_cursor_is_checked_where_a_search_is_made(cursor: str) -> None:
    with pytest.raises(InvalidSearch, match="A cursor goes with"):
        Search(sort=Sort.NEWEST, cursor=cursor)


def test_a_page_past_the_end_says_so(client: TestClient) -> None:
    page = client.get("/?q=clocks&page=9&size=20").text
    assert "The results end before this page." in page and 'href="/?q=clocks"' in page


def test_categories_in_any_case(client: TestClient) -> None:
    for written in ("cs.CL", "CS.cl", "cs.cl"):
        assert client.get(f"/api/v1/search?category={written}").json()["total"] == 25
        assert "25 papers" in client.get(f"/?category={written}").text
    assert client.get("/api/v1/search?category=MATH.*").json()["total"] == 22


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en;q=0.1, zh;q=0.9", "zh"),
        ("zh;q=0, en", "en"),
        ("zh;q=0", "en"),
        ("fr, zh-CN;q=0.2", "zh"),
        ("de, *;q=0.5", "en"),
        ("en;q=0, *", "zh"),
        ("zh;q=nonsense, en;q=0.1", "en"),
        ("", "en"),
        (";;,,q=", "en"),
    ],
)
def test_languages_have_weights(accepted: str, language: str) -> None:
    assert language_of(None, accepted, ("en", "zh")) == language


# What a page shows of a document, by another name in the API.
OTHER_NAMES = {"day": "date"}


def test_the_api_shows_what_the_page_does() -> None:
    """Every field of a document that a template names, and every link, is in the API's paper."""
    templates = "".join(file.read_text("utf-8") for file in (FOLDER / "templates").glob("*.html"))
    shown = set(re.findall(r"\b(?:paper|document)\.([a-z_]+)", templates)) & set(Document.__dataclass_fields__)
    assert len(shown) > 15
    assert {OTHER_NAMES.get(name, name) for name in shown} <= set(PaperOut.model_fields)


# Connections


@pytest.fixture
def port(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The application behind a real server whose deadlines are short."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(connections, "READING_SECONDS", 0.3)
    config = uvicorn.Config(client.app, port=0, http=Connection, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def _ended() -> contextlib.suppress:
    """A connection that the other side has cut off may end in an error here."""
    return contextlib.suppress(ConnectionError)


REQUEST = b"GET /api/v1/search?size=100 HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "sent", [b"", b"G", REQUEST[:-2], b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"]
)
def test_a_connection_without_a_whole_request_ends(sent: bytes, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(sent)
        while connection.recv(4096):  # what is not a GET is refused before its body has come
            pass


def test_a_second_request_has_a_deadline_too(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(REQUEST[:9])
        with _ended():
            while connection.recv(65536):
                pass


def test_whoever_does_not_read_is_cut_off(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        with _ended():
            for _ in range(2000):
                connection.sendall(REQUEST)
        time.sleep(1)
        with _ended():
            while connection.recv(65536):
                pass
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(REQUEST)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_ends_when_told_although_a_client_reads_nothing(workers: str, client: TestClient, folder: Path) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    command = [str(BIN / "paperglot"), "--data", str(folder), "serve", "--port", str(port), "--workers", workers]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def answers() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return True
        return False

    wait_until(answers, process)
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        with _ended(), contextlib.suppress(TimeoutError):
            connection.settimeout(1)
            for _ in range(2000):
                connection.sendall(REQUEST)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
