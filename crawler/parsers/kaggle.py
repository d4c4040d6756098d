"""The arXiv snapshot that Kaggle carries: NDJSON, one paper a line, raw TeX, hard-wrapped."""

from __future__ import annotations

from typing import Any

import orjson

from crawler.parsers.errors import UnexpectedPage
from papers import identifiers
from papers.categories import resolve_all
from papers.normalise import names
from papers.normalise.dates import rfc2822
from papers.normalise.licences import licence
from papers.normalise.text import clean
from papers.paper import Page, Sighting, State, Version

SOURCE = "kaggle"
EXPECTED = "a snapshot line: a JSON object with id, title, abstract and categories"


class BadLine(UnexpectedPage):
    """Raised by `parse_line`: one line that is no paper; the lines around it are unharmed."""


def parse(body: bytes, url: str = "") -> Page:
    """All papers of a piece of the snapshot; lines that are none are warnings, none at all is an error."""
    sightings, warnings = [], []
    for number, line in enumerate(body.splitlines(), start=1):
        if line.strip():
            try:
                sightings.append(parse_line(line))
            except BadLine as error:
                warnings.append(f"Line {number} was skipped: {error.found}.")
    if not sightings:
        raise UnexpectedPage(EXPECTED, f"none; {warnings[0]}" if warnings else "an empty file")
    state = State.PARTIAL if warnings else State.COMPLETE
    return Page(
        source=SOURCE, listing="", day=None, sightings=tuple(sightings), state=state, warnings=tuple(warnings), url=url
    )


def parse_line(line: bytes) -> Sighting:
    """One line as a sighting; raises BadLine."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadLine(EXPECTED, f"no JSON ({error})") from error
    if not isinstance(record, dict):
        raise BadLine(EXPECTED, f"JSON that is no object but {type(record).__name__}")
    try:
        return _sighting(record)
    except (AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
        raise BadLine(EXPECTED, f"a record with a field of another type ({error})") from error


def _sighting(record: dict[str, Any]) -> Sighting:
    found = identifiers.parse(str(record.get("id", "")))
    if found is None:
        raise BadLine(EXPECTED, f"the id {str(record.get('id'))[:40]!r}")
    title = clean(record.get("title"))
    if title is None:
        raise BadLine(EXPECTED, f"{found.key} without a title")
    versions = _versions(record.get("versions") or ())
    return Sighting(
        id=found.key,
        source=SOURCE,
        title=title,
        authors=_authors(record),
        abstract=clean(record.get("abstract")),
        categories=resolve_all((record.get("categories") or "").split()),
        version=versions[-1].number if versions else None,
        versions=versions,
        submitted=versions[0].submitted if versions and versions[0].number == 1 else None,
        comments=clean(record.get("comments")),
        journal_ref=clean(record.get("journal-ref")),
        doi=clean(record.get("doi")),
        report_no=clean(record.get("report-no")),
        licence=licence(record.get("license")),
    )


def _authors(record: dict[str, Any]) -> tuple[str, ...]:
    parsed = record.get("authors_parsed")
    if not parsed:
        return names.split(record.get("authors"))
    return tuple(name for last, first, suffix, *_ in parsed if (name := names.shown(first, last, suffix)))


def _versions(found: list[dict[str, str]] | tuple[()]) -> tuple[Version, ...]:
    versions = [Version(int(entry["version"].removeprefix("v")), rfc2822(entry.get("created"))) for entry in found]
    return tuple(sorted(versions, key=lambda version: version.number))
