"""Options that several commands take, and where they lead."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from papers.errors import UsageError

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder. Else PAPERGLOT_DATA, else the system's usual place."),
]


def folder(data: Path | None) -> Path:
    """The data folder, which workers and spiders then find in the environment."""
    from papers.settings import data_folder

    found = data_folder(data)
    os.environ["PAPERGLOT_DATA"] = str(found)
    return found


def opened(path: Path) -> IO[bytes]:
    """A file that a user named, for reading; `-` is standard input. Raises UsageError."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
