"""arXiv's pages: list pages in the markup of 2026, robots.txt, error pages."""

from __future__ import annotations

import re
from datetime import date
from html import escape

from replica.categories import NAMES
from replica.world import ReplicaPaper, World, latest_listing_day

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
    """What `/list/<category>/new` of `day` lists, section by section."""

    def in_it(code: str) -> bool:
        return code == category or code.split(".")[0] == category

    new = [paper for paper in world.announced(day) if in_it(paper.categories[0])]
    cross = [p for p in world.announced(day) if not in_it(p.categories[0]) and any(map(in_it, p.categories))]
    replaced = [paper for paper in world.replaced(day) if any(map(in_it, paper.categories))]
    return [("new", p) for p in new] + [("cross", p) for p in cross] + [("replace", p) for p in replaced]


def listing(world: World, category: str, today: date, skip: int, show: int) -> str:
    """The page `/list/<category>/new?skip=…&show=…` as of `today`."""
    day = latest_listing_day(today)
    found = entries(world, category, day)
    heading = f"Showing new listings for {day:%A}, {day.day} {day:%B} {day.year}"
    body = [
        f"<h1>{escape(NAMES.get(category, category))}</h1>",
        f'<p>See <a id="recent-{category}" href="/list/{category}/recent">recent</a> articles</p>',
        f"<h3>{heading}</h3>",
    ]
    if not found:
        body.append("<p>No updates today.</p>")
        return _page(category, "\n".join(body))
    paging = f"<div class='paging'>Total of {len(found)} entries </div>"
    fewer = f'<a href=/list/{category}/new?skip={skip}&amp;show=25 rel="nofollow">fewer</a>'
    sizes = f"<div class='morefewer'>Showing up to {show} entries per page: {fewer}</div>"
    body += [paging, sizes]
    body += [_section(kind, found, skip, show, category) for kind in _SECTIONS]
    body += [paging, sizes]
    return _page(category, "\n".join(body))


def _section(kind: str, found: list[Entry], skip: int, show: int, category: str) -> str:
    numbered = [(number, paper) for number, (section, paper) in enumerate(found) if section == kind]
    shown = [(number, paper) for number, paper in numbered if skip <= number < skip + show]
    if not shown:
        return ""
    continued = "continued, " if shown[0] != numbered[0] else ""
    cut = "" if len(shown) == len(numbered) else "last " if shown[-1] == numbered[-1] else "" if continued else "first "
    count = f"{continued}showing {cut}{len(shown)} of {len(numbered)} entries"
    listed = "\n".join(_entry(number + 1, kind, paper, category) for number, paper in shown)
    return f"<dl id='articles'>\n<h3>{_SECTIONS[kind]} ({count})</h3>\n{listed}\n</dl>"


def _entry(number: int, kind: str, paper: ReplicaPaper, category: str) -> str:
    id = paper.id
    primary = paper.categories[0]
    marks = {"new": "", "cross": f" (cross-list from {primary}) ", "replace": " (replaced) "}[kind]
    authors = ", ".join(
        f'<a href="https://arxiv.org/search/?searchtype=author&amp;query={escape(last)}">{escape(name)}</a>'
        for name, (_, last) in zip(paper.author_names, paper.authors, strict=True)
    )
    comments = _field("comments", "Comments:", paper.comments) if paper.comments else ""
    subjects = [f"{escape(NAMES.get(code, code))} ({code})" for code in paper.categories]
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
    <p class='mathjax'>
      {_linked(paper.abstract[0])}
    </p>
  </div>
</dd>"""


def _field(kind: str, label: str, text: str) -> str:
    return f"<div class='list-{kind}'><span class='descriptor'>{label}</span>\n      {escape(text)}\n    </div>"


def _linked(text: str) -> str:
    """Addresses as the site shows them: a link that says only "this https URL"."""
    parts, at = [], 0
    for match in _ADDRESS.finditer(text):
        scheme = match[0].split(":")[0]
        parts.append(escape(text[at : match.start()]))
        parts.append(
            f'<a href="{escape(match[0])}" rel="external noopener nofollow" class="link-external">this {scheme} URL</a>'
        )
        at = match.end()
    return "".join([*parts, escape(text[at:])])


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
    """(status, content type, body) of a request to the stand-in's arXiv."""
    if path == "/robots.txt":
        return 200, "text/plain", ROBOTS
    match = re.fullmatch(r"/list/([\w.-]+)/new", path)
    if match is None:
        return 404, "text/html", error("404 Not Found")
    if match[1] not in NAMES and match[1] not in {code.split(".")[0] for code in NAMES}:
        return 400, "text/html", error("Listing requires subject and valid time period parameters.")
    try:
        skip, show = int(query.get("skip", 0)), int(query.get("show", 2000))
    except ValueError:
        return 400, "text/html", error("Invalid paging")
    if skip < 0 or show not in PAGE_SIZES:
        return 400, "text/html", error("Invalid show parameter")
    return 200, "text/html", listing(world, match[1], today, skip, show)
