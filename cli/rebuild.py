"""`paperglot rebuild`: make the index anew from the catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.index import update_index
from cli.options import Data, folder


def rebuild(
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Also in the place of an index that another catalogue made.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also where papers are given up that the catalogue does not have.")
    ] = False,
    data: Data = None,
) -> None:
    """Make the index anew from the catalogue, while the present one is searched."""
    update_index(folder(data), rebuild=True, take_over=take_over, force=force)
