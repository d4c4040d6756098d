"""Imports a snapshot file: as a stream, in transactions of 1,000 papers. A stopped import is resumed."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Protocol, cast

from crawler.parsers.kaggle import LONGEST_LINE, SOURCE, BadLine, parse_line, reject
from papers.catalogue import PAPERS_A_TRANSACTION, Catalogue
from papers.errors import UsageError
from papers.normalise.dates import iso_day
from papers.paper import Listing, Page, PageState, Rejected, Section, Sighting
from papers.sightings import KeepResult

# Bad lines are reported as they are read; if the whole file has another format, this many reports are enough.
MOST_BAD_LINES_SAID = 20
# At most about this much is read at once, so that long lines do not need more memory.
BYTES_A_TRANSACTION = 32 << 20
MOST_BYTES_SKIPPED = 1 << 30  # of one line; stops the reading of an endless device
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotASnapshot(UsageError):
    """Raised by `run`: the file cannot be read, or none of its first lines is a paper."""


@dataclass(slots=True)
class SnapshotResult:
    """The result of an import."""

    kept: KeepResult = field(default_factory=KeepResult)
    bad_lines: int = 0
    resumed_at: int = 0  # lines that an earlier run had kept


class _LineDigest:
    """The number and the hash of the lines read so far. An import is resumed only after the same lines.

    `changed` is the latest day on which arXiv changed a record among them; None where no line tells it.
    """

    def __init__(self, changed: date | None = None) -> None:
        self.lines = 0
        self.changed = changed
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, lines: list[bytes]) -> None:
        self.lines += len(lines)
        for line in lines:
            self._hash.update(line)

    @property
    def name(self) -> str:
        return f"{self.lines}:{self._hash.hexdigest()}"

    @property
    def token(self) -> str:
        return f"{self.name}:{self.changed or ''}"


def run(
    path: Path,
    catalogue: Catalogue,
    now: Callable[[], datetime],
    report: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> SnapshotResult:
    """Import `path` (NDJSON, `.gz` or `.zip`) into `catalogue`. Returns the counts.

    A line that is not a paper is skipped and reported with its number. `progress` is called with two numbers: the bytes
    of the file read so far, and its size. An import that was stopped continues after the lines that it had kept, if
    these are still the same. One that had finished starts again, and changes nothing if the papers are the same.
    Raises NotASnapshot.
    """
    result = SnapshotResult()
    listing = Listing(source=SOURCE, name=path.name)
    try:
        size = path.stat().st_size
        digest, resume = _resume_point(path, catalogue, listing)
        result.resumed_at = digest.lines
        with _lines(path) as (lines, position):
            for _ in islice(lines, digest.lines):
                pass
            while chunk := _chunk(lines):
                page, changed = _page(chunk, digest.lines, listing, result, report)
                if digest.lines == 0 and not page.sightings:
                    raise NotASnapshot(f"{path} is not an arXiv snapshot: none of its first lines is a paper as JSON.")
                digest.add(chunk)
                digest.changed = max(filter(None, (digest.changed, changed)), default=None)
                result.kept += catalogue.keep(replace(page, asked_at=resume, resume=digest.token), now())
                resume = digest.token
                progress(position(), size)
        final_page = Page(
            source=SOURCE,
            sightings=(),
            listing=listing,
            asked_at=resume,
            state=PageState.COMPLETE,
            reached=(path.name, digest.changed) if digest.changed else None,
        )
        catalogue.keep(final_page, now())
        progress(size, size)
        if digest.lines == 0:
            raise NotASnapshot(f"{path} is empty.")
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise NotASnapshot(f"{path} cannot be read to its end: {reason}. What was read before is kept.") from error
    return result


# A file that cannot be read or unpacked: damaged, encrypted, or packed in a way that Python does not know.
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError)


def _chunk(lines: Iterator[bytes], max_lines: int = PAPERS_A_TRANSACTION) -> list[bytes]:
    """The next lines: a limited number, and fewer if they are long. An empty list at the end of the file."""
    chunk: list[bytes] = []
    size = 0
    for line in islice(lines, max_lines):
        chunk.append(line)
        size += len(line)
        if size >= BYTES_A_TRANSACTION:
            break
    return chunk


def _resume_point(path: Path, catalogue: Catalogue, listing: Listing) -> tuple[_LineDigest, str | None]:
    """Where a stopped import continues: the number and hash of the lines that it kept, and its resume token.

    The lines are read again. If they have changed, or no import was stopped, the result is no lines and None.
    """
    digest = _LineDigest()
    progress = catalogue.progress(listing)
    if progress is None:
        return digest, None
    count, _, hash_and_day = progress.resume.partition(":")
    digest = _LineDigest(iso_day(hash_and_day.partition(":")[2]))
    with _lines(path) as (lines, _):
        while digest.lines < int(count) and (
            chunk := _chunk(lines, min(PAPERS_A_TRANSACTION, int(count) - digest.lines))
        ):
            digest.add(chunk)
    if progress.resume.startswith(digest.name):
        return digest, progress.resume
    catalogue.forget_progress(listing)
    return _LineDigest(), None


def _page(
    chunk: list[bytes], offset: int, listing: Listing, result: SnapshotResult, report: Callable[[str], None]
) -> tuple[Page, date | None]:
    """The papers of some lines, and the latest day on which arXiv changed one of their records."""
    sightings: list[Sighting] = []
    rejected: list[Rejected] = []
    latest_change: date | None = None

    def bad(sentence: str) -> None:
        result.bad_lines += 1
        if result.bad_lines <= MOST_BAD_LINES_SAID:
            report(sentence)

    for number, line in enumerate(chunk, start=offset + 1):
        if not line.strip():
            continue
        try:
            sighting, notes, changed = parse_line(line)
        except BadLine as error:
            rejected.append(reject(number, error, line))
            bad(f"Line {number} was skipped: {error.found}.")
        else:
            sightings.append(sighting)
            latest_change = max(filter(None, (latest_change, changed)), default=None)
            for note in notes:
                report(f"Line {number}, {sighting.id}: {note}.")
    page = Page(
        source=SOURCE,
        sightings=tuple(sightings),
        sections=(Section("", None, "", None, len(sightings)),),
        rejected=tuple(rejected),
        listing=listing,
        url=listing.name,
    )
    return page, latest_change


class _Readable(Protocol):
    def readline(self, size: int, /) -> bytes: ...


@contextmanager
def _lines(path: Path) -> Iterator[tuple[Iterator[bytes], Callable[[], int]]]:
    """The unpacked lines of the file, and a function that gives the position in the packed file, in bytes."""
    with path.open("rb") as raw, ExitStack() as stack:
        magic = raw.read(4)
        raw.seek(0)
        file: _Readable = raw
        if magic.startswith(b"\x1f\x8b"):
            file = stack.enter_context(gzip.GzipFile(fileobj=raw))
        elif magic == b"PK\x03\x04":
            member = stack.enter_context(_only_member(zipfile.ZipFile(raw), path))
            # A zip member reads line by line in Python; a buffer of a megabyte makes that 6 times faster.
            file = io.BufferedReader(cast(io.RawIOBase, member), 1 << 20)
        yield _bounded(file, path), raw.tell


def _bounded(file: _Readable, path: Path) -> Iterator[bytes]:
    """The lines of a file. A line longer than LONGEST_LINE is cut to that length, which the parser rejects."""
    is_first = True
    while line := file.readline(LONGEST_LINE):
        if is_first and line.startswith(_BYTE_ORDER_MARK):
            line = line[len(_BYTE_ORDER_MARK) :]
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            if is_first:
                raise NotASnapshot(f"{path} is not an arXiv snapshot: it has no lines.")
            _skip_line(file, path)
        is_first = False
        yield line


def _skip_line(file: _Readable, path: Path) -> None:
    skipped = 0
    while (piece := file.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
        skipped += len(piece)
        if skipped > MOST_BYTES_SKIPPED:
            raise NotASnapshot(
                f"{path} has a line of more than {MOST_BYTES_SKIPPED >> 30} GB. What came before is kept."
            )


def _only_member(archive: zipfile.ZipFile, path: Path) -> IO[bytes]:
    members = [
        name
        for name in archive.namelist()
        # macOS puts a shadow of every file beside it.
        if name.lower().endswith((".json", ".ndjson", ".jsonl")) and not name.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise NotASnapshot(f"{path} holds {len(members)} JSON files; an arXiv snapshot holds one.")
    return archive.open(members[0])
