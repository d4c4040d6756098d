"""`/coverage`: which papers of the last days are kept, and why others are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response

from crawler.followed import LOOKS, coverage_of, is_odd
from crawler.settings import CrawlSettings
from delivery.day_notes import state_text
from delivery.messages import Messages
from papers.calendar import reminder, utc_now
from papers.coverage import CoverageState, DayCoverage
from search_ui.layout import folder, page, words

router = APIRouter(include_in_schema=False)
DAYS = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table: its text, its look, and the search parameters of the papers that it links to."""

    text: str
    look: str
    address: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()  # what other sources say, where it is another number


@dataclass(frozen=True, slots=True)
class Note:
    """The reason why a day of a category or source is not complete."""

    name: str
    day: date
    text: str


@router.get("/coverage")
def show(request: Request) -> Response:
    """A table of days and categories. Where the catalogue is on another machine, the page says so."""
    data = folder(request)
    messages = words(request)
    if data is None:
        return page(request, "coverage.html", elsewhere=True)
    now = utc_now()
    rows = coverage_of(data, CrawlSettings.load(), now, DAYS)
    names = list(dict.fromkeys(_column(row) for row in rows))
    return page(
        request,
        "coverage.html",
        names=names,
        days=_days(rows, names, messages),
        notes=[_note(row, messages) for row in sorted(rows, key=lambda row: row.day, reverse=True) if is_odd(row)],
        differences=[(_column(row), row.day, difference) for row in rows for difference in row.differences],
        reminder=reminder(now),
        known=any(row.state is not CoverageState.NOT_ASKED for row in rows),
    )


def _column(row: DayCoverage) -> str:
    """The name of the column: the category or, if the day belongs to a source as a whole, the source."""
    return row.subject.category or row.subject.source


def _days(
    rows: Sequence[DayCoverage], names: Sequence[str], messages: Messages
) -> list[tuple[date, list[Cell | None]]]:
    """Each day and its cells, one or None for each name. Newest day first, without days that nobody asked for."""
    by_day_and_name = {(row.day, _column(row)): row for row in rows}
    days = sorted({row.day for row in rows if row.state is not CoverageState.NOT_ASKED}, reverse=True)
    return [
        (day, [_cell(row, messages) if (row := by_day_and_name.get((day, name))) else None for name in names])
        for day in days
    ]


def _cell(row: DayCoverage, messages: Messages) -> Cell:
    address: tuple[tuple[str, str], ...] = ()
    if row.got:
        category = [("category", row.subject.category)] if row.subject.category else [("source", row.subject.source)]
        address = (*category, ("from", row.day.isoformat()), ("until", row.day.isoformat()))
    match row.state:
        case CoverageState.COMPLETE:
            text = messages.number(row.got)
        case CoverageState.SO_FAR:
            text = messages("so_far", n=messages.number(row.got))
        case CoverageState.NOT_ASKED:
            text = "–"
        case CoverageState.PARTIAL if row.expected is not None:
            text = messages("of_expected", n=messages.number(row.got), expected=messages.number(row.expected))
        case state:
            text = messages(f"state_{state.value}")
    others = (
        messages("coverage_other", source=messages.get(f"source_{other.source}", other.source), n=other.got)
        for other in row.others
        if other.got not in (0, row.got)
    )
    return Cell(text, LOOKS[row.state], address, tuple(others))


def _note(row: DayCoverage, messages: Messages) -> Note:
    return Note(_column(row), row.day, state_text(messages, row))
