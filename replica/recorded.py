"""Serves a folder of recorded pages under the addresses that a table gives them.

The table is a text file with one page a line. Its fields are separated by blanks: site (one of SITES),
status, path with query, file (`-` for the body `[]`). A `#` starts a comment. A request matches a line if the path is
equal and the request has every parameter of the line with the same value. The first line that matches is the answer.
`robots.txt` is always the stand-in's own.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from replica.reply import SITES

TABLE = "table.txt"
OWN_TABLE = Path(__file__).parent / "recorded.txt"


class BadTable(ValueError):
    """Raised by `read_table`: the folder, the table or a page is missing, or a line of the table is not valid."""


@dataclass(frozen=True, slots=True)
class Recorded:
    site: str
    status: int
    path: str
    parameters: frozenset[tuple[str, str]]
    body: bytes
    content_type: str


def read_table(folder: Path, table: Path | None = None) -> list[Recorded]:
    """The pages of `folder` by a table: `table` if given, else the folder's `table.txt`, else the stand-in's own.

    If a file is missing in the folder, its line is skipped in the stand-in's own table. In any other table that is an
    error. Raises BadTable.
    """
    if not folder.is_dir():
        raise BadTable(f"{folder} is not a folder.")
    path = table or (folder / TABLE if (folder / TABLE).exists() else OWN_TABLE)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise BadTable(f"The table {path} cannot be read: {error.strerror}.") from error
    pages = []
    for number, line in enumerate(text.splitlines(), start=1):
        fields = line.split("#")[0].split()
        if not fields:
            continue
        if len(fields) != 4 or fields[0] not in SITES or not fields[1].isdigit():
            raise BadTable(f"{path}, line {number}: expected 'site status address file', found '{line.strip()}'.")
        site, status, address, name = fields
        if name != "-" and not (folder / name).is_file():
            if path == OWN_TABLE:
                continue
            raise BadTable(f"{path}, line {number}: there is no file {folder / name}.")
        parts = urlsplit(address)
        pages.append(
            Recorded(
                site=site,
                status=int(status),
                path=parts.path,
                parameters=frozenset(parse_qsl(parts.query)),
                body=b"[]" if name == "-" else (folder / name).read_bytes(),
                content_type=mimetypes.guess_type(name)[0] or "application/json",
            )
        )
    if not pages:
        raise BadTable(f"{path} names no page that is in {folder}.")
    return pages


def find(pages: list[Recorded], site: str, path: str, query: dict[str, str]) -> Recorded | None:
    """The first page that matches a request; None if there is none. `query` is the request's parameters."""
    query_items = set(query.items())
    return next((p for p in pages if p.site == site and p.path == path and p.parameters <= query_items), None)
