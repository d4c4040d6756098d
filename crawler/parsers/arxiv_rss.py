"""arXiv's feeds: RSS 2.0 and Atom of rss.arxiv.org, and the RDF (RSS 1.0) of before February 2024.

An entry is one per paper, with the version of now: it may be announced as new and be version 2. Texts are raw TeX. A
feed of exactly 2,000 entries was cut, and what is missing are new papers. On a weekend or a holiday there are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.xml import Element, identifier_in, local_name, read_each, root_of, text, texts
from papers import sources
from papers.categories import resolve, resolve_all
from papers.identifiers import Identifier
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.dates import EASTERN, iso8601, rfc2822
from papers.normalise.licences import licence
from papers.normalise.text import clean
from papers.paper import Page, PageState, Section, Sighting

SOURCE = sources.ARXIV_RSS
EXPECTED = "a feed of arXiv's: RSS, Atom or RDF"
# A feed has no more entries; one with so many has lost some.
MOST_ENTRIES = 2000
_NAMESPACES = {
    "arxiv": "http://arxiv.org/schemas/atom",
    "atom": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
}
_ATOM, _RDF = f"{{{_NAMESPACES['atom']}}}feed", f"{{{_NAMESPACES['rdf']}}}RDF"
_OAI = re.compile(r"oai:arXiv\.org:(\S+)")
_DESCRIPTION = re.compile(r"\A\s*arXiv:\S+\s+Announce Type:\s*(\S+)\s+Abstract:\s*", re.IGNORECASE)
# `Title. (arXiv:1805.09166v1 [hep-ex] CROSS LISTED)`
_RDF_TITLE = re.compile(r"\.?\s*\(arXiv:(\S+)\s+\[([\w.-]+)\](?:\s+(CROSS LISTED|UPDATED))?\)\s*\Z")
_RDF_KINDS = {None: "new", "CROSS LISTED": "cross", "UPDATED": "replace"}
_CHANNEL = re.compile(r"\A(\S+) updates on arXiv\.org")
# Lists appear at this hour in New York, in the evening before their day.
_ANNOUNCED, _SATURDAY = 20, 5
_KINDS = ("new", "cross", "replace", "replace-cross")


def parse(body: bytes, url: str = "") -> Page:
    """Parse a feed. Raises UnexpectedPage for what is none, and for the feed with which arXiv answers a mistake."""
    root = root_of(body, EXPECTED)
    channel, entries = _parts(root)
    title = _channel_text(channel, "title") or ""
    if title.lower().startswith("feed error"):
        reason = _channel_text(channel, "description") or _channel_text(channel, "subtitle") or title
        raise UnexpectedPage(EXPECTED, f"the error “{' '.join(reason.split())[:200]}”")
    category, day = _category(title), _day_of(channel)
    read = read_each(entries, partial(_sighting, category=category, day=day))
    is_cut = len(entries) >= MOST_ENTRIES
    return Page(
        source=SOURCE,
        sightings=read.sightings,
        sections=_sections(read.sightings, category, day),
        rejected=read.rejected,
        state=PageState.PARTIAL if is_cut else read.state,
        warnings=read.warnings,
        url=url,
        cut=f"the feed has {MOST_ENTRIES:,} entries, which is where arXiv cuts it" if is_cut else None,
    )


def _parts(root: Element) -> tuple[Element, list[Element]]:
    """What describes the feed, and its entries."""
    if root.tag == "rss":
        channel = root.find("channel")
        if channel is not None:
            return channel, channel.findall("item")
    if root.tag == _ATOM:
        return root, root.findall("atom:entry", _NAMESPACES)
    if root.tag == _RDF:
        channel = root.find("rss:channel", _NAMESPACES)
        if channel is not None:
            return channel, root.findall("rss:item", _NAMESPACES)
    raise UnexpectedPage(EXPECTED, f"XML of another kind (<{local_name(root)}>)")


def _channel_text(channel: Element, name: str) -> str | None:
    return next(
        (value for path in (name, f"atom:{name}", f"rss:{name}") if (value := text(channel, path, _NAMESPACES))), None
    )


def _category(title: str) -> str:
    """The category or archive of a feed; "" of several together, whose kinds are those of none of them."""
    match = _CHANNEL.match(title)
    return resolve(match[1]) if match and "+" not in match[1] else ""


def _day_of(channel: Element) -> date | None:
    """The day of the announcements, which is arXiv's own: midnight in New York."""
    if announced := iso8601(text(channel, "dc:date", _NAMESPACES)):
        return _weekday_after(announced)
    return _eastern_day(rfc2822(_channel_text(channel, "pubDate")) or iso8601(_channel_text(channel, "updated")))


def _weekday_after(evening: datetime) -> date:
    """The day of a list that was announced on this evening, which RDF names."""
    local = evening.astimezone(EASTERN)
    day = local.date() + timedelta(days=local.hour >= _ANNOUNCED)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day


def _eastern_day(moment: datetime | None) -> date | None:
    return moment.astimezone(EASTERN).date() if moment else None


def _sighting(entry: Element, category: str, day: date | None) -> tuple[Sighting, Sequence[str]]:
    """An entry as a sighting, with notes on what was left out of it; raises ValueError where it names no paper."""
    values = texts(entry)
    title, old = _title(values)
    identifier, announce_type = _named(entry, values, old)
    abstract = _DESCRIPTION.sub("", values.get("description") or values.get("summary", ""))
    published = _moment(values.get("pubDate")) or iso8601(values.get("published"))
    creator = values.get("creator") or _atom_authors(entry)
    notes = Notes()
    fields: dict[str, Any] = {
        "title": title,
        "abstract": clean(_without_markup(abstract) if old else abstract),
        "authors": names.split(_without_markup(creator) if "<" in creator else creator),
        "categories": _categories(entry, old),
        "doi": clean(values.get("DOI")),
        "journal_ref": clean(values.get("journal_reference")),
        "licence": licence(values.get("rights")),
    }
    return bounds.sighting(
        notes,
        id=identifier.key,
        source=SOURCE,
        listing=category,
        day=_eastern_day(published) or day,
        announce_type=announce_type,
        version=identifier.version,
        **fields,
    ), notes


# All entries of a feed have the same date.
_moment = lru_cache(maxsize=8)(rfc2822)


def _title(values: dict[str, str]) -> tuple[str, re.Match[str] | None]:
    """The title, and what a title of before 2024 has behind it."""
    raw_title = values.get("title", "")
    old = _RDF_TITLE.search(raw_title) if raw_title.endswith(")") else None
    title = clean(raw_title[: old.start()] if old else raw_title)
    if title is None:
        raise ValueError("it has no title")
    return title, old


def _named(entry: Element, values: dict[str, str], old: re.Match[str] | None) -> tuple[Identifier, str | None]:
    """The paper and version that an entry names, and how it was announced."""
    if old:
        return identifier_in(old[1]), _RDF_KINDS[old[3]]
    oai = _OAI.search(values.get("guid") or values.get("id", ""))
    kind = values.get("announce_type")
    name = oai[1] if oai else values.get("link") or _link(entry)
    return identifier_in(name), kind if kind in _KINDS else None


def _categories(entry: Element, old: re.Match[str] | None) -> tuple[str, ...]:
    codes = [(category.text or category.get("term") or "").strip() for category in entry.iterfind("{*}category")]
    return resolve_all([code for code in codes if code] or ([old[2]] if old else []))


def _atom_authors(entry: Element) -> str:
    authors = (text(author, "atom:name", _NAMESPACES) for author in entry.findall("atom:author", _NAMESPACES))
    return ", ".join(name for name in authors if name)


def _link(entry: Element) -> str:
    link = entry.find("atom:link[@rel='alternate']", _NAMESPACES)
    return (link.get("href") or "") if link is not None else ""


def _without_markup(value: str) -> str:
    """A text of before 2024, whose links and paragraphs are HTML in the text of the XML."""
    return re.sub(r"</?(?:a|p)\b[^>]*>", "", value)


def _sections(sightings: Sequence[Sighting], category: str, day: date | None) -> tuple[Section, ...]:
    """How many entries of each kind there are; a feed states no numbers."""
    counts = Counter(sighting.announce_type or "" for sighting in sightings)
    kinds = [kind for kind in (*_KINDS, "") if counts[kind]]
    sections = (Section(category, day, kind, None, counts[kind]) for kind in kinds)
    return tuple(sections) or (Section(category, day, "", 0, 0),)
