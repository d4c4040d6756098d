"""Checks numbers, dates and texts of a source against what a record may hold.

What is out of range is left out or cut, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from papers.paper import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST,
    MOST_AUTHORS,
    MOST_KEYWORDS,
    MOST_UPVOTES,
    MOST_VERSIONS,
    OutOfRange,
    Sighting,
    Version,
)

_SHOWN = 40  # characters of a value in a note


class Notes(list[str]):
    """What was left out of a record, as parts of sentences. Each function here adds to it."""

    def left_out(self, what: str, value: object) -> None:
        text = str(value)
        self.append(f"{what} {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'} was left out")


def sighting(notes: Notes, **fields: Any) -> Sighting:
    """A Sighting of these fields. Texts and lists that are too long are cut, each with a note.

    Raises OutOfRange for numbers and dates that no paper can have.
    """
    try:
        return Sighting(**fields)
    except OutOfRange:
        return Sighting(**_shortened(fields, notes))


def _shortened(fields: dict[str, Any], notes: Notes) -> dict[str, Any]:
    for name, limit in LONGEST.items():
        text = fields.get(name)
        if text and len(text) > limit:
            fields[name] = f"{text[: limit - 2].rpartition(' ')[0] or text[: limit - 2]} …"
            notes.append(f"the {name.replace('_', ' ')} of {len(text):,} characters was cut to {limit:,}")
    for name, limit in (("authors", MOST_AUTHORS), ("author_names", MOST_AUTHORS), ("keywords", MOST_KEYWORDS)):
        values = fields.get(name, ())
        if len(values) > limit:
            fields[name] = values[:limit]
            notes.append(f"the {len(values):,} {name.replace('_', ' ')} were cut to {limit:,}")
    return fields


def mended(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Sighting that an earlier program kept, with what is out of range left out or cut; in place."""
    notes = Notes()
    for name, check in (("version", version_number), ("upvotes", upvotes)):
        if fields.get(name) is not None:
            fields[name] = check(fields[name], notes)
    if "submitted" in fields:
        fields["submitted"] = moment(fields["submitted"], notes)
    if "withdrawn" in fields:
        fields["withdrawn"] = tuple(number for number in fields["withdrawn"] if 1 <= number <= MOST_VERSIONS)
    if "versions" in fields:
        fields["versions"] = versions(fields["versions"], notes)
    return _shortened(fields, notes)


def whole_number(value: object) -> int | None:
    """`12` or `"12"` as a number; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def upvotes(value: object, notes: Notes) -> int | None:
    """A number of upvotes; None, with a note, for what cannot be one."""
    if value is None:
        return None
    number = whole_number(value)
    if number is None or not 0 <= number <= MOST_UPVOTES:
        notes.left_out("the number of upvotes", value)
        return None
    return number


def version_number(value: object, notes: Notes) -> int | None:
    """`"v3"` or `3` as the number of a version; None, with a note, for what cannot be one."""
    number = whole_number(str(value).strip().removeprefix("v"))
    if number is None or not 1 <= number <= MOST_VERSIONS:
        notes.left_out("the version", value)
        return None
    return number


def moment(value: datetime | None, notes: Notes) -> datetime | None:
    """A date of submission; None, with a note, where no paper can be of that year."""
    if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
        notes.left_out("the date", value.date())
        return None
    return value


def versions(entries: Iterable[tuple[object, datetime | None]], notes: Notes) -> tuple[Version, ...]:
    """Versions from their numbers and dates, oldest first, each number once."""
    numbered = ((version_number(number, notes), moment(submitted, notes)) for number, submitted in entries)
    return tuple(sorted({number: Version(number, at) for number, at in numbered if number}.values()))
