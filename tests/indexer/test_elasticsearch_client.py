"""The edge to Elasticsearch, without one: what a user is told for each thing that a server can answer."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fastapi.testclient import TestClient

from delivery.settings import PageSettings
from indexer.documents import Deletion
from indexer.engine import EngineAway, EngineFailed, EngineRefused, IndexWriteFailed, NoIndex
from indexer.engines.elasticsearch import bulk
from indexer.engines.elasticsearch.bulk import delete_line, index_line, send
from indexer.engines.elasticsearch.client import connect
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.query.limits import QueryTooLarge
from indexer.query.search import Search
from indexer.settings import IndexSettings
from papers.settings import InvalidSetting
from search_ui.app import application
from tests.making import AT, document

Answer = tuple[int, object]


class Stub:
    """An HTTP server that gives the answers it is told to, the last one again and again."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.product = "Elasticsearch"
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                stub.asked.append(
                    (f"{self.command} {self.path}", body.decode(), {k.lower(): v for k, v in self.headers.items()})
                )
                status, answer = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
                content = json.dumps(answer).encode()
                self.send_response(status)
                if stub.product:
                    self.send_header("X-Elastic-Product", stub.product)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _answer  # noqa: N815

            def log_message(self, format: str, *values: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


def error(kind: str, reason: str) -> dict[str, object]:
    return {"error": {"root_cause": [{"type": kind, "reason": reason}], "type": kind, "reason": reason}}


@pytest.mark.parametrize(
    ("status", "answer", "raised", "said", "page_status"),
    [
        (401, error("security_exception", "unable to authenticate"), EngineRefused, "wrong or has expired", 503),
        (403, error("security_exception", "action is unauthorized"), EngineRefused, "may not do this", 503),
        (403, error("cluster_block_exception", "index read-only"), EngineAway, "cannot do this now", 503),
        (404, error("index_not_found_exception", "no such index"), NoIndex, "paperglot index", 503),
        (429, error("es_rejected_execution_exception", "queue is full"), EngineAway, "queue is full", 503),
        (503, error("no_shard_available_action_exception", "all shards failed"), EngineAway, "cannot do this", 503),
        (400, error("media_type_header_exception", "Invalid media-type"), EngineRefused, "older than version 9", 503),
        (400, error("x", "failed: Query contains too many nested clauses"), QueryTooLarge, "more memory", 400),
        (400, error("parsing_exception", "unknown field"), EngineFailed, "answered 400: unknown field", 500),
        (500, "no JSON of theirs", EngineFailed, "answered 500", 500),
    ],
)  # fmt: skip
def test_what_a_status_becomes(
    status: int,
    answer: object,
    raised: type[Exception],
    said: str,
    page_status: int,
    stub: Stub,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stub.answers = [(status, answer)]
    engine = ElasticsearchEngine(IndexSettings(hosts=(stub.url,)), clock=lambda: 0.0)
    engine._trusted_until = 1.0  # past the first question
    with pytest.raises(raised, match=said) as caught:
        engine.search(Search())
    assert caught.value.__cause__ is not None
    client = TestClient(application(engine, PageSettings()), raise_server_exceptions=False)
    for address in ("/?q=clocks", "/api/v1/search?q=clocks"):
        answered = client.get(address)
        assert answered.status_code == page_status
        assert "Traceback" not in answered.text and stub.url.removeprefix("http://") not in answered.text
    # Readers are told what they can do, whoever runs it what is wrong.
    assert said in client.get("/api/v1/search?q=clocks").json()["detail"] or said in caplog.text
    chinese = client.get("/?q=clocks", headers={"Accept-Language": "zh"}).text
    assert "请稍后再试" in chinese or raised in (NoIndex, QueryTooLarge)


def test_a_server_that_is_away() -> None:
    engine = ElasticsearchEngine(IndexSettings(hosts=("http://127.0.0.1:9",)))
    for asking in (lambda: engine.search(Search()), engine.state, lambda: engine.get("x"), engine.writer):
        with pytest.raises(EngineAway, match="cannot be reached"):
            asking()


def test_a_server_that_does_not_answer_in_time() -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(EngineAway, match="does not answer in time"):
            ElasticsearchEngine(IndexSettings(hosts=(address,), timeout=0.2)).state()


def test_something_else_at_that_address(stub: Stub) -> None:
    stub.answers, stub.product = [(200, {})], ""
    with pytest.raises(EngineRefused, match="is no Elasticsearch"):
        ElasticsearchEngine(IndexSettings(hosts=(stub.url,))).state()


def test_a_search_that_was_cut_short_is_no_answer(stub: Stub) -> None:
    stub.answers = [(200, {"timed_out": True, "hits": {"hits": [], "total": {"value": 3}}})]
    engine = ElasticsearchEngine(IndexSettings(hosts=(stub.url,)), clock=lambda: 0.0)
    engine._trusted_until = 1.0
    with pytest.raises(EngineAway, match="needs more than"):
        engine.search(Search())


def test_the_key(stub: Stub, tmp_path: Path) -> None:
    stub.answers = [(404, error("index_not_found_exception", "none"))]
    ElasticsearchEngine(IndexSettings(hosts=(stub.url,), api_key="abc")).state()  # type: ignore[arg-type]
    assert stub.asked[-1][2]["authorization"] == "ApiKey abc"
    file = tmp_path / "key"
    file.write_text("def\n")
    ElasticsearchEngine(IndexSettings(hosts=(stub.url,), api_key_file=file)).state()
    assert stub.asked[-1][2]["authorization"] == "ApiKey def"


def test_a_certificate_that_the_system_does_not_know(tmp_path: Path) -> None:
    path = tmp_path / "server.pem"
    path.write_bytes(_certificate())
    stub = Stub(path)
    stub.answers = [(404, error("index_not_found_exception", "none"))]
    try:
        with pytest.raises(EngineRefused, match="name its authority as 'ca'"):
            ElasticsearchEngine(IndexSettings(hosts=(stub.url,))).state()
        assert ElasticsearchEngine(IndexSettings(hosts=(stub.url,), ca=path)).state() is None
    finally:
        stub.close()


def _certificate() -> bytes:
    """Key and certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2099, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"api_key_file": Path("/nowhere/key")}, "API key"),
        ({"ca": Path("/nowhere/ca.pem")}, "certificate"),
        ({"hosts": ("no address",)}, "cannot be used"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        connect(IndexSettings(**settings))  # type: ignore[arg-type]


# Bulk requests

LINES = [index_line(document("2611.00001", 1), AT), delete_line(Deletion("2611.00002", 2))]


def items(*outcomes: Answer) -> Answer:
    return 200, {
        "errors": True,
        "items": [{"index": {"status": status, **(body or {})}} for status, body in outcomes],
    }  # type: ignore[dict-item]


FINE: Answer = (200, {"errors": False, "items": []})
Sent = Callable[..., dict[str, str]]


@pytest.fixture
def sent(stub: Stub) -> Sent:
    """Send LINES to the stub, which gives these answers in turn; the waits are in `sent.waits`."""

    def sent(*answers: Answer) -> dict[str, str]:
        stub.answers = list(answers)
        client = connect(IndexSettings(hosts=(stub.url,)))
        return send(client, "papers", LINES, alias=True, sleep=waits.append)

    waits: list[float] = []
    sent.waits = waits  # type: ignore[attr-defined]
    return sent


def test_a_busy_server_is_asked_again_after_a_while(sent: Sent, stub: Stub) -> None:
    assert sent((429, error("es_rejected_execution_exception", "full")), (503, {}), FINE) == {}
    assert sent.waits == [0.5, 1.0]  # type: ignore[attr-defined]
    assert stub.asked[0][1] == stub.asked[2][1]


def test_only_the_lines_that_were_not_taken_are_sent_again(sent: Sent, stub: Stub) -> None:
    assert sent(items((200, None), (429, error("es_rejected_execution_exception", "full"))), FINE) == {}
    assert stub.asked[1][1].splitlines() == [LINES[1].content.decode()]


def test_a_refused_document_is_set_aside(sent: Sent) -> None:
    wrong = {"error": {"type": "document_parsing_exception", "reason": "failed", "caused_by": {"reason": "too long"}}}
    assert sent(items((400, wrong), (404, None))) == {"2611.00001": "failed: too long"}


def test_a_later_state_than_ours_is_fine(sent: Sent) -> None:
    assert sent(items((409, error("version_conflict_engine_exception", "newer")), (200, None))) == {}


def test_an_index_that_is_gone_takes_nothing_in_silence(sent: Sent) -> None:
    with pytest.raises(IndexWriteFailed, match="is gone"):
        sent(items((404, error("index_not_found_exception", "no such index")), (200, None)))


def test_a_full_disk_is_said_in_a_sentence(sent: Sent) -> None:
    full = {"error": {"type": "cluster_block_exception", "reason": "disk usage exceeded flood-stage watermark"}}
    with pytest.raises(
        IndexWriteFailed,
        match=r"takes no writes: its disk is fuller .* Nothing is lost",
    ):
        sent(items((429, full), (200, None)), items((429, full)))
    assert len(sent.waits) == bulk.TRIES - 1  # type: ignore[attr-defined]
