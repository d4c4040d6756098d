"""arXiv's list pages: `/list/<category>/new`, `recent`, a month or a year, and `/catchup`; old markup too.

A page says how many entries each of its sections shows ("showing 45 of 45 entries") and how many there are in
all; what was read is compared with that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import Element, all_text, text_of, tree, unexpected
from papers import identifiers, sources
from papers.categories import resolve, resolve_all
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes, whole_number
from papers.normalise.dates import iso_day, written_day
from papers.normalise.text import clean
from papers.paper import (
    FIRST_YEAR,
    LAST_YEAR,
    MOST_VERSIONS,
    REJECTED_START,
    Page,
    PageState,
    Rejected,
    Section,
    Sighting,
)

SOURCE = sources.ARXIV_LISTING
EXPECTED = "an arXiv listing: entries, or the statement that there are no updates"

_COUNT = re.compile(r"showing\s+(?:first\s+|last\s+)?(\d+)\s+of\s+(\d+)\s+entr", re.IGNORECASE)
_TOTAL = re.compile(r"Total of (\d+) entr", re.IGNORECASE)
_SECTIONS = (("new", "new"), ("cross", "cross"), ("replacement", "replace"))
_ADDRESS = re.compile(r"/(list|catchup)/([A-Za-z-]+(?:\.[A-Za-z-]+)?)/(\d{4}-\d{2}-\d{2}|[a-z]+|\d{4,6}(?:-\d{2})?)")
_NOTHING = re.compile(r"No updates (?:today|for )", re.IGNORECASE)
_CODE = re.compile(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]+)?)\)")
_ITEM = re.compile(r"\[(\d+)\]")
_SHORT_YEAR = re.compile(r"^(.*\b\d{1,2}\s+[A-Za-z]{3})\s+(\d{2})\b(?!\d)")
CATCHUP_PAGE = 2000  # entries a page; its pages are numbered
_FIELDS = {
    "list-title": "title",
    "list-comments": "comments",
    "list-journal-ref": "journal_ref",
    "list-report-no": "report_no",
    "list-doi": "doi",
}


@dataclass(slots=True)
class _Part:
    """A section of the page as it is being read."""

    heading: str = ""
    kind: str | None = None
    day: date | None = None
    shown: int | None = None  # entries that the page says it shows of the section
    stated: int | None = None  # entries that the page says the section has
    read: int = 0


@dataclass(slots=True)
class _Reading:
    """What has been read of the page so far."""

    category: str
    listed_by: str  # new, recent, catchup, or a month or year
    day: date | None = None
    parts: list[_Part] = field(default_factory=lambda: [_Part()])
    sightings: list[Sighting] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    entries: int = 0
    first_item: int | None = None
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # which make no page partial
    is_cut: bool = False  # the body ends inside of its last entry


def parse(body: bytes, url: str = "") -> Page:
    """A list page. Raises UnexpectedPage where there are neither entries nor the statement that there are none."""
    root = tree(body, EXPECTED)
    main = root.find(".//*[@id='dlpage']")
    if main is None:
        main = root
    reading = _start(main, url)
    reading.is_cut = body.rfind(b"</dl>") < body.rfind(b"<dd")
    _read(main, reading)
    text = _furniture(main)
    total = _TOTAL.search(text)
    nothing = _NOTHING.search(text) is not None or (total is not None and int(total[1]) == 0)
    if not reading.sightings and not nothing:
        if reading.entries and reading.is_cut:
            raise UnexpectedPage(EXPECTED, "a page that was cut off inside its only entry")
        if reading.rejected:
            raise UnexpectedPage(EXPECTED, f"entries of an unknown form: {reading.rejected[0].reason}")
        raise unexpected(body, root, EXPECTED)
    return _page(reading, total, url)


def _start(main: Element, url: str) -> _Reading:
    address = _ADDRESS.search(url)
    links = (link.get("href") or "" for link in main.iter("a"))
    address = address or next((match for link in links if (match := _ADDRESS.search(link))), None)
    if address is None:
        return _Reading(category="", listed_by="")
    listed_by = "catchup" if address[1] == "catchup" else address[3]
    # Only the page's own address tells its day: its links lead to other days.
    day = iso_day(address[3]) if address.string == url else None
    # The one link on `/new` that tells its category leads to `recent`.
    if not url and main.xpath("boolean(.//h3[contains(., 'new listings') or contains(., 'submissions for')])"):
        listed_by = "new"
    return _Reading(category=resolve(address[2]), listed_by=listed_by, day=day)


def _furniture(main: Element) -> str:
    """The page's own words: its text outside of the lists, and the paragraphs that stand in place of entries."""
    parts = []
    for child in cast("list[Element]", main):
        if child.tag != "dl":
            parts.append(all_text(child))
        else:
            parts += [all_text(p) for p in child.findall("p")]
    return "\n".join(parts)


def _read(main: Element, reading: _Reading) -> None:
    dt: Element | None = None
    last_was_read: bool | None = None
    for element in cast("list[Element]", main.iter("h1", "h3", "dt", "dd")):
        if element.tag == "dt":
            dt = element
        elif element.tag == "dd":
            last_was_read = _entry(dt, element, reading) if dt is not None else None
            dt = None
        else:
            _heading(" ".join(all_text(element).split()), element.tag == "h1", reading)
    if reading.is_cut and last_was_read is not None:
        _leave_out_the_last(reading, was_read=last_was_read)


def _leave_out_the_last(reading: _Reading, *, was_read: bool) -> None:
    """The body ends inside its last entry, whose texts may be half there: better missing than wrong."""
    if was_read:
        name = reading.sightings.pop().id
        reading.parts[-1].read -= 1
    else:
        name = reading.rejected.pop().reason.split()[0]
        reading.warnings.pop()
    reading.warnings.append(f"The page ends inside the entry of {name}, which was left out.")


def _heading(text: str, top: bool, reading: _Reading) -> None:
    day = written_day(text) or _old_day(text)
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = None
    lower = text.lower()
    kind = next((kind for word, kind in _SECTIONS if lower.startswith(word)), None)
    count = _COUNT.search(text)
    if kind or count:
        shown, stated = (int(count[1]), int(count[2])) if count else (None, None)
        reading.parts.append(_Part(text.split("(")[0].strip(), kind, day or reading.day, shown, stated))
    if day and (top or kind or not count):
        reading.day = reading.day or day


def _old_day(text: str) -> date | None:
    """The day in the markup of 2022: "New submissions for Wed, 16 Feb 22"."""
    match = _SHORT_YEAR.match(text)
    return written_day(f"{match[1]} 20{match[2]}") if match else None


def _entry(dt: Element, dd: Element, reading: _Reading) -> bool:
    """Read an entry; False where it is left out."""
    part = reading.parts[-1]
    reading.entries += 1
    key, version, marks = _identifier(dt)
    fields = _fields(dd)
    if key is None or not fields.get("title"):
        start = " ".join(f"{all_text(dt)} {all_text(dd)}".split())[:REJECTED_START]
        reason = f"{key} has no title" if key else f"no readable identifier in '{start[:60]}'"
        reading.rejected.append(Rejected(reading.entries, reason, start))
        reading.warnings.append(f"Entry {reading.entries} was left out: {reason}.")
        return False
    part.read += 1
    notes = Notes()
    if reading.first_item is None:
        item = _ITEM.search(all_text(dt))
        reading.first_item = int(item[1]) if item else None
    reading.sightings.append(
        bounds.sighting(
            notes,
            id=key,
            source=SOURCE,
            listing=reading.category,
            day=part.day or reading.day,
            version=version,
            announce_type=_announce_type(marks, part, reading),
            **fields,
        )
    )
    reading.notes += [f"{key}: {note}." for note in notes]
    return True


def _identifier(dt: Element) -> tuple[str | None, int | None, str]:
    """The entry's key, its version where a link tells it, and the words between its links."""
    identifier = version = None
    marks = []
    for element in dt.iter("a", "span"):
        title = element.get("title")
        if title == "Abstract":
            identifier = identifiers.parse(element.get("id") or "") or identifiers.parse(all_text(element))
        elif title == "View HTML":
            number = whole_number((element.get("href") or "").rpartition("v")[2])
            version = number if number and number <= MOST_VERSIONS else None
        if element.tail:
            marks.append(element.tail)
    if identifier is None:
        return None, None, ""
    return identifier.key, version or identifier.version, "".join(marks)


def _announce_type(marks: str, part: _Part, reading: _Reading) -> str | None:
    crossed, replaced = "(cross-list" in marks, "(replaced" in marks
    if part.kind == "replace" or replaced:
        return "replace-cross" if crossed else "replace"
    if part.kind or crossed:
        return part.kind or "cross"
    # `recent` lists what is new that day, and marks the cross-lists; a month says nothing of announcements.
    return "new" if reading.listed_by in ("recent", "pastweek") else None


def _fields(dd: Element) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for element in cast("list[Element]", dd.iter("div", "p")):
        kind = (element.get("class") or "").split(" ", 1)[0]
        if kind in _FIELDS:
            fields[_FIELDS[kind]] = clean(text_of(element))
        elif kind == "list-authors":
            fields["authors"] = _authors(element)
        elif kind == "list-subjects":
            fields["categories"] = resolve_all(_CODE.findall(text_of(element)))
        elif element.tag == "p" and kind in ("mathjax", ""):
            fields["abstract"] = clean(text_of(element))
    return fields


def _authors(element: Element) -> tuple[str, ...]:
    links = list(element.iter("a"))
    if not links:
        return names.split(text_of(element).removeprefix("Authors:"))
    authors: list[str] = []
    for link in links:
        if name := names.normal(all_text(link)):
            authors.append(name)
        # A name of one short word ("Wu") stands between the links.
        if link.tail and link.tail.strip(" ,\n"):
            authors += names.split(link.tail)
    return tuple(authors)


def _page(reading: _Reading, total: re.Match[str] | None, url: str) -> Page:
    counted = [part for part in reading.parts if part.shown is not None]
    lacking = sum(max(0, (part.shown or 0) - part.read) for part in counted)
    warnings = reading.warnings + [
        f"{part.heading or 'The page'}: {part.shown} entries stated, {part.read} found."
        for part in counted
        if part.shown != part.read
    ]
    read = sum(part.read for part in reading.parts)
    shown = sum(part.shown or 0 for part in counted) if counted else None
    offset = _offset(reading, url)
    whole = int(total[1]) if total else shown
    # How far the page reaches is what it says it shows: one that lost entries in between must not be asked for
    # forever. One that breaks off reaches to where it does.
    entries = read + len(reading.rejected)
    reach = offset + (entries if reading.is_cut else max(shown or 0, entries))
    more = whole is not None and reading.entries > 0 and reach < whole
    is_partial = bool(lacking or reading.rejected or reading.warnings)
    return Page(
        source=SOURCE,
        sightings=tuple(reading.sightings),
        sections=_sections(reading),
        rejected=tuple(reading.rejected),
        total=whole,
        state=PageState.PARTIAL if is_partial else PageState.COMPLETE if reading.sightings else PageState.EMPTY,
        is_short=reading.is_cut or lacking > len(reading.rejected),
        resume=str(reach) if more else None,
        warnings=(*warnings, *reading.notes),
        url=url,
    )


def _offset(reading: _Reading, url: str) -> int:
    """How many entries of the listing come before this page."""
    page = re.search(r"[?&]page=(\d{1,4})\b", url) if reading.listed_by == "catchup" else None
    before = (int(page[1]) - 1) * CATCHUP_PAGE if page else 0
    return max((reading.first_item or 1) - 1, before)


def _sections(reading: _Reading) -> tuple[Section, ...]:
    sections = [
        Section(reading.category, part.day or reading.day, part.kind or "", part.stated, part.read)
        for part in reading.parts
        if part.read or part.stated is not None
    ]
    # A page without entries says something of its day, too.
    return tuple(sections) or (Section(reading.category, reading.day, "", 0, 0),)
