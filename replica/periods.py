"""arXiv's lists of several days: `/list/<category>/recent`, and of a month, `/list/<category>/2026-11`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from html import escape

from replica.categories import NAMES
from replica.lists import entries
from replica.markup import entry, page
from replica.world import ReplicaPaper, World, is_listing_day, latest_listing_day, listing_day_before

RECENT_DAYS = 5


def recent(world: World, category: str, today: date, skip: int, show: int) -> str:
    """The new and the cross-listed papers of the last five listing days, the newest day first."""
    newest = latest_listing_day(today)
    days = [newest, *(listing_day_before(newest, ago) for ago in range(1, RECENT_DAYS))]
    sections = [(day, _listed(world, category, day)) for day in days]
    total = sum(len(papers) for _, papers in sections)
    body = [f"<h1>{escape(NAMES.get(category, category))}</h1>", f"<div class='paging'>Total of {total} entries </div>"]
    place = 0
    for day, papers in sections:
        heading = f"{day:%a}, {day.day} {day:%b} {day.year}"
        shown = [(n, p) for n, p in enumerate(papers, start=place) if skip <= n < skip + show]
        if not papers and place >= skip:
            body.append(f"<dl id='articles'><h3>{heading}</h3><p>No updates for this time period.</p></dl>")
        if shown:
            body.append(f"<dl id='articles'><h3>{heading} ({_showing(shown, papers, place)})</h3>")
            body += [entry(n + 1, kind, paper, abstracts=False) for n, (kind, paper) in shown]
            body.append("</dl>")
        place += len(papers)
    return page(category, "\n".join(body))


def _listed(world: World, category: str, day: date) -> list[tuple[str, ReplicaPaper]]:
    return [(kind, paper) for kind, paper in entries(world, category, day) if kind != "replace"]


def _showing(shown: Sequence[tuple[int, object]], papers: list[tuple[str, ReplicaPaper]], place: int) -> str:
    if len(shown) == len(papers):
        return f"showing {len(papers)} of {len(papers)} entries "
    continued = "continued, " if shown[0][0] != place else ""
    part = "last " if shown[-1][0] == place + len(papers) - 1 else "" if continued else "first "
    return f"{continued}showing {part}{len(shown)} of {len(papers)} entries "


def month(world: World, category: str, first: date, today: date, skip: int, show: int) -> str:
    """The new and the cross-listed papers of a month, up to today, in the order of their ids."""
    last = monthrange(first.year, first.month)[1]
    days = [first.replace(day=number) for number in range(1, last + 1)]
    papers = [
        pair for day in days if is_listing_day(day) and day <= latest_listing_day(today)
        for pair in _listed(world, category, day)
    ]  # fmt: skip
    total = f"<div class='paging'>Total of {len(papers)} entries </div>" if papers else ""
    shown = [(n, pair) for n, pair in enumerate(papers) if skip <= n < skip + show]
    body = [f"<h1>{escape(NAMES.get(category, category))}</h1>", total, "<dl id='articles'>"]
    body += [entry(n + 1, kind, paper, abstracts=False) for n, (kind, paper) in shown]
    body += ["" if shown else "<p>No updates for this time period.</p>", "</dl>", total]
    return page(f"{category} {first:%B %Y}", "\n".join(body))
