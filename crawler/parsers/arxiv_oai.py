"""OAI-PMH of arXiv: `arXivRaw`, `arXiv`, `arXivOld` and `oai_dc`, of one record or of a page of them.

The datestamp of a record is when anything of it was changed, and never an announcement. `arXivRaw` has every version
with its date, and texts as the authors typed them; the dates of the other formats can be those of a later version, so
they are not read. Errors come with the status 200. The token of the next page is `resume`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crawler.parsers.errors import UnexpectedPage
from crawler.parsers.xml import Element, identifier_in, local_name, read_each, root_of, text, texts
from papers import sources
from papers.categories import resolve_all
from papers.normalise import bounds, names
from papers.normalise.bounds import Notes
from papers.normalise.dates import iso8601, iso_day, rfc2822
from papers.normalise.licences import licence
from papers.normalise.text import clean
from papers.paper import AuthorName, Page, Section, Sighting

EXPECTED = "records of OAI-PMH: arXivRaw, arXiv, arXivOld or oai_dc"
_NO_RECORDS = "noRecordsMatch"
_COMMENT = "Comment:"


class ProtocolError(UnexpectedPage):
    """Raised by `parse` for an error of the protocol; `code` is its name, such as badResumptionToken."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(EXPECTED, f"the error {code}" + (f": {sentence}" if sentence else ""))
        self.code = code


def parse(body: bytes, url: str = "") -> Page:
    """Parse a page. One that says that no record matches is empty. Raises ProtocolError, and UnexpectedPage."""
    root = root_of(body, EXPECTED)
    if local_name(root) != "OAI-PMH":
        raise UnexpectedPage(EXPECTED, f"XML of another kind (<{local_name(root)}>)")
    error = root.find("{*}error")
    if error is not None and error.get("code") != _NO_RECORDS:
        raise ProtocolError(error.get("code") or "without a name", " ".join("".join(error.itertext()).split())[:200])
    records = root.findall("{*}ListRecords/{*}record") + root.findall("{*}GetRecord/{*}record")
    if error is None and not records:
        raise UnexpectedPage(EXPECTED, f"an answer of another kind ({', '.join(map(local_name, root))})")
    page = _page(records, text(root, "{*}ListRecords/{*}resumptionToken", {}), url)
    return replace(page, made_at=iso8601(text(root, "{*}responseDate", {})))


def _page(records: Sequence[Element], token: str | None, url: str) -> Page:
    names_of_deleted = [_deleted(record) for record in records]
    kept_records = [record for record, name in zip(records, names_of_deleted, strict=True) if name is None]
    read = read_each(kept_records, _sighting)
    left_out = {record.number for record in read.rejected}
    return Page(
        source=read.sightings[0].source if read.sightings else sources.ARXIV_OAI,
        sightings=read.sightings,
        rejected=read.rejected,
        state=read.state,
        resume=token,
        datestamps=tuple(
            iso_day(text(record, "{*}header/{*}datestamp", {}))
            for number, record in enumerate(kept_records, start=1)
            if number not in left_out
        ),
        sections=(Section("", None, "", None, len(read.sightings)),),
        warnings=(*(f"{name} is deleted, says its header." for name in names_of_deleted if name), *read.warnings),
        url=url,
    )


def _deleted(record: Element) -> str | None:
    """The identifier of a record that its header says is deleted; None of one that is not."""
    header = record.find("{*}header")
    is_deleted = header is not None and header.get("status") == "deleted"
    return (text(header, "{*}identifier", {}) or "a record") if is_deleted else None


def _sighting(record: Element) -> tuple[Sighting, Sequence[str]]:
    """A record as a sighting, with notes on what was left out; raises ValueError where it is no paper."""
    metadata = record.find("{*}metadata")
    if metadata is None or not len(metadata):
        raise ValueError("it has no metadata")
    element, notes = metadata[0], Notes()
    match local_name(element):
        case "arXivRaw":
            source, fields = sources.ARXIV_OAI_RAW, _of_arxiv(element) | _versions(element, notes)
        case "arXiv" | "arXivOld":
            source, fields = sources.ARXIV_OAI, _of_arxiv(element)
        case "dc":
            source, fields = sources.ARXIV_OAI, _of_dublin_core(element, record)
        case name:
            raise ValueError(f"it is in the format {name}")
    name = text(element, "{*}id", {}) or (text(record, "{*}header/{*}identifier", {}) or "").rpartition(":")[2]
    identifier = identifier_in(name)
    if fields["title"] is None:
        raise ValueError(f"{identifier.key} has no title")
    return bounds.sighting(notes, id=identifier.key, source=source, **fields), notes


def _of_arxiv(element: Element) -> dict[str, Any]:
    """The fields of arXiv's own formats."""
    author_names = _author_names(element)
    values = texts(element)
    return {
        "title": clean(values.get("title")),
        "abstract": clean(values.get("abstract")),
        "authors": tuple(name.shown for name in author_names) if author_names else names.split(values.get("authors")),
        "author_names": author_names,
        "categories": resolve_all(values.get("categories", "").split()),
        "comments": clean(values.get("comments")),
        "journal_ref": clean(values.get("journal-ref")),
        "doi": clean(values.get("doi")),
        "report_no": clean(values.get("report-no")),
        "licence": licence(values.get("license")),
    }


def _author_names(element: Element) -> tuple[AuthorName, ...]:
    parts = (
        tuple(text(author, f"{{*}}{part}", {}) for part in ("forenames", "keyname", "suffix"))
        for author in element.findall("{*}authors/{*}author")
    )
    return tuple(name for given, family, suffix in parts if (name := names.in_parts(given, family, suffix)))


def _versions(element: Element, notes: Notes) -> dict[str, Any]:
    entries = [(version.get("version"), texts(version)) for version in element.findall("{*}version")]
    versions = bounds.versions(((number, rfc2822(values.get("date"))) for number, values in entries), notes)
    withdrawn = {number for number, values in entries if _is_withdrawn(values)}
    return {
        "withdrawn": tuple(number for number, _ in versions if f"v{number}" in withdrawn),
        "versions": versions,
        "version": versions[-1].number if versions else None,
        "submitted": versions[0].submitted if versions and versions[0].number == 1 else None,
    }


def _is_withdrawn(values: dict[str, str]) -> bool:
    """Whether a version was withdrawn: it has no size, and no source or one that arXiv marks as ignored (I)."""
    size, kind = values.get("size"), values.get("source_type", "I")
    return size is not None and size.removesuffix("kb").strip() == "0" and "I" in kind


def _of_dublin_core(element: Element, record: Element) -> dict[str, Any]:
    """The fields of `oai_dc`, in which several mean several things: the abstract is the first description, and comments
    follow, since 2025 without the word; categories have names alone, so that those of the record's sets count."""
    texts = {name: [child.text or "" for child in element.findall(f"{{*}}{name}")] for name in _DUBLIN_CORE}
    comments = [each.removeprefix(_COMMENT) for each in texts["description"] if each.startswith(_COMMENT)]
    abstracts = [each for each in texts["description"] if not each.startswith(_COMMENT)]
    dois = [each.removeprefix("doi:") for each in texts["identifier"] if each.startswith("doi:")]
    journals = [each for each in texts["identifier"] if not each.startswith(("doi:", "http:", "https:"))]
    return {
        "title": clean(next(iter(texts["title"]), None)),
        "abstract": clean(next(iter(abstracts), None)),
        "authors": names.listed(names.reading_order(creator) for creator in texts["creator"]),
        "categories": resolve_all([_category(each.text or "") for each in record.findall("{*}header/{*}setSpec")]),
        "comments": clean(next(iter([*comments, *abstracts[1:]]), None)),
        "doi": clean(next(iter(dois), None)),
        "journal_ref": clean(next(iter(journals), None)),
    }


_DUBLIN_CORE = ("title", "creator", "description", "identifier")


def _category(set_spec: str) -> str:
    """`cs:cs:DC` → `cs.DC`, `physics:hep-th` → `hep-th`."""
    parts = set_spec.strip().split(":")
    return ".".join(parts[1:]) if len(parts) > 1 else parts[0]
