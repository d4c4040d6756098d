from __future__ import annotations

import os
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from selenium import webdriver

from delivery.settings import PageSettings
from indexer.documents import Document
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome
from search_ui.app import application
from tests.indexer.contract import fill
from tests.making import AT, DAY, attempt, document, listing, page, sighting
from tests.processes import BIN, free_ports, wait_until

HOSTILE = '<script>alert(1)</script> "onload=x'


def documents() -> list[Document]:
    """Two days of papers: 45 ordinary ones, one hostile, one in two languages."""
    papers = [
        document(
            f"2611.{n:05}",
            n,
            title=f"Sparse clocks number {n}",
            abstract=f"We bound $O(n)$ for clock {n}.",
            categories=("cs.CL", "cs.LG") if n % 2 else ("math.NT",),
            day=DAY if n <= 30 else DAY - timedelta(days=1),
            upvotes=n,
            code="https://github.com/a/b" if n % 5 == 0 else None,
        )
        for n in range(1, 46)
    ]
    papers.append(
        document(
            "2611.00046", 46, title=HOSTILE, abstract=HOSTILE, authors=(HOSTILE,), comments=HOSTILE, keywords=(HOSTILE,)
        )
    )
    papers.append(
        document(
            "2611.00047",
            47,
            title={"en": "An attention mechanism", "zh": "一种注意力机制"},
            abstract={"en": "In English.", "zh": "中文摘要。"},
            translated_by={"zh": "en-zh 0.2 (demo)"},
        )
    )
    return papers


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """The application on an index of `documents()`; exceptions become answers, as in production."""
    engine = open_engine(folder)
    fill(engine, documents())
    yield TestClient(application(engine, PageSettings()), raise_server_exceptions=False)


@pytest.fixture
def followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The application beside a catalogue that followed two categories for a day, on the day after it."""
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", "cs.CL,cs.LG")
    for room in ("coverage", "api"):
        monkeypatch.setattr(f"search_ui.routes.{room}.utc_now", lambda: datetime(2026, 11, 21, 9, tzinfo=UTC))
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(), stated=3), AT)
        catalogue.note(attempt(AttemptOutcome.REFUSED, of=listing("cs.LG"), reason="answered <b>429</b>"))
    return TestClient(application(open_engine(folder), PageSettings(), folder), raise_server_exceptions=False)


@pytest.fixture
def empty_client(folder: Path) -> TestClient:
    """The application where nothing was ever indexed."""
    return TestClient(application(open_engine(folder), PageSettings()), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    fill(open_engine(folder), documents())
    (port,) = free_ports(1)
    command = [str(BIN / "paperglot"), "serve", "--port", str(port), "--workers", "2", "--data", str(folder)]
    process = subprocess.Popen(command, env={k: v for k, v in os.environ.items() if not k.startswith("PAPERGLOT_CR")})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(f"{address}/static/icon.svg"), process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=60)


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=10):
        return True
    return False


@pytest.fixture(scope="session")
def _chromium(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


@pytest.fixture
def browser(_chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """Chromium, as new: what a test set or stored in it is gone after it."""
    yield _chromium
    for command, values in (
        ("Emulation.clearDeviceMetricsOverride", {}),
        ("Emulation.setScriptExecutionDisabled", {"value": False}),
        ("Emulation.setEmulatedMedia", {"features": []}),
        ("Network.setExtraHTTPHeaders", {"headers": {}}),
    ):
        _chromium.execute_cdp_cmd(command, values)
    _chromium.execute_script("localStorage.clear()")
    _chromium.delete_all_cookies()
