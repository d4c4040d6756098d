"""Imports a snapshot file: streamed, in transactions of 1,000 papers, resumed where it was stopped."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, cast

from crawler.parsers.kaggle import SOURCE, BadLine, parse_line
from papers.catalogue import PAPERS_A_TRANSACTION, Catalogue
from papers.errors import UsageError
from papers.paper import Page, Sighting, State
from papers.sightings import Kept

# A bad line is said when it is met; when the whole file is another format, a few are enough.
MOST_BAD_LINES_SAID = 20


class NotASnapshot(UsageError):
    """Raised by `run`: the file cannot be read, or none of its first lines is a paper."""


@dataclass(slots=True)
class Imported:
    """What an import came to."""

    kept: Kept = field(default_factory=Kept)
    bad_lines: int = 0
    resumed_at: int = 0  # lines that an earlier run had kept


def run(
    path: Path,
    catalogue: Catalogue,
    now: Callable[[], datetime],
    said: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> Imported:
    """Import `path` (NDJSON, `.gz` or `.zip`) into `catalogue`.

    A line that is no paper is said with its number and skipped. `progress` is called with the bytes of the
    file read so far and in all. An import that was stopped carries on at the first line that it had not
    kept; one that had ended starts anew, and changes nothing where nothing has changed.
    """
    outcome = Imported()
    try:
        size = path.stat().st_size
        listing = f"{path.name}:{size}"
        row = catalogue.listing(SOURCE, listing, "")
        line_number = outcome.resumed_at = (row.resume or 0) if row else 0
        with _lines(path) as (lines, position):
            for _ in islice(lines, line_number):
                pass
            while chunk := list(islice(lines, PAPERS_A_TRANSACTION)):
                page = _page(chunk, line_number, listing, outcome, said)
                if line_number == 0 and not page.sightings:
                    raise NotASnapshot(f"{path} is not an arXiv snapshot: none of its first lines is a paper as JSON.")
                outcome.kept += catalogue.keep(page, now())
                line_number += len(chunk)
                progress(position(), size)
        _finish(catalogue, listing, line_number, now())
        progress(size, size)
    except (OSError, EOFError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise NotASnapshot(f"{path} cannot be read to its end: {reason}. What was read before is kept.") from error
    return outcome


def _page(chunk: list[bytes], first: int, listing: str, outcome: Imported, said: Callable[[str], None]) -> Page:
    sightings: list[Sighting] = []
    for number, line in enumerate(chunk, start=first + 1):
        if not line.strip():
            continue
        try:
            sightings.append(parse_line(line))
        except BadLine as error:
            outcome.bad_lines += 1
            if outcome.bad_lines <= MOST_BAD_LINES_SAID:
                said(f"Line {number} was skipped: {error.found}.")
    return Page(
        source=SOURCE,
        listing=listing,
        day=None,
        sightings=tuple(sightings),
        offset=first,
        state=State.OPEN,
        next_offset=first + len(chunk),
    )


def _finish(catalogue: Catalogue, listing: str, lines: int, at: datetime) -> None:
    catalogue.keep(Page(source=SOURCE, listing=listing, day=None, sightings=(), offset=lines), at)


@contextmanager
def _lines(path: Path) -> Iterator[tuple[Iterator[bytes], Callable[[], int]]]:
    """The lines of the file, unpacked, and how far in the file itself the reading is."""
    with path.open("rb") as raw, ExitStack() as opened:
        start = raw.read(4)
        raw.seek(0)
        lines: Iterator[bytes] = raw
        if start.startswith(b"\x1f\x8b"):
            lines = opened.enter_context(gzip.GzipFile(fileobj=raw))
        elif start == b"PK\x03\x04":
            member = opened.enter_context(_only_member(zipfile.ZipFile(raw), path))
            # A zip member reads line by line in Python; a buffer of a megabyte makes that 6 times faster.
            lines = io.BufferedReader(cast(io.RawIOBase, member), 1 << 20)
        yield lines, raw.tell


def _only_member(archive: zipfile.ZipFile, path: Path) -> IO[bytes]:
    members = [name for name in archive.namelist() if name.lower().endswith((".json", ".ndjson", ".jsonl"))]
    if len(members) != 1:
        raise NotASnapshot(f"{path} holds {len(members)} JSON files; an arXiv snapshot holds one.")
    return archive.open(members[0])
