"""The command's entry: its commands, and how it ends.

Exit codes: 0 all went well; 1 something failed, as said on stderr; 2 the call was wrong; 3 something is not there yet
and the next run goes on; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import collect, coverage, demonstrate, find, forgetting, index, setup, translating
from papers.errors import PaperglotError
from papers.store import damaged

STOPPED = 130  # what a shell reports of a program that Ctrl-C ended

app = typer.Typer(
    name="paperglot",
    help="Keeps new research papers from arXiv and Hugging Face, and finds them.\n\n"
    "Start with 'paperglot init', then 'paperglot crawl', then 'paperglot serve'. "
    "'paperglot demo' shows it all on made-up papers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# The order in which a newcomer needs them.
app.command()(setup.init)
app.command()(collect.crawl)
app.add_typer(collect.import_app, name="import")
app.command()(translating.translate)
app.add_typer(translating.models, name="models")
app.command()(find.search)
app.command()(find.serve)
app.command()(index.status)
app.command()(coverage.coverage)
app.command("index")(index.bring_up)
app.command()(index.rebuild)
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
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The data folder. Else PAPERGLOT_DATA, else the system's usual place."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    if data is not None:
        # Workers and spiders are processes of their own: they look there, too.
        os.environ["PAPERGLOT_DATA"] = str(data.expanduser().absolute())


def main() -> None:
    """Run the command line; ends the process."""
    try:
        code: Any = app(standalone_mode=False)
    except PaperglotError as error:
        print(f"paperglot: {error}", file=sys.stderr)
        code = error.exit_code
    except sqlite3.DatabaseError as error:
        print(f"paperglot: {damaged(error)}", file=sys.stderr)
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
    if code == STOPPED:  # which is also what typer makes of Ctrl-C
        print("paperglot: Stopped. What was kept stays; the next run carries on.", file=sys.stderr)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
