"""arXiv's list pages: `/list/<category>/new`, `recent`, a month or a year, and `/catchup`; old markup too.

A page states how many entries each of its sections shows ("showing 45 of 45 entries"), and how many there are in all.
The parser compares these numbers with what it read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.html import Element, all_text, subjects, text_of, tree, unexpected
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
_NO_UPDATES = re.compile(r"No updates (?:today|for )", re.IGNORECASE)
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
class _ParseState:
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
    notes: list[str] = field(default_factory=list)  # warnings that do not make the page partial
    is_cut: bool = False  # the body ends inside its last entry


def parse(body: bytes, url: str = "") -> Page:
    """Parse a list page. Raises UnexpectedPage if it has neither entries nor the statement that there are none."""
    root = tree(body, EXPECTED)
    main = root.find(".//*[@id='dlpage']")
    if main is None:
        main = root
    state = _initial_state(main, url)
    state.is_cut = body.rfind(b"</dl>") < body.rfind(b"<dd")
    _read_entries(main, state)
    text = _text_outside_lists(main)
    total = _TOTAL.search(text)
    is_empty = _NO_UPDATES.search(text) is not None or (total is not None and int(total[1]) == 0)
    if not state.sightings and not is_empty:
        if state.entries and state.is_cut:
            raise UnexpectedPage(EXPECTED, "a page that was cut off inside its only entry")
        if state.rejected:
            raise UnexpectedPage(EXPECTED, f"entries of an unknown form: {state.rejected[0].reason}")
        raise unexpected(body, root, EXPECTED)
    return _page(state, total, url)


def _initial_state(main: Element, url: str) -> _ParseState:
    address = _ADDRESS.search(url)
    links = (link.get("href") or "" for link in main.iter("a"))
    address = address or next((match for link in links if (match := _ADDRESS.search(link))), None)
    if address is None:
        return _ParseState(category="", listed_by="")
    listed_by = "catchup" if address[1] == "catchup" else address[3]
    # Only the page's own address gives its day: its links lead to other days.
    day = iso_day(address[3]) if address.string == url else None
    # On `/new` the only link that names the category leads to `recent`.
    if not url and main.xpath("boolean(.//h3[contains(., 'new listings') or contains(., 'submissions for')])"):
        listed_by = "new"
    return _ParseState(category=resolve(address[2]), listed_by=listed_by, day=day)


def _text_outside_lists(main: Element) -> str:
    """The text of the page outside its lists, and the paragraphs inside a list that replace its entries."""
    parts = []
    for child in cast("list[Element]", main):
        if child.tag != "dl":
            parts.append(all_text(child))
        else:
            parts += [all_text(p) for p in child.findall("p")]
    return "\n".join(parts)


def _read_entries(main: Element, state: _ParseState) -> None:
    dt: Element | None = None
    last_was_read: bool | None = None
    for element in cast("list[Element]", main.iter("h1", "h3", "dt", "dd")):
        if element.tag == "dt":
            dt = element
        elif element.tag == "dd":
            last_was_read = _entry(dt, element, state) if dt is not None else None
            dt = None
        else:
            _heading(" ".join(all_text(element).split()), element.tag == "h1", state)
    if state.is_cut and last_was_read is not None:
        _drop_last_entry(state, was_read=last_was_read)


def _drop_last_entry(state: _ParseState, *, was_read: bool) -> None:
    """Remove the last entry of a body that ends inside it. Its texts may be incomplete: better missing than wrong."""
    if was_read:
        name = state.sightings.pop().id
        state.parts[-1].read -= 1
    else:
        name = state.rejected.pop().reason.split()[0]
        state.warnings.pop()
    state.warnings.append(f"The page ends inside the entry of {name}, which was left out.")


def _heading(text: str, is_title: bool, state: _ParseState) -> None:
    day = written_day(text) or _old_day(text)
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = None
    lower = text.lower()
    kind = next((kind for word, kind in _SECTIONS if lower.startswith(word)), None)
    count = _COUNT.search(text)
    if kind or count:
        shown, stated = (int(count[1]), int(count[2])) if count else (None, None)
        state.parts.append(_Part(text.split("(")[0].strip(), kind, day or state.day, shown, stated))
    if day and (is_title or kind or not count):
        state.day = state.day or day


def _old_day(text: str) -> date | None:
    """The day in the markup of 2022: "New submissions for Wed, 16 Feb 22"."""
    match = _SHORT_YEAR.match(text)
    return written_day(f"{match[1]} 20{match[2]}") if match else None


def _entry(dt: Element, dd: Element, state: _ParseState) -> bool:
    """Read an entry; False where it is left out."""
    part = state.parts[-1]
    state.entries += 1
    key, version, marks = _identifier(dt)
    fields = _fields(dd)
    if key is None or not fields.get("title"):
        snippet = " ".join(f"{all_text(dt)} {all_text(dd)}".split())[:REJECTED_START]
        reason = f"{key} has no title" if key else f"no readable identifier in '{snippet[:60]}'"
        state.rejected.append(Rejected(state.entries, reason, snippet))
        state.warnings.append(f"Entry {state.entries} was left out: {reason}.")
        return False
    part.read += 1
    notes = Notes()
    if state.first_item is None:
        item = _ITEM.search(all_text(dt))
        state.first_item = int(item[1]) if item else None
    state.sightings.append(
        bounds.sighting(
            notes,
            id=key,
            source=SOURCE,
            listing=state.category,
            day=part.day or state.day,
            version=version,
            announce_type=_announce_type(marks, part, state),
            **fields,
        )
    )
    state.notes += [f"{key}: {note}." for note in notes]
    return True


def _identifier(dt: Element) -> tuple[str | None, int | None, str]:
    """The entry's key, its version and the text between its links; (None, None, "") without a readable identifier."""
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


def _announce_type(marks: str, part: _Part, state: _ParseState) -> str | None:
    is_cross, is_replacement = "(cross-list" in marks, "(replaced" in marks
    if part.kind == "replace" or is_replacement:
        return "replace-cross" if is_cross else "replace"
    if part.kind or is_cross:
        return part.kind or "cross"
    # `recent` lists the new papers of a day, and marks cross-lists. A month's list does not tell the kind.
    return "new" if state.listed_by in ("recent", "pastweek") else None


def _fields(dd: Element) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for element in cast("list[Element]", dd.iter("div", "p")):
        kind = (element.get("class") or "").split(" ", 1)[0]
        if kind in _FIELDS:
            fields[_FIELDS[kind]] = clean(text_of(element))
        elif kind == "list-authors":
            fields["authors"] = _authors(element)
        elif kind == "list-subjects":
            fields["categories"] = resolve_all(subjects(text_of(element)))
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


def _page(state: _ParseState, total: re.Match[str] | None, url: str) -> Page:
    counted_parts = [part for part in state.parts if part.shown is not None]
    missing_count = sum(max(0, (part.shown or 0) - part.read) for part in counted_parts)
    warnings = state.warnings + [
        f"{part.heading or 'The page'}: {part.shown} entries stated, {part.read} found."
        for part in counted_parts
        if part.shown != part.read
    ]
    read_count = sum(part.read for part in state.parts)
    shown_count = sum(part.shown or 0 for part in counted_parts) if counted_parts else None
    offset = _offset(state, url)
    total_entries = int(total[1]) if total else shown_count
    # The next page starts after the entries that this page says it shows, even if some were not read: else it would be
    # asked for again and again. After a page that was cut off, it starts at the cut.
    entry_count = read_count + len(state.rejected)
    reach = offset + (entry_count if state.is_cut else max(shown_count or 0, entry_count))
    has_more = total_entries is not None and state.entries > 0 and reach < total_entries
    is_partial = bool(missing_count or state.rejected or state.warnings)
    return Page(
        source=SOURCE,
        sightings=tuple(state.sightings),
        sections=_sections(state),
        rejected=tuple(state.rejected),
        total=total_entries,
        state=PageState.PARTIAL if is_partial else PageState.COMPLETE if state.sightings else PageState.EMPTY,
        is_short=state.is_cut or missing_count > len(state.rejected),
        resume=str(reach) if has_more else None,
        warnings=(*warnings, *state.notes),
        url=url,
    )


def _offset(state: _ParseState, url: str) -> int:
    """How many entries of the listing come before this page."""
    page = re.search(r"[?&]page=(\d{1,4})\b", url) if state.listed_by == "catchup" else None
    skipped = (int(page[1]) - 1) * CATCHUP_PAGE if page else 0
    return max((state.first_item or 1) - 1, skipped)


def _sections(state: _ParseState) -> tuple[Section, ...]:
    sections = [
        Section(state.category, part.day or state.day, part.kind or "", part.stated, part.read)
        for part in state.parts
        if part.read or part.stated is not None
    ]
    # A page without entries still gives a section: its day has 0 entries.
    return tuple(sections) or (Section(state.category, state.day, "", 0, 0),)
