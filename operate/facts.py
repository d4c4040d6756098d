"""The state of everything at one moment: read once from catalogue, index, runs and disk, then judged and shown."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crawler import plan
from crawler.settings import CrawlSettings
from indexer.engine import SearchEngine
from indexer.lag import IndexLag, index_lag
from operate import due as dues
from operate.settings import Job, ScheduleSettings
from operate.steps import TRANSLATE, why_skipped
from papers import coverage, locks
from papers.catalogue import Catalogue
from papers.coverage import DayCoverage
from papers.errors import PaperglotError
from papers.runs import RunRecord
from translation.settings import TranslationSettings

# The usual number of papers of a weekday is the median of this many weeks.
WEEKS = 8
LISTINGS_A_WEEK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What `judge` needs. Sizes are in bytes."""

    now: datetime
    folder: Path
    papers: int
    damage: str | None
    index: IndexLag
    days: tuple[DayCoverage, ...]  # of the last week
    earlier: tuple[DayCoverage, ...]  # of the eight weeks by which the usual number is computed, including the last
    left_out: int  # records of the last days that could not be read
    runs: tuple[RunRecord, ...]  # the last ones, the newest first
    going_on: bool  # a run is going on
    late: Mapping[str, datetime]  # job → its due time at which no run began
    translations: Mapping[str, Mapping[str, int]]  # language → outcome or reason → number of texts
    backlog: Mapping[str, int]  # language → number of papers that have waited longer than BACKLOG_AFTER
    disk_free: int
    size: int  # of the data folder's catalogue and index
    key_expires: datetime | None


def look(
    catalogue: Catalogue,
    engine: SearchEngine,
    crawl: CrawlSettings,
    jobs: tuple[Job, ...],
    languages: tuple[str, ...],
    now: datetime,
) -> Facts:
    """Read the facts. An index that does not answer is one of them, and not an error."""
    subjects = plan.subjects(crawl.categories)
    count = WEEKS * LISTINGS_A_WEEK
    first_day = min(coverage.days_of(subject, now, count)[0] for subject in subjects)
    earlier = coverage.fold(catalogue.record(first_day, now.date() + timedelta(days=1)), subjects, now, count)
    runs = catalogue.runs
    folder = catalogue.folder
    going_on = locks.is_held(folder / locks.RUN)
    last_runs = {job.name: runs.last_of(job.name) for job in jobs}
    late = {
        job.name: due_run.at
        for job in jobs
        # A job that never ran is not late: perhaps nobody uses a schedule.
        if (last := last_runs[job.name])
        and not going_on
        and (due_run := dues.due(job, last, now))
        and due_run.at != last.due
    }
    translated_into = languages if why_skipped(TRANSLATE, folder) is None else ()
    return Facts(
        now=now,
        folder=folder,
        papers=catalogue.count(),
        damage=catalogue.damage(),
        index=index_lag(catalogue, engine),
        # Subject by subject, oldest day first: the last ones of each.
        days=tuple(day for position, day in enumerate(earlier) if position % count >= count - plan.DAYS),
        earlier=tuple(earlier),
        left_out=len(catalogue.rejected(timedelta(days=plan.DAYS), now)),
        runs=tuple(runs.latest(20)),
        going_on=going_on,
        late=late,
        translations=catalogue.translation_counts(),
        # Where nobody has installed a model, nothing waits for one.
        backlog={language: catalogue.waiting(language, now - BACKLOG_AFTER) for language in translated_into},
        disk_free=shutil.disk_usage(folder).free,
        size=_size(folder),
        key_expires=_expiry(engine),
    )


def look_at(folder: Path, engine: SearchEngine, now: datetime) -> Facts:
    """Read the facts of a data folder, with the current settings."""
    with Catalogue(folder) as catalogue:
        crawl, jobs = CrawlSettings.load(), ScheduleSettings.load().job
        return look(catalogue, engine, crawl, jobs, TranslationSettings.load().to, now)


# Papers that are not translated after this time count as backlog.
BACKLOG_AFTER = timedelta(days=2)


def _size(folder: Path) -> int:
    """Bytes of catalogue and index: what a new generation or a backup may need once more. Models are not of it."""
    total = 0
    for path in [*folder.glob("catalogue*"), *(folder / "index").rglob("*")]:
        try:
            total += path.stat().st_size
        except OSError:
            continue  # removed meanwhile
    return total


def _expiry(engine: SearchEngine) -> datetime | None:
    try:
        return engine.key_expires()
    except PaperglotError:
        return None
