"""How everything stands, as the pages show it: read at most every few seconds, for monitors ask often."""

from __future__ import annotations

import time

from fastapi import Request

from operate.facts import Facts, look_at
from papers.calendar import utc_now
from search_ui.layout import engine, folder

SECONDS_KEPT = 15.0


def facts(request: Request) -> Facts | None:
    """The facts of a moment ago; None where the catalogue is on another machine."""
    data = folder(request)
    if data is None:
        return None
    kept: tuple[float, Facts] | None = getattr(request.app.state, "facts", None)
    if kept is not None and time.monotonic() - kept[0] < SECONDS_KEPT:
        return kept[1]
    found = look_at(data, engine(request), utc_now())
    request.app.state.facts = (time.monotonic(), found)
    return found
