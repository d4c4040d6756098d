"""`paperglot doctor`, `backup` and `restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Data, folder


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, one object a check.")] = False,
    data: Data = None,
) -> None:
    """Look at settings, pace, disk, models, index, key and catalogue, and say of each whether it is fine.

    Exit code 0: all is. 1: something is not. No site is asked.
    """
    from dataclasses import asdict

    import orjson

    from operate.doctor import examine

    checks = examine(folder(data))
    if as_json:
        typer.echo(orjson.dumps([asdict(check) for check in checks], option=orjson.OPT_INDENT_2).decode())
    else:
        for check in checks:
            typer.echo(f"{'ok ' if check.fine else 'BAD'}  {check.name:20} {check.sentence}")
    if not all(check.fine for check in checks):
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(help="A new file; it holds the catalogue and the settings.")],
    data: Data = None,
) -> None:
    """Copy the catalogue and the settings into one file, without secrets and index. A crawl beside it goes on."""
    from operate.backup import back_up
    from papers import calendar

    size = back_up(folder(data), file, calendar.utc_now())
    typer.echo(f"Wrote {file.absolute()} ({size / 1e6:,.1f} MB). 'paperglot restore' puts it back.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that 'paperglot backup' wrote.", exists=True, dir_okay=False)],
    data: Data = None,
) -> None:
    """Put a backup in the place of the catalogue, which is kept beside it. Refuses while anything runs.

    The index is made anew from it; what was forgotten since the backup stays so.
    """
    from cli.index import bring_up
    from operate.backup import SETTINGS
    from operate.backup import restore as put_back
    from papers import calendar

    into = folder(data)
    kept = put_back(into, file, calendar.utc_now())
    typer.echo(f"Restored {file.absolute()}." + (f" The former catalogue is kept as {kept}." if kept else ""))
    if (into / SETTINGS).exists():
        typer.echo(f"The settings that came with it are in {into / SETTINGS}.")
    bring_up(data=into)
