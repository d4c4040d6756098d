"""Imports a snapshot file: streamed, in transactions of 1,000 papers, resumed where it was stopped."""

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
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Protocol, cast

from crawler.parsers.kaggle import LONGEST_LINE, SOURCE, BadLine, parse_line, reject
from papers.catalogue import PAPERS_A_TRANSACTION, Catalogue
from papers.errors import UsageError
from papers.paper import Listing, Page, PageState, Rejected, Section, Sighting
from papers.sightings import KeepResult

# A bad line is said when it is met; when the whole file is another format, a few are enough.
MOST_BAD_LINES_SAID = 20
# Memory stays flat however long lines are: so much of them is read at once.
BYTES_A_TRANSACTION = 32 << 20
MOST_BYTES_SKIPPED = 1 << 30  # of one line; a device that never ends has no other end
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotASnapshot(UsageError):
    """Raised by `run`: the file cannot be read, or none of its first lines is a paper."""


@dataclass(slots=True)
class SnapshotResult:
    """What an import came to."""

    kept: KeepResult = field(default_factory=KeepResult)
    bad_lines: int = 0
    resumed_at: int = 0  # lines that an earlier run had kept


class _Read:
    """The lines of a file so far: how many, and a hash of them all. An import is resumed only behind the same lines."""

    def __init__(self) -> None:
        self.lines = 0
        self._hash = hashlib.blake2b(digest_size=16)

    def add(self, lines: list[bytes]) -> None:
        self.lines += len(lines)
        for line in lines:
            self._hash.update(line)

    @property
    def token(self) -> str:
        return f"{self.lines}:{self._hash.hexdigest()}"


def run(
    path: Path,
    catalogue: Catalogue,
    now: Callable[[], datetime],
    said: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> SnapshotResult:
    """Import `path` (NDJSON, `.gz` or `.zip`) into `catalogue`.

    A line that is not a paper is said with its number and skipped. `progress` is called with the bytes of the file read
    so far and in all. An import that was stopped carries on at the first line that it had not kept, if the lines before
    are the same; one that had ended starts anew, and changes nothing where nothing has changed.
    """
    outcome = SnapshotResult()
    listing = Listing(source=SOURCE, name=path.name)
    try:
        size = path.stat().st_size
        read, resume = _kept_before(path, catalogue, listing)
        outcome.resumed_at = read.lines
        with _lines(path) as (lines, position):
            for _ in islice(lines, read.lines):
                pass
            while chunk := _chunk(lines):
                page = _page(chunk, read.lines, listing, outcome, said)
                if read.lines == 0 and not page.sightings:
                    raise NotASnapshot(f"{path} is not an arXiv snapshot: none of its first lines is a paper as JSON.")
                read.add(chunk)
                outcome.kept += catalogue.keep(replace(page, asked_at=resume, resume=read.token), now())
                resume = read.token
                progress(position(), size)
        last = Page(source=SOURCE, sightings=(), listing=listing, asked_at=resume, state=PageState.COMPLETE)
        catalogue.keep(last, now())
        progress(size, size)
        if read.lines == 0:
            raise NotASnapshot(f"{path} is empty.")
    except _UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise NotASnapshot(f"{path} cannot be read to its end: {reason}. What was read before is kept.") from error
    return outcome


# A file that cannot be read or unpacked: damaged, encrypted, or packed in a way that Python does not know.
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, RuntimeError, zlib.error, lzma.LZMAError)


def _chunk(lines: Iterator[bytes], most: int = PAPERS_A_TRANSACTION) -> list[bytes]:
    """The next lines: at most so many, and fewer where they are long."""
    chunk: list[bytes] = []
    size = 0
    for line in islice(lines, most):
        chunk.append(line)
        size += len(line)
        if size >= BYTES_A_TRANSACTION:
            break
    return chunk


def _kept_before(path: Path, catalogue: Catalogue, listing: Listing) -> tuple[_Read, str | None]:
    """The lines that an import kept before it was stopped, read again; none where they are others now."""
    read = _Read()
    progress = catalogue.progress(listing)
    if progress is None:
        return read, None
    count = int(progress.resume.partition(":")[0])
    with _lines(path) as (lines, _):
        while read.lines < count and (chunk := _chunk(lines, min(PAPERS_A_TRANSACTION, count - read.lines))):
            read.add(chunk)
    if read.token == progress.resume:
        return read, progress.resume
    catalogue.forget_progress(listing)
    return _Read(), None


def _page(
    chunk: list[bytes], first: int, listing: Listing, outcome: SnapshotResult, said: Callable[[str], None]
) -> Page:
    sightings: list[Sighting] = []
    rejected: list[Rejected] = []

    def bad(sentence: str) -> None:
        outcome.bad_lines += 1
        if outcome.bad_lines <= MOST_BAD_LINES_SAID:
            said(sentence)

    for number, line in enumerate(chunk, start=first + 1):
        if not line.strip():
            continue
        try:
            sighting, notes = parse_line(line)
        except BadLine as error:
            rejected.append(reject(number, error, line))
            bad(f"Line {number} was skipped: {error.found}.")
        else:
            sightings.append(sighting)
            for note in notes:
                said(f"Line {number}, {sighting.id}: {note}.")
    return Page(
        source=SOURCE,
        sightings=tuple(sightings),
        sections=(Section("", None, "", None, len(sightings)),),
        rejected=tuple(rejected),
        listing=listing,
        url=listing.name,
    )


class _Readable(Protocol):
    def readline(self, size: int, /) -> bytes: ...


@contextmanager
def _lines(path: Path) -> Iterator[tuple[Iterator[bytes], Callable[[], int]]]:
    """The lines of the file, unpacked, and how far in the file itself the reading is."""
    with path.open("rb") as raw, ExitStack() as opened:
        start = raw.read(4)
        raw.seek(0)
        file: _Readable = raw
        if start.startswith(b"\x1f\x8b"):
            file = opened.enter_context(gzip.GzipFile(fileobj=raw))
        elif start == b"PK\x03\x04":
            member = opened.enter_context(_only_member(zipfile.ZipFile(raw), path))
            # A zip member reads line by line in Python; a buffer of a megabyte makes that 6 times faster.
            file = io.BufferedReader(cast(io.RawIOBase, member), 1 << 20)
        yield _bounded(file, path), raw.tell


def _bounded(file: _Readable, path: Path) -> Iterator[bytes]:
    """The lines of a file; of one that is longer than LONGEST_LINE only its beginning, which no parser takes."""
    first = True
    while line := file.readline(LONGEST_LINE):
        if first and line.startswith(_BYTE_ORDER_MARK):
            line = line[len(_BYTE_ORDER_MARK) :]
        if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
            if first:
                raise NotASnapshot(f"{path} is not an arXiv snapshot: it has no lines.")
            _skip_line(file, path)
        first = False
        yield line


def _skip_line(file: _Readable, path: Path) -> None:
    skipped = 0
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        skipped += len(rest)
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
