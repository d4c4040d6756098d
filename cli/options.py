"""Options that several commands take, and where they lead."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

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
