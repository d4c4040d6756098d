"""Papers as files for other programs: the formats, and what each writes of a stream of papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from delivery.export import bibtex, csl, plain, ris, rows
from indexer.documents import Document
from papers.errors import UsageError

# So many characters are sent at once: a paper at a time would cost more in calls than in writing.
_CHUNK = 64_000


class UnknownFormat(UsageError):
    """Raised by `format_named`: there is no such format."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its media type, the end of its files' names, and its writer, which yields a file piece by piece."""

    media_type: str
    suffix: str
    write: Callable[[Iterable[Document]], Iterator[str]]


FORMATS = {
    "bibtex": Format("application/x-bibtex; charset=utf-8", "bib", bibtex.write),
    "ris": Format("application/x-research-info-systems; charset=utf-8", "ris", ris.write),
    "csl": Format("application/vnd.citationstyles.csl+json", "json", csl.write),
    "csv": Format("text/csv; charset=utf-8", "csv", rows.write_csv),
    "ndjson": Format("application/x-ndjson", "ndjson", rows.write_ndjson),
    "text": Format("text/plain; charset=utf-8", "txt", plain.write),
}
# The formats of a reference, as "Cite" offers them.
REFERENCES = ("bibtex", "ris", "csl", "text")


def format_named(name: str) -> Format:
    """The format of this name; raises UnknownFormat."""
    if name not in FORMATS:
        raise UnknownFormat(f"There is no format '{name[:40]}': there are {', '.join(FORMATS)}.")
    return FORMATS[name]


def in_chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    """The pieces, joined to larger ones, as UTF-8."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _CHUNK:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, length = [], 0
    if waiting:
        yield "".join(waiting).encode("utf-8", "replace")
