"""A paper as an item of Zotero, and by what an item there is known to be the same paper."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from delivery.export.reference import Reference, reference
from indexer.documents import Document
from papers import identifiers
from papers.paper import AuthorName

# What keys of Zotero's objects are made of.
_KEY_SIGNS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
_KEY_LENGTH = 8
_OF_ARXIV = re.compile(r"arxiv(?:\.org/(?:abs|pdf|html)/|[:.]\s*)(\S+)", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def item(document: Document, languages: Sequence[str]) -> dict[str, Any]:
    """The item, as both of Zotero's APIs take it. Of `languages`, the first in which the paper is translated goes with
    it, in the lines of Extra that the plugin Translate for Zotero shows."""
    paper = reference(document)
    values = {
        "itemType": "preprint",
        "title": paper.title,
        "creators": [_creator(name) for name in paper.authors],
        "abstractNote": paper.abstract,
        "repository": "arXiv",
        "archiveID": f"arXiv:{paper.id}",
        "date": "-".join(f"{part:02}" for part in paper.date_parts),
        "DOI": paper.any_doi,
        "url": paper.address,
        "language": paper.language,
        "libraryCatalog": "arXiv.org",
        "extra": "\n".join(_extra(document, paper, languages)),
        "tags": [{"tag": category, "type": 1} for category in paper.categories],
    }
    return {name: value for name, value in values.items() if value}


def _creator(name: AuthorName | str) -> dict[str, str]:
    if isinstance(name, str):
        return {"creatorType": "author", "name": name}
    given = ", ".join(filter(None, (name.given, name.suffix)))
    return {"creatorType": "author", "lastName": name.family, "firstName": given}


def _extra(document: Document, paper: Reference, languages: Sequence[str]) -> list[str]:
    lines = [f"arXiv:{paper.id} [{paper.categories[0]}]" if paper.categories else f"arXiv:{paper.id}"]
    if paper.version:
        lines.append(f"Version: {paper.version}")
    if paper.comments:
        lines.append(f"Comment: {paper.comments}")
    if paper.journal_ref:
        lines.append(f"Published in: {paper.journal_ref}")
    language = next((each for each in languages if each != document.language and each in document.title), None)
    for name, texts in (("titleTranslation", document.title), ("abstractTranslation", document.abstract)):
        if language and (text := texts.get(language)):
            lines.append(f"{name}: {' '.join(text.split())}")
    return lines


def key_of(id: str) -> str:
    """The key of a paper's item: the same for ever, so that a request that is sent twice makes one item."""
    number = int.from_bytes(hashlib.blake2b(f"paperglot {id}".encode(), digest_size=8).digest())
    signs = []
    for _ in range(_KEY_LENGTH):
        number, place = divmod(number, len(_KEY_SIGNS))
        signs.append(_KEY_SIGNS[place])
    return "".join(signs)


def same_as(document: Document) -> frozenset[str]:
    """What an item of this paper may be known by: its arXiv id, and DOIs, in lower case."""
    dois = (document.doi, f"10.48550/arXiv.{document.id}")
    return frozenset({document.id.lower(), *(doi.lower() for doi in dois if doi)})


def known_by(data: Mapping[str, Any]) -> frozenset[str]:
    """The arXiv ids and DOIs that an item of Zotero has, in any of the places where they are kept."""
    marks = set()
    for field in ("archiveID", "DOI", "url", "extra"):
        text = str(data.get(field) or "")
        marks |= {match[0].rstrip(".,;)").lower() for match in _DOI.finditer(text)}
        for match in _OF_ARXIV.finditer(text):
            if identifier := identifiers.parse(match[1].rstrip(".,;)]").removesuffix(".pdf")):
                marks.add(identifier.key.lower())
    return frozenset(marks)
