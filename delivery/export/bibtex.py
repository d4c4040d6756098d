"""BibTeX: an `@misc` entry a paper, with `eprint`, as arXiv and its users write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from delivery.export.reference import Reference, reference
from indexer.documents import Document
from papers.normalise import formulas
from papers.normalise.names import is_collaboration, without_suffix
from papers.paper import AuthorName

_ESCAPES = {
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "$": r"\$",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_SPECIAL = re.compile("[&%#_${}\\\\~^]")
# A comment would begin there, and hide the rest of the line.
_LONE_PERCENT = re.compile(r"(?<!\\)%")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Names with a blank whose capitals say nothing, and those that "and" would part, are one unit.
_PARTS_ITSELF = re.compile(r"\band\b|,", re.IGNORECASE)


def write(documents: Iterable[Document]) -> Iterator[str]:
    """A BibTeX file in UTF-8: an entry a paper, with a blank line after it."""
    for document in documents:
        yield entry(reference(document)) + "\n"


def entry(paper: Reference) -> str:
    """One entry. Texts are escaped outside of formulas; addresses and identifiers stand as they are."""
    fields = {
        "author": f"{{{' and '.join(map(_name, paper.authors))}}}" if paper.authors else "",
        "title": f"{{{{{escaped(paper.title)}}}}}",  # two pairs of braces: styles must not change its capitals
        "year": f"{{{paper.date_parts[0]}}}" if paper.date_parts else "",
        "month": _MONTHS[paper.date_parts[1] - 1] if paper.date_parts else "",
        "eprint": f"{{{paper.id}}}",
        "archivePrefix": "{arXiv}",
        "eprinttype": "{arxiv}",  # biblatex and Zotero read this one
        "primaryClass": f"{{{paper.categories[0]}}}" if paper.categories else "",
        "doi": f"{{{_unescaped(paper.any_doi)}}}",
        "url": f"{{{_unescaped(paper.address)}}}",
        "note": f"{{{escaped(note)}}}" if (note := _note(paper)) else "",
        "keywords": f"{{{', '.join(paper.categories)}}}" if paper.categories else "",
        "abstract": f"{{{escaped(paper.abstract)}}}" if paper.abstract else "",
    }
    lines = [f"  {name:<13} = {value}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{paper.key},", *lines, "}", ""])


def _note(paper: Reference) -> str:
    published = f"Published in: {paper.journal_ref}" if paper.journal_ref else ""
    return "; ".join(filter(None, ("Withdrawn" if paper.is_withdrawn else "", published)))


def escaped(text: str) -> str:
    """A text as TeX: formulas stay, unless their braces do not match; the rest is escaped."""
    parts: list[str] = []
    at = 0
    for start, end, _ in formulas.find(text):
        if _is_balanced(text[start:end]):
            parts += (_plain(text[at:start]), _LONE_PERCENT.sub(r"\%", text[start:end]))
            at = end
    return "".join((*parts, _plain(text[at:])))


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def _is_balanced(text: str) -> bool:
    """Whether BibTeX, which does not know `\\{`, would find a closing brace for every opening one."""
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0


def _unescaped(text: str) -> str:
    """An identifier or address: braces and blanks are percent-encoded, as nothing can escape them there."""
    return re.sub(r"[{}\s\\%]", lambda match: f"%{ord(match[0]):02X}", text)


def _name(name: AuthorName | str) -> str:
    if isinstance(name, AuthorName):
        return ", ".join(filter(None, (_part(name.family), _part(name.suffix), _part(name.given))))
    if len(name.split()) < 2 or is_collaboration(name) or _PARTS_ITSELF.search(name):
        return f"{{{escaped(name)}}}"
    bare_name, suffix = without_suffix(name)
    if not suffix:
        return escaped(name)
    given, _, family = bare_name.rpartition(" ")
    return escaped(f"{family}, {suffix}, {given}")


def _part(text: str) -> str:
    return f"{{{escaped(text)}}}" if _PARTS_ITSELF.search(text) else escaped(text)
