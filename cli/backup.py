"""`paperglot backup`: copy catalogue and settings into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    data: Data = None,
) -> None:
    """Copy the catalogue and the settings into one file.

    It holds no secrets and no index. A crawl that runs at the same time goes on.
    """
    from operate.backup import addresses_beside, back_up
    from papers import calendar

    size = back_up(folder(data), file, calendar.utc_now())
    typer.echo(f"Wrote {file.absolute()} ({size / 1e6:,.1f} MB). 'paperglot restore' puts it back.")
    if (addresses := addresses_beside(file)).exists():
        typer.echo(f"The addresses of readers are in {addresses.absolute()}: show it to nobody.")
