from datetime import UTC, date, datetime, timedelta

import pytest

from crawler.configuration import CrawlSettings
from crawler.plan import Run, daily, is_over, last_weekdays, start_of
from papers.ledger import Row
from papers.paper import State

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def row(state: State, resume: int | None = None, hours_ago: float = 1) -> Row:
    return Row("s", "l", "2026-11-20", 5, 5, state, resume, NOW - timedelta(hours=hours_ago))


@pytest.mark.parametrize(
    ("found", "final", "start"),
    [
        (None, True, 0),
        (row(State.COMPLETE, hours_ago=100), True, None),
        (row(State.COMPLETE, hours_ago=1), False, None),
        (row(State.COMPLETE, hours_ago=7), False, 0),
        (row(State.OPEN, resume=50), True, 50),
        (row(State.PARTIAL), True, 0),
        (row(State.EMPTY, hours_ago=1), True, None),
        (row(State.EMPTY, hours_ago=7), True, 0),  # an outage can look like an empty day
    ],
)
def test_where_to_start(found: Row | None, final: bool, start: int | None) -> None:
    assert start_of(found, final=final, now=NOW) == start


def test_an_ordinary_day() -> None:
    assert daily(CrawlSettings.load(categories="cs.CL,cs.LG")) == [
        Run("arxiv_new", {"categories": "cs.CL,cs.LG"}),
        Run("huggingface_daily"),
    ]


def test_days() -> None:
    assert last_weekdays(NOW, 2) == [date(2026, 11, 20), date(2026, 11, 19)]
    assert is_over(date(2026, 11, 20), NOW)
    assert not is_over(date(2026, 11, 20), NOW - timedelta(hours=1))
