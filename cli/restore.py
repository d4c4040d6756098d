"""`paperglot restore`: replace the catalogue with a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder


def restore(
    file: Annotated[Path, typer.Argument(help="A file that 'paperglot backup' wrote.", exists=True, dir_okay=False)],
    data: Data = None,
) -> None:
    """Replace the catalogue with a backup.

    The former catalogue is kept under another name. The index is made anew. Papers that were forgotten since the backup
    stay forgotten. Nothing is restored while anything runs.
    """
    from cli.index import update_index
    from operate.backup import SETTINGS, addresses_beside
    from operate.backup import restore as put_back
    from papers import calendar
    from papers.subscribers import FILE

    data_folder = folder(data)
    has_readers, addresses = (data_folder / FILE).exists(), addresses_beside(file)
    former = put_back(data_folder, file, calendar.utc_now())
    typer.echo(f"Restored {file.absolute()}." + (f" The former catalogue is kept as {former}." if former else ""))
    if addresses.exists():
        which = "left out: the readers of now count" if has_readers else "restored, too"
        typer.echo(f"The addresses of readers in {addresses.absolute()} were {which}.")
    if (data_folder / SETTINGS).exists():
        typer.echo(f"The settings that came with it are in {data_folder / SETTINGS}.")
    update_index(data_folder)
