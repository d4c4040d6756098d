"""Hugging Face's daily papers: the API's JSON, the page of a day, and the page of one paper.

The pages have the same records as JSON in an attribute: `[data-target=DailyPapers]@data-props` and
`[data-target=PaperContent]@data-props`. A day's last API page is `[]` or has fewer than SMALLEST_PAGE entries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import tree, unexpected
from papers import identifiers, sources
from papers.identifiers import InvalidIdentifier
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.code_links import repository, web_address
from papers.normalise.dates import iso8601, iso_day
from papers.normalise.text import clean
from papers.paper import MOST_FIGURES, REJECTED_START, Page, PageState, Rejected, Section, Sighting

SOURCE = sources.HUGGING_FACE
EXPECTED = "Hugging Face daily papers: a JSON list, or a page with data-target DailyPapers or PaperContent"
# The API's default page size; it never sends smaller pages, so a shorter one is the last.
SMALLEST_PAGE = 50

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")
_PAGE_DAY = re.compile(r"/papers/date/(\d{4}-\d{2}-\d{2})")


def parse(body: bytes, url: str = "") -> Page:
    """Parse a day's papers, or one paper. Raises UnexpectedPage if the body is neither the API's JSON nor a page."""
    first_byte = body.lstrip()[:1]
    if first_byte in (b"[", b"{"):
        entries, is_paged = _entries_of_json(body), True
    else:
        entries, is_paged = _entries_of_page(body), False
    day = _day_of(url)
    sightings, rejected, warnings = [], [], []
    for number, entry in enumerate(entries, start=1):
        try:
            sighting, notes = _sighting(entry, day)
        except (AttributeError, TypeError, ValueError, KeyError, OverflowError, InvalidIdentifier) as error:
            # Python's own message for a list in place of an object would not help a reader.
            detail = error if type(error) in (ValueError, InvalidIdentifier) else "a field of it is of another type"
            reason = f"{_name(entry)} could not be read: {detail}".rstrip(".")
            rejected.append(Rejected(number, reason, _snippet(entry)))
            warnings.append(f"Entry {number} was left out: {reason}.")
        else:
            sightings.append(sighting)
            warnings += [f"{sighting.id}: {note}." for note in notes]
    if entries and not sightings:
        raise UnexpectedPage(EXPECTED, f"{len(entries)} entries of an unknown form; {warnings[0]}")
    number = page_number(url)
    return Page(
        source=SOURCE,
        sightings=tuple(sightings),
        sections=(Section("", _list_day(sightings, day), "", None, len(sightings)),),
        rejected=tuple(rejected),
        state=PageState.PARTIAL if rejected else PageState.COMPLETE if entries else PageState.EMPTY,
        resume=str(number + 1) if is_paged and len(entries) >= SMALLEST_PAGE else None,
        warnings=tuple(warnings),
        url=url,
    )


def _list_day(sightings: Sequence[Sighting], requested_day: date | None) -> date | None:
    """The day of the list: the requested one if a paper has it or none has a day, else the latest day of the papers."""
    days = {sighting.day for sighting in sightings if sighting.day}
    return requested_day if requested_day in days or not days else max(days)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half a surrogate pair in one title must not lose the whole day: Python's own decoder accepts it.
        return json.loads(body)


def _name(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "an entry that is not an object"
    paper = entry.get("paper")
    id = paper.get("id") if isinstance(paper, dict) else entry.get("id")
    return str(id)[:40] if id else "an entry without an id"


def _snippet(entry: dict[str, Any]) -> str:
    return json.dumps(entry)[:REJECTED_START]


def _entries_of_json(body: bytes) -> list[dict[str, Any]]:
    try:
        content = _json(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedPage(EXPECTED, f"JSON that was cut off or is broken ({error})") from error
    if isinstance(content, dict):
        if "paper" in content or ("id" in content and "title" in content):
            return [content]
        raise UnexpectedPage(EXPECTED, f"an error: {str(content.get('error') or list(content))[:160]}")
    return _objects(content)


def _objects(entries: list[Any]) -> list[dict[str, Any]]:
    if entries and not any(isinstance(entry, dict) for entry in entries):
        raise UnexpectedPage(EXPECTED, "a list of something else")
    return list(entries)


def _entries_of_page(body: bytes) -> list[dict[str, Any]]:
    root = tree(body, EXPECTED)
    for target, key in (("DailyPapers", "dailyPapers"), ("PaperContent", "paper")):
        for element in root.iterfind(f".//*[@data-target='{target}']"):
            try:
                content = orjson.loads(element.get("data-props") or "").get(key)
            except (orjson.JSONDecodeError, AttributeError) as error:
                raise UnexpectedPage(EXPECTED, f"data-props that are not a JSON object ({error})") from error
            if isinstance(content, dict):
                return [content]
            if isinstance(content, list):
                return _objects(content)
    raise unexpected(body, root, EXPECTED)


def _day_of(url: str) -> date | None:
    match = _PAGE_DAY.search(url)
    return iso_day(match[1] if match else parse_qs(urlsplit(url).query).get("date", [""])[0])


def page_number(url: str) -> int:
    """The number of an API page, from its address. The first is 0, which is also the default."""
    return bounds.whole_number(parse_qs(urlsplit(url).query).get("p", ["0"])[0]) or 0


def _sighting(entry: dict[str, Any], day: date | None) -> tuple[Sighting, Sequence[str]]:
    paper: dict[str, Any] = entry.get("paper") or entry
    organisation = paper.get("organization") or entry.get("organization") or {}
    notes = Notes()
    title = clean(paper.get("title") or entry.get("title"))
    if title is None:
        raise ValueError("it has no title")
    # `publishedAt` of the entry is four hours early and falls on the day before, so it never gives the day.
    listed_at = bounds.moment(iso8601(paper.get("submittedOnDailyAt")), notes)
    # Since June 2026 this is the day of the list, at midnight. Before, it was a moment, perhaps of the day before.
    is_day = listed_at is not None and listed_at.time() == time()
    fields = {
        "title": title,
        "authors": names.listed(
            author.get("name") for author in paper.get("authors") or () if not author.get("hidden")
        ),
        "abstract": clean(paper.get("summary") or entry.get("summary")),
        "code": repository(paper.get("githubRepo")),
        "project": web_address(paper.get("projectPage")),
        "keywords": _keywords(paper.get("ai_keywords")),
        "summary": clean(paper.get("ai_summary")),
        "figures": _pictures(paper.get("mediaUrls") or entry.get("mediaUrls")),
        "organisation": clean(organisation.get("fullname") or organisation.get("name")),
    }
    return bounds.sighting(
        notes,
        id=identifiers.key(paper["id"]),
        source=SOURCE,
        day=listed_at.date() if listed_at and (is_day or day is None) else day,
        submitted=bounds.moment(iso8601(paper.get("publishedAt")), notes),
        upvotes=bounds.upvotes(paper.get("upvotes"), notes),
        **fields,
    ), notes


def _pictures(addresses: object) -> tuple[str, ...]:
    """The addresses of pictures; those of films are left out."""
    texts = addresses if isinstance(addresses, list) else ()
    known = [web_address(text) for text in texts if isinstance(text, str)]
    return tuple(address for address in known if address and address.lower().endswith(_PICTURES))[:MOST_FIGURES]


def _keywords(keywords: object) -> tuple[str, ...]:
    """The keywords of a list, or of one string with commas."""
    raw_keywords = keywords.split(",") if isinstance(keywords, str) else keywords
    if not isinstance(raw_keywords, list):
        return ()
    return tuple(word for keyword in raw_keywords if isinstance(keyword, str) and (word := clean(keyword)))
