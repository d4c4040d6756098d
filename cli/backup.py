"""`paperglot backup`: copy catalogue and settings into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder


def backup(
    file: Annotated[Path, typer.Argument(help="A new file; it holds the catalogue and the settings.")],
    data: Data = None,
) -> None:
    """Copy the catalogue and the settings into one file, without secrets and index. A crawl beside it goes on."""
    from operate.backup import back_up
    from papers import calendar

    size = back_up(folder(data), file, calendar.utc_now())
    typer.echo(f"Wrote {file.absolute()} ({size / 1e6:,.1f} MB). 'paperglot restore' puts it back.")
