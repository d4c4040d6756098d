"""Real crawls of the stand-in over HTTP."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from indexer.engines import open_engine
from indexer.query.reading import read
from indexer.query.search import Search
from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome
from replica.faults import Fault
from replica.recorded import read_table
from replica.server import Replica
from tests.conftest import TODAY
from tests.processes import BIN, ROOT, crawl, wait_until

Start = Callable[..., Replica]
DAY = TODAY.isoformat()
COMPLETE = AttemptOutcome.COMPLETE


def ids(folder: Path) -> set[str]:
    with Catalogue(folder) as catalogue:
        return {paper.id for paper in catalogue.papers()}


def test_new_papers_are_kept_and_found(replica: Start, folder: Path) -> None:
    stand_in = replica()
    process = crawl("arxiv_new", categories="cs.CL,math.NT", date=DAY)
    assert process.returncode == 0, process.stderr
    world = stand_in.world
    listed = [p for p in (*world.announced(TODAY), *world.replaced(TODAY)) if {"cs.CL", "math.NT"} & set(p.categories)]
    assert ids(folder) == {paper.id for paper in listed}
    with Catalogue(folder) as catalogue:
        for entry in listed:
            stored = catalogue.get(entry.id)
            assert stored is not None
            assert (stored.title, stored.abstract) == (entry.title[0], entry.abstract[0])
            assert list(stored.authors) == entry.author_names
            assert (stored.categories, stored.version) == (entry.categories, entry.version)
            kind = "replace" if entry.version > 1 else "new" if entry.categories[0] in ("cs.CL", "math.NT") else "cross"
            assert kind in {announcement.kind for announcement in stored.announcements}
        assert [attempt.outcome for attempt in catalogue.attempts()] == [COMPLETE] * 2
    results = open_engine(folder).search(Search(query=read(f'"{listed[0].title[0]}"', TODAY).query))
    assert listed[0].id in {hit.document.id for hit in results.hits}
    requests = [request for request in stand_in.requests if request.site == "arxiv"]
    assert requests[0].path == "/robots.txt"
    assert all(r.headers["User-Agent"].startswith("Paperglot/") and "Accept" in r.headers for r in requests)


@pytest.mark.slow
def test_what_is_complete_is_not_fetched_again(replica: Start, folder: Path) -> None:
    stand_in = replica()
    crawl("arxiv_new", categories="cs.CL", date=DAY)
    before = stand_in.pages_asked()
    process = crawl("arxiv_new", categories="cs.CL,cs.LG", date=DAY)
    assert process.returncode == 0
    assert stand_in.pages_asked()[len(before) :] == ["/list/cs.LG/new"]


@pytest.mark.slow
def test_what_a_killed_run_did_not_index_is_indexed_by_the_next(replica: Start, folder: Path) -> None:
    stand_in = replica()
    crawl("arxiv_new", categories="cs.CL", date=DAY)
    before = stand_in.pages_asked()
    shutil.rmtree(folder / "index")
    assert crawl("arxiv_new", categories="cs.CL", date=DAY).returncode == 0
    assert stand_in.pages_asked() == before
    state = open_engine(folder).state()
    assert state and state.documents == len(ids(folder)) > 0


def test_a_listing_of_several_pages(replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = replica(papers_a_day=120)
    monkeypatch.setenv("PAPERGLOT_CRAWL_LISTING_SIZE", "25")
    assert crawl("arxiv_new", categories="cs", date=DAY).returncode == 0
    with Catalogue(folder) as catalogue:
        (attempt,) = catalogue.attempts()
    assert attempt.outcome is COMPLETE
    assert all(section.found == section.stated for section in attempt.sections)
    count = sum(section.found for section in attempt.sections)
    assert count > 50
    assert len(stand_in.pages_asked()) == -(-count // 25)


def test_daily_papers_of_several_pages(replica: Start, folder: Path) -> None:
    stand_in = replica(papers_a_day=500)
    assert crawl("huggingface_daily", date=DAY).returncode == 0
    featured = stand_in.world.featured(TODAY)
    assert len(featured) > 100
    assert ids(folder) == {paper.id for paper in featured}
    with Catalogue(folder) as catalogue:
        stored = catalogue.get(featured[0].id)
        assert stored and stored.upvotes == featured[0].upvotes and stored.featured == TODAY


@pytest.mark.slow
def test_the_page_answers_where_the_api_does_not(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/api/", status=500, body=b"<html>broken</html>", times=99))
    process = crawl("huggingface_daily", date=DAY)
    assert process.returncode == 3
    assert "partial, from the page of the list, since the API answered 500 Internal Server Error" in process.stderr
    assert ids(folder) == {paper.id for paper in stand_in.world.featured(TODAY)}
    stand_in.faults.clear()
    assert crawl("huggingface_daily", date=DAY).returncode == 0


def test_a_refusal_is_waited_out(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/list/", status=429, headers={"Retry-After": "1"}, body=b"Rate exceeded.", times=1))
    stand_in.faults.append(Fault("/list/", status=503, body=b"", times=1))
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 0, process.stderr
    request_times = [request.at for request in stand_in.requests if request.path == "/list/cs.CL/new"]
    assert len(request_times) == 3
    assert request_times[1] - request_times[0] >= 1.0


@pytest.mark.slow
def test_a_denial_stops_the_site(replica: Start, folder: Path) -> None:
    stand_in = replica()
    stand_in.faults.append(Fault("/list/cs.CL", status=403, body=b"denied", times=99))
    process = crawl("arxiv_new", categories="cs.CL,cs.LG,cs.CV", date=DAY)
    assert process.returncode == 1
    assert stand_in.pages_asked("arxiv") == ["/list/cs.CL/new"]
    assert crawl("arxiv_new", categories="cs.LG", date=DAY).returncode == 1
    assert stand_in.pages_asked("arxiv") == ["/list/cs.CL/new"]
    assert crawl("huggingface_daily", date=DAY).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        Fault(
            "/list/",
            body=b"<html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform></script></html>",
        ),
        Fault("/list/", status=404, body=b"<html>no</html>", times=9),
        Fault("/list/", status=200, body=b"Rate exceeded."),
    ],
    ids=["challenge", "missing", "no page"],
)
def test_a_spider_that_failed_inside_says_so(fault: Fault, replica: Start, folder: Path) -> None:
    replica().faults.append(fault)
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 1
    assert "Traceback" not in process.stderr


@pytest.mark.slow
def test_a_site_that_does_not_answer(replica: Start, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    replica()
    monkeypatch.setenv("PAPERGLOT_CRAWL_SITES__ARXIV__URL", "http://127.0.0.1:1")
    process = crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert process.returncode == 1
    assert "unreachable, the robots.txt of 127.0.0.1:1 could not be had" in process.stderr


@pytest.mark.slow
def test_robots_txt_is_obeyed_by_every_request(replica: Start, folder: Path) -> None:
    """Scrapy's own middleware lets through all that wait for the same robots.txt."""
    stand_in = replica()
    stand_in.faults.append(Fault("/robots.txt", body=b"User-agent: *\nDisallow: /list\n", delay=0.5))
    process = crawl("arxiv_new", categories="cs.CL,cs.LG,cs.CV,cs.RO,cs.IR,cs.AI", date=DAY)
    assert process.returncode == 1
    assert stand_in.pages_asked() == []


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (410, True), (500, False), (429, False)])
def test_a_robots_txt_that_is_not_there(status: int, allowed: bool, replica: Start, folder: Path) -> None:
    stand_in = replica()
    rules = b"User-agent: *\nDisallow: /\n"
    stand_in.faults.append(Fault("/robots.txt", status=status, body=rules, times=9))
    crawl("arxiv_new", categories="cs.CL", date=DAY)
    assert bool(stand_in.pages_asked()) is allowed


@pytest.mark.slow
def test_robots_txt_is_kept_for_a_day(replica: Start, folder: Path) -> None:
    stand_in = replica()
    for category in ("cs.CL", "cs.LG"):
        crawl("arxiv_new", categories=category, date=DAY)
    assert [request.path for request in stand_in.requests].count("/robots.txt") == 1


@pytest.mark.slow
def test_one_connection_however_many_categories(replica: Start, folder: Path) -> None:
    stand_in = replica(delay=0.0)
    stand_in.faults.append(Fault("/list/", delay=0.15, times=9))
    crawl("arxiv_new", categories="cs.CL,cs.LG,cs.CV,cs.RO", date=DAY)
    request_times = [request.at for request in stand_in.requests if request.path.startswith("/list/")]
    assert len(request_times) == 4
    assert all(later - earlier >= 0.14 for earlier, later in itertools.pairwise(request_times))


@pytest.mark.slow
def test_ctrl_c_sends_not_one_request_more(replica: Start, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = replica(delay=4.0)
    command = [str(BIN / "scrapy"), "crawl", "arxiv_new", "-a", "categories=cs.CL,cs.LG,cs.CV", "-a", f"date={DAY}"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True)
    wait_until(stand_in.pages_asked, process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    request_count = len(stand_in.requests)
    time.sleep(0.5)
    assert len(stand_in.requests) == request_count == 2
    for site in ("ARXIV", "ARXIV_SERVICES"):
        monkeypatch.setenv(f"PAPERGLOT_CRAWL_SITES__{site}__DELAY", "0.01")
    assert crawl("arxiv_new", categories="cs.CL,cs.LG,cs.CV", date=DAY).returncode == 0


def test_a_catalogue_that_cannot_be_written(replica: Start, folder: Path) -> None:
    replica()
    folder.mkdir(parents=True)
    (folder / "catalogue.sqlite").write_bytes(b"no database at all, " * 50)
    process = crawl("arxiv_new", categories="cs.CL,cs.LG", date=DAY)
    assert process.returncode != 0
    assert "cannot be opened" in process.stderr


@pytest.mark.slow
def test_papers_are_translated_beside_the_crawl(replica: Start, folder: Path, tmp_path: Path) -> None:
    from replica.model import build
    from translation.install import install

    install(build(tmp_path / "toy.argosmodel"), folder / "packages")
    stand_in = replica(papers_a_day=120, delay=1.5)  # long enough for the worker to begin
    # At its end the crawl waits for the worker's batch, which takes what a busy machine leaves it.
    assert crawl("arxiv_new", timeout=220, categories="cs.CL,cs.LG,cs.CV", date=DAY).returncode == 0
    with Catalogue(folder) as catalogue:
        translated = catalogue.translation_counts()["zh"]["translated"]
        assert 0 < translated <= 2 * catalogue.count()
        state = open_engine(folder).state()
        assert state and catalogue.pending(state.cursor) == 0
    assert len(stand_in.pages_asked()) == 3


def test_recorded_pages_through_the_real_spiders(replica: Start, recorded: Path, folder: Path) -> None:
    replica(pages=read_table(recorded))
    # Pages of years ago, asked for as if they were of today: they are kept, and today is said to be stale.
    process = crawl("arxiv_new", categories="cond-mat.mtrl-sci,math,math-ph,cs,cs.CV,astro-ph,hep-ex")
    assert process.returncode == 3, process.stderr
    assert "math of" in process.stderr and "the list shows 2011-02-03" in process.stderr
    assert crawl("huggingface_daily", date="2026-06-12").returncode == 0
    engine = open_engine(folder)
    for text, id in [("spectral Galerkin heat", "2609.22268"), ("LLM Adaptability annotation", "2606.00467")]:
        assert engine.search(Search(query=read(text, TODAY).query)).hits[0].document.id == id
    with Catalogue(folder) as catalogue:
        sections = {attempt.listing.category: attempt.sections for attempt in catalogue.attempts()}
    counts = {
        category: (shown[0].day, sum(section.stated or 0 for section in shown), sum(section.found for section in shown))
        for category, shown in sections.items()
    }
    assert counts["cond-mat.mtrl-sci"] == (date(2026, 9, 22), 101, 6)
    assert counts["math"] == (date(2011, 2, 3), 79, 79)
    assert counts["hep-ex"] == (date(2011, 2, 3), 0, 0)
