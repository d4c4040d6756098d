"""Hugging Face's daily papers: the API, the page of a day, robots.txt."""

from __future__ import annotations

import json
import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from html import escape
from typing import Any

from replica.reply import HTML, JSON, TEXT, Reply, error
from replica.world import ReplicaPaper, World

ROBOTS = "User-agent: *\nAllow: /\n"
DEFAULT_LIMIT, MOST = 50, 100


def entry(paper: ReplicaPaper, day: date) -> dict[str, Any]:
    """A paper as one record of the API. As on the site, the outer `publishedAt` is of the day before."""
    record: dict[str, Any] = {
        "id": paper.id,
        "authors": [{"name": name, "hidden": False} for name in paper.author_names],
        "publishedAt": paper.submitted.isoformat().replace("+00:00", ".000Z"),
        "submittedOnDailyAt": f"{day.isoformat()}T00:00:00.000Z",
        "title": paper.title[0].replace(" ", "\n  ", 1) if int(paper.id[-1]) == 0 else paper.title[0],
        "summary": paper.abstract[0],
        "upvotes": paper.upvotes,
    }
    if int(paper.id[-1]) % 2:
        record["ai_summary"] = f"A model's one sentence on {paper.title[0]}."
        record["mediaUrls"] = [f"https://media.example.org/{paper.id}.png"]
    if paper.code:
        record["githubRepo"] = paper.code
    return {
        "paper": record,
        "publishedAt": f"{(day - timedelta(days=1)).isoformat()}T20:00:00.000Z",
        "title": record["title"],
        "summary": record["summary"],
        "numComments": 0,
    }


def respond(world: World, path: str, query: dict[str, str], today: date) -> Reply:
    """The answer to a request to the stand-in's Hugging Face."""
    if path == "/robots.txt":
        return Reply(200, TEXT, ROBOTS)
    if path == "/api/daily_papers":
        return _api(world, query, today)
    match = re.fullmatch(r"/papers/date/(\d{4}-\d{2}-\d{2})", path)
    day = _day(match[1]) if match else None
    return error(404, "404") if day is None else Reply(200, HTML, _page(world, day, today))


def _entries(world: World, day: date, today: date) -> list[dict[str, Any]]:
    return [entry(paper, day) for paper in world.featured(day)] if day <= today else []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _api(world: World, query: dict[str, str], today: date) -> Reply:
    number, limit = query.get("p", "0"), query.get("limit", str(DEFAULT_LIMIT))
    entries = _chosen(world, query, today)
    if entries is None or not number.isdigit() or not limit.isdigit() or not 1 <= int(limit) <= MOST:
        return Reply(400, JSON, json.dumps({"error": "Invalid query"}))
    first = int(number) * int(limit)
    return Reply(200, JSON, json.dumps(entries[first : first + int(limit)]))


def _chosen(world: World, query: dict[str, str], today: date) -> list[dict[str, Any]] | None:
    """The entries that a query asks for; None where it is not valid."""
    if query.get("sort") == "trending":
        return [entry(paper, paper.day) for paper in world.trending(today)]
    try:
        if "week" in query:
            monday = datetime.strptime(f"{query['week']}-1", "%G-W%V-%u").date()
            days = [monday + timedelta(days=number) for number in range(7)]
        elif "month" in query:
            first = date.fromisoformat(f"{query['month']}-01")
            days = [first.replace(day=n) for n in range(1, monthrange(first.year, first.month)[1] + 1)]
        else:
            days = [date.fromisoformat(query.get("date", today.isoformat()))]
    except ValueError:
        return None
    return [record for day in days for record in _entries(world, day, today)]


def _page(world: World, day: date, today: date) -> str:
    properties = {"dailyPapers": _entries(world, day, today), "dateString": day.isoformat()}
    return f"""<!doctype html>
<html><head><meta charset="utf-8"><title>Daily Papers</title></head><body><main>
<div class="SVELTE_HYDRATER contents" data-target="DailyPapers" data-props="{escape(json.dumps(properties))}"></div>
</main></body></html>
"""
