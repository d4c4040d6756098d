"""A harvest of a table that changes while it is read: no record is missed, whenever it moves."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings

from crawler.harvest import MOST_ROUNDS, Harvest, Position, sets_of, unpacked
from crawler.spiders.arxiv_oai import ArxivOaiSpider
from papers.catalogue import Catalogue
from papers.paper import Listing, Page, PageState
from tests.making import sighting

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)
FIRST = TODAY - timedelta(days=6)


class Table:
    """Records by id, each with its datestamp; a token is a datestamp and how many of it were read."""

    def __init__(self, stamps: dict[str, date], size: int) -> None:
        self.stamps = dict(stamps)
        self.size = size

    def page(self, first: date, until: date | None, skip: int) -> tuple[list[tuple[str, date]], str | None]:
        rows = sorted((stamp, id) for id, stamp in self.stamps.items() if first <= stamp <= (until or TODAY))
        shown = rows[skip : skip + self.size]
        records = [(id, stamp) for stamp, id in shown]
        if len(rows) <= skip + self.size:
            return records, None
        last = shown[-1][0]
        read = sum(stamp == last for stamp, _ in shown) + (skip if last == first else 0)
        return records, f"{last} {read}"


def harvested(
    table: Table, between: Callable[[int], None], until: date | None = None, kills: Collection[int] = ()
) -> tuple[dict[str, date], int]:
    """The records that a harvest reads, by id, and how many pages it asks for.

    `between` is called after each page with its number, or with 0 where the harvest looks again. After the pages of
    `kills` another process goes on.
    """
    read: dict[str, date] = {}
    pages = 0
    harvest, following = Harvest(), Position(FIRST, until)
    page_ends: dict[date, bytes] = {}  # as the catalogue keeps it
    while following is not None:
        position = unpacked(following.packed())
        if pages in kills:
            harvest = Harvest.resumed(page_ends)
        first, skip = position.first or FIRST, 0
        if position.token:
            stamp, _, count = position.token.partition(" ")
            first, skip = date.fromisoformat(stamp), int(count)
        records, token = table.page(first, position.until, skip)
        read |= dict(records)
        pages += 1
        assert pages < 500
        following = harvest.after(position, records, token, TODAY)
        if harvest.page_end:
            day, ids = harvest.page_end
            page_ends[day] = page_ends.get(day, b"") + ids
        between(pages if position.round == 0 else 0)
    return read, pages


def days(*counts: int) -> dict[str, date]:
    """So many records on each day from FIRST on."""
    return {
        f"{day}-{number:03}": FIRST + timedelta(days=day) for day, count in enumerate(counts) for number in range(count)
    }


def test_one_page_is_asked_for_once() -> None:
    read, pages = harvested(Table(days(3, 2), 10), lambda page: None)
    assert (len(read), pages) == (5, 1)


def test_several_pages_are_looked_at_again_at_the_end() -> None:
    table = Table(days(4, 4, 0, 0, 0, 4, 4), 5)
    read, pages = harvested(table, lambda page: None)
    assert read == table.stamps and pages == 4 + 2  # the last two days have two pages


@given(
    counts=st.lists(st.integers(0, 12), min_size=7, max_size=7),
    size=st.integers(2, 9),
    moves=st.dictionaries(st.integers(1, 12), st.lists(st.integers(0, 80), max_size=4), max_size=4),
    until=st.sampled_from([None, None, TODAY, TODAY - timedelta(days=2)]),
    kills=st.sets(st.integers(1, 20), max_size=3),
)
def test_no_record_is_missed_whichever_move(
    counts: list[int], size: int, moves: dict[int, list[int]], until: date | None, kills: set[int]
) -> None:
    """Records get today's datestamp between two pages, as arXiv's do, and the process is killed. Each is read."""
    table = Table(days(*counts), size)
    ids = sorted(table.stamps)

    def move(page: int) -> None:
        for number in moves.get(page, ()):
            if number < len(ids):
                table.stamps[ids[number]] = TODAY

    before = {id for id, stamp in table.stamps.items() if until is None or stamp <= until}
    read, _ = harvested(table, move, until, kills)
    assert before <= read.keys()


def test_it_ends_on_a_day_on_which_all_changes_all_the_time() -> None:
    table = Table(days(6, 6, 6, 6, 6, 6, 6), 10)
    new = iter(range(10_000))
    _, pages = harvested(table, lambda page: table.stamps.update({f"new-{next(new)}": TODAY}))
    assert pages < 10 * MOST_ROUNDS


def test_a_token_that_has_expired_is_replaced_by_its_day() -> None:
    position = Position(FIRST, None, "a token", FIRST + timedelta(days=2))
    assert position.restarted() == Position(FIRST + timedelta(days=2), None, None, FIRST + timedelta(days=2))
    assert unpacked(position.packed()) == position


@pytest.mark.parametrize(
    ("code", "sets"),
    [
        ("cs.CL", ("cs:cs:CL",)),
        ("hep-th", ("physics:hep-th",)),
        ("astro-ph.GA", ("physics:astro-ph:GA",)),
        ("math", ("math",)),
        ("math-ph", ("physics:math-ph", "math:math:MP")),
    ],
)
def test_sets(code: str, sets: tuple[str, ...]) -> None:
    assert sets_of(code) == sets


class TestReached:
    """How far a set is kept once a harvest has ended."""

    def spider(self, folder: Path, **arguments: str) -> ArxivOaiSpider:
        spider = ArxivOaiSpider(**arguments)
        spider.settings = Settings({"PAPERGLOT_DATA": str(folder)})
        spider.now = NOW
        return spider

    def answer(self, spider: ArxivOaiSpider, *stamps: date) -> tuple[str, date] | None:
        (listing,) = spider.planned()
        sightings = tuple(
            sighting(f"2611.{n:05}", source="arxiv-oai-raw", listing="", day=None) for n in range(len(stamps))
        )
        page = Page(source="arxiv-oai-raw", sightings=sightings, datestamps=stamps, made_at=NOW)
        spider.address(listing, None)
        planned = spider.planned_page(page, listing, None)
        with Catalogue(spider.data_folder, write=True) as catalogue:
            catalogue.keep(planned, NOW)
        return planned.reached

    def test_the_next_harvest_begins_two_days_before_the_end_of_the_last(self, folder: Path) -> None:
        assert self.answer(self.spider(folder, sets="cs.CL"), TODAY) == ("cs:cs:CL", TODAY)
        spider = self.spider(folder, sets="cs.CL")
        assert f"from={TODAY - timedelta(days=2)}" in spider.address(spider.planned()[0], None)

    def test_a_harvest_that_finds_nothing_has_come_up_to_today(self, folder: Path) -> None:
        assert self.answer(self.spider(folder, sets="cs.CL")) == ("cs:cs:CL", TODAY)

    def test_a_harvest_that_leaves_a_gap_reaches_nothing(self, folder: Path) -> None:
        snapshot = Listing(source="kaggle", name="snapshot.json")
        with Catalogue(folder, write=True) as catalogue:
            last = Page(source="kaggle", sightings=(), listing=snapshot, reached=("snapshot.json", date(2026, 10, 1)))
            catalogue.keep(last, NOW)
        later = {"from": "2026-11-15"}
        assert self.answer(self.spider(folder, sets="all", **later), TODAY) is None
        assert self.answer(self.spider(folder, since="snapshot"), TODAY) == ("all", TODAY)
        assert self.answer(self.spider(folder, sets="cs.CL", until="2026-11-19"), TODAY) is None

    def test_of_an_old_and_a_new_answer_the_new_one_is_read(self, folder: Path) -> None:
        spider = self.spider(folder, sets="cs.CL")
        old = Page(source="arxiv-oai-raw", sightings=(), made_at=NOW - timedelta(days=2))
        new = Page(source="arxiv-oai-raw", sightings=(), made_at=NOW, state=PageState.PARTIAL)
        assert spider.deserves_another_look(old) and not spider.deserves_another_look(new)
        assert spider.better(old, new) is new
