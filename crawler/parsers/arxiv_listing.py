"""arXiv's list pages: `/list/<category>/new`, `recent`, a month or a year, and `/catchup`; old markup too.

A page says how many entries each of its sections shows ("showing 45 of 45 entries") and how many there are in
all; what was read is compared with that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from crawler.parsers.html import Element, all_text, text_of, tree, unexpected
from papers import identifiers
from papers.categories import resolve, resolve_all
from papers.normalise import names
from papers.normalise.dates import written_day
from papers.normalise.text import clean
from papers.paper import Page, Sighting, State

SOURCE = "arxiv-listing"
EXPECTED = "an arXiv listing: entries, or the statement that there are no updates"

_COUNT = re.compile(r"showing\s+(?:first\s+|last\s+)?(\d+)\s+of\s+(\d+)\s+entr", re.IGNORECASE)
_TOTAL = re.compile(r"Total of (\d+) entr", re.IGNORECASE)
_SECTIONS = (("new", "new"), ("cross", "cross"), ("replacement", "replace"))
_ADDRESS = re.compile(r"/(list|catchup)/([A-Za-z-]+(?:\.[A-Za-z-]+)?)/(\d{4}-\d{2}-\d{2}|[a-z]+|\d{4,6}(?:-\d{2})?)")
_NOTHING = re.compile(r"No updates (?:today|for )", re.IGNORECASE)
_CODE = re.compile(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]+)?)\)")
_ITEM = re.compile(r"\[(\d+)\]")
_SHORT_YEAR = re.compile(r"^(.*\b\d{1,2}\s+[A-Za-z]{3})\s+(\d{2})\b(?!\d)")
_FIELDS = {
    "list-title": "title",
    "list-comments": "comments",
    "list-journal-ref": "journal_ref",
    "list-report-no": "report_no",
    "list-doi": "doi",
}


@dataclass(slots=True)
class _Section:
    heading: str = ""
    kind: str | None = None
    day: date | None = None
    stated: int | None = None
    found: int = 0


@dataclass(slots=True)
class _Reading:
    """What has been read of the page so far."""

    category: str
    listed_by: str  # new, recent, catchup, or a month or year
    day: date | None = None
    sections: list[_Section] = field(default_factory=lambda: [_Section()])
    sightings: list[Sighting] = field(default_factory=list)
    first_item: int | None = None
    warnings: list[str] = field(default_factory=list)


def parse(body: bytes, url: str = "") -> Page:
    """A list page. Raises UnexpectedPage where there are neither entries nor "No updates"."""
    root = tree(body, EXPECTED)
    main = root.find(".//*[@id='dlpage']")
    if main is None:
        main = root
    reading = _start(main, url)
    _read(main, reading, cut=body.rfind(b"</dl>") < body.rfind(b"<dd"))
    text = _furniture(main)
    nothing = _NOTHING.search(text) is not None
    if not reading.sightings and not nothing:
        raise unexpected(body, root, EXPECTED)
    return _page(reading, _TOTAL.search(text), url)


def _start(main: Element, url: str) -> _Reading:
    address = _ADDRESS.search(url)
    links = (link.get("href") or "" for link in main.iter("a"))
    address = address or next((match for link in links if (match := _ADDRESS.search(link))), None)
    if address is None:
        return _Reading(category="", listed_by="")
    listed_by = "catchup" if address[1] == "catchup" else address[3]
    # Only the page's own address tells its day: its links lead to other days.
    of_day = address.string == url and re.fullmatch(r"\d{4}-\d{2}-\d{2}", address[3])
    day = date.fromisoformat(address[3]) if of_day else None
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


def _read(main: Element, reading: _Reading, *, cut: bool) -> None:
    entry: Element | None = None
    last: Element | None = None
    for element in cast("list[Element]", main.iter("h1", "h3", "dt", "dd")):
        if element.tag == "dt":
            entry = element
        elif element.tag == "dd":
            if entry is not None:
                _entry(entry, element, reading)
            entry, last = None, element
        else:
            _heading(" ".join(all_text(element).split()), element.tag == "h1", reading)
    if cut and last is not None and reading.sightings:
        # The body ends inside its last entry, whose texts may be half there: better missing than wrong.
        dropped = reading.sightings.pop()
        reading.sections[-1].found -= 1
        reading.warnings.append(f"The page ends inside the entry of {dropped.id}, which was left out.")


def _heading(text: str, top: bool, reading: _Reading) -> None:
    day = written_day(text) or _old_day(text)
    lower = text.lower()
    kind = next((kind for word, kind in _SECTIONS if lower.startswith(word)), None)
    count = _COUNT.search(text)
    if kind or count:
        section = _Section(text.split("(")[0].strip(), kind, day or reading.day, int(count[1]) if count else None)
        reading.sections.append(section)
    if day and (top or kind or not count):
        reading.day = reading.day or day


def _old_day(text: str) -> date | None:
    """The day in the markup of 2022: "New submissions for Wed, 16 Feb 22"."""
    match = _SHORT_YEAR.match(text)
    return written_day(f"{match[1]} 20{match[2]}") if match else None


def _entry(dt: Element, dd: Element, reading: _Reading) -> None:
    section = reading.sections[-1]
    section.found += 1
    key, version, marks = _identifier(dt)
    if key is None:
        reading.warnings.append(f"An entry without a readable identifier: {' '.join(all_text(dt).split())[:80]}")
        return
    if reading.first_item is None:
        item = _ITEM.search(all_text(dt))
        reading.first_item = int(item[1]) if item else None
    reading.sightings.append(
        Sighting(
            id=key,
            source=SOURCE,
            listing=reading.category,
            day=section.day or reading.day,
            version=version,
            announce_type=_announce_type(marks, section, reading),
            **_fields(dd),  # type: ignore[arg-type]
        )
    )


def _identifier(dt: Element) -> tuple[str | None, int | None, str]:
    """The entry's key, its version where a link tells it, and the words between its links."""
    found = version = None
    marks = []
    for element in dt.iter("a", "span"):
        title = element.get("title")
        if title == "Abstract":
            found = identifiers.parse(element.get("id") or "") or identifiers.parse(all_text(element))
        elif title == "View HTML":
            number = (element.get("href") or "").rpartition("v")[2]
            version = int(number) if number.isdigit() else None
        if element.tail:
            marks.append(element.tail)
    return (found.key, version or found.version, "".join(marks)) if found else (None, None, "")


def _announce_type(marks: str, section: _Section, reading: _Reading) -> str | None:
    crossed, replaced = "(cross-list" in marks, "(replaced" in marks
    if section.kind == "replace" or replaced:
        return "replace-cross" if crossed else "replace"
    if section.kind or crossed:
        return section.kind or "cross"
    # `recent` lists what is new that day, and marks the cross-lists; a month says nothing of announcements.
    return "new" if reading.listed_by in ("recent", "pastweek") else None


def _fields(dd: Element) -> dict[str, object]:
    fields: dict[str, object] = {}
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
    links = [all_text(link) for link in element.iter("a")]
    if not links:
        return names.split(text_of(element).removeprefix("Authors:"))
    return tuple(name for link in links if (name := clean(link)))


def _page(reading: _Reading, total: re.Match[str] | None, url: str) -> Page:
    sections = [section for section in reading.sections if section.stated is not None]
    warnings = reading.warnings + [
        f"{section.heading or 'The page'}: {section.stated} entries stated, {section.found} found."
        for section in sections
        if section.stated != section.found
    ]
    count = sum(section.found for section in reading.sections)
    stated = sum(section.stated or 0 for section in sections) if sections else None
    offset = (reading.first_item or 1) - 1
    whole = int(total[1]) if total else stated
    # How far the page reaches is what it says it shows: one that lost entries must not be asked for forever.
    reach = offset + (count if stated is None else max(stated, count))
    more = whole is not None and count > 0 and reach < whole
    read = State.COMPLETE if reading.sightings else State.EMPTY
    return Page(
        source=SOURCE,
        listing=reading.category,
        day=reading.day or next((section.day for section in reading.sections if section.day), None),
        sightings=tuple(reading.sightings),
        offset=offset,
        stated=stated,
        total=whole,
        state=State.PARTIAL if warnings else read,
        next_offset=reach if more else None,
        warnings=tuple(warnings),
        url=url,
    )
