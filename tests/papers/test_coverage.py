"""What a day has, as a fold: each fault that a stored row once had is a line here."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from papers.coverage import (
    CoverageState,
    DayCoverage,
    Difference,
    OtherSource,
    Record,
    SectionCoverage,
    Subject,
    fold,
    of_day,
)
from papers.paper import Attempt, AttemptOutcome, Listing, Section
from tests.making import listing

DAY = date(2026, 11, 20)  # a Friday
ANNOUNCED = datetime(2026, 11, 20, 1, tzinfo=UTC)  # Thursday 20:00 in New York
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ARXIV = Subject("arxiv-listing", "cs.CL")
READERS = Subject("huggingface-daily")


Announced = list[tuple[str, date, str, str, str]]


def tried(
    outcome: AttemptOutcome, *counts: int | None, at: datetime = ANNOUNCED, of: Listing | None = None, **fields: object
) -> Attempt:
    """An attempt; `counts` are stated and found of one section of DAY."""
    of = of or listing(day=DAY)
    sections = (Section(of.category, DAY, "", counts[0], counts[1] or 0),) if counts else ()
    return Attempt(listing=of, at=at, outcome=outcome, **({"sections": sections} | fields))  # type: ignore[arg-type]


def papers(
    count: int, kind: str = "new", source: str = "arxiv-listing", category: str = "cs.CL", first: int = 1
) -> list[tuple[str, date, str, str, str]]:
    return [(category, DAY, source, kind, f"2611.{number:05}") for number in range(first, first + count)]


def day(
    attempts: list[Attempt],
    announced: Announced,
    subject: Subject = ARXIV,
    now: datetime = NOW,
    begun: date | None = DAY,
    of: date = DAY,
) -> DayCoverage:
    record = Record(tuple(attempts), {subject: begun} if begun else {}, tuple(announced))
    return of_day(record, subject, of, now)


COMPLETE, EMPTY, PARTIAL = AttemptOutcome.COMPLETE, AttemptOutcome.EMPTY, AttemptOutcome.PARTIAL


@pytest.mark.parametrize(
    ("attempts", "kept", "state", "expected"),
    [
        ([tried(COMPLETE, 3, 3)], 3, CoverageState.COMPLETE, 3),
        ([tried(PARTIAL, 5, 3)], 3, CoverageState.PARTIAL, 5),
        # An empty list, and papers later: the day is not empty for ever.
        ([tried(EMPTY, 0, 0), tried(COMPLETE, 30, 30)], 30, CoverageState.COMPLETE, 30),
        # Papers, and an outage that looked like an empty day later.
        ([tried(COMPLETE, 30, 30), tried(EMPTY, 0, 0)], 30, CoverageState.COMPLETE, 30),
        # "30 of 30", and then the source states 80: the day is not complete any more.
        ([tried(COMPLETE, 30, 30), tried(PARTIAL, 80, 50)], 60, CoverageState.PARTIAL, 80),
        # Two looks that lack other papers each, and have all of them together.
        ([tried(PARTIAL, 5, 3), tried(PARTIAL, 5, 3)], 5, CoverageState.COMPLETE, 5),
        # All its pages were read, and one repeated another.
        ([tried(COMPLETE, 100, 100)], 50, CoverageState.PARTIAL, 100),
        ([tried(AttemptOutcome.REFUSED, reason="answered 429")], 0, CoverageState.REFUSED, None),
        ([tried(AttemptOutcome.UNREACHABLE)], 0, CoverageState.UNREACHABLE, None),
        ([tried(AttemptOutcome.UNREADABLE)], 0, CoverageState.UNREADABLE, None),
        ([tried(AttemptOutcome.STALE)], 0, CoverageState.STALE, None),
        ([tried(AttemptOutcome.REFUSED), tried(COMPLETE, 3, 3)], 3, CoverageState.COMPLETE, 3),
        ([tried(COMPLETE, 3, 3), tried(AttemptOutcome.REFUSED)], 3, CoverageState.COMPLETE, 3),
        # Kept in passing, without a word of how many there are.
        ([], 2, CoverageState.PARTIAL, None),
    ],
)
def test_attempts_are_folded(attempts: list[Attempt], kept: int, state: CoverageState, expected: int | None) -> None:
    coverage = day(attempts, papers(kept))
    assert (coverage.state, coverage.expected, coverage.got) == (state, expected, kept)


def test_the_reason_keeps_the_records_that_were_left_out() -> None:
    reason = "3 of 5; record 4 was left out: it has no title"
    assert day([tried(PARTIAL, 5, 3, reason=reason)], papers(4)).reason == (
        "4 of 5; record 4 was left out: it has no title"
    )


def test_a_list_of_another_day_is_believed_for_that_day() -> None:
    """Asked for Monday, shown Friday's list in full: Friday is complete, Monday is stale."""
    monday = listing(day=date(2026, 11, 23))
    shown = tried(AttemptOutcome.STALE, 3, 3, of=monday, reason="the list shows 2026-11-20")
    assert day([shown], papers(3)).state is CoverageState.COMPLETE
    later = day([shown], [], now=NOW + timedelta(days=3), of=date(2026, 11, 23))
    assert (later.state, later.reason) == (CoverageState.STALE, "the list shows 2026-11-20")


def test_a_statement_is_as_final_as_its_moment() -> None:
    """Hugging Face's day lasts until noon UTC of the next day: what was complete before may have grown."""
    of = listing("", DAY, source="huggingface-daily", name="daily")
    kept_papers = papers(25, "", "huggingface-daily", "")
    for hours, state in [(13, CoverageState.SO_FAR), (35, CoverageState.SO_FAR), (37, CoverageState.COMPLETE)]:
        at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hours)
        coverage = day([tried(COMPLETE, None, 25, at=at, of=of)], kept_papers, READERS, now=NOW + timedelta(days=30))
        assert (coverage.state, coverage.final) == (state, state is CoverageState.COMPLETE), hours


@pytest.mark.parametrize(("hours", "final"), [(1, False), (23, False), (25, True)])
def test_an_empty_list_is_believed_after_a_day(hours: int, final: bool) -> None:
    coverage = day([tried(EMPTY, 0, 0, at=ANNOUNCED + timedelta(hours=hours))], [])
    assert (coverage.state, coverage.final) == (CoverageState.EMPTY, final)


@pytest.mark.parametrize(
    ("begun", "of", "now", "state"),
    [
        (None, DAY, NOW, CoverageState.NOT_ASKED),
        (DAY, DAY - timedelta(days=1), NOW, CoverageState.NOT_ASKED),
        (DAY - timedelta(days=3), DAY, NOW, CoverageState.MISSING),
        (DAY, date(2026, 11, 23), NOW, CoverageState.NOT_YET),
        # Thanksgiving of a year whose holidays are not known: nobody expects anything.
        (DAY, date(2027, 11, 26), datetime(2027, 11, 27, tzinfo=UTC), CoverageState.NOT_YET),
    ],
)
def test_a_day_that_nobody_asked_for(begun: date | None, of: date, now: datetime, state: CoverageState) -> None:
    assert day([], [], begun=begun, of=of, now=now).state is state


def test_a_count_is_judged_against_its_own_source() -> None:
    """What another source has in addition is named, and does not make a complete day partial."""
    feed = [
        ("cs.CL", DAY, "kaggle", "cross", "2611.00003"),
        ("cs.CL", DAY, "kaggle", "new", "2611.77777"),
        ("cs.CL", DAY, "huggingface-daily", "", "2611.88888"),
    ]
    coverage = day([tried(COMPLETE, 3, 3)], papers(3) + feed)
    assert (coverage.state, coverage.got, coverage.expected) == (CoverageState.COMPLETE, 3, 3)
    assert coverage.differences == (Difference("2611.77777", "kaggle", "new", lacks="arxiv-listing"),)


def test_sections_are_told_apart() -> None:
    sections = (Section("cs.CL", DAY, "new", 2, 2), Section("cs.CL", DAY, "replace", 3, 1))
    kept_papers = [*papers(2), *papers(1, "replace-cross", first=8)]
    coverage = day([tried(PARTIAL, sections=sections)], kept_papers)
    assert coverage.sections == (SectionCoverage("new", 2, 2), SectionCoverage("replace", 3, 1))
    assert (coverage.expected, coverage.got, coverage.reason) == (5, 3, "3 of 5")


def test_the_days_of_a_week_leave_out_what_has_no_list() -> None:
    """The week of Thanksgiving 2026: no list on the day after it, none on the weekend."""
    now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    rows = fold(Record(), [ARXIV, READERS], now, 5)
    assert [row.day.day for row in rows if row.subject == ARXIV] == [24, 25, 26, 30, 1]
    assert [row.day.day for row in rows if row.subject == READERS] == [25, 26, 27, 30, 1]


def test_the_papers_of_a_feed_count_where_the_list_brought_nothing() -> None:
    feed = Attempt(listing=listing(day=DAY, name="feed", source="arxiv-rss"), at=NOW, outcome=COMPLETE)
    refused = tried(AttemptOutcome.REFUSED, reason="answered 429")
    coverage = day([feed, refused], papers(3, source="arxiv-rss"))
    assert (coverage.state, coverage.got, coverage.expected, coverage.final) == (CoverageState.PARTIAL, 3, None, False)
    assert coverage.reason == "3 papers from arXiv feeds; the list: refused, answered 429"
    assert coverage.others == (OtherSource("arxiv-rss", 3, COMPLETE, None),) and coverage.differences == ()


def test_sources_are_compared_in_both_directions() -> None:
    feed = Attempt(listing=listing(day=DAY, name="feed", source="arxiv-rss"), at=NOW, outcome=COMPLETE)
    announced = [*papers(3), *papers(2, source="arxiv-rss", first=3)]
    coverage = day([tried(COMPLETE, 3, 3), feed], announced)
    assert coverage.state is CoverageState.COMPLETE
    assert [(each.id, each.source, each.lacks) for each in coverage.differences] == [
        ("2611.00001", "arxiv-listing", "arxiv-rss"),
        ("2611.00002", "arxiv-listing", "arxiv-rss"),
        ("2611.00004", "arxiv-rss", "arxiv-listing"),
    ]
    # A feed that was cut lacks nothing that could be named.
    cut = Attempt(listing=feed.listing, at=NOW, outcome=PARTIAL, reason="cut")
    assert [each.id for each in day([tried(COMPLETE, 3, 3), cut], announced).differences] == ["2611.00004"]


def test_the_list_of_the_last_days_completes_no_day() -> None:
    """It has no replacements. A whole list decides, whichever was read later."""
    recent = tried(COMPLETE, 3, 3, of=listing(day=None, name="recent"))
    coverage = day([recent], papers(3))
    assert (coverage.state, coverage.got) == (CoverageState.PARTIAL, 3)
    assert coverage.reason == "3 papers from the list of the last days, which has no replacements"
    assert day([tried(COMPLETE, 5, 5), recent], papers(5)).state is CoverageState.COMPLETE
    assert day([recent, tried(PARTIAL, 5, 3)], papers(3)).expected == 5


def test_papers_of_a_week_ask_for_no_day_at_hugging_face() -> None:
    """What is trending is of days that nobody asked for."""
    readers = papers(2, kind="", source="huggingface-daily", category="")
    assert day([], readers, subject=READERS, begun=None).state is CoverageState.NOT_ASKED
