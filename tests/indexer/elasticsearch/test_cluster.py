"""Three nodes on this machine, one of them killed while papers are indexed and searched."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.fields import FACETS
from indexer.query.search import Search, Sort
from indexer.query.tree import Word
from indexer.settings import IndexSettings
from indexer.update import update
from papers.catalogue import Catalogue
from papers.errors import PaperglotError
from tests.making import AT, page, sighting
from tests.processes import ROOT, free_ports

SERVER = ROOT / ".ci" / "elasticsearch.py"
TIMEOUT = 10.0
ROUNDS, PAPERS_A_ROUND = 12, 150


class Node:
    def __init__(self, folder: Path, port: int, transport: int, members: str) -> None:
        self.folder = folder
        self.name = f"node-{transport}"
        self.command = [sys.executable, str(SERVER), "start", str(folder), "--heap", "400m"]
        self.command += ["--port", str(port), "--transport", str(transport), "--members", members]
        self.starting = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def address(self) -> str:
        output, wrong = self.starting.communicate(timeout=200)
        assert self.starting.returncode == 0, wrong
        return output.strip()

    def kill(self) -> None:
        os.killpg(int((self.folder / "pid").read_text()), signal.SIGKILL)

    def remove(self) -> None:
        self.starting.kill()
        self.starting.wait()
        with suppress(FileNotFoundError, ProcessLookupError):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def nodes(elastic_url: str) -> Iterator[dict[str, Node]]:
    """Address → node."""
    ports = free_ports(6)
    members = ",".join(map(str, ports[3:]))
    cluster = [Node(Path(tempfile.mkdtemp()), ports[n], ports[n + 3], members) for n in range(3)]
    try:
        yield {node.address(): node for node in cluster}
    finally:
        for node in cluster:
            node.remove()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, str(SERVER), "start", str(tmp_path / "node"), "--port", port]
        process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 1 and f"Port {port} is in use" in process.stderr and not (tmp_path / "node").exists()


@pytest.mark.timeout(420)
def test_a_node_that_is_killed_loses_no_paper_and_fails_no_search(nodes: dict[str, Node], folder: Path) -> None:
    settings = IndexSettings(
        engine="elasticsearch", hosts=tuple(nodes), prefix="papers", shards=2, replicas=1, timeout=TIMEOUT
    )
    engine = ElasticsearchEngine(settings)
    client = Elasticsearch(list(nodes), request_timeout=60)
    client.cluster.health(wait_for_nodes="3", timeout="60s")
    catalogue = Catalogue(folder, write=True)
    catalogue.keep(page(*(sighting(f"2610.{n:05}", title="clocks") for n in range(1, 200))), AT)
    update(catalogue, engine)
    client.cluster.health(wait_for_status="green", timeout="60s")

    failed: list[str] = []
    slowest = 0.0
    searched = 0
    stop_event = threading.Event()

    def search() -> None:
        nonlocal slowest, searched
        while not stop_event.is_set():
            started = time.monotonic()
            try:
                results = engine.search(Search(query=Word("clocks"), sort=Sort.NEWEST, facets=FACETS, histogram=True))
                assert results.total >= 199
                searched += 1
            except (PaperglotError, AssertionError) as error:
                failed.append(f"{time.monotonic() - started:.1f} s: {error}")
            slowest = max(slowest, time.monotonic() - started)

    searching = threading.Thread(target=search)
    searching.start()
    try:
        for number in range(ROUNDS):
            first = number * PAPERS_A_ROUND + 1
            ids = [f"2611.{n:05}" for n in range(first, first + PAPERS_A_ROUND)]
            catalogue.keep(page(*(sighting(id, title="clocks") for id in ids)), AT)
            if number == ROUNDS // 3:
                master = client.cluster.state(metric="master_node,nodes")
                name = master["nodes"][master["master_node"]]["name"]
                threading.Timer(0.1, next(node for node in nodes.values() if node.name == name).kill).start()
            # What a failed update leaves over, the next one does.
            with suppress(PaperglotError):
                update(catalogue, engine)
        deadline = time.monotonic() + 120
        while catalogue.pending(cursor(engine)) and time.monotonic() < deadline:
            with suppress(PaperglotError):
                update(catalogue, engine)
    finally:
        stop_event.set()
        searching.join()
    assert failed == [] and searched > 20
    assert slowest < TIMEOUT * 4  # one time-out for each host that is asked
    assert engine.search(Search()).total == 199 + ROUNDS * PAPERS_A_ROUND
    catalogue.close()


def cursor(engine: ElasticsearchEngine) -> int:
    with suppress(PaperglotError):
        state = engine.state()
        return state.cursor if state else 0
    return 0
