"""Page numbers, and the way past the last of them."""

from __future__ import annotations

import pytest

from indexer.find import Answer, search_of
from indexer.query.reading import read
from indexer.query.request import Request
from indexer.query.search import MAX_NUMBERED_HITS
from indexer.results import Hit, Results
from search_ui.navigation import further, pages
from tests.making import DAY, document

SIZE = 20
LAST = MAX_NUMBERED_HITS // SIZE


def results(total: int, shown: int = SIZE) -> Results:
    return Results(total=total, hits=tuple(Hit(document()) for _ in range(shown)), cursor="77")


def answered(request: Request, results: Results) -> Answer:
    reading = read(request.text, DAY)
    return Answer(request, reading, search_of(request, reading), results)


@pytest.mark.parametrize(
    ("page", "total", "said"),
    [
        (1, 20, ""),
        (1, 21, "[1] 2"),
        (3, 120, "1 2 [3] 4 5 6"),
        (9, 300, "1 … 7 8 [9] 10 11 … 15"),
        (LAST, 3_000_000, f"1 … {LAST - 2} {LAST - 1} [{LAST}]"),
    ],
)
def test_page_numbers(page: int, total: int, said: str) -> None:
    choices = pages(answered(Request(page=page), results(total)))
    assert " ".join(f"[{choice.label}]" if choice.chosen else choice.label for choice in choices) == said
    assert [choice.label for choice in choices if not choice.address] == ["…"] * said.count("…")


def test_page_numbers_end_where_a_cursor_begins() -> None:
    assert further(answered(Request(page=2), results(100))) == "/?page=3"
    assert further(answered(Request(page=5), results(100))) is None
    beyond = further(answered(Request(page=LAST), results(3_000_000)))
    assert beyond == "/?cursor=77"
    assert pages(answered(Request(cursor="77"), results(3_000_000))) == []
    assert further(answered(Request(cursor="77"), Results(total=3_000_000))) is None
