"""What is fetched, as a pure function of what is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.plan import Run, daily, is_due, next_source, repair, subjects
from papers.coverage import CoverageState, DayCoverage, Subject, days_of

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)  # a Saturday; Friday's list is the newest
TODAY = date(2026, 11, 20)
READERS = Subject("huggingface-daily")


def coverage(**states: CoverageState) -> list[DayCoverage]:
    """A week in which all is complete but what is said: `cs_CL_19=CoverageState.PARTIAL`, `hf_20=…`."""
    rows = []
    for subject in subjects(["cs.CL", "cs.LG"]):
        for day in days_of(subject, NOW, 7):
            name = f"{subject.category.replace('.', '_') or 'hf'}_{day.day}"
            state = states.pop(name, CoverageState.COMPLETE)
            rows.append(DayCoverage(subject=subject, day=day, state=state, final=state is CoverageState.COMPLETE))
    assert not states
    return rows


def row(state: CoverageState, hours_ago: float = 100, final: bool = False) -> DayCoverage:
    return DayCoverage(subject=READERS, day=TODAY, state=state, at=NOW - timedelta(hours=hours_ago), final=final)


@pytest.mark.parametrize(
    ("one", "due"),
    [
        (row(CoverageState.COMPLETE, final=True), False),
        (row(CoverageState.SO_FAR, hours_ago=1), False),
        (row(CoverageState.SO_FAR, hours_ago=7), True),
        (row(CoverageState.EMPTY, hours_ago=1), False),
        (row(CoverageState.EMPTY, hours_ago=7), True),  # an outage can look like an empty day
        (row(CoverageState.EMPTY, hours_ago=7, final=True), False),
        (row(CoverageState.NOT_YET), False),
        # A weekday of a year whose holidays nobody knows here: not expected, and asked for all the same.
        (replace(row(CoverageState.NOT_YET), reason="the calendar of 2027 is not known"), True),
        (row(CoverageState.NOT_ASKED), False),
        *((row(state, 0.1), True) for state in ("partial", "stale", "refused", "unreachable", "not readable")),
        (row(CoverageState.MISSING), True),
    ],
)
def test_what_is_looked_at_again(one: DayCoverage, due: bool) -> None:
    assert is_due(one, NOW) is due


def test_every_state_is_judged() -> None:
    for state in CoverageState:
        assert is_due(row(CoverageState(state)), NOW) in (True, False)


def test_the_first_crawl_asks_for_today_and_not_for_the_past() -> None:
    nothing = [
        DayCoverage(subject=subject, day=day, state=CoverageState.NOT_ASKED)
        for subject in subjects(["cs.CL", "cs.LG"])
        for day in days_of(subject, NOW, 7)
    ]
    assert daily(nothing, NOW) == [
        Run("arxiv_new", {"categories": "cs.CL,cs.LG"}),
        Run("huggingface_daily", {"date": "2026-11-20,2026-11-19"}),
    ]
    runs = repair(nothing, NOW)
    assert [run.spider for run in runs] == ["arxiv_catchup"] * 7 + ["huggingface_daily"]
    assert runs[0].arguments == {"categories": "cs.CL,cs.LG", "date": "2026-11-20"}


def test_nothing_is_asked_where_all_is_there() -> None:
    assert daily(coverage(), NOW) == []
    assert repair(coverage(), NOW) == []


def test_gaps_of_the_last_days_are_closed() -> None:
    week = coverage(
        cs_CL_20=CoverageState.PARTIAL,
        cs_LG_18=CoverageState.MISSING,
        cs_CL_18=CoverageState.REFUSED,
        cs_CL_16=CoverageState.STALE,
        hf_13=CoverageState.MISSING,
    )
    assert daily(week, NOW) == [
        Run("arxiv_new", {"categories": "cs.CL"}),
        Run("arxiv_catchup", {"categories": "cs.CL,cs.LG", "date": "2026-11-18"}),
        Run("arxiv_catchup", {"categories": "cs.CL", "date": "2026-11-16"}),
        Run("huggingface_daily", {"date": "2026-11-13"}),
    ]


def test_a_site_that_refused_is_asked_for_its_newest_day_only() -> None:
    week = coverage(cs_CL_20=CoverageState.REFUSED, cs_LG_18=CoverageState.MISSING, hf_13=CoverageState.MISSING)
    assert daily(week, NOW, {"arxiv", "huggingface"}) == [Run("arxiv_new", {"categories": "cs.CL"})]


def test_the_next_source_is_asked_where_the_first_was_short_or_old() -> None:
    week = coverage(cs_CL_20=CoverageState.STALE, cs_LG_20=CoverageState.PARTIAL, cs_LG_18=CoverageState.PARTIAL)
    assert next_source(week, NOW) == [Run("arxiv_catchup", {"categories": "cs.CL,cs.LG", "date": "2026-11-20"})]
    assert next_source(coverage(cs_CL_20=CoverageState.REFUSED), NOW) == []
