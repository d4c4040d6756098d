"""Options that several commands share, and the folder and files that they name."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from papers.errors import UsageError

Data = Annotated[
    Path | None,
    typer.Option("--data", help="The data folder; by default PAPERGLOT_DATA, else the system's usual place."),
]


def folder(data: Path | None) -> Path:
    """The data folder. It is also put into the environment, where workers and spiders read it."""
    from papers.settings import data_folder

    path = data_folder(data)
    os.environ["PAPERGLOT_DATA"] = str(path)
    return path


def opened(path: Path) -> IO[bytes]:
    """The file that a user named, open for reading; `-` is standard input. Raises UsageError if it cannot be read."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
