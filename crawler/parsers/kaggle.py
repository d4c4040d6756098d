"""The arXiv snapshot on Kaggle: NDJSON, one paper a line. Texts are raw TeX and hard-wrapped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson

from crawler.parsers.errors import UnexpectedPage
from papers import identifiers, sources
from papers.categories import resolve_all
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.dates import iso_day, rfc2822
from papers.normalise.licences import licence
from papers.normalise.text import clean
from papers.paper import REJECTED_START, AuthorName, Page, PageState, Rejected, Sighting

SOURCE = sources.KAGGLE
EXPECTED = "a snapshot line: a JSON object with id, title, abstract and categories"
LONGEST_LINE = 16 << 20  # bytes; the longest record of arXiv's has 0.2 MB


class BadLine(UnexpectedPage):
    """Raised by `parse_line` for one line that is not a paper. The other lines can still be read."""


class Line(NamedTuple):
    """A line of the snapshot: its paper, what was left out of it, and when arXiv last changed its record."""

    sighting: Sighting
    notes: Sequence[str]
    changed: date | None


def parse(body: bytes, url: str = "") -> Page:
    """Parse a piece of the snapshot. Lines that are not papers are rejected. Without any paper: UnexpectedPage."""
    sightings, rejected, warnings = [], [], []
    for number, line in enumerate(body.splitlines(), start=1):
        if line.strip():
            try:
                sighting, notes, _ = parse_line(line)
            except BadLine as error:
                rejected.append(reject(number, error, line))
                warnings.append(f"Line {number} was skipped: {error.found}.")
            else:
                sightings.append(sighting)
                warnings += [f"Line {number}, {sighting.id}: {note}." for note in notes]
    if not sightings:
        raise UnexpectedPage(EXPECTED, f"none; {warnings[0]}" if warnings else "an empty file")
    return Page(
        source=SOURCE,
        sightings=tuple(sightings),
        rejected=tuple(rejected),
        state=PageState.PARTIAL if rejected else PageState.COMPLETE,
        warnings=tuple(warnings),
        url=url,
    )


def reject(number: int, error: BadLine, line: bytes) -> Rejected:
    """The record of a line that was left out."""
    return Rejected(number, error.found, line[:REJECTED_START].decode("utf-8", "replace"))


def parse_line(line: bytes) -> Line:
    """One line as a sighting, with notes on the values that were left out of it; raises BadLine."""
    if len(line) >= LONGEST_LINE:
        raise BadLine(EXPECTED, f"a line of more than {LONGEST_LINE >> 20} MB")
    try:
        record = _json(line)
    except orjson.JSONDecodeError as error:
        raise BadLine(EXPECTED, f"no JSON ({error})") from error
    if not isinstance(record, dict):
        raise BadLine(EXPECTED, f"JSON that is not an object but {type(record).__name__}")
    try:
        sighting, notes = _sighting(record)
        return Line(sighting, notes, iso_day(str(record.get("update_date", ""))))
    except (AttributeError, TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise BadLine(EXPECTED, f"a record with a field of another type ({error})") from error


def _json(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        # Half a surrogate pair in one title must not lose the paper: Python's own decoder accepts it.
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise error from None


def _sighting(record: dict[str, Any]) -> tuple[Sighting, Sequence[str]]:
    identifier = identifiers.parse(str(record.get("id", "")))
    if identifier is None:
        raise BadLine(EXPECTED, f"the id {str(record.get('id'))[:40]!r}")
    title = clean(record.get("title"))
    if title is None:
        raise BadLine(EXPECTED, f"{identifier.key} without a title")
    notes = Notes()
    entries = record.get("versions") or ()
    versions = bounds.versions(((entry["version"], rfc2822(entry.get("created"))) for entry in entries), notes)
    author_names = _author_names(record.get("authors_parsed") or ())
    fields = {
        "title": title,
        "authors": tuple(name.shown for name in author_names) if author_names else names.split(record.get("authors")),
        "author_names": author_names,
        "abstract": clean(record.get("abstract")),
        "comments": clean(record.get("comments")),
        "journal_ref": clean(record.get("journal-ref")),
        "doi": clean(record.get("doi")),
        "report_no": clean(record.get("report-no")),
        "licence": licence(record.get("license")),
    }
    return bounds.sighting(
        notes,
        id=identifier.key,
        source=SOURCE,
        categories=resolve_all((record.get("categories") or "").split()),
        version=versions[-1].number if versions else None,
        versions=versions,
        submitted=versions[0].submitted if versions and versions[0].number == 1 else None,
        **fields,
    ), notes


def _author_names(parsed: Sequence[Sequence[str]]) -> tuple[AuthorName, ...]:
    """`[last, first, suffix]` of each author; an entry may lack its last parts."""
    if not isinstance(parsed, list):
        return ()
    entries = (entry for entry in parsed if entry and isinstance(entry, list))
    return tuple(name for entry in entries if (name := names.in_parts(*_first_last_suffix(entry))))


def _first_last_suffix(entry: Sequence[str]) -> tuple[str, str, str]:
    last, first, suffix = entry[:3] if len(entry) >= 3 else (*entry, "", "")[:3]
    return first, last, suffix
