"""The papers of a request over time, as a chart whose bars lead to their days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from delivery.messages import Messages
from indexer.query.request import Request
from indexer.results import Bar
from search_ui.charts import Chart, draw, ending
from search_ui.navigation import address_of


def over_time(messages: Messages, request: Request, bars: Sequence[Bar], newest: date | None) -> Chart | None:
    """The chart of these bars; None where there is nothing to compare. `newest` is the day of the newest paper."""
    filters = request.filters
    return draw(
        ending(bars, newest),
        address=lambda bar: of_days(request, bar),
        title=lambda bar: f"{span(bar)}: {messages.count(bar.count)}",
        number=messages.number,
        chosen=lambda bar: (filters.first, filters.last) == (bar.first, bar.last),
    )


def of_days(request: Request, bar: Bar) -> str:
    """The address of the papers of a bar."""
    return address_of(request.from_start(filters=replace(request.filters, first=bar.first, last=bar.last)))


def span(bar: Bar) -> str:
    """The days of a bar: `2026-11-20`, `2026-11-01 – 2026-11-30`."""
    return str(bar.first) if bar.first == bar.last else f"{bar.first} – {bar.last}"
