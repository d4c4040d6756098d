"""Merges the sightings of a paper into a Paper. It is pure: the order of the sightings makes no difference.

Which sighting a field comes from:

- texts, authors and the rest of the metadata: arXiv's own records before others, then the one that shows the highest
  version, then for one version the source of the highest rank (raw TeX before converted pages), then the one that
  shows the latest state (`as_of`), then the one seen last. Where this sighting lacks a field, the field is empty if its
  source always states it; else it comes from the next sighting.
- authors: a list that may have been cut never replaces a longer one that begins with it.
- announcements: all of them, one for each category and day; the kind that a list states comes before a feed's.
- withdrawn: the versions of which the latest record with marks says so; and the latest version, if its texts say so.
- upvotes, project, keywords: the latest sighting of a source that is trusted for them. Code: that, else the first
  repository that abstract or comments name.
- day: the first announcement as *new*; else the calendar's day for version 1's date; else the day of its first
  cross-list; else the first of the month in its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from papers import identifiers, sources
from papers.calendar import announcement_day
from papers.normalise import code_links, names, withdrawal
from papers.paper import Announcement, AuthorName, Paper, Sighting, Version

_A_MONTH_AND_A_WEEKEND = timedelta(days=35)
# A replacement is listed within a few days of its version's date, even with a weekend and holidays between.
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
    "summary",
    "figures",
    "html_figures",
)
_metadata_of = attrgetter(*_METADATA)


def merge(dated_sightings: Iterable[Seen]) -> Paper:
    """The paper that these sightings give together. There must be at least one, and all must have the same id.

    With each comes the moment at which it was made.
    """
    entries = list(dated_sightings)
    versions = _versions(entries)
    if len(entries) > 1:
        entries.sort(key=lambda entry: rank(entry, versions), reverse=True)
    sightings = [sighting for _, sighting in entries]
    announcements = _announcements(sightings)
    submitted = _submitted(sightings, versions)
    fields: dict[str, Any] = dict(zip(_METADATA, _metadata_of(sightings[0]), strict=True))
    if len(sightings) > 1:
        fields = {name: _field(name, sightings) for name in _METADATA}
    fields["code"], fields["code_from"] = _code(fields)
    authors = _authors(sightings)
    # A page of an earlier version shows that one, and names the later ones.
    records = [sighting for sighting in sightings if sources.source(sighting.source).arxiv]
    version = (
        max((*(record.version or 0 for record in records), *(number for number, _ in versions)), default=0) or None
    )
    featured = [sighting for sighting in sightings if sources.source(sighting.source).readers]
    return Paper(
        id=sightings[0].id,
        **fields,
        authors=authors,
        author_names=_author_names(authors, sightings),
        announcements=announcements,
        version=version,
        versions=versions,
        withdrawn=_withdrawn(sightings, fields, version),
        day=_day(sightings, announcements, submitted),
        submitted=submitted,
        updated=versions[-1].submitted if versions else None,
        upvotes=next((s.upvotes for s in featured if s.upvotes is not None), None),
        featured=min((s.day for s in featured if s.day), default=None),
        sources=tuple(sorted({s.source for s in sightings})),
    )


def rank(entry: Seen, versions: tuple[Version, ...]) -> tuple[Any, ...]:
    at, sighting = entry
    source = sources.source(sighting.source)
    # The last part only makes the order total, so that equal claims are always sorted in the same way.
    return (source.arxiv, shown_version(sighting, versions), source.rank, sighting.as_of, at, repr(sighting))


def shown_version(sighting: Sighting, versions: tuple[Version, ...]) -> float:
    """The version whose texts a sighting shows; 0 where nothing tells it.

    0.5 is added where the sighting shows a later version of unknown number.
    """
    if sighting.version:
        return sighting.version
    if sighting.versions:
        return sighting.versions[-1].number
    if sighting.announce_type == "new" or sighting.day is None:
        return 1 if sighting.announce_type == "new" else 0
    announced_versions = [
        (version.number, announcement_day(version.submitted)) for version in versions if version.submitted
    ]
    past_versions = [(number, day) for number, day in announced_versions if day <= sighting.day]
    number, announced = past_versions[-1] if past_versions else (1, date.min)
    is_later_version = (sighting.announce_type or "").startswith("replace") and (
        number == 1 or sighting.day - announced > _ANNOUNCED_WITHIN
    )
    return number + 0.5 if is_later_version else number


def _field(name: str, sightings: Sequence[Sighting]) -> Any:
    """The value of a field in the first sighting that has it, or whose source states it wherever the paper has it."""
    for sighting in sightings:
        value = getattr(sighting, name)
        if value or name in sources.source(sighting.source).states:
            return value
    return getattr(sightings[0], name)


def _withdrawn(sightings: Sequence[Sighting], fields: dict[str, Any], version: int | None) -> tuple[int, ...]:
    """The numbers of the versions that were withdrawn, by the marks of sources and by the texts of the latest one."""
    marks = next((s.withdrawn for s in sightings if sources.source(s.source).marks_withdrawn), ())
    if withdrawal.statement(fields["comments"], fields["abstract"]):
        marks = (*marks, version or 1)
    return tuple(sorted(set(marks)))


def _code(fields: dict[str, Any]) -> tuple[str | None, str | None]:
    """The address of the repository, and what names it (see `Paper.code_from`); None and None where nothing does."""
    if fields["code"]:
        return fields["code"], sources.HUGGING_FACE
    for name in ("abstract", "comments"):
        if address := code_links.find(fields[name]):
            return address, name
    return None, None


def _authors(sightings: Sequence[Sighting]) -> tuple[str, ...]:
    best_sighting = next((s for s in sightings if s.authors), None)
    if best_sighting is None:
        return ()
    cut_at = sources.source(best_sighting.source).authors_cut_at
    if cut_at is None or len(best_sighting.authors) < cut_at:
        return best_sighting.authors
    longer = [s.authors for s in sightings if len(s.authors) > len(best_sighting.authors)]
    return next((authors for authors in longer if _begins_with(authors, best_sighting.authors)), best_sighting.authors)


def _begins_with(longer: tuple[str, ...], beginning: tuple[str, ...]) -> bool:
    match_count = sum(names.folded(a) == names.folded(b) for a, b in zip(longer, beginning, strict=False))
    return match_count >= len(beginning) * _SAME_BEGINNING


def _author_names(authors: tuple[str, ...], sightings: Sequence[Sighting]) -> tuple[AuthorName | None, ...]:
    """The parts of these names, from any sighting that has them in parts; () where none has."""
    parted = [sighting for sighting in sightings if sighting.author_names]
    for sighting in parted:
        if sighting.authors == authors:
            return sighting.author_names
    parts = {name.shown: name for sighting in reversed(parted) for name in sighting.author_names}
    return tuple(map(parts.get, authors)) if parts.keys() & set(authors) else ()


def _versions(entries: Sequence[Seen]) -> tuple[Version, ...]:
    """All versions that a sighting names. Each has the date that the latest sighting with a date for it states."""
    if len(entries) == 1:
        return entries[0][1].versions
    claims = sorted(
        ((sighting.as_of, at, version) for at, sighting in entries for version in sighting.versions),
        key=lambda claim: (claim[2].submitted is not None, claim[0], claim[1], str(claim[2].submitted)),
    )
    return tuple(sorted({version.number: version for _, _, version in claims}.values(), key=itemgetter(0)))


def _announcements(sightings: Sequence[Sighting]) -> tuple[Announcement, ...]:
    """One for each category and day: its kind is that of the most trusted source, *new* before the others."""
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
    first_day = min((s.day for s in sightings if s.day), default=None)
    month = identifiers.month(sightings[0].id)
    # A replacement only tells that the first announcement was earlier. A cross-list is mostly made on the same day as
    # that, unless the paper's number is of an earlier month. In the other cases only the month in the number is known.
    may_be_first = any(announcement.kind == "cross" for announcement in announcements) or not announcements
    return first_day if first_day and may_be_first and first_day - month <= _A_MONTH_AND_A_WEEKEND else month
