"""A week of ordinary crawls through all faults, and how much is asked on an ordinary day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.followed import coverage_of
from crawler.settings import CrawlSettings
from papers.calendar import announced_at
from papers.catalogue import Catalogue
from papers.coverage import CoverageState
from papers.paper import AttemptOutcome
from replica.faults import FAULTS
from replica.reply import SITES
from replica.world import World, version_days
from tests.processes import ROOT

MONDAY = date(2026, 11, 16)
WEEK = [MONDAY + timedelta(days=number) for number in range(5)]
CATEGORIES = ("cs.CL", "cs.LG")
# Day of the week, fault, addresses. All requests for them on this day are answered so; on the next day none is.
FAULTS_OF_THE_WEEK = (
    (1, "stale", "/rss/cs.CL"),
    (1, "short", "/list/cs.LG"),
    (1, "wrong count", "/list/cs.CL"),
    (1, "moving records", "/oai"),
    (1, "429", "/api/"),
    (2, "429 with Retry-After", "/list/cs.CL"),
    (2, "503", "/rss/cs.LG"),
    (2, "cut without length", "/list/cs.LG"),
    (2, "cut with length", "/catchup/cs.LG"),
    (2, "expired token", "/oai"),
    (2, "406", "/api/daily_papers.date"),
    (3, "denial", "/list/cs.CL"),
    (3, "challenge", "/catchup/cs.CL"),
    (3, "wrong charset", "/list/cs.LG"),
    (3, "moved page", "/rss/"),
    (3, "empty", "/catchup/cs.LG"),
    (3, "hang", "/oai"),
    (4, "duplicate", "/list/cs.CL"),
    (4, "reordered", "/list/cs.LG"),
    (4, "403", "/api/|/papers/"),
)


def crawled(folder: Path, days: Sequence[dict[str, Any]], entries: int, records: int) -> list[dict[str, Any]]:
    """Crawl on these days, with so many entries on a list's page and so many records on one; what was asked on each."""
    names = [f"PAPERGLOT_CRAWL_SITES__{site.upper()}__DELAY" for site in (*SITES, "arxiv_services")]
    environment = os.environ | dict.fromkeys(names, "0.001") | {
        "PAPERGLOT_CRAWL_CATEGORIES": ",".join(CATEGORIES),
        "PAPERGLOT_CRAWL_BACKOFF": "0.001",
        "PAPERGLOT_CRAWL_LISTING_SIZE": str(entries),
    }  # fmt: skip
    process = subprocess.run(
        [sys.executable, "-m", "tests.crawler.week", str(folder), json.dumps(days), str(records)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr[-3000:]
    assert "Traceback" not in process.stderr, process.stderr[-3000:]
    report: list[dict[str, Any]] = json.loads(process.stdout.splitlines()[-1])
    return report


def at(day: date, time: str = "14:15") -> str:
    return f"{day}T{time}:00+00:00"


def test_every_fault_is_in_the_week() -> None:
    assert {name for _, name, _ in FAULTS_OF_THE_WEEK} == set(FAULTS)


@pytest.mark.slow
def test_a_week_through_all_faults(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = [
        {"moment": at(day), "faults": [(name, path, 99) for n, name, path in FAULTS_OF_THE_WEEK if n == number]}
        for number, day in enumerate(WEEK)
    ]
    saturday = WEEK[-1] + timedelta(days=1)
    report = crawled(folder, [*days, {"moment": at(saturday)}, {"moment": at(saturday, "22:00")}], 25, 20)
    assert [day["unmet"] for day in report] == [[]] * 7
    assert report[-1]["requests"] == {"huggingface": 1}  # what is trending, and nothing else was left over

    world = World(papers_a_day=40)
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", ",".join(CATEGORIES))
    with Catalogue(folder) as catalogue:
        papers_by_id = {paper.id: paper for paper in catalogue.papers()}
        assert catalogue.count() == len(papers_by_id)
        attempts = catalogue.attempts()
    for day in WEEK:
        for category in CATEGORIES:
            listed = {p.id for p in (*world.announced(day), *world.replaced(day)) if category in p.categories}
            announced = {
                id
                for id, paper in papers_by_id.items()
                if any(a.day == day and a.category == category for a in paper.announcements)
            }
            assert announced == listed, (day, category)
        for paper in world.announced(day):
            if set(CATEGORIES) & set(paper.categories):
                latest = world.latest(paper, WEEK[-1])
                stored = papers_by_id[paper.id]
                assert stored.version == latest.version, paper.id
                assert stored.is_withdrawn is latest.withdrawn, paper.id
                assert (stored.title, stored.abstract) == (latest.title[0], latest.abstract[0]), paper.id
                assert stored.day == version_days(paper)[0]
        assert {paper.id for paper in world.featured(day)} <= papers_by_id.keys()
    rows = coverage_of(folder, CrawlSettings.load(), announced_at(saturday) + timedelta(hours=24), days=5)
    assert {row.state for row in rows} == {CoverageState.COMPLETE}
    assert [row.differences for row in rows if row.differences] == []
    fine = (AttemptOutcome.COMPLETE, AttemptOutcome.EMPTY, AttemptOutcome.UNCHANGED)
    assert [attempt for attempt in attempts if attempt.outcome not in fine and not attempt.reason] == []
    assert {attempt.outcome for attempt in attempts} >= {
        AttemptOutcome.STALE, AttemptOutcome.PARTIAL, AttemptOutcome.REFUSED, AttemptOutcome.UNREACHABLE,
        AttemptOutcome.UNREADABLE,
    }  # fmt: skip


@pytest.mark.slow
def test_no_more_is_asked_than_needed(folder: Path) -> None:
    """One request a category and source on an ordinary day, and one a category for each day that was slept through."""
    days = [*WEEK[:3], WEEK[2] + timedelta(days=7)]
    report = crawled(folder, [{"moment": at(day)} for day in days], 2000, 1000)
    # Hugging Face's last two days, and what is trending.
    assert report[2]["requests"] == {"arxiv_rss": 2, "arxiv": 2, "arxiv_oai": 2, "huggingface": 3}
    # Thursday, Friday, Monday and Tuesday were missed; Wednesday has its own list. Hugging Face's list of the Wednesday
    # before could still grow when it was read.
    assert report[3]["requests"] == {"arxiv_rss": 2, "arxiv": 2 + 4 * 2, "arxiv_oai": 2, "huggingface": 7}
