"""The state of everything, as the pages show it. It is cached for some seconds, because monitors ask often."""

from __future__ import annotations

import time

from fastapi import Request

from operate.facts import Facts, look_at
from papers.calendar import utc_now
from search_ui.layout import engine, folder

SECONDS_KEPT = 15.0


def facts(request: Request) -> Facts | None:
    """The facts, at most SECONDS_KEPT old; None if the catalogue is on another machine."""
    data = folder(request)
    if data is None:
        return None
    cached: tuple[float, Facts] | None = getattr(request.app.state, "facts", None)
    if cached is not None and time.monotonic() - cached[0] < SECONDS_KEPT:
        return cached[1]
    current = look_at(data, engine(request), utc_now())
    request.app.state.facts = (time.monotonic(), current)
    return current
