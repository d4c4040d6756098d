"""What a source is told, or asked, when it is visited again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawler import conditional
from papers.catalogue import Catalogue
from papers.paper import AttemptOutcome, Page, PageState, Validators
from papers.revisits import KnownPage
from tests.making import AT, DAY, attempt, listing, page, sighting

URL = "https://rss.arxiv.org/rss/cs.CL"
FEED = page(
    sighting(source="arxiv-rss"),
    listing=listing(source="arxiv-rss", name="feed"),
    url=URL,
    validators=Validators('"abc"', None),
)


def test_validators_are_kept_with_a_page_that_is_complete(folder: Path) -> None:
    with Catalogue(folder, write=True) as catalogue:
        assert catalogue.known_page(URL) is None
        catalogue.keep(FEED, AT)
        assert catalogue.known_page(URL) == KnownPage(Validators('"abc"', None), DAY)


@pytest.mark.parametrize(
    "incomplete",
    [
        replace(FEED, state=PageState.PARTIAL),
        replace(FEED, cut="the feed has 2,000 entries"),
        replace(FEED, resume="2"),
        replace(FEED, validators=None),
    ],
)
def test_a_page_that_is_not_complete_forgets_them(incomplete: Page, folder: Path) -> None:
    """Else "not changed" would make complete what is partial."""
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(FEED, AT)
        catalogue.keep(incomplete, AT)
        assert catalogue.known_page(URL) is None


def test_not_changed_speaks_of_the_day_that_was_kept() -> None:
    known = KnownPage(Validators('"abc"', "Fri, 20 Nov 2026 05:00:00 GMT"), DAY)
    assert conditional.judgement(known, listing()) == (AttemptOutcome.UNCHANGED, "")
    outcome, reason = conditional.judgement(known, listing(day=DAY + timedelta(days=3)))
    assert (outcome, reason) == (AttemptOutcome.STALE, "it still shows 2026-11-20")
    assert conditional.headers(known.validators) == {
        "If-None-Match": '"abc"',
        "If-Modified-Since": "Fri, 20 Nov 2026 05:00:00 GMT",
    }
    assert conditional.headers(Validators(None, None)) == {}


def test_how_far_a_harvest_has_come_never_goes_back(folder: Path) -> None:
    of_set = listing("", None, name="cs from 2026-11-01", source="arxiv-oai-raw")
    record = page(sighting(source="arxiv-oai-raw", listing="", day=None), listing=of_set)
    with Catalogue(folder, write=True) as catalogue:
        assert catalogue.reached("arxiv-oai-raw") is None
        for day in (date(2026, 11, 19), date(2026, 11, 12)):
            catalogue.keep(replace(record, reached=("cs", day)), AT)
        assert catalogue.reached("arxiv-oai-raw", "cs") == date(2026, 11, 19)
        assert catalogue.reached("arxiv-oai-raw", "math") is None
        assert catalogue.reached("arxiv-oai-raw") == date(2026, 11, 19)


def test_page_ends_are_kept_while_a_harvest_lasts(folder: Path) -> None:
    of_set = listing("", None, name="cs", source="arxiv-oai-raw")
    record = page(sighting(source="arxiv-oai-raw", listing="", day=None), listing=of_set)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(replace(record, resume="2", page_end=(DAY, b"one.....")), AT)
        catalogue.keep(replace(record, asked_at="2", resume="3", page_end=(DAY, b"two.....")), AT)
        assert catalogue.page_ends(of_set) == {DAY: b"one.....two....."}
        catalogue.keep(replace(record, resume="2", page_end=(DAY, b"three...")), AT)  # begun anew
        assert catalogue.page_ends(of_set) == {DAY: b"three..."}
        catalogue.keep(replace(record, asked_at="2"), AT)
        assert catalogue.page_ends(of_set) == {}


def test_an_old_answer_does_not_cost_the_place_of_a_harvest(folder: Path) -> None:
    of_set = listing("", None, name="cs", source="arxiv-oai-raw")
    record = page(sighting(source="arxiv-oai-raw", listing="", day=None), listing=of_set, resume="2")
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(record, AT)
        catalogue.note(attempt(AttemptOutcome.STALE, of=of_set))
        progress = catalogue.progress(of_set)
        assert progress is not None and progress.resume == "2"
        of_day = listing(name="feed", source="arxiv-rss")
        catalogue.keep(replace(record, listing=of_day), AT)
        catalogue.note(attempt(AttemptOutcome.STALE, of=of_day))
        assert catalogue.progress(of_day) is None


def test_a_ranking_is_replaced_by_the_next_one(folder: Path) -> None:
    of_trending = listing("", None, name="trending", source="huggingface-daily")

    def ranked(*ids: str, **fields: object) -> Page:
        sightings = [sighting(id, source="huggingface-daily", listing="", announce_type=None) for id in ids]
        return page(*sightings, listing=of_trending, is_ranking=True, **fields)

    with Catalogue(folder, write=True) as catalogue:
        assert catalogue.ranking("huggingface-daily", "trending") == ((), None)
        catalogue.keep(ranked("2611.00003", "2611.00001", resume="1"), AT)
        catalogue.keep(ranked("2611.00002", asked_at="1"), AT)
        assert catalogue.ranking("huggingface-daily", "trending").ids == ("2611.00003", "2611.00001", "2611.00002")
        catalogue.keep(ranked("2611.00002", "2611.00003"), AT + timedelta(hours=6))
        assert catalogue.ranking("huggingface-daily", "trending") == (
            ("2611.00002", "2611.00003"),
            AT + timedelta(hours=6),
        )
        catalogue.forget(["2611.00002"], "", AT)
        assert catalogue.ranking("huggingface-daily", "trending").ids == ("2611.00003",)
