"""Sightings → Paper: pure, and the same for any order of the sightings.

Which sighting a field comes from:

- texts, authors and the rest of the metadata: arXiv's own records before others, then the one that shows the highest
  version, then for one version the source of the highest rank (raw TeX before converted pages), then the one that
  shows the latest state (`as_of`), then the one seen last. A field that this sighting lacks is empty where its source
  always states it, and else comes from the next sighting.
- authors: a list that may have been cut never replaces a longer one that begins with it.
- announcements: all of them, as a set; one for a category and day, the lists' kind before a feed's.
- upvotes, project, keywords: the latest sighting of a source that is trusted for them. Code: that, else the first
  repository that abstract or comments name.
- day: the first announcement as *new*; else the calendar's day for version 1's date; else the day of its first
  cross-list; else the first of the month that its number tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from papers import identifiers, sources
from papers.calendar import announcement_day
from papers.normalise import code_links, names
from papers.paper import Announcement, AuthorName, Paper, Sighting, Version

_A_MONTH_AND_A_WEEKEND = timedelta(days=35)
# A replacement is listed within a few days of its version's date, weekend and holidays between.
_ANNOUNCED_WITHIN = timedelta(days=6)
# Two lists of one paper's authors may write a name or two differently.
_SAME_BEGINNING = 0.9
_KINDS = ("new", "cross", "replace", "replace-cross")
Seen = tuple[datetime, Sighting]

_METADATA = (
    "title",
    "abstract",
    "comments",
    "journal_ref",
    "doi",
    "report_no",
    "licence",
    "categories",
    "code",
    "project",
    "keywords",
    "organisation",
)
_metadata_of = attrgetter(*_METADATA)


def merge(seen: Iterable[Seen]) -> Paper:
    """The paper that these sightings, each with the moment it was made, are of. At least one; one id."""
    moments = list(seen)
    versions = _versions(moments)
    if len(moments) > 1:
        moments.sort(key=lambda one: _rank(one, versions), reverse=True)
    sightings = [sighting for _, sighting in moments]
    announcements = _announcements(sightings)
    submitted = _submitted(sightings, versions)
    fields: dict[str, Any] = dict(zip(_METADATA, _metadata_of(sightings[0]), strict=True))
    if len(sightings) > 1:
        fields = {name: _field(name, sightings) for name in _METADATA}
    fields["code"], fields["code_from"] = _code(fields)
    authors = _authors(sightings)
    featured = [sighting for sighting in sightings if sources.source(sighting.source).readers]
    return Paper(
        id=sightings[0].id,
        **fields,
        authors=authors,
        author_names=_author_names(authors, sightings),
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


def _rank(seen: Seen, versions: tuple[Version, ...]) -> tuple[Any, ...]:
    at, sighting = seen
    source = sources.source(sighting.source)
    # The last part only makes the order total, so that equal claims always fall the same way.
    return (source.arxiv, _shown_version(sighting, versions), source.rank, sighting.as_of, at, repr(sighting))


def _shown_version(sighting: Sighting, versions: tuple[Version, ...]) -> float:
    """The version whose texts a sighting shows; half a step more where it is a later one of unknown number."""
    if sighting.version:
        return sighting.version
    if sighting.versions:
        return sighting.versions[-1].number
    if sighting.announce_type == "new" or sighting.day is None:
        return 1 if sighting.announce_type == "new" else 0
    dated = [(version.number, announcement_day(version.submitted)) for version in versions if version.submitted]
    known = [(number, day) for number, day in dated if day <= sighting.day]
    number, announced = known[-1] if known else (1, date.min)
    is_a_later_one = (sighting.announce_type or "").startswith("replace") and (
        number == 1 or sighting.day - announced > _ANNOUNCED_WITHIN
    )
    return number + 0.5 if is_a_later_one else number


def _field(name: str, sightings: Sequence[Sighting]) -> Any:
    """The value of a field in the first sighting that has it, or that would have it if the paper had."""
    for sighting in sightings:
        value = getattr(sighting, name)
        if value or name in sources.source(sighting.source).states:
            return value
    return getattr(sightings[0], name)


def _code(fields: dict[str, Any]) -> tuple[str | None, str | None]:
    """The address of the repository, and what names it."""
    if fields["code"]:
        return fields["code"], sources.HUGGING_FACE
    for name in ("abstract", "comments"):
        if address := code_links.find(fields[name]):
            return address, name
    return None, None


def _authors(sightings: Sequence[Sighting]) -> tuple[str, ...]:
    best = next((s for s in sightings if s.authors), None)
    if best is None:
        return ()
    cut_at = sources.source(best.source).authors_cut_at
    if cut_at is None or len(best.authors) < cut_at:
        return best.authors
    longer = [s.authors for s in sightings if len(s.authors) > len(best.authors)]
    return next((authors for authors in longer if _begins_with(authors, best.authors)), best.authors)


def _begins_with(longer: tuple[str, ...], beginning: tuple[str, ...]) -> bool:
    same = sum(names.folded(a) == names.folded(b) for a, b in zip(longer, beginning, strict=False))
    return same >= len(beginning) * _SAME_BEGINNING


def _author_names(authors: tuple[str, ...], sightings: Sequence[Sighting]) -> tuple[AuthorName | None, ...]:
    """The parts of these names, from whichever sightings have them in parts; () where none has."""
    parted = [sighting for sighting in sightings if sighting.author_names]
    for sighting in parted:
        if sighting.authors == authors:
            return sighting.author_names
    parts = {name.shown: name for sighting in reversed(parted) for name in sighting.author_names}
    return tuple(map(parts.get, authors)) if parts.keys() & set(authors) else ()


def _versions(moments: Sequence[Seen]) -> tuple[Version, ...]:
    """The versions that any sighting tells; the date of one is as the latest of the sightings that date it says."""
    if len(moments) == 1:
        return moments[0][1].versions
    dated = sorted(
        ((sighting.as_of, at, version) for at, sighting in moments for version in sighting.versions),
        key=lambda one: (one[2].submitted is not None, one[0], one[1], str(one[2].submitted)),
    )
    return tuple(sorted({version.number: version for _, _, version in dated}.values(), key=itemgetter(0)))


def _announcements(sightings: Sequence[Sighting]) -> tuple[Announcement, ...]:
    """One for a category and day: the kind of the source that is believed for it, *new* before the others."""
    claims = sorted(
        (sources.source(s.source).announces, -_KINDS.index(s.announce_type), s.day, s.listing)
        for s in sightings
        if s.announce_type in _KINDS and s.day
    )
    kinds = {(day, category): _KINDS[-place] for _, place, day, category in claims}
    return tuple(sorted(Announcement(day, category, kind) for (day, category), kind in kinds.items()))


def _submitted(sightings: Sequence[Sighting], versions: tuple[Version, ...]) -> datetime | None:
    if versions and versions[0].number == 1 and versions[0].submitted:
        return versions[0].submitted
    return next((s.submitted for s in sightings if s.submitted), None)


def _day(
    sightings: Sequence[Sighting], announcements: tuple[Announcement, ...], submitted: datetime | None
) -> date | None:
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
