"""What is fetched, as a pure function of what is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.harvest import sets_of
from crawler.plan import TRENDING, Known, Run, daily, feeds, is_due, next_source, repair, subjects
from papers.calendar import records_changed_at
from papers.coverage import CoverageState, DayCoverage, Subject, days_of
from papers.paper import Attempt, AttemptOutcome, Listing

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


CATEGORIES = ("cs.CL", "cs.LG")
SETS = [Listing(source="arxiv-oai-raw", name=name) for code in CATEGORIES for name in sets_of(code)]


def attempt(listing: Listing, hours_ago: float = 1, outcome: AttemptOutcome = AttemptOutcome.COMPLETE) -> Attempt:
    return Attempt(listing=listing, at=NOW - timedelta(hours=hours_ago), outcome=outcome)


def known(rows: list[DayCoverage], *changed: Attempt, feeds: tuple[DayCoverage, ...] = ()) -> Known:
    """What is known where sets and trending papers were asked for an hour ago, but for these attempts."""
    latest = {listing: attempt(listing) for listing in (*SETS, TRENDING)}
    latest |= {one.listing: one for one in changed}
    return Known(coverage=rows, feeds=feeds, latest=latest, categories=CATEGORIES)


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
    assert daily(Known(coverage=nothing, categories=CATEGORIES), NOW) == [
        Run("arxiv_new", {"categories": "cs.CL,cs.LG"}),
        Run("arxiv_oai", {"sets": "cs:cs:CL,cs:cs:LG"}),
        Run("huggingface_daily", {"date": "2026-11-20,2026-11-19"}),
        Run("huggingface_trending"),
    ]
    runs = repair(nothing, NOW)
    assert [run.spider for run in runs] == ["arxiv_catchup"] * 7 + ["huggingface_daily"]
    assert runs[0].arguments == {"categories": "cs.CL,cs.LG", "date": "2026-11-20"}


def test_nothing_is_asked_where_all_is_there() -> None:
    assert daily(known(coverage()), NOW) == []
    assert repair(coverage(), NOW) == []


def test_gaps_of_the_last_days_are_closed() -> None:
    week = coverage(
        cs_CL_20=CoverageState.PARTIAL,
        cs_LG_18=CoverageState.MISSING,
        cs_CL_18=CoverageState.REFUSED,
        cs_CL_16=CoverageState.STALE,
        hf_13=CoverageState.MISSING,
    )
    assert daily(known(week), NOW) == [
        Run("arxiv_new", {"categories": "cs.CL"}),
        Run("arxiv_catchup", {"categories": "cs.CL,cs.LG", "date": "2026-11-18"}),
        Run("arxiv_catchup", {"categories": "cs.CL", "date": "2026-11-16"}),
        Run("huggingface_daily", {"date": "2026-11-13"}),
    ]


def test_a_site_that_refused_is_asked_for_its_newest_day_only() -> None:
    week = coverage(cs_CL_20=CoverageState.REFUSED, cs_LG_18=CoverageState.MISSING, hf_13=CoverageState.MISSING)
    assert daily(known(week), NOW, {"arxiv", "huggingface"}) == [Run("arxiv_new", {"categories": "cs.CL"})]


def test_the_next_source_is_asked_where_the_first_was_short_or_old() -> None:
    week = coverage(cs_CL_20=CoverageState.STALE, cs_LG_20=CoverageState.PARTIAL, cs_LG_18=CoverageState.PARTIAL)
    assert next_source(week, NOW) == [Run("arxiv_catchup", {"categories": "cs.CL,cs.LG", "date": "2026-11-20"})]
    refused = coverage(cs_CL_20=CoverageState.REFUSED)
    assert next_source(refused, NOW) == [Run("arxiv_catchup", {"categories": "cs.CL", "date": "2026-11-20"})]
    assert next_source(refused, NOW, {"arxiv"}) == []
    assert next_source(coverage(), NOW) == []


@pytest.mark.parametrize(
    ("now", "state", "due"),
    [
        ("2026-11-20T14:00:00+00:00", CoverageState.NOT_ASKED, True),  # Friday morning in New York
        ("2026-11-20T14:00:00+00:00", CoverageState.COMPLETE, False),
        ("2026-11-20T14:00:00+00:00", CoverageState.REFUSED, True),
        (
            "2026-11-20T03:00:00+00:00",
            CoverageState.NOT_ASKED,
            False,
        ),  # Thursday evening: only the list is out
        ("2026-11-21T14:00:00+00:00", CoverageState.NOT_ASKED, False),  # Saturday: it would be empty
    ],
)
def test_a_feed_is_asked_for_on_its_own_day(now: str, state: CoverageState, due: bool) -> None:
    (subject,) = feeds(["cs.CL", "math"])  # the feed of an archive would be cut
    feed = DayCoverage(subject=subject, day=TODAY, state=state, at=NOW)
    runs = daily(known(coverage(), feeds=(feed,)), datetime.fromisoformat(now))
    assert ("arxiv_rss" in [run.spider for run in runs]) is due
    refused = daily(known(coverage(), feeds=(feed,)), datetime.fromisoformat(now), {"arxiv_rss"})
    assert "arxiv_rss" not in [run.spider for run in refused]


def test_changes_are_asked_for_once_after_arxiv_has_made_them() -> None:
    changed = records_changed_at(NOW)
    assert str(changed) == "2026-11-20 04:00:00+00:00"
    before, after = ((NOW - changed).total_seconds() / 3600 + hours for hours in (1, -1))
    old, new = attempt(SETS[0], before), attempt(SETS[1], after)
    assert daily(known(coverage(), old, new), NOW) == [Run("arxiv_oai", {"sets": "cs:cs:CL"})]
    failed = attempt(SETS[1], after, AttemptOutcome.UNREACHABLE)
    assert daily(known(coverage(), failed), NOW) == [Run("arxiv_oai", {"sets": "cs:cs:LG"})]
    assert daily(known(coverage(), failed), NOW, {"arxiv_oai"}) == []


def test_what_is_trending_is_asked_for_after_some_hours() -> None:
    assert daily(known(coverage(), attempt(TRENDING, 7)), NOW) == [Run("huggingface_trending")]
    assert daily(known(coverage(), attempt(TRENDING, 7)), NOW, {"huggingface"}) == []
