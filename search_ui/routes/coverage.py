"""`/coverage`: what each of the last days has, and why the rest is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response

from crawler.followed import LOOKS, coverage_of
from crawler.settings import CrawlSettings
from papers.calendar import reminder, utc_now
from papers.coverage import CoverageState, DayCoverage
from search_ui.layout import folder, page, words
from search_ui.texts import Messages

router = APIRouter(include_in_schema=False)
DAYS = 14


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a category: what is said of it, how it looks, and the papers that it leads to."""

    text: str
    look: str
    address: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Why a day is not as it should be."""

    name: str
    day: date
    text: str


@router.get("/coverage")
def show(request: Request) -> Response:
    """A table of days and categories. Where the catalogue is on another machine, the page says so."""
    data = folder(request)
    said = words(request)
    if data is None:
        return page(request, "coverage.html", elsewhere=True)
    now = utc_now()
    rows = coverage_of(data, CrawlSettings.load(), now, DAYS)
    names = list(dict.fromkeys(_column(row) for row in rows))
    return page(
        request,
        "coverage.html",
        names=names,
        days=_days(rows, names, said),
        notes=[_note(row, said) for row in sorted(rows, key=lambda row: row.day, reverse=True) if _is_odd(row)],
        differences=[(_column(row), row.day, other) for row in rows for other in row.differences],
        reminder=reminder(now),
        known=any(row.state is not CoverageState.NOT_ASKED for row in rows),
    )


def _column(row: DayCoverage) -> str:
    """The category, or the source that has a day of its own."""
    return row.subject.category or row.subject.source


def _days(rows: Sequence[DayCoverage], names: Sequence[str], said: Messages) -> list[tuple[date, list[Cell | None]]]:
    """A row a day, newest first; days before anything was followed are left out."""
    by_place = {(row.day, _column(row)): row for row in rows}
    days = sorted({row.day for row in rows if row.state is not CoverageState.NOT_ASKED}, reverse=True)
    return [(day, [_cell(row, said) if (row := by_place.get((day, name))) else None for name in names]) for day in days]


def _cell(row: DayCoverage, said: Messages) -> Cell:
    address: tuple[tuple[str, str], ...] = ()
    if row.got:
        category = [("category", row.subject.category)] if row.subject.category else [("source", row.subject.source)]
        address = (*category, ("from", row.day.isoformat()), ("until", row.day.isoformat()))
    match row.state:
        case CoverageState.COMPLETE:
            text = said.number(row.got)
        case CoverageState.SO_FAR:
            text = said("so_far", n=said.number(row.got))
        case CoverageState.NOT_ASKED:
            text = "–"
        case CoverageState.PARTIAL if row.expected is not None:
            text = said("of_expected", n=said.number(row.got), expected=said.number(row.expected))
        case state:
            text = said(f"state_{state.value}")
    return Cell(text, LOOKS[row.state], address)


def _is_odd(row: DayCoverage) -> bool:
    return LOOKS[row.state] in ("waiting", "fault") or bool(row.reason)


def _note(row: DayCoverage, said: Messages) -> Note:
    state = said(f"state_{row.state.value}")
    return Note(_column(row), row.day, f"{state}: {row.reason}" if row.reason else state)
