"""`paperglot restore`: put a backup in the place of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder


def restore(
    file: Annotated[Path, typer.Argument(help="A file that 'paperglot backup' wrote.", exists=True, dir_okay=False)],
    data: Data = None,
) -> None:
    """Put a backup in the place of the catalogue, which is kept beside it. Refuses while anything runs.

    The index is made anew from it; what was forgotten since the backup stays so.
    """
    from cli.index import update_index
    from operate.backup import SETTINGS
    from operate.backup import restore as put_back
    from papers import calendar

    into = folder(data)
    kept = put_back(into, file, calendar.utc_now())
    typer.echo(f"Restored {file.absolute()}." + (f" The former catalogue is kept as {kept}." if kept else ""))
    if (into / SETTINGS).exists():
        typer.echo(f"The settings that came with it are in {into / SETTINGS}.")
    update_index(into)
