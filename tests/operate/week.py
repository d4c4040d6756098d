"""A week of runs at a simulated clock, with all that goes wrong in a week. Run on each engine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from faults.command import kill_all
from indexer.engines import open_engine
from indexer.query.search import Search
from operate import processes
from operate.ping import Ping
from operate.processes import Stop
from operate.runner import Place
from operate.schedule import Schedule
from operate.settings import Job
from papers import locks
from papers.calendar import current_listing_day
from papers.catalogue import Catalogue
from papers.runs import RunOutcome, RunRecord
from replica.server import Replica
from tests.processes import AT_A_TIME

# Clocks are put back in New York in the night to Sunday, 1 November 2026: 01:30 comes twice.
JOB = Job(name="nightly", at="30 1 * * *", zone="America/New_York", steps=("crawl", "index"))
CATEGORIES = ("cs.CL", "math.NT")
FIRST, LAST = date(2026, 10, 28), date(2026, 11, 5)

# In front of a command: no file may grow beyond these kB, which is what a full disk does to it.
SMALL_DISK = ("prlimit", "--fsize=4096", "--")


class Week:
    """A schedule whose clock is moved by its pauses, and steps that run at that clock."""

    def __init__(self, folder: Path, stand_in: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.stand_in = folder, stand_in
        self.now = datetime(2026, 10, 28, 5, 31, tzinfo=UTC)
        self.said: list[str] = []
        self.in_front: tuple[str, ...] = ()
        self._monkeypatch = monkeypatch
        self._set_clock()
        place = Place(folder, lambda: self.now, self.said.append)
        self._stop = Stop()
        self.schedule = Schedule(place, [JOB], [Ping(None, self.said.append)], self._stop, lambda seconds: True)

    def _set_clock(self) -> None:
        self.stand_in.today = current_listing_day(self.now)
        command = (*self.in_front, sys.executable, "-c", AT_A_TIME, self.now.isoformat(), "paperglot")
        self._monkeypatch.setattr(processes, "PAPERGLOT", command)

    def to(self, moment: str) -> RunRecord | None:
        """Let time pass until a moment of New York's clock in the same year, written in UTC; what ran then."""
        self.now = datetime.fromisoformat(f"2026-{moment}").replace(tzinfo=UTC)
        self._set_clock()
        before = self.last()
        self.schedule.forever()
        after = self.last()
        return after if after != before else None

    def last(self) -> RunRecord | None:
        runs = self.runs()
        return runs[0] if runs else None

    def runs(self) -> list[RunRecord]:
        if not (self.folder / "catalogue.sqlite").exists():
            return []
        with Catalogue(self.folder) as catalogue:
            return catalogue.runs.latest(99)


def live_through(week: Week, monkeypatch: pytest.MonkeyPatch, *, rotate_key: Callable[[], None] = lambda: None) -> None:
    """The week: each line is a moment of it, and what the schedule made of it."""
    monkeypatch.setenv("PAPERGLOT_CRAWL_CATEGORIES", ",".join(CATEGORIES))
    # Wednesday: the first run ever.
    assert outcome(week.to("10-28T06:00")) == (RunOutcome.OK, 1, 0)
    assert week.to("10-28T23:00") is None
    # Thursday: the disk is full, and is not an hour later.
    week.in_front = SMALL_DISK
    failed = week.to("10-29T05:30")
    assert failed and failed.outcome is RunOutcome.FAILED and failed.reasons
    assert "cannot be written" in failed.reasons[0]
    week.in_front = ()
    assert week.to("10-29T05:39") is None
    assert outcome(week.to("10-29T05:41")) == (RunOutcome.OK, 2, 0)
    # Friday: somebody crawls by hand as the run is due; the key of the index is replaced; the run waits.
    rotate_key()
    with_a_crawl_by_hand(week, "10-30T05:30")
    # The machine sleeps over the weekend, and over the night in which 01:30 comes twice.
    slept = week.to("11-01T20:00")
    assert outcome(slept) == (RunOutcome.OK, 1, 1)
    # Monday: killed in the middle of the crawl, with all its processes.
    killed_in_the_middle(week, "11-02T06:31")
    assert outcome(week.to("11-02T06:40")) == (RunOutcome.OK, 2, 0)
    # Tuesday to Thursday: as it should be.
    for day in ("11-03", "11-04", "11-05"):
        assert outcome(week.to(f"{day}T06:31")) == (RunOutcome.OK, 1, 0)


def outcome(run: RunRecord | None) -> tuple[RunOutcome, int, int]:
    assert run is not None
    return (run.outcome, run.attempt, run.made_up)


def with_a_crawl_by_hand(week: Week, moment: str) -> None:
    """Another process holds the lock for a while; the schedule says so and runs afterwards."""
    holds = (
        "import sys, time; from datetime import datetime; from pathlib import Path; from papers import locks\n"
        "with locks.held(Path(sys.argv[1]), 'paperglot crawl', datetime.fromisoformat(sys.argv[2])):\n"
        "    print('held', flush=True); time.sleep(2)"
    )
    command = [sys.executable, "-c", holds, str(week.folder / locks.RUN), f"2026-{moment}:00+00:00"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        assert outcome(week.to(moment)) == (RunOutcome.OK, 1, 0)
    assert any("'paperglot crawl' since 2026-10-30 05:30 UTC" in line for line in week.said)


def killed_in_the_middle(week: Week, moment: str) -> None:
    """The schedule as a process of its own, killed with −9 as it asks for lists."""
    week.now = datetime.fromisoformat(f"2026-{moment}").replace(tzinfo=UTC)
    week._set_clock()
    request_count = len(week.stand_in.requests)
    settings = week.folder.parent / "week.toml"
    settings.write_text(
        f'[[schedule.job]]\nname = "{JOB.name}"\nat = "{JOB.at}"\nzone = "{JOB.zone}"\nsteps = ["crawl", "index"]\n'
    )
    environment = os.environ | {"PAPERGLOT_CONFIG": str(settings)}
    process = subprocess.Popen([*processes.PAPERGLOT, "run", "--due"], env=environment, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while len(week.stand_in.requests) == request_count and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    kill_all(process)
    assert process.wait() == -signal.SIGKILL
    while True:  # its steps hold the lock until the kernel has done away with them
        with locks.exclusive(week.folder / locks.RUN) as free:
            if free:
                return
        time.sleep(0.05)


def check_the_week(week: Week, settings: Any = None) -> None:
    """Every paper of the week is found, each list was got once, and the runs tell it all."""
    world = week.stand_in.world
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    expected_ids = {
        paper.id
        for day in days
        if day.weekday() < 5
        for paper in (*world.announced(day), *world.replaced(day))
        if set(CATEGORIES) & {*paper.categories}
    }
    engine = open_engine(week.folder, settings)
    indexed_ids: set[str] = set()
    cursor = None
    while True:
        results = engine.search(Search(sort="newest", size=100, cursor=cursor))  # type: ignore[arg-type]
        indexed_ids |= {hit.document.id for hit in results.hits}
        cursor = results.cursor
        if cursor is None:
            break
    engine.close()
    assert expected_ids and expected_ids <= indexed_ids
    with Catalogue(week.folder) as catalogue:
        complete = Counter(
            (attempt.listing.source, attempt.listing.category, attempt.listing.day)
            for attempt in catalogue.attempts()
            if attempt.listing.category and attempt.outcome.value in ("complete", "unchanged")
        )
    assert set(complete.values()) == {1}
    assert {day for _, category, day in complete if category == "cs.CL"} >= {day for day in days if day.weekday() < 5}
    runs = week.runs()[::-1]
    outcomes = [run.outcome.value for run in runs]
    assert outcomes == ["ok", "failed", "ok", "ok", "ok", "killed", "ok", "ok", "ok", "ok"]
    assert sum(run.made_up for run in runs) == 1 and all(run.ended for run in runs)
    assert len({run.due for run in runs if run.attempt == 1}) == len([run for run in runs if run.attempt == 1])
