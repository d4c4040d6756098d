"""Attempts and resume points: what the pages of a listing come to, and what is kept of them."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from papers import ledger, store
from papers.catalogue import Catalogue
from papers.ledger import Progress, after_page
from papers.paper import Attempt, AttemptOutcome, Page, PageState, Rejected, Section
from tests.making import AT, DAY, attempt, listing, page, sighting

OF_YESTERDAY = listing(day=DAY - timedelta(days=1))


def ended(listing_page: Page) -> tuple[AttemptOutcome, str | None]:
    outcome = after_page(None, listing_page, AT)
    assert isinstance(outcome, Attempt)
    return outcome.outcome, outcome.reason


@pytest.mark.parametrize(
    ("one", "outcome", "reason"),
    [
        (page(sighting()), AttemptOutcome.COMPLETE, None),
        (page(sighting(), stated=None), AttemptOutcome.COMPLETE, None),
        (page(sighting(), stated=0), AttemptOutcome.COMPLETE, None),  # more than it states is no lack
        (page(), AttemptOutcome.EMPTY, None),
        (page(sighting(), stated=5), AttemptOutcome.PARTIAL, "1 of 5"),
        (page(stated=5), AttemptOutcome.PARTIAL, "0 of 5"),
        (page(sighting(), stated=None, state=PageState.PARTIAL), AttemptOutcome.PARTIAL, "a page is short"),
        # A page that was short, and the page after it that began where it ended: all is there.
        (page(sighting(), state=PageState.PARTIAL), AttemptOutcome.COMPLETE, None),
        (
            page(sighting(), rejected=(Rejected(2, "it has no title", "{}"),)),
            AttemptOutcome.PARTIAL,
            "record 2 was left out: it has no title",
        ),
        (page(sighting(), listing=listing(day=DAY + timedelta(days=1))), AttemptOutcome.STALE, f"the list shows {DAY}"),
        (page(sighting(), listing=OF_YESTERDAY), AttemptOutcome.STALE, f"the list shows {DAY}"),
        (page(sighting(), stated=9, resume="1", cut="it repeats"), AttemptOutcome.PARTIAL, "it repeats"),
    ],
)
def test_how_a_listing_of_one_page_ends(one: Page, outcome: AttemptOutcome, reason: str | None) -> None:
    assert ended(one) == (outcome, reason)


def test_many_records_that_were_left_out_are_counted() -> None:
    rejected = tuple(Rejected(number, "odd", "{}") for number in range(1, 8))
    _, reason = ended(page(sighting(), rejected=rejected))
    assert reason and reason.endswith("record 3 was left out: odd; and 4 more")


def first_page() -> Page:
    return page(sighting("2611.00001"), stated=2, resume="1")


def last_page() -> Page:
    return page(sighting("2611.00002"), stated=2, asked_at="1")


def test_the_pages_of_a_listing_are_added_up(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        assert catalogue.keep(first_page(), AT).attempt is None
        progress = catalogue.progress(listing())
        assert progress and (progress.resume, progress.sections) == ("1", (Section("cs.CL", DAY, "", 2, 1),))
        result = catalogue.keep(last_page(), AT)
        assert result.attempt and result.attempt.outcome is AttemptOutcome.COMPLETE
        assert result.attempt.sections == (Section("cs.CL", DAY, "", 2, 2),)
        assert catalogue.progress(listing()) is None
        assert catalogue.attempts() == [result.attempt]


def test_a_page_that_does_not_follow_begins_anew(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(first_page(), AT)
        catalogue.keep(first_page(), AT)
        progress = catalogue.progress(listing())
        assert progress and progress.sections[0].found == 1
        stray_page = page(sighting("2611.00009"), stated=3, asked_at="77")
        assert catalogue.keep(stray_page, AT).attempt == attempt(
            AttemptOutcome.PARTIAL, reason="2 of 3", sections=(Section("cs.CL", DAY, "", 3, 1),)
        )


def test_a_short_page_among_others_makes_the_listing_partial() -> None:
    short = page(sighting("2611.00001"), stated=None, resume="1", state=PageState.PARTIAL)
    progress = after_page(None, short, AT)
    assert isinstance(progress, Progress) and progress.partial
    outcome = after_page(progress, page(sighting("2611.00002"), stated=None, asked_at="1"), AT)
    assert isinstance(outcome, Attempt) and outcome.outcome is AttemptOutcome.PARTIAL


def test_an_empty_last_page_does_not_make_the_day_empty() -> None:
    progress = after_page(None, page(sighting(), stated=None, resume="1"), AT)
    assert isinstance(progress, Progress)
    outcome = after_page(progress, page(stated=None, asked_at="1"), AT)
    assert isinstance(outcome, Attempt) and outcome.outcome is AttemptOutcome.COMPLETE


@pytest.mark.parametrize("outcome", AttemptOutcome)
def test_what_failed_goes_on_where_it_was(outcome: AttemptOutcome, folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(first_page(), AT)
        catalogue.note(attempt(outcome))
        assert (catalogue.progress(listing()) is not None) is (outcome in ledger.UNFINISHED)


def test_attempts_are_only_ever_added(folder: Path) -> None:
    """A day that was empty and then had papers has both on record, and what was asked last stands last."""
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(), AT)
        catalogue.keep(page(sighting()), AT + timedelta(hours=7))
        catalogue.note(attempt(AttemptOutcome.REFUSED, AT + timedelta(hours=8), reason="answered 429"))
        outcomes = [(entry.outcome, entry.at) for entry in catalogue.attempts()]
    assert outcomes == [
        (AttemptOutcome.EMPTY, AT),
        (AttemptOutcome.COMPLETE, AT + timedelta(hours=7)),
        (AttemptOutcome.REFUSED, AT + timedelta(hours=8)),
    ]


def test_records_that_were_left_out_are_kept(folder: Path) -> None:
    odd = page(sighting(), rejected=(Rejected(3, "it has no title", '{"id": 1}'),), url="http://x/api")
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(odd, AT)
        catalogue.keep(odd, AT)
        assert catalogue.rejected(timedelta(days=1), AT) == [
            ("arxiv-listing", "http://x/api", Rejected(3, "it has no title", '{"id": 1}'))
        ]
        assert catalogue.rejected(timedelta(days=1), AT + timedelta(days=2)) == []


def test_who_announced_what(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(), sighting("2611.00002", announce_type="replace")), AT)
        catalogue.keep(page(sighting(source="huggingface-daily", listing="", announce_type=None)), AT)
        assert list(catalogue.record(DAY, DAY).announced) == [
            ("", DAY, "huggingface-daily", "", "2611.00001"),
            ("cs.CL", DAY, "arxiv-listing", "new", "2611.00001"),
            ("cs.CL", DAY, "arxiv-listing", "replace", "2611.00002"),
        ]
        assert catalogue.record(DAY, DAY).begun == {("arxiv-listing", "cs.CL"): DAY, ("huggingface-daily", ""): DAY}
        catalogue.forget(["2611.00001"], "", AT)
        assert len(catalogue.record(DAY, DAY).announced) == 3  # so that its day stays complete


def test_todays_catalogues_keep_what_their_ledger_knew(folder: Path) -> None:
    """The catalogue of the schema before: its papers' days and its rows become announcements and attempts."""
    folder.mkdir()
    connection = sqlite3.connect(folder / store.FILE)
    for script in store.migrations()[:3]:
        connection.executescript(script.read_text("utf-8"))
    connection.executescript(
        """PRAGMA user_version = 3;
        INSERT INTO paper (number, id, seq) VALUES (1, '2611.00001', 1), (2, '2611.00002', 2);
        INSERT INTO sighting VALUES (1, 'arxiv-listing|cs.CL|2026-11-20|new|1', 5, x'7b7d'),
            (1, 'huggingface-daily||2026-11-20||0', 5, x'7b7d'), (2, 'kaggle||||2', 5, x'7b7d');
        INSERT INTO ledger VALUES ('arxiv-listing', 'cs.CL', '2026-11-20', 3, 1, 'partial', NULL, 1000000),
            ('huggingface-daily', '', '2026-11-20', NULL, 1, 'complete', NULL, 2000000),
            ('arxiv-listing', 'cs.LG', '2026-11-20', 9, 4, 'open', 4, 3000000),
            ('kaggle', 'file.json:77', '', NULL, 2, 'complete', NULL, 4000000);"""
    )
    connection.close()
    with Catalogue(folder, write=True) as catalogue:
        record = catalogue.record(DAY, DAY)
        assert [entry[:4] for entry in record.announced] == [
            ("", DAY, "huggingface-daily", ""),
            ("cs.CL", DAY, "arxiv-listing", "new"),
        ]
        outcomes = {
            attempt.listing: (attempt.outcome, attempt.reason, attempt.sections) for attempt in catalogue.attempts()
        }
    assert outcomes == {
        listing(): (AttemptOutcome.PARTIAL, "1 of 3", (Section("cs.CL", DAY, "", 3, 1),)),
        listing("", source="huggingface-daily", name="daily"): (
            AttemptOutcome.COMPLETE,
            None,
            (Section("", DAY, "", None, 1),),
        ),
        listing("", None, source="kaggle", name="file.json:77"): (
            AttemptOutcome.COMPLETE,
            None,
            (Section("", None, "", None, 2),),
        ),
    }
