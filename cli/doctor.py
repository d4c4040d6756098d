"""`paperglot doctor`: look at everything that a run needs."""

from __future__ import annotations

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
