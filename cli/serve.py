"""`paperglot serve`: the search page and its API."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Data, folder
from papers.errors import PaperglotError, UsageError

# How long `serve` waits for answers under way when it is stopped; compose and systemd wait longer.
SECONDS_TO_END = 5


class NotServed(PaperglotError):
    """Raised by `serve --alive`: no page answers at this address."""


class PortTaken(UsageError):
    """Raised by `serve` and `demo`: nothing can listen on this address and port."""


def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 means all addresses of this machine.")
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer requests.")] = 1,
    alive: Annotated[
        bool, typer.Option("--alive", help="Only check whether a page answers there: exit code 0 if so, else 1.")
    ] = False,
    data: Data = None,
) -> None:
    """Serve the search page and its API until Ctrl-C."""
    folder(data)
    if alive:
        _ask_whether_alive(host, port)
        return
    check_port(host, port)
    run_server(host, port, workers)


def _ask_whether_alive(host: str, port: int) -> None:
    import urllib.request

    # A server that listens on all addresses is reached at the loopback address.
    target_host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    url_host = f"[{target_host}]" if ":" in target_host else target_host
    try:
        urllib.request.urlopen(f"http://{url_host}:{port}/livez", timeout=5).close()
    except OSError as error:
        raise NotServed(f"No page answers on {url_host}:{port}: {getattr(error, 'reason', error)}.") from error
    typer.echo("The page answers.")


def check_port(host: str, port: int) -> None:
    """Raise PortTaken if this port cannot be listened on."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise PortTaken(f"Cannot listen on {host}:{port} ({reason}): choose another with --port.") from error


def run_server(host: str, port: int, workers: int = 1) -> None:
    """Serve the page until Ctrl-C; the environment names the data folder."""
    import signal
    import sys

    import uvicorn

    from delivery.settings import PageSettings
    from indexer.settings import IndexSettings
    from operate.log import LogSettings
    from search_ui.connections import most_connections

    # Wrong settings are reported here, once, and not by every worker in a traceback.
    IndexSettings.load()
    page = PageSettings.load()
    log = LogSettings.load()
    url_host = f"[{host}]" if ":" in host else host
    typer.echo(f"Paperglot is at http://{url_host}:{port} (Ctrl-C ends it)")
    # uvicorn finishes its requests and raises the signal again. Without a handler the process would end as if killed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    uvicorn.run(
        "search_ui.app:create",
        http="search_ui.connections:Connection",
        limit_concurrency=most_connections(),
        timeout_graceful_shutdown=SECONDS_TO_END,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_level="info" if log.access else "warning",
        log_config=None if log.format == "json" else uvicorn.config.LOGGING_CONFIG,
        access_log=log.access,
        forwarded_allow_ips=list(page.proxies),
        server_header=False,
        date_header=True,
    )
