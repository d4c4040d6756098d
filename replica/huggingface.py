"""Hugging Face's daily papers: the API, the page of a day, robots.txt."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import escape
from typing import Any

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


def respond(world: World, path: str, query: dict[str, str], today: date) -> tuple[int, str, str]:
    """(status, content type, body) of the answer to a request to the stand-in's Hugging Face."""
    if path == "/robots.txt":
        return 200, "text/plain", ROBOTS
    if path == "/api/daily_papers":
        return _api(world, query, today)
    match = re.fullmatch(r"/papers/date/(\d{4}-\d{2}-\d{2})", path)
    day = _day(match[1]) if match else None
    if day is None:
        return 404, "text/html", "<!doctype html><html><head><title>404</title></head><body><h1>404</h1></body></html>"
    return 200, "text/html", _page(world, day, today)


def _entries(world: World, day: date, today: date) -> list[dict[str, Any]]:
    return [entry(paper, day) for paper in world.featured(day)] if day <= today else []


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _api(world: World, query: dict[str, str], today: date) -> tuple[int, str, str]:
    day = _day(query.get("date", today.isoformat()))
    number, limit = query.get("p", "0"), query.get("limit", str(DEFAULT_LIMIT))
    if day is None or not number.isdigit() or not limit.isdigit() or not 1 <= int(limit) <= MOST:
        return 400, "application/json", json.dumps({"error": "Invalid query"})
    first = int(number) * int(limit)
    return 200, "application/json", json.dumps(_entries(world, day, today)[first : first + int(limit)])


def _page(world: World, day: date, today: date) -> str:
    properties = {"dailyPapers": _entries(world, day, today), "dateString": day.isoformat()}
    return f"""<!doctype html>
<html><head><meta charset="utf-8"><title>Daily Papers</title></head><body><main>
<div class="SVELTE_HYDRATER contents" data-target="DailyPapers" data-props="{escape(json.dumps(properties))}"></div>
</main></body></html>
"""
