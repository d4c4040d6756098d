"""Sightings → Paper: pure, and the same for any order of the sightings.

Which sighting a field comes from:

- texts, authors and the rest of the metadata: arXiv before Hugging Face, then the sighting that shows the
  latest state of the paper (`as_of`), then the higher version, then the one seen last. A field that this
  sighting lacks comes from the next one that has it.
- announcements: all of them, as a set.
- upvotes, code, project, keywords: the latest Hugging Face sighting.
- day: the first announcement as *new*; else the calendar's day for version 1's date; else the day of its first
  cross-list; else the first of the month that its number tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from papers import identifiers
from papers.calendar import announcement_day
from papers.paper import Announcement, Paper, Sighting, Version

_A_MONTH_AND_A_WEEKEND = timedelta(days=35)
HUGGING_FACE = "huggingface-daily"
Seen = tuple[datetime, Sighting]

_METADATA = (
    "title",
    "abstract",
    "authors",
    "comments",
    "journal_ref",
    "doi",
    "report_no",
    "licence",
    "code",
    "project",
    "keywords",
    "organisation",
)


def merge(seen: Iterable[Seen]) -> Paper:
    """The paper that these sightings, each with the moment it was made, are of. At least one; one id."""
    found = list(seen)
    if len(found) > 1:
        found.sort(key=_rank, reverse=True)
    sightings = [sighting for _, sighting in found]
    first = sightings[0]
    versions = _versions(sightings)
    announcements = _announcements(sightings)
    submitted = _submitted(sightings, versions)
    # Every listing of an archive shows all categories of the paper, and one that lacks them says nothing.
    fields: dict[str, Any] = {name: getattr(first, name) for name in _METADATA}
    categories = first.categories
    if len(sightings) > 1:
        for name in _METADATA:
            if not fields[name]:
                fields[name] = next((value for s in sightings if (value := getattr(s, name))), fields[name])
        categories = next((s.categories for s in sightings if s.categories), ())
    featured = [s for s in sightings if s.source == HUGGING_FACE]
    return Paper(
        id=first.id,
        **fields,
        categories=categories,
        announcements=announcements,
        version=max((s.version or 0 for s in sightings), default=0) or (versions[-1].number if versions else None),
        versions=versions,
        day=_day(sightings, announcements, submitted),
        submitted=submitted,
        updated=versions[-1].submitted if versions else None,
        upvotes=next((s.upvotes for s in featured if s.upvotes is not None), None),
        featured=min((s.day for s in featured if s.day), default=None),
        sources=tuple(sorted({s.source for s in sightings})),
    )


def _rank(seen: Seen) -> tuple[bool, date, int, datetime, str]:
    at, sighting = seen
    version = sighting.version or (sighting.versions[-1].number if sighting.versions else 0)
    # The last part only makes the order total, so that equal claims always fall the same way.
    return (sighting.source != HUGGING_FACE, sighting.as_of, version, at, repr(sighting))


def _versions(sightings: list[Sighting]) -> tuple[Version, ...]:
    found: dict[int, Version] = {}
    for sighting in reversed(sightings):
        for version in sighting.versions:
            if version.submitted or version.number not in found:
                found[version.number] = version
    return tuple(sorted(found.values(), key=itemgetter(0)))


def _announcements(sightings: list[Sighting]) -> tuple[Announcement, ...]:
    return tuple(
        sorted({Announcement(s.day, s.listing, s.announce_type) for s in sightings if s.announce_type and s.day})
    )


def _submitted(sightings: list[Sighting], versions: tuple[Version, ...]) -> datetime | None:
    if versions and versions[0].number == 1 and versions[0].submitted:
        return versions[0].submitted
    return next((s.submitted for s in sightings if s.submitted), None)


def _day(sightings: list[Sighting], announcements: tuple[Announcement, ...], submitted: datetime | None) -> date | None:
    for announcement in announcements:
        if announcement.kind == "new":
            return announcement.day
    if submitted:
        return announcement_day(submitted)
    first = min((s.day for s in sightings if s.day), default=None)
    month = identifiers.month(sightings[0].id)
    # A replacement tells nothing of the first announcement but that it was before; a cross-list is mostly made
    # with it, unless the number is of an earlier month. What then remains is the month in the number.
    crossed = any(announcement.kind == "cross" for announcement in announcements) or not announcements
    return first if first and crossed and first - month <= _A_MONTH_AND_A_WEEKEND else month
