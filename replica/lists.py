"""arXiv's lists of one day: `/list/<category>/new`, and the catch-up pages."""

from __future__ import annotations

from datetime import date
from html import escape

from replica.categories import NAMES
from replica.markup import entry, page
from replica.world import ReplicaPaper, World, latest_listing_day

CATCHUP_PAGE = 2000
Entry = tuple[str, ReplicaPaper]  # section (new, cross, replace) and paper
_SECTIONS = {"new": "New submissions", "cross": "Cross submissions", "replace": "Replacement submissions"}


def entries(world: World, category: str, day: date) -> list[Entry]:
    """The entries of `/list/<category>/new` on `day`, in the order of its sections: new, cross, replace."""

    def belongs(code: str) -> bool:
        return code == category or code.split(".")[0] == category

    new = [paper for paper in world.announced(day) if belongs(paper.categories[0])]
    cross = [p for p in world.announced(day) if not belongs(p.categories[0]) and any(map(belongs, p.categories))]
    replaced = [paper for paper in world.replaced(day) if any(map(belongs, paper.categories))]
    return [("new", p) for p in new] + [("cross", p) for p in cross] + [("replace", p) for p in replaced]


def listing(world: World, category: str, today: date, skip: int, show: int) -> str:
    """The page `/list/<category>/new?skip=…&show=…` as of `today`."""
    day = latest_listing_day(today)
    day_entries = entries(world, category, day)
    heading = f"Showing new listings for {day:%A}, {day.day} {day:%B} {day.year}"
    body = [
        f"<h1>{escape(NAMES.get(category, category))}</h1>",
        f'<p>See <a id="recent-{category}" href="/list/{category}/recent">recent</a> articles</p>',
        f"<h3>{heading}</h3>",
    ]
    if not day_entries:
        body.append("<p>No updates today.</p>")
        return page(category, "\n".join(body))
    paging = f"<div class='paging'>Total of {len(day_entries)} entries </div>"
    fewer = f'<a href=/list/{category}/new?skip={skip}&amp;show=25 rel="nofollow">fewer</a>'
    sizes = f"<div class='morefewer'>Showing up to {show} entries per page: {fewer}</div>"
    body += [paging, sizes]
    body += [_section(kind, day_entries, skip, show, category) for kind in _SECTIONS]
    body += [paging, sizes]
    return page(category, "\n".join(body))


def catchup(world: World, category: str, day: date, today: date, number: int, *, abstracts: bool) -> str:
    """The page `/catchup/<category>/<day>?abs=…&page=…` as of `today`; a day not announced yet has no entries."""
    day_entries = entries(world, category, day) if day <= latest_listing_day(today) else []
    skip = (number - 1) * CATCHUP_PAGE
    name = escape(NAMES.get(category, category))
    total = f"<div>Total of {len(day_entries)} entries for {day:%a, %d %b %Y}</div>"
    lists = [_section(kind, day_entries, skip, CATCHUP_PAGE, category, abstracts=abstracts) for kind in _SECTIONS]
    body = [f"<h1>Catchup results for {name} on {day:%a, %d %b %Y}</h1>", total, *lists, total]
    return page(category, "\n".join(body))


def _section(kind: str, entries: list[Entry], skip: int, show: int, category: str, *, abstracts: bool = True) -> str:
    numbered = [(number, paper) for number, (section, paper) in enumerate(entries) if section == kind]
    shown = [(number, paper) for number, paper in numbered if skip <= number < skip + show]
    if not shown:
        return ""
    continued = "continued, " if shown[0] != numbered[0] else ""
    part = (
        "" if len(shown) == len(numbered) else "last " if shown[-1] == numbered[-1] else "" if continued else "first "
    )
    count = f"{continued}showing {part}{len(shown)} of {len(numbered)} entries"
    rendered = "\n".join(entry(number + 1, kind, paper, abstracts=abstracts) for number, paper in shown)
    return f"<dl id='articles'>\n<h3>{_SECTIONS[kind]} ({count})</h3>\n{rendered}\n</dl>"
