"""`paperglot doctor`: check everything that a run needs."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Data, folder


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one object for each check.")] = False,
    data: Data = None,
) -> None:
    """Check whether everything that a run needs is fine.

    It looks at settings, pace, disk, models, index, key and catalogue. It asks no site. Exit code 0: all is fine.
    1: something is not.
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
