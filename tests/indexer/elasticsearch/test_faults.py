"""What goes wrong between us and a real server: nothing is lost, the crawl goes on, the next run catches up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from elasticsearch import Elasticsearch

from indexer.engine import EngineAway, IndexWriteFailed
from indexer.engines.elasticsearch import bulk
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.lag import index_lag
from indexer.query.search import Search
from indexer.settings import IndexSettings
from indexer.update import update
from papers.catalogue import Catalogue
from replica.server import Replica
from tests.cli.test_cli import paperglot
from tests.conftest import TODAY
from tests.making import AT, page, sighting


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "FIRST_WAIT", 0.01)


def kept(folder: Path, first: int, last: int) -> Catalogue:
    catalogue = Catalogue(folder, write=True)
    catalogue.keep(page(*(sighting(f"2611.{n:05}") for n in range(first, last + 1))), AT)
    return catalogue


@contextmanager
def cutting(target: str) -> Iterator[tuple[str, dict[str, int]]]:
    """A wire to the server that breaks in the middle of the next `cuts["left"]` bulk requests."""
    server = urlsplit(target)
    cuts = {"left": 0, "made": 0}
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def pump(source: socket.socket, sink: socket.socket, watch: bool) -> None:
            byte_count = 0
            with suppress(OSError):
                while data := source.recv(65_536):
                    byte_count = byte_count + len(data) if not watch or b"/_bulk" in data or byte_count else 0
                    if watch and cuts["left"] and byte_count > 100_000:
                        cuts["left"] -= 1
                        cuts["made"] += 1
                        break
                    sink.sendall(data)
            for end in (source, sink):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    near, _ = listening.accept()
                    far = socket.create_connection((server.hostname, server.port))
                    for pair in ((near, far, True), (far, near, False)):
                        threading.Thread(target=pump, args=pair, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        port = listening.getsockname()[1]
        yield target.replace(f"{server.hostname}:{server.port}", f"127.0.0.1:{port}"), cuts


def test_a_connection_that_is_cut_in_the_middle_of_a_bulk(elastic: IndexSettings, folder: Path) -> None:
    with cutting(elastic.hosts[0]) as (address, cuts), kept(folder, 1, 1200) as catalogue:
        engine = ElasticsearchEngine(elastic.model_copy(update={"hosts": (address,)}))
        cuts["left"] = 3
        assert update(catalogue, engine).papers == 1200
        assert cuts["made"] == 3
        assert engine.search(Search()).total == 1200


def test_a_server_that_stays_away_loses_nothing(elastic: IndexSettings, folder: Path) -> None:
    with cutting(elastic.hosts[0]) as (address, cuts), kept(folder, 1, 600) as catalogue:
        engine = ElasticsearchEngine(elastic.model_copy(update={"hosts": (address,)}))
        update(catalogue, engine)
        catalogue.keep(page(*(sighting(f"2611.{n:05}") for n in range(601, 1700))), AT)
        cuts["left"] = 1000
        with pytest.raises(EngineAway):
            update(catalogue, engine)
        away = ElasticsearchEngine(elastic.model_copy(update={"hosts": ("http://127.0.0.1:9",)}))
        stands = index_lag(catalogue, away)
        assert stands.state is None and stands.behind == 1099 and stands.error and "cannot be reached" in stands.error
        cuts["left"] = 0
        assert not update(catalogue, engine).rebuilt
        assert engine.search(Search()).total == 1699
        assert index_lag(catalogue, engine).behind == 0


def test_an_index_that_a_full_disk_has_made_read_only(elastic: IndexSettings, folder: Path) -> None:
    client = Elasticsearch(elastic.hosts[0])
    engine = ElasticsearchEngine(elastic)
    with kept(folder, 1, 5) as catalogue:
        update(catalogue, engine)
        catalogue.keep(page(sighting("2611.00009")), AT)
        client.indices.put_settings(index=elastic.prefix, settings={"index.blocks.read_only_allow_delete": True})
        with pytest.raises(
            IndexWriteFailed,
            match=r"takes no writes: its disk is fuller .* Nothing is lost",
        ):
            update(catalogue, engine)
        assert engine.search(Search()).total == 5  # and is searched
        assert index_lag(catalogue, engine).behind == 1
        client.indices.put_settings(index=elastic.prefix, settings={"index.blocks.read_only_allow_delete": None})
        assert update(catalogue, engine).papers == 1
        assert engine.search(Search()).total == 6


def test_a_crawl_goes_on_without_its_index(
    replica: Callable[..., Replica], folder: Path, monkeypatch: pytest.MonkeyPatch, elastic: IndexSettings
) -> None:
    replica(papers_a_day=12)
    for name, value in {"ENGINE": "elasticsearch", "HOSTS": "http://127.0.0.1:9", "PREFIX": elastic.prefix}.items():
        monkeypatch.setenv(f"PAPERGLOT_INDEX_{name}", value)
    crawled = paperglot("crawl", "arxiv_new", "-a", "categories=cs.CL", "-a", f"date={TODAY}")
    assert "Traceback" not in crawled.stderr and "cannot be reached" in crawled.stderr
    with Catalogue(folder) as catalogue:
        papers = catalogue.count()
    assert papers > 0
    status = paperglot("status").stdout
    assert "cannot be reached" in status and f"It was {papers} papers behind when it was last seen" in status
    monkeypatch.setenv("PAPERGLOT_INDEX_HOSTS", elastic.hosts[0])
    assert f"Indexed {papers} papers" in paperglot("index").stdout
    assert "up to date" in paperglot("status").stdout
