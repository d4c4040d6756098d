"""`paperglot mcp`: answer assistants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.extras import needs
from cli.options import Data, folder

if TYPE_CHECKING:
    from mcp.server import MCPServer


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Answer over HTTP, not on standard input and output.")] = False,
    host: Annotated[str, typer.Option(help="With --http: the address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="With --http: the port.")] = 8765,
    data: Data = None,
) -> None:
    """Let assistants search your papers, by the Model Context Protocol. It only reads.

    An assistant starts this command itself, or is given the address http://127.0.0.1:8765/mcp.
    """
    from cli.serve import check_port

    assistants = _server(data)
    if not http:
        assistants.run("stdio")
        return
    check_port(host, port)
    typer.echo(f"Assistants are answered at http://{host}:{port}/mcp until Ctrl-C.", err=True)
    assistants.run("streamable-http", host=host, port=port, stateless_http=True, json_response=True)


def _server(data: Data) -> MCPServer:
    from importlib.metadata import version

    from indexer.engines import open_engine
    from papers.calendar import utc_now

    with needs("mcp", "paperglot mcp"):
        from delivery.assistants.server import server
    from delivery.assistants.library import Library

    data_folder = folder(data)
    return server(Library(open_engine(data_folder), data_folder, utc_now), version("paperglot"))
