"""`paperglot kibana`: data views and dashboards in Kibana."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

kibana = typer.Typer(help="Kibana's dashboards of papers, translation and crawl.", no_args_is_help=True)


@kibana.callback()
def _kibana() -> None:
    pass


@kibana.command("install")
def install(
    url: Annotated[str, typer.Option(help="The address of Kibana.")] = "http://localhost:5601",
    key_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with a key that may manage data views and dashboards; by default the key of [index]."
        ),
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(help="The certificate that signed Kibana's certificate.", exists=True)
    ] = None,
    space: Annotated[str, typer.Option(help="The Kibana space; by default the default space.")] = "",
) -> None:
    """Make data views and three dashboards in Kibana.

    Kibana must be 9.5 or later. A second call changes nothing. Objects that Paperglot did not make are not touched.
    """
    from indexer.engines.elasticsearch.keys import key_of
    from indexer.settings import IndexSettings
    from operate.kibana.install import client
    from operate.kibana.install import install as put

    settings = IndexSettings.load()
    key = key_of(settings.model_copy(update={"api_key_file": key_file}) if key_file else settings)
    authorization = f"ApiKey {key}" if key else ""
    for line in put(client(url, authorization, ca or settings.ca), settings.prefix, space):
        typer.echo(f"{line}.")
