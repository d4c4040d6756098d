"""arxiv.org: which page answers an address; robots.txt, and the addresses that are not valid."""

from __future__ import annotations

import re
from datetime import date, timedelta

from replica import abs, html, lists, periods
from replica.categories import is_known
from replica.reply import HTML, TEXT, Reply, error
from replica.world import World

CATCHUP_DAYS = 90
PAGE_SIZES = (25, 50, 100, 250, 500, 1000, 2000)
ROBOTS = """# The stand-in's rules, as strict as the site's own.
User-agent: *
Crawl-delay: 15
Allow: /list
Allow: /abs
Allow: /html
Allow: /catchup
Disallow: /search
Disallow: /api
Disallow: /format
Disallow: /IgnoreMe
"""


def respond(world: World, path: str, query: dict[str, str], today: date) -> Reply:
    """The answer to a request to the stand-in's arXiv."""
    if path == "/robots.txt":
        return Reply(200, TEXT, ROBOTS)
    if match := re.fullmatch(r"/list/([\w.-]+)/(new|recent|\d{4}-\d{2})", path):
        return _listing(world, match[1], match[2], query, today)
    if match := re.fullmatch(r"/catchup/([\w.-]+)/(\d{4}-\d{2}-\d{2})", path):
        return _catchup(world, match[1], match[2], query, today)
    if match := re.fullmatch(r"/abs/(\d{4}\.\d{5}(?:v\d+)?)", path):
        return abs.respond(world, match[1], today)
    if match := re.fullmatch(r"/html/(\d{4}\.\d{5}(?:v\d+)?)", path):
        return html.respond(world, match[1], today)
    return error(404, "404 Not Found")


def _listing(world: World, category: str, period: str, query: dict[str, str], today: date) -> Reply:
    if not is_known(category):
        return error(400, "Listing requires subject and valid time period parameters.")
    try:
        skip, show = int(query.get("skip", 0)), int(query.get("show", 2000 if period == "new" else 50))
        month = date.fromisoformat(f"{period}-01") if period[0].isdigit() else today
    except ValueError:
        return error(400, "Invalid paging")
    if skip < 0 or show not in PAGE_SIZES:
        return error(400, "Invalid show parameter")
    if month > today:
        return error(404, "Invalid month")
    if period == "new":
        return Reply(200, HTML, lists.listing(world, category, today, skip, show))
    if period == "recent":
        return Reply(200, HTML, periods.recent(world, category, today, skip, show))
    return Reply(200, HTML, periods.month(world, category, month, today, skip, show))


def _catchup(world: World, category: str, day_text: str, query: dict[str, str], today: date) -> Reply:
    try:
        day, number = date.fromisoformat(day_text), int(query.get("page", 1))
    except ValueError:
        return error(400, "Invalid day or page")
    if not is_known(category) or number < 1 or not today - timedelta(days=CATCHUP_DAYS) <= day <= today:
        return error(400, "Catchup is limited to 90 days.")
    abstracts = query.get("abs") == "True"
    return Reply(200, HTML, lists.catchup(world, category, day, today, number, abstracts=abstracts))
