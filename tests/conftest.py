"""What all tests share: data folders, the stand-in, recorded pages, a browser, an Elasticsearch.

PAPERGLOT_TEST_SLOW=1 runs the tests that take long, too. PAPERGLOT_TEST_NOTHING_SKIPPED=1, which CI sets, does so and
makes a missing browser or server a failure instead of a skip.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from indexer.settings import IndexSettings
from replica.reply import SITES
from replica.server import Replica
from replica.world import World
from tests.processes import ROOT

RECORDED = ROOT.parent / "shared" / "recorded"
NOTHING_SKIPPED = os.environ.get("PAPERGLOT_TEST_NOTHING_SKIPPED") == "1"
SLOW = NOTHING_SKIPPED or os.environ.get("PAPERGLOT_TEST_SLOW") == "1"
ELASTICSEARCH = os.environ.get("PAPERGLOT_TEST_ELASTICSEARCH_URL")
TODAY = date(2026, 11, 20)

# Left out as a whole and said in one line, instead of a line for each test.
collect_ignore = [] if ELASTICSEARCH or NOTHING_SKIPPED else ["indexer/elasticsearch"]


def pytest_report_header() -> str | None:
    return None if SLOW else "slow tests are left out: 'make test SLOW=1' runs them, as CI does"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out, unless they are asked for: by SLOW, or each by its own name."""
    if SLOW or any("::" in argument for argument in config.args):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


# Timing says nothing on a shared machine.
settings.register_profile("paperglot", deadline=None, print_blob=True)
settings.load_profile("paperglot")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if collect_ignore:
        terminalreporter.write_line(
            "SKIPPED tests/indexer/elasticsearch: PAPERGLOT_TEST_ELASTICSEARCH_URL names no server "
            "('.ci/elasticsearch.py start FOLDER' starts one and prints it)"
        )


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings, data or pace of whoever runs it."""
    for name in [
        name for name in os.environ if name.startswith("PAPERGLOT_") and not name.startswith("PAPERGLOT_TEST")
    ]:
        monkeypatch.delenv(name)
    empty = tmp_path / "no-settings.toml"
    empty.write_text("")
    monkeypatch.setenv("PAPERGLOT_CONFIG", str(empty))
    monkeypatch.delenv("ARGOS_PACKAGES_DIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("PAPERGLOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PAPERGLOT_CRAWL_PACE_FOLDER", str(tmp_path / "pace"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder of the test."""
    return tmp_path / "data"


@pytest.fixture
def recorded() -> Path:
    """The folder of pages that the real sites sent; it is not part of the project."""
    if not RECORDED.is_dir():
        pytest.skip("no folder of recorded pages beside the project")
    return RECORDED


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Replica]]:
    """Start a stand-in that the crawl settings point to, with hardly any delay: `replica(papers_a_day=40)`."""
    started: list[Replica] = []

    def start(
        papers_a_day: int = 40, delay: float = 0.01, today: date = TODAY, pages: list[object] | None = None
    ) -> Replica:
        stand_in = Replica(World(papers_a_day=papers_a_day), today=today, recorded=pages)  # type: ignore[arg-type]
        stand_in.__enter__()
        started.append(stand_in)
        for site in SITES:
            monkeypatch.setenv(f"PAPERGLOT_CRAWL_SITES__{site.upper()}__URL", stand_in.url(site))
        for site in (*SITES, "arxiv_services"):
            monkeypatch.setenv(f"PAPERGLOT_CRAWL_SITES__{site.upper()}__DELAY", str(delay))
        monkeypatch.setenv("PAPERGLOT_CRAWL_BACKOFF", str(delay))
        return stand_in

    yield start
    for stand_in in started:
        stand_in.__exit__(None, None, None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; needs its driver, too."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path or not shutil.which("chromedriver"):
        if NOTHING_SKIPPED:
            pytest.fail("Chromium and chromedriver are missing, and nothing may be skipped")
        pytest.skip("no Chromium with chromedriver (on Debian: apt install chromium chromium-driver)")
    return path


@pytest.fixture(scope="session")
def elastic_url() -> str:
    """A real Elasticsearch, with user and password in its address."""
    if not ELASTICSEARCH:
        pytest.fail("PAPERGLOT_TEST_ELASTICSEARCH_URL names no server, and nothing may be skipped")
    return ELASTICSEARCH


@pytest.fixture
def elastic(elastic_url: str) -> Iterator[IndexSettings]:
    """Settings for an index of the test's own on it; what the test leaves there is removed."""
    from elasticsearch import Elasticsearch

    from indexer.engines.elasticsearch.templates import family

    prefix = f"paperglot-test-{secrets.token_hex(4)}"
    yield IndexSettings(engine="elasticsearch", hosts=(elastic_url,), prefix=prefix, timeout=60)
    with Elasticsearch(elastic_url, request_timeout=60).options(ignore_status=404) as client:
        names = client.indices.get_alias(index=f"{prefix}-*").body
        for name in names:
            client.indices.delete(index=name)
        client.indices.delete_index_template(name=family(prefix))
