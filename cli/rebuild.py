"""`paperglot rebuild`: make the index anew from the catalogue."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.index import update_index
from cli.options import Data, folder


def rebuild(
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Replace the index even if it belongs to another catalogue.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace the index even if it holds papers that the catalogue does not have: they are lost."
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Make the index anew from the catalogue.

    Searches use the present index until the new one is ready.
    """
    update_index(folder(data), rebuild=True, take_over=take_over, force=force)
