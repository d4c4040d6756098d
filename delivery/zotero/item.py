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
_LINE = re.compile(r"\s*(arxiv|doi|tex\.eprint|eprint)\s*:\s*(\S.*)", re.IGNORECASE)
# What may follow an id: the class of a paper, a query, a place in a page.
_BESIDE = re.compile(r"\s*\[[^\]]*\]\s*$|[?#].*$|/$")
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
        "DOI": paper.any_doi.split()[0],
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


def same_as(document: Document) -> tuple[str, ...]:
    """What an item of this paper may be known by, the surest first: its arXiv id, and DOIs."""
    return (document.id.lower(), *_dois(f"10.48550/arXiv.{document.id}"), *_dois(document.doi or ""))


def known_by(data: Mapping[str, Any]) -> frozenset[str]:
    """The arXiv ids and DOIs that an item of Zotero has, where Zotero, its translators and its plugins keep them.

    Of Extra only lines that hold nothing else: comments and abstracts in it name other papers, too.
    """
    lines = str(data.get("extra") or "").splitlines()
    of_lines = [(match[1].lower(), match[2].strip()) for line in lines if (match := _LINE.match(line))]
    ids = [_whole(data, "archiveID"), _whole(data, "url"), *(text for name, text in of_lines if name != "doi")]
    dois = [_whole(data, "DOI"), _whole(data, "url"), *(text for name, text in of_lines if name == "doi")]
    # As an id, a DOI of arXiv's own names a paper, too.
    parsed = [identifiers.parse(_BESIDE.sub("", text)) for text in (*ids, *dois)]
    return frozenset(
        {identifier.key.lower() for identifier in parsed if identifier} | {doi for text in dois for doi in _dois(text)}
    )


def _whole(data: Mapping[str, Any], field: str) -> str:
    return str(data.get(field) or "").strip()


def _dois(text: str) -> tuple[str, ...]:
    """The DOIs in a field, which may hold several, or addresses of them; in lower case."""
    return tuple(match[0].lower() for part in text.split() if (match := _DOI.search(part.rstrip(".,;"))))
