"""`paperglot replica`: a stand-in for arXiv and Hugging Face."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papers.errors import UsageError

if TYPE_CHECKING:
    from replica.faults import Fault
    from replica.server import Replica


DEMO_DELAY = 0.02


class ReplicaUnusable(UsageError):
    """Raised by `replica` and `demo`: a port is taken, or the recorded pages cannot be served."""


def replica(
    recorded: Annotated[
        Path | None, typer.Option(help="Serve the recorded pages in this folder instead of made-up papers.")
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(help="The table of addresses and the files that answer them; see replica/recorded.py."),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=1, max=65532, help="The port of arXiv; its feeds, its OAI-PMH and Hugging Face are on the next ones."
        ),
    ] = 8101,
    papers_a_day: Annotated[int, typer.Option(min=1, max=100_000, help="New papers on each day.")] = 300,
    seed: Annotated[int, typer.Option(help="The seed of the made-up papers; another seed makes other papers.")] = 1,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The newest day that has papers.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=PATH", help="Answer these addresses wrongly: 'stale=/list/cs.CL'; may be repeated."),
    ] = None,
) -> None:
    """Serve a stand-in for arXiv and Hugging Face until Ctrl-C."""
    import threading

    from papers.calendar import utc_now
    from replica.recorded import BadTable, read_table
    from replica.reply import SITES
    from replica.server import Replica
    from replica.world import World

    try:
        pages = read_table(recorded, table) if recorded else None
        stand_in = Replica(
            World(seed, papers_a_day),
            today=(today or utc_now()).date(),
            recorded=pages,
            ports=range(port, port + len(SITES)),
        )
    except BadTable as error:
        raise ReplicaUnusable(str(error)) from error
    except OSError as error:
        ports = f"{port} to {port + len(SITES) - 1}"
        raise ReplicaUnusable(f"One of the ports {ports} cannot be used ({error.strerror}): choose --port.") from error
    stand_in.faults += map(_fault, fault or ())
    with stand_in:
        typer.echo(
            f"The stand-in's arXiv is at {stand_in.url('arxiv')}, its Hugging Face at {stand_in.url('huggingface')}."
        )
        typer.echo("Crawl it in another terminal with:")
        for name, value in environment_of(stand_in).items():
            typer.echo(f"  export {name}={value}")
        sys.stdout.flush()
        threading.Event().wait()


def _fault(text: str) -> Fault:
    """The fault in `NAME=PATH`, for as long as the stand-in is there. `PATH` is a regular expression."""
    from replica.faults import FAULTS, named

    name, equals, path = text.partition("=")
    if name not in FAULTS or not equals:
        raise UsageError(f"'{text}' is not NAME=PATH; the names are {', '.join(FAULTS)}.")
    try:
        re.compile(path)
    except re.error as error:
        raise UsageError(f"'{path}' is not a regular expression: {error}.") from error
    return named(name, path, sys.maxsize)


def environment_of(stand_in: Replica) -> dict[str, str]:
    """The environment variables that let a crawl use this stand-in, with short delays."""
    from replica.reply import SITES

    return {
        **{f"PAPERGLOT_CRAWL_SITES__{site.upper()}__URL": stand_in.url(site) for site in SITES},
        **{f"PAPERGLOT_CRAWL_SITES__{site.upper()}__DELAY": str(DEMO_DELAY) for site in (*SITES, "arxiv_services")},
    }
