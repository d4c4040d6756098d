"""The coverage of the last days, for every category and source that the settings follow.

The catalogue is read once; the rest is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler import plan
from crawler.settings import CrawlSettings
from papers import coverage, sources
from papers.catalogue import Catalogue
from papers.comparison import Difference
from papers.coverage import CoverageState, DayCoverage, Subject
from papers.store import CatalogueMissing

# How a state is displayed: "good" (as it should be), "waiting" (may still come), "fault", "quiet" (nothing to report).
LOOKS = {
    CoverageState.COMPLETE: "good",
    CoverageState.SO_FAR: "good",
    CoverageState.EMPTY: "quiet",
    CoverageState.NOT_YET: "quiet",
    CoverageState.NOT_ASKED: "quiet",
    CoverageState.PARTIAL: "waiting",
    CoverageState.STALE: "waiting",
    CoverageState.MISSING: "fault",
    CoverageState.REFUSED: "fault",
    CoverageState.UNREACHABLE: "fault",
    CoverageState.UNREADABLE: "fault",
}


def is_odd(day: DayCoverage) -> bool:
    """Whether there is something to say of a day beyond its numbers: papers are missing, or there is a reason."""
    return LOOKS[day.state] in ("waiting", "fault") or bool(day.reason)


def coverage_of(folder: Path, settings: CrawlSettings, now: datetime, days: int = plan.DAYS) -> list[DayCoverage]:
    """The coverage of the last `days` expected days of each category and of Hugging Face.

    It is computed from the catalogue in the data folder `folder`; a missing catalogue counts as an empty one.
    """
    subjects = plan.subjects(settings.categories)
    return coverage.fold(_record(folder, subjects, now, days), subjects, now, days)


def known(folder: Path, settings: CrawlSettings, now: datetime) -> plan.Known:
    """What the plan of an ordinary crawl is made from."""
    subjects, feeds = plan.subjects(settings.categories), plan.feeds(settings.categories)
    record = _record(folder, subjects, now, plan.DAYS)
    try:
        with Catalogue(folder) as catalogue:
            latest = catalogue.latest_attempts()
    except CatalogueMissing:
        latest = {}
    return plan.Known(
        coverage=coverage.fold(record, subjects, now, plan.DAYS),
        # From 20:00 to midnight in New York the list is of the next day, and the feed is not.
        feeds=coverage.fold(record, feeds, now, 2),
        latest=latest,
        categories=settings.categories,
    )


def _record(folder: Path, subjects: Sequence[Subject], now: datetime, days: int) -> coverage.Record:
    first_day = min(coverage.days_of(subject, now, days)[0] for subject in subjects)
    try:
        with Catalogue(folder) as catalogue:
            return catalogue.record(first_day, now.date() + plan.A_DAY)
    except CatalogueMissing:
        return coverage.Record()


def as_json(day: DayCoverage) -> dict[str, Any]:
    """A day's coverage as the JSON object that the command line and the API give."""
    return {
        "source": day.subject.source,
        "category": day.subject.category or None,
        "day": day.day,
        "state": day.state,
        "expected": day.expected,
        "got": day.got,
        "sections": [section._asdict() for section in day.sections],
        "list_name": day.list_name,
        "at": day.at,
        "reason": day.reason,
        "final": day.final,
        "differences": [difference._asdict() for difference in day.differences],
        "others": [other._asdict() for other in day.others],
    }


def difference_text(day: DayCoverage, difference: Difference) -> str:
    """`cs.CL of 2026-11-25: 2611.00001 is announced by arXiv feeds as new, and is missing from arXiv list pages.`"""
    source, lacking = sources.label(difference.source), sources.label(difference.lacks)
    return (
        f"{name_of(day)} of {day.day}: {difference.id} is announced by {source} as {difference.kind or 'listed'}, "
        f"and is missing from {lacking}."
    )


def name_of(day: DayCoverage) -> str:
    """The label of a day's row in a table: `cs.CL`, `Hugging Face daily papers`."""
    return sources.label(*day.subject)
