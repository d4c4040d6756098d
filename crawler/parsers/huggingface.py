"""A record of Hugging Face's, of a list or of one paper, as a sighting; and how its JSON and its pages are read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

import orjson

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import Element
from papers import identifiers, sources
from papers.identifiers import InvalidIdentifier
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.code_links import repository, web_address
from papers.normalise.dates import iso8601
from papers.normalise.text import clean
from papers.paper import MOST_FIGURES, REJECTED_START, Rejected, Sighting

SOURCE = sources.HUGGING_FACE
Record = dict[str, Any]
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


def json_of(body: bytes, expected: str) -> Any:
    """The content of the API's JSON; raises UnexpectedPage where it is cut off, broken, or an error of the API's."""
    try:
        content = _decoded(body)
    except (ValueError, RecursionError) as error:
        raise UnexpectedPage(expected, f"JSON that was cut off or is broken ({error})") from error
    if isinstance(content, dict) and "error" in content:
        raise UnexpectedPage(expected, f"an error: {str(content['error'])[:160]}")
    return content


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # Half a surrogate pair in one title must not lose the whole day: Python's own decoder accepts it.
        return json.loads(body)


def properties(root: Element, target: str, expected: str) -> Iterator[Record]:
    """The JSON objects in `[data-target=…]@data-props` of a page; raises UnexpectedPage for one that is none."""
    for element in root.iterfind(f".//*[@data-target='{target}']"):
        try:
            content = orjson.loads(element.get("data-props") or "")
        except orjson.JSONDecodeError as error:
            raise UnexpectedPage(expected, f"data-props that are not a JSON object ({error})") from error
        if not isinstance(content, dict):
            raise UnexpectedPage(expected, "data-props that are not a JSON object")
        yield content


def read(number: int, record: Any, day: date | None) -> tuple[Sighting | Rejected, Sequence[str]]:
    """A record as a sighting or, where it is no paper, as what was left out; with notes as parts of sentences.

    `number` is its place, from 1; `day` the day of the list that was asked for.
    """
    try:
        return _sighting(record, day)
    except (AttributeError, TypeError, ValueError, KeyError, OverflowError, InvalidIdentifier) as error:
        # Python's own message for a list in place of an object would not help a reader.
        detail = error if type(error) in (ValueError, InvalidIdentifier) else "a field of it is of another type"
        reason = f"{_name(record)} could not be read: {detail}".rstrip(".")
        return Rejected(number, reason, json.dumps(record)[:REJECTED_START]), ()


def _name(record: Any) -> str:
    if not isinstance(record, dict):
        return "an entry that is not an object"
    paper = record.get("paper")
    id = paper.get("id") if isinstance(paper, dict) else record.get("id")
    return str(id)[:40] if id else "an entry without an id"


def _sighting(entry: Record, day: date | None) -> tuple[Sighting, Sequence[str]]:
    paper: Record = entry.get("paper") or entry
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
