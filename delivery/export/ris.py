"""RIS: a record a paper. It knows no preprint: UNPB is what most programs take for one, and Zotero reads M2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from delivery.export.reference import Reference, reference
from indexer.documents import Document


def write(documents: Iterable[Document]) -> Iterator[str]:
    """A RIS file in UTF-8 with the line ends of its standard; without a byte order mark, which readers stumble over."""
    for document in documents:
        yield record(reference(document)) + "\r\n"


def record(paper: Reference) -> str:
    """One record, from TY to ER, a value a line."""
    lines = [
        ("TY", "UNPB"),
        ("TI", paper.title),
        *(("AU", name) for name in paper.names),
        ("PY", "".join(map(str, paper.date_parts[:1]))),
        ("DA", _date(paper.date_parts)),
        ("AB", paper.abstract),
        *(("KW", category) for category in paper.categories),
        ("DO", paper.any_doi),
        ("UR", paper.address),
        ("L1", paper.pdf),
        ("AN", f"arXiv:{paper.id}"),
        ("DB", "arXiv"),
        ("PB", "arXiv"),
        ("ET", f"v{paper.version}" if paper.version else ""),
        ("LA", paper.language),
        ("N1", f"Published in: {paper.journal_ref}" if paper.journal_ref else ""),
        ("N1", paper.comments or ""),
        ("M2", "Type: preprint"),
        ("ID", paper.key),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _date(parts: tuple[int, ...]) -> str:
    """`2017/06/12`, or `2017/06/` where the day is not known."""
    return "/".join([f"{part:02}" for part in parts] + [""] * (3 - len(parts))) if parts else ""
