"""The command's entry: its commands, and how it ends.

Exit codes: 0 all went well; 1 something failed, as said on stderr; 2 the call was wrong; 3 something is not there yet
and the next run goes on; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from cli import (
    collect,
    correcting,
    coverage,
    dashboards,
    demonstrate,
    find,
    forgetting,
    index,
    keeping,
    models,
    running,
    setup,
    translating,
)
from papers.errors import PaperglotError
from papers.settings import data_folder
from papers.store import damaged

_command = ""  # which of them was called
STOPPED = 130  # what a shell reports of a program that Ctrl-C ended

app = typer.Typer(
    name="paperglot",
    help="Keeps new research papers from arXiv and Hugging Face, and finds them.\n\n"
    "Start with 'paperglot init', then 'paperglot crawl', then 'paperglot serve'. "
    "'paperglot demo' shows it all on made-up papers.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# The order in which a newcomer needs them.
app.command()(setup.init)
app.command()(collect.crawl)
app.add_typer(collect.import_app, name="import")
app.command()(translating.translate)
app.command()(correcting.correct)
app.add_typer(models.models, name="models")
app.command()(find.search)
app.command()(find.serve)
app.command()(index.status)
app.command()(coverage.coverage)
app.command()(running.schedule)
app.command()(running.run)
app.command()(running.runs)
app.command("index")(index.bring_up)
app.command()(index.rebuild)
app.add_typer(dashboards.kibana, name="kibana")
app.command("setup")(dashboards.setup)
app.command()(keeping.doctor)
app.command()(keeping.backup)
app.command()(keeping.restore)
app.command()(forgetting.forget)
app.command()(collect.parse)
app.command()(demonstrate.demo)
app.command()(demonstrate.replica)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"paperglot {version('paperglot')}")
        raise typer.Exit


@app.callback()
def _common(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The data folder. Else PAPERGLOT_DATA, else the system's usual place."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    global _command
    _command = context.invoked_subcommand or ""
    if data is not None:
        # Workers and spiders are processes of their own: they look there, too.
        os.environ["PAPERGLOT_DATA"] = str(data.expanduser().absolute())


def _say(sentence: str) -> None:
    """Say what went wrong, also to the run that this is a step of."""
    print(f"paperglot: {sentence}", file=sys.stderr)
    running.tell_run(_command, {}, sentence)


class Interrupted(KeyboardInterrupt):
    """A signal told this process to stop.

    Of its own class because Python kills itself at its end, whatever its exit code, when a plain KeyboardInterrupt came
    within `exec` of a string, which is how dataclasses are made while modules are imported.
    """


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def main() -> None:
    """Run the command line; ends the process."""
    # A command that is told to stop ends as it does on Ctrl-C. Those that wait for what they are at say so themselves.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # else it was started with nohup
            signal.signal(number, _interrupt)
    try:
        code: Any = app(standalone_mode=False)
    except PaperglotError as error:
        _say(str(error))
        code = error.exit_code
    except sqlite3.DatabaseError as error:
        _say(str(damaged(error)))
        code = 1
    except (typer.Abort, KeyboardInterrupt):
        code = STOPPED
    except BrokenPipeError:
        # Whoever read the output has had enough: `paperglot search … | head`.
        sys.stdout = None
        code = 1
    except Exception as error:
        if not hasattr(error, "show"):
            raise
        error.show()  # a usage error of typer's
        code = getattr(error, "exit_code", 2)
    if code == STOPPED and not running.is_step(data_folder()):  # which is also what typer makes of Ctrl-C
        print("paperglot: Stopped. What was kept stays; the next run carries on.", file=sys.stderr)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
