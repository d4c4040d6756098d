"""Hugging Face's daily papers: the API's JSON, and the page of a day, a week or a month.

The pages have the same records as JSON in an attribute: `[data-target=DailyPapers]@data-props`. A list's last API page
is `[]` or has fewer than SMALLEST_PAGE entries. What is trending has the same form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.parsers import huggingface
from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import tree, unexpected
from crawler.parsers.huggingface import SOURCE
from papers.normalise import bounds
from papers.normalise.dates import iso_day
from papers.paper import Page, PageState, Rejected, Section, Sighting

EXPECTED = "Hugging Face daily papers: a JSON list, or a page with data-target DailyPapers"
# The API's default page size; it never sends smaller pages, so a shorter one is the last.
SMALLEST_PAGE = 50
_PAGE_DAY = re.compile(r"/papers/date/(\d{4}-\d{2}-\d{2})")
_OF_SEVERAL_DAYS = re.compile(r"/papers/(?:week|month|trending)|[?&](?:week=|month=|sort=trending)")


def parse(body: bytes, url: str = "") -> Page:
    """Parse a list of papers. Raises UnexpectedPage if the body is neither the API's JSON nor a page."""
    is_json = body.lstrip()[:1] in (b"[", b"{")
    entries = _objects(huggingface.json_of(body, EXPECTED)) if is_json else _entries_of_page(body)
    day = _day_of(url)
    sightings: list[Sighting] = []
    rejected: list[Rejected] = []
    warnings: list[str] = []
    for number, entry in enumerate(entries, start=1):
        record, notes = huggingface.read(number, entry, day)
        if isinstance(record, Rejected):
            rejected.append(record)
            warnings.append(f"Entry {number} was left out: {record.reason}.")
        else:
            sightings.append(record)
            warnings += [f"{record.id}: {note}." for note in notes]
    if entries and not sightings:
        raise UnexpectedPage(EXPECTED, f"{len(entries)} entries of an unknown form; {warnings[0]}")
    number = page_number(url)
    list_day = None if _OF_SEVERAL_DAYS.search(url) else _list_day(sightings, day)
    return Page(
        source=SOURCE,
        sightings=tuple(sightings),
        sections=(Section("", list_day, "", None, len(sightings)),),
        rejected=tuple(rejected),
        state=PageState.PARTIAL if rejected else PageState.COMPLETE if entries else PageState.EMPTY,
        resume=str(number + 1) if is_json and len(entries) >= SMALLEST_PAGE else None,
        warnings=tuple(warnings),
        url=url,
    )


def _list_day(sightings: Sequence[Sighting], requested_day: date | None) -> date | None:
    """The day of the list: the requested one if a paper has it or none has a day, else the latest day of the papers."""
    days = {sighting.day for sighting in sightings if sighting.day}
    return requested_day if requested_day in days or not days else max(days)


def _objects(content: Any) -> list[Any]:
    if isinstance(content, dict):
        raise UnexpectedPage(EXPECTED, f"an object with {', '.join(map(str, content)) or 'nothing'}"[:160])
    if not isinstance(content, list) or (content and not any(isinstance(entry, dict) for entry in content)):
        raise UnexpectedPage(EXPECTED, "a list of something else")
    return content


def _entries_of_page(body: bytes) -> list[Any]:
    root = tree(body, EXPECTED)
    for content in huggingface.properties(root, "DailyPapers", EXPECTED):
        if isinstance(content.get("dailyPapers"), list):
            return _objects(content["dailyPapers"])
    raise unexpected(body, root, EXPECTED)


def _day_of(url: str) -> date | None:
    match = _PAGE_DAY.search(url)
    return iso_day(match[1] if match else parse_qs(urlsplit(url).query).get("date", [""])[0])


def page_number(url: str) -> int:
    """The number of an API page, from its address. The first is 0, which is also the default."""
    return bounds.whole_number(parse_qs(urlsplit(url).query).get("p", ["0"])[0]) or 0
