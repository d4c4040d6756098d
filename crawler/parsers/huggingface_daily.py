"""Hugging Face's daily papers: the API's JSON, the page of a day, and the page of one paper.

The pages carry the same records as JSON in an attribute: `[data-target=DailyPapers]@data-props` and
`[data-target=PaperContent]@data-props`. A day's last API page is `[]` or shorter than the smallest page.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import tree, unexpected
from papers import identifiers
from papers.identifiers import InvalidIdentifier
from papers.normalise.dates import iso8601, iso_day
from papers.normalise.text import clean
from papers.paper import Page, Sighting, State

SOURCE = "huggingface-daily"
EXPECTED = "Hugging Face daily papers: a JSON list, or a page with data-target DailyPapers or PaperContent"
# The API's default page size; it never sends smaller pages, so a shorter one is the last.
SMALLEST_PAGE = 50

_PAGE_DAY = re.compile(r"/papers/date/(\d{4}-\d{2}-\d{2})")


def parse(body: bytes, url: str = "") -> Page:
    """A day's papers, or one paper. Raises UnexpectedPage where the body is neither list nor page."""
    start = body.lstrip()[:1]
    if start in (b"[", b"{"):
        entries, paged = _entries_of_json(body), True
    else:
        entries, paged = _entries_of_page(body), False
    day = _day_of(url)
    sightings, warnings = [], []
    for number, entry in enumerate(entries, start=1):
        try:
            sightings.append(_sighting(entry, day))
        except (AttributeError, TypeError, ValueError, KeyError, InvalidIdentifier) as error:
            warnings.append(f"Entry {number} could not be read: {error}")
    if entries and not sightings:
        raise UnexpectedPage(EXPECTED, f"{len(entries)} entries of an unknown form")
    number = _page_number(url)
    return Page(
        source=SOURCE,
        listing="",
        day=day or max((s.day for s in sightings if s.day), default=None),
        sightings=tuple(sightings),
        offset=number,
        stated=len(entries),
        state=State.PARTIAL if warnings else State.COMPLETE if entries else State.EMPTY,
        next_offset=number + 1 if paged and len(entries) >= SMALLEST_PAGE else None,
        warnings=tuple(warnings),
        url=url,
    )


def _entries_of_json(body: bytes) -> list[dict[str, Any]]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UnexpectedPage(EXPECTED, f"JSON that was cut off or is broken ({error})") from error
    if isinstance(found, dict):
        if "paper" in found or ("id" in found and "title" in found):
            return [found]
        raise UnexpectedPage(EXPECTED, f"an error: {str(found.get('error') or list(found))[:160]}")
    if not all(isinstance(entry, dict) for entry in found):
        raise UnexpectedPage(EXPECTED, "a JSON list of something else")
    return list(found)


def _entries_of_page(body: bytes) -> list[dict[str, Any]]:
    root = tree(body, EXPECTED)
    for target, key in (("DailyPapers", "dailyPapers"), ("PaperContent", "paper")):
        for element in root.iterfind(f".//*[@data-target='{target}']"):
            try:
                found = orjson.loads(element.get("data-props") or "").get(key)
            except (orjson.JSONDecodeError, AttributeError) as error:
                raise UnexpectedPage(EXPECTED, f"data-props that are no JSON object ({error})") from error
            if isinstance(found, dict):
                return [found]
            if isinstance(found, list):
                return found
    raise unexpected(body, root, EXPECTED)


def _day_of(url: str) -> date | None:
    match = _PAGE_DAY.search(url)
    return iso_day(match[1] if match else parse_qs(urlsplit(url).query).get("date", [""])[0])


def _page_number(url: str) -> int:
    number = parse_qs(urlsplit(url).query).get("p", ["0"])[0]
    return int(number) if number.isdigit() else 0


def _sighting(entry: dict[str, Any], day: date | None) -> Sighting:
    paper: dict[str, Any] = entry.get("paper") or entry
    organisation = paper.get("organization") or entry.get("organization") or {}
    upvotes = paper.get("upvotes")
    return Sighting(
        id=identifiers.key(paper["id"]),
        source=SOURCE,
        # `publishedAt` of the entry is four hours early and names the day before: never the day.
        day=iso_day(paper.get("submittedOnDailyAt")) or day,
        title=clean(paper.get("title") or entry.get("title")),
        authors=tuple(
            name
            for author in paper.get("authors") or ()
            if not author.get("hidden") and (name := clean(author.get("name")))
        ),
        abstract=clean(paper.get("summary") or entry.get("summary")),
        submitted=iso8601(paper.get("publishedAt")),
        upvotes=int(upvotes) if upvotes is not None else None,
        code=repository(paper.get("githubRepo")),
        project=_address(paper.get("projectPage")),
        keywords=tuple(word for keyword in paper.get("ai_keywords") or () if (word := clean(keyword))),
        organisation=clean(organisation.get("fullname") or organisation.get("name")),
    )


def repository(address: str | None) -> str | None:
    """A repository's address without `.git` or a slash at its end."""
    found = _address(address)
    return found.rstrip("/").removesuffix(".git") if found else None


def _address(text: str | None) -> str | None:
    """Only what a browser may open: an https or http address."""
    text = (text or "").strip()
    return text if text.lower().startswith(("https://", "http://")) else None
