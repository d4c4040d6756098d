"""The Atom of arXiv's API, of before and of since the change of its form in the winter of 2025/26.

Nothing here asks the API: its robots.txt forbids it. Answers that people have saved can be read.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.xml import Element, identifier_in, local_name, read_each, root_of, text
from papers import sources
from papers.categories import resolve_all
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.dates import iso8601
from papers.normalise.text import clean
from papers.paper import Page, Sighting

SOURCE = sources.ARXIV_API
EXPECTED = "an answer of arXiv's API: Atom with papers, or with none"
_NAMESPACES = {
    "arxiv": "http://arxiv.org/schemas/atom",
    "atom": "http://www.w3.org/2005/Atom",
    "opensearch": "http://a9.com/-/spec/opensearch/1.1/",
}
_ERRORS = "arxiv.org/api/errors"


def parse(body: bytes, url: str = "") -> Page:
    """Parse an answer. Raises UnexpectedPage for what is none, and for an error of the API's, which is an entry."""
    root = root_of(body, EXPECTED)
    total = text(root, "opensearch:totalResults", _NAMESPACES)
    if root.tag != f"{{{_NAMESPACES['atom']}}}feed" or total is None:
        raise UnexpectedPage(EXPECTED, f"XML of another kind (<{local_name(root)}>)")
    entries = root.findall("atom:entry", _NAMESPACES)
    for entry in entries:
        if _ERRORS in (text(entry, "atom:id", _NAMESPACES) or ""):
            reason = " ".join((text(entry, "atom:summary", _NAMESPACES) or "").split())
            raise UnexpectedPage(EXPECTED, f"the error “{reason[:200]}”")
    read = read_each(entries, _sighting)
    total_entries = bounds.whole_number(total)
    end = (bounds.whole_number(text(root, "opensearch:startIndex", _NAMESPACES)) or 0) + len(entries)
    return Page(
        source=SOURCE,
        sightings=read.sightings,
        rejected=read.rejected,
        total=total_entries,
        state=read.state,
        resume=str(end) if entries and total_entries is not None and end < total_entries else None,
        warnings=read.warnings,
        url=url,
    )


def _sighting(entry: Element) -> tuple[Sighting, Sequence[str]]:
    """An entry as a sighting, with notes on what was left out of it; raises ValueError where it is no paper."""
    name = text(entry, "atom:id", _NAMESPACES) or ""
    identifier, title = identifier_in(name), clean(text(entry, "atom:title", _NAMESPACES))
    if title is None:
        raise ValueError(f"{identifier.key} has no title")
    notes = Notes()
    return bounds.sighting(
        notes,
        id=identifier.key,
        source=SOURCE,
        title=title,
        abstract=clean(text(entry, "atom:summary", _NAMESPACES)),
        authors=names.listed(text(author, "atom:name", _NAMESPACES) for author in entry.findall("{*}author")),
        categories=_categories(entry),
        version=identifier.version,
        submitted=bounds.moment(iso8601(text(entry, "atom:published", _NAMESPACES)), notes),
        comments=clean(text(entry, "arxiv:comment", _NAMESPACES)),
        journal_ref=clean(text(entry, "arxiv:journal_ref", _NAMESPACES)),
        doi=clean(text(entry, "arxiv:doi", _NAMESPACES)),
    ), notes


def _categories(entry: Element) -> tuple[str, ...]:
    """The primary category first. Among the others are MSC and ACM classes, which have not the form of a category."""
    elements = entry.findall("arxiv:primary_category", _NAMESPACES) + entry.findall("atom:category", _NAMESPACES)
    return resolve_all([element.get("term") or "" for element in elements])
