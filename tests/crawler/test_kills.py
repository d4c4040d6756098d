"""Each spider killed with −9 at any moment and run again: nothing is lost or doubled, and what was kept stays kept."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.spiders.base import PaperSpider
from faults.command import kill_all
from indexer.engines import open_engine
from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome
from replica.server import Replica
from tests.conftest import TODAY
from tests.processes import AT_A_TIME, ROOT, wait_until

MOMENT = f"{TODAY}T14:15:00+00:00"
DAY = TODAY.isoformat()
# Arguments for several listings or pages, and how often the spider is killed.
SPIDERS = {
    "arxiv_abs": ({"ids": "2611.00020,2611.00020v1,2611.00040,2611.00060"}, 1),
    "arxiv_catchup": ({"categories": "cs.CL,cs.LG", "date": "2026-11-18,2026-11-19"}, 1),
    "arxiv_html": ({"ids": "2611.00020,2611.00021,2611.00022v1,2611.00024"}, 1),
    "arxiv_month": ({"categories": "cs,math", "months": "2026-11"}, 1),
    "arxiv_new": ({"categories": "cs,math,stat", "date": DAY}, 3),
    "arxiv_oai": ({"sets": "all", "from": "2026-11-16"}, 3),
    "arxiv_recent": ({"categories": "cs,math"}, 1),
    "arxiv_rss": ({"categories": "cs.CL,cs.LG,math.NT"}, 1),
    "huggingface_daily": ({"date": "2026-11-18,2026-11-19,2026-11-20"}, 1),
    "huggingface_trending": ({}, 1),
}
_settings = Settings()
_settings.setmodule("crawler.scrapy_settings")
LOADER = SpiderLoader(_settings)
Contents = dict[str, list[tuple[str, str]]]


def test_every_spider_is_here() -> None:
    assert set(SPIDERS) == set(LOADER.list())


def started(name: str) -> subprocess.Popen[bytes]:
    arguments = [part for pair in SPIDERS[name][0].items() for part in ("-a", "=".join(pair))]
    command = [sys.executable, "-c", AT_A_TIME, MOMENT, "scrapy", "crawl", name, *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.DEVNULL, start_new_session=True)


def contents(folder: Path) -> Contents:
    """Every paper with its sightings, as slots and texts."""
    with Catalogue(folder) as catalogue:
        return {
            paper.id: sorted(
                ("|".join(map(str, sighting.slot)), f"{sighting.title}\n{sighting.abstract}")
                for _, sighting in catalogue.sightings(paper.id)
            )
            for paper in catalogue.papers()
        }


def pages_not_kept(name: str, folder: Path) -> set[str]:
    """The addresses at which the listings of a spider go on: one for each that is not complete."""
    spider: PaperSpider = LOADER.load(name)(**SPIDERS[name][0])
    spider.now = datetime.fromisoformat(MOMENT)
    with Catalogue(folder, write=True) as catalogue:
        complete = {attempt.listing for attempt in catalogue.attempts() if attempt.outcome is AttemptOutcome.COMPLETE}
        tokens = {
            listing: progress.resume if (progress := catalogue.progress(listing)) else None
            for listing in spider.planned()
            if listing not in complete
        }
    return {spider.address(listing, token).removeprefix(spider.base_url) for listing, token in tokens.items()}


def is_another_look(path: str) -> bool:
    """Whether a harvest looks again at its last days, which it begins anew after each kill."""
    first_days = (TODAY.isoformat(), (TODAY - timedelta(days=1)).isoformat())
    return path.startswith("/oai") and any(f"from={day}" in unquote(unquote(path)) for day in first_days)


@pytest.mark.slow
@pytest.mark.parametrize("name", SPIDERS)
def test_killed_at_any_moment(
    name: str, replica: Callable[..., Replica], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = replica(papers_a_day=60, delay=0.03)
    stand_in.records_a_page = 40
    monkeypatch.setenv("PAPERGLOT_CRAWL_LISTING_SIZE", "25")
    assert started(name).wait(timeout=120) == 0
    undisturbed = contents(folder)
    shutil.rmtree(folder)
    stand_in.requests.clear()

    chance = random.Random(name)
    kills = 0
    while True:
        asked_before = stand_in.pages_asked()
        open_pages = pages_not_kept(name, folder)
        process = started(name)
        if kills < SPIDERS[name][1]:
            count = len(asked_before)
            wait_until(lambda count=count: len(stand_in.pages_asked()) > count, process)  # type: ignore[misc]
            time.sleep(chance.uniform(0.0, 0.15))
            kill_all(process)
            kills += 1
        has_ended = process.wait(timeout=120) == 0
        asked_again = set(stand_in.pages_asked()[len(asked_before) :]) & set(asked_before)
        assert {path for path in asked_again if not is_another_look(path)} <= open_pages
        if has_ended:
            break
    assert contents(folder) == undisturbed
    with Catalogue(folder) as catalogue:
        count = catalogue.count()
    state = open_engine(folder).state()
    assert state and state.documents == count
