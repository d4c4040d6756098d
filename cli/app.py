"""The command line's entry point: its subcommands and its exit codes.

Exit codes: 0 all went well; 1 something failed, and stderr says what; 2 the call was wrong; 3 something is not there
yet, and the next run goes on; 130 stopped by Ctrl-C.
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

from cli.alerts import alerts
from cli.backup import backup
from cli.correct import correct
from cli.coverage import coverage
from cli.crawl import crawl
from cli.demo import demo
from cli.diff import diff
from cli.digest import digest
from cli.doctor import doctor
from cli.export import export
from cli.forget import forget
from cli.import_ import import_app
from cli.index import index
from cli.init import init
from cli.kibana import kibana
from cli.lexicon import lexicon
from cli.mcp import mcp
from cli.models import models
from cli.output import say
from cli.parse import parse
from cli.rank import rank
from cli.rebuild import rebuild
from cli.record import record
from cli.replica import replica
from cli.restore import restore
from cli.run import run
from cli.runs import runs
from cli.schedule import schedule
from cli.search import search
from cli.serve import serve
from cli.setup import setup
from cli.status import status
from cli.steps import STOPPED, is_step, tell_run
from cli.translate import translate
from cli.zotero import zotero
from papers.errors import PaperglotError
from papers.settings import data_folder
from papers.store import damaged

_command = ""  # the name of the subcommand that was called

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

# In the order in which a newcomer needs them.
app.command()(init)
app.command()(crawl)
app.add_typer(import_app, name="import")
app.command()(translate)
app.command()(correct)
app.command()(lexicon)
app.add_typer(models, name="models")
app.command()(search)
app.command()(rank)
app.command()(diff)
app.command()(digest)
app.command()(alerts)
app.command()(export)
app.add_typer(zotero, name="zotero")
app.command()(mcp)
app.command()(serve)
app.command()(status)
app.command()(coverage)
app.command()(schedule)
app.command()(run)
app.command()(runs)
app.command()(index)
app.command()(rebuild)
app.add_typer(kibana, name="kibana")
app.command()(setup)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command()(forget)
app.command()(parse)
app.command()(record)
app.command()(demo)
app.command()(replica)


def _show_version(show_version: bool) -> None:
    if show_version:
        from importlib.metadata import version

        typer.echo(f"paperglot {version('paperglot')}")
        raise typer.Exit


@app.callback()
def _global_options(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The data folder; by default PAPERGLOT_DATA, else the system's usual place."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    global _command
    _command = context.invoked_subcommand or ""
    if data is not None:
        # Workers and spiders run in their own processes and read the folder from the environment.
        os.environ["PAPERGLOT_DATA"] = str(data.expanduser().absolute())


def _say(sentence: str) -> None:
    """Print what went wrong. If this process is a step of a run, record it there, too."""
    say(f"paperglot: {sentence}")
    tell_run(_command, {}, sentence)


class Interrupted(KeyboardInterrupt):
    """Raised when a signal asks this process to stop.

    A plain KeyboardInterrupt does not do: if it comes within `exec` of a string, Python kills itself at its end,
    whatever the exit code. Dataclasses are made in that way while modules are imported.
    """


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def main() -> None:
    """Run the command line, then end the process with its exit code."""
    # SIGTERM and SIGHUP end a command as Ctrl-C does. Commands that first finish their work set their own handlers.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # it is ignored under nohup
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
        # The reader of the output has closed it: `paperglot search … | head`.
        sys.stdout = None
        code = 1
    except Exception as error:
        if not hasattr(error, "show"):
            raise
        error.show()  # one of typer's usage errors
        code = getattr(error, "exit_code", 2)
    if code == STOPPED and not is_step(data_folder()):  # typer turns Ctrl-C into this code, too
        say("paperglot: Stopped. What was kept stays; the next run carries on.")
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
