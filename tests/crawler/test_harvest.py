"""A harvest of a table that changes while it is read: no record is missed, whenever it moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.harvest import MOST_ROUNDS, Harvest, Position, sets_of, unpacked

TODAY = date(2026, 11, 20)
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


def harvested(table: Table, between: Callable[[int], None]) -> tuple[dict[str, date], int]:
    """The records that a harvest reads, by id, and how many pages it asks for; `between` is called after each page with
    its number, or with 0 where the harvest looks again."""
    harvest, position, read, pages = Harvest(TODAY), Position(FIRST), {}, 0
    following: Position | None = position
    while following is not None:
        position = unpacked(following.packed())
        first, skip = position.first or FIRST, 0
        if position.token:
            stamp, _, count = position.token.partition(" ")
            first, skip = date.fromisoformat(stamp), int(count)
        records, token = table.page(first, position.until, skip)
        read |= dict(records)
        pages += 1
        assert pages < 500
        following = harvest.after(position, records, token)
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
)
def test_no_record_is_missed_whichever_move(counts: list[int], size: int, moves: dict[int, list[int]]) -> None:
    """Records get today's datestamp between two pages, as arXiv's do. Each is read, and in its last state."""
    table = Table(days(*counts), size)
    ids = sorted(table.stamps)

    def move(page: int) -> None:
        for number in moves.get(page, ()):
            if number < len(ids):
                table.stamps[ids[number]] = TODAY

    read, _ = harvested(table, move)
    assert table.stamps.keys() == read.keys()


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
