"""arXiv's page of one paper, `/abs/2611.00001` or `/abs/2611.00001v2`: the only page with all versions and the licence.

Metadata stands twice on it: in `<meta name="citation_…">`, where names are in parts, and in the page that is shown,
where links have their addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crawler.parsers.html import Element, all_text, page_of, subjects, text_of, tree, unexpected
from papers import identifiers, sources
from papers.categories import resolve_all
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.dates import rfc2822
from papers.normalise.licences import licence
from papers.normalise.text import clean
from papers.paper import AuthorName, Page

SOURCE = sources.ARXIV_ABS
EXPECTED = "arXiv's page of one paper, with its history of versions"


def parse(body: bytes, url: str = "") -> Page:
    """Parse a page. Raises UnexpectedPage where it names no paper, has no title, or was cut off before the history."""
    root = tree(body, EXPECTED)
    identifier = identifiers.parse(next(_metas(root, "citation_arxiv_id"), ""))
    heading = _first(root, "h1", "title")
    title = clean(text_of(heading)) if heading is not None else None
    history = _first(root, "div", "submission-history")
    if identifier is None or title is None or history is None:
        raise unexpected(body, root, EXPECTED)
    notes = Notes()
    author_names = tuple(name for each in _metas(root, "citation_author") if (name := _author_name(each)))
    sighting = bounds.sighting(
        notes,
        id=identifier.key,
        source=SOURCE,
        title=title,
        authors=tuple(name.shown for name in author_names),
        author_names=author_names,
        abstract=_abstract(root),
        licence=_licence(root),
        **_cells(root),
        **_versions(history, notes),
    )
    return page_of(sighting, notes, url)


def _metas(root: Element, name: str) -> Iterator[str]:
    return (meta.get("content") or "" for meta in root.iter("meta") if meta.get("name") == name)


def _first(root: Element, tag: str, kind: str) -> Element | None:
    """The first element with this tag whose classes begin with `kind`."""
    return next((each for each in root.iter(tag) if (each.get("class") or "").split(" ", 1)[0] == kind), None)


def _author_name(content: str) -> AuthorName | None:
    """The name in `King Jr., Martin Luther`, or that of a collaboration, which has no comma."""
    family, _, given = content.partition(", ")
    family, suffix = names.without_suffix(family) if given else (family, "")
    return names.in_parts(given, family, suffix)


def _abstract(root: Element) -> str | None:
    element = _first(root, "blockquote", "abstract")
    return clean(text_of(element)) if element is not None else None


def _licence(root: Element) -> str | None:
    element = _first(root, "div", "abs-license")
    links = element.iter("a") if element is not None else iter(())
    return next((licence(link.get("href")) for link in links), None)


def _cells(root: Element) -> dict[str, Any]:
    """The fields of the table. A report number has the class of a journal, and is known by its label alone."""
    fields: dict[str, Any] = {}
    label = ""
    for cell in root.iter("td"):
        classes = (cell.get("class") or "").split()
        if "label" in classes:
            label = all_text(cell)
        elif "subjects" in classes:
            fields["categories"] = resolve_all(subjects(text_of(cell)))
        elif "doi" in classes:
            fields["doi"] = next((link.get("data-doi") for link in cell.iter("a")), None)
        elif "comments" in classes:
            fields["comments"] = clean(text_of(cell))
        elif "jref" in classes:
            fields["report_no" if label.strip().startswith("Report") else "journal_ref"] = clean(text_of(cell))
    return fields


def _versions(history: Element, notes: Notes) -> dict[str, Any]:
    """All versions; the one that the page shows is the only one that is no link."""
    marks = list(history.iter("strong"))
    entries = ((all_text(mark).strip(" []"), rfc2822((mark.tail or "").partition("(")[0])) for mark in marks)
    versions = bounds.versions(entries, notes)
    withdrawn = {all_text(mark).strip(" []") for mark in marks if _is_withdrawn(mark)}
    shown = next((all_text(mark).strip(" []") for mark in marks if not len(mark)), None)
    return {
        "versions": versions,
        "withdrawn": tuple(number for number, _ in versions if f"v{number}" in withdrawn),
        "version": bounds.version_number(shown, notes) if shown else None,
        "submitted": versions[0].submitted if versions and versions[0].number == 1 else None,
    }


def _is_withdrawn(mark: Element) -> bool:
    """Whether "(withdrawn)" stands behind the date of a version."""
    following = mark.getnext()
    return following is not None and following.tag == "em" and "withdrawn" in all_text(following)
