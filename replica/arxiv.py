"""arXiv's pages: list and catch-up pages in the markup of 2026, robots.txt, error pages."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import escape

from replica.categories import NAMES
from replica.world import ReplicaPaper, World, latest_listing_day

CATCHUP_DAYS, CATCHUP_PAGE = 90, 2000
PAGE_SIZES = (25, 50, 100, 250, 500, 1000, 2000)
ROBOTS = """# The stand-in's rules, as strict as the site's own.
User-agent: *
Crawl-delay: 15
Allow: /list
Allow: /abs
Allow: /catchup
Disallow: /search
Disallow: /api
Disallow: /format
Disallow: /IgnoreMe
"""
_ADDRESS = re.compile(r"https?://\S+[\w/]")

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
        return _page(category, "\n".join(body))
    paging = f"<div class='paging'>Total of {len(day_entries)} entries </div>"
    fewer = f'<a href=/list/{category}/new?skip={skip}&amp;show=25 rel="nofollow">fewer</a>'
    sizes = f"<div class='morefewer'>Showing up to {show} entries per page: {fewer}</div>"
    body += [paging, sizes]
    body += [_section(kind, day_entries, skip, show, category) for kind in _SECTIONS]
    body += [paging, sizes]
    return _page(category, "\n".join(body))


def catchup(world: World, category: str, day: date, today: date, page: int, *, abstracts: bool) -> str:
    """The page `/catchup/<category>/<day>?abs=…&page=…` as of `today`; a day not announced yet has no entries."""
    day_entries = entries(world, category, day) if day <= latest_listing_day(today) else []
    skip = (page - 1) * CATCHUP_PAGE
    name = escape(NAMES.get(category, category))
    total = f"<div>Total of {len(day_entries)} entries for {day:%a, %d %b %Y}</div>"
    lists = [_section(kind, day_entries, skip, CATCHUP_PAGE, category, abstracts=abstracts) for kind in _SECTIONS]
    body = [f"<h1>Catchup results for {name} on {day:%a, %d %b %Y}</h1>", total, *lists, total]
    return _page(category, "\n".join(body))


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
    rendered = "\n".join(_entry(number + 1, kind, paper, abstracts=abstracts) for number, paper in shown)
    return f"<dl id='articles'>\n<h3>{_SECTIONS[kind]} ({count})</h3>\n{rendered}\n</dl>"


def _entry(number: int, kind: str, paper: ReplicaPaper, *, abstracts: bool) -> str:
    id = paper.id
    primary = paper.categories[0]
    marks = {"new": "", "cross": f" (cross-list from {primary}) ", "replace": " (replaced) "}[kind]
    authors = ", ".join(
        f'<a href="https://arxiv.org/search/?searchtype=author&amp;query={escape(last)}">{escape(name)}</a>'
        for name, (_, last) in zip(paper.author_names, paper.authors, strict=True)
    )
    comments = _field("comments", "Comments:", paper.comments) if paper.comments else ""
    subjects = [f"{escape(NAMES.get(code, code))} ({code})" for code in paper.categories]
    abstract = f"<p class='mathjax'>\n      {_linked(paper.abstract[0])}\n    </p>" if abstracts else ""
    subjects[0] = f'<span class="primary-subject">{subjects[0]}</span>'
    return f"""<dt>
  <a name='item{number}'>[{number}]</a>
  <a href ="/abs/{id}" title="Abstract" id="{id}">
    arXiv:{id}
  </a>
  {marks}
    [<a href="/pdf/{id}" title="Download PDF" id="pdf-{id}">pdf</a>,
    <a href="https://arxiv.org/html/{id}v{paper.version}" title="View HTML" id="html-{id}">html</a>,
    <a href="/format/{id}" title="Other formats" id="oth-{id}">other</a>]
</dt>
<dd>
  <div class='meta'>
    {_field("title mathjax", "Title:", paper.title[0])}
    <div class='list-authors'>{authors}</div>
    {comments}
    <div class='list-subjects'><span class='descriptor'>Subjects:</span>
      {"; ".join(subjects)}
    </div>
    {abstract}
  </div>
</dd>"""


def _field(kind: str, label: str, text: str) -> str:
    return f"<div class='list-{kind}'><span class='descriptor'>{label}</span>\n      {escape(text)}\n    </div>"


def _linked(text: str) -> str:
    """The text as HTML. Each address becomes a link with the text "this https URL", as on the site."""
    parts, position = [], 0
    for match in _ADDRESS.finditer(text):
        scheme = match[0].split(":")[0]
        parts.append(escape(text[position : match.start()]))
        parts.append(
            f'<a href="{escape(match[0])}" rel="external noopener nofollow" class="link-external">this {scheme} URL</a>'
        )
        position = match.end()
    return "".join([*parts, escape(text[position:])])


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head><title>{escape(title)} new submissions</title><meta charset="utf-8"></head>
<body>
<header class="ds-site-header"><a aria-hidden="true" tabindex="-1" href="/IgnoreMe"></a></header>
<main><div id="content"><div id='dlpage'>
{body}
</div></div></main>
</body>
</html>
"""


def error(title: str) -> str:
    title = escape(title)
    return f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"


def respond(world: World, path: str, query: dict[str, str], today: date) -> tuple[int, str, str]:
    """(status, content type, body) of the answer to a request to the stand-in's arXiv."""
    if path == "/robots.txt":
        return 200, "text/plain", ROBOTS
    match = re.fullmatch(r"/list/([\w.-]+)/new", path)
    if match:
        return _listing(world, match[1], query, today)
    match = re.fullmatch(r"/catchup/([\w.-]+)/(\d{4}-\d{2}-\d{2})", path)
    if match:
        return _catchup(world, match[1], match[2], query, today)
    return 404, "text/html", error("404 Not Found")


def _is_known(category: str) -> bool:
    return category in NAMES or category in {code.split(".")[0] for code in NAMES}


def _listing(world: World, category: str, query: dict[str, str], today: date) -> tuple[int, str, str]:
    if not _is_known(category):
        return 400, "text/html", error("Listing requires subject and valid time period parameters.")
    try:
        skip, show = int(query.get("skip", 0)), int(query.get("show", 2000))
    except ValueError:
        return 400, "text/html", error("Invalid paging")
    if skip < 0 or show not in PAGE_SIZES:
        return 400, "text/html", error("Invalid show parameter")
    return 200, "text/html", listing(world, category, today, skip, show)


def _catchup(world: World, category: str, day_text: str, query: dict[str, str], today: date) -> tuple[int, str, str]:
    try:
        day, page = date.fromisoformat(day_text), int(query.get("page", 1))
    except ValueError:
        return 400, "text/html", error("Invalid day or page")
    if not _is_known(category) or page < 1 or not today - timedelta(days=CATCHUP_DAYS) <= day <= today:
        return 400, "text/html", error("Catchup is limited to 90 days.")
    abstracts = query.get("abs") == "True"
    return 200, "text/html", catchup(world, category, day, today, page, abstracts=abstracts)
