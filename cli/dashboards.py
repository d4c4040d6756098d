"""`paperglot kibana install`, and `setup` of a server with security."""

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
        typer.Option(help="A file with a key that may manage data views and dashboards; else that of [index]."),
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="The certificate that signed Kibana's.", exists=True)] = None,
    space: Annotated[str, typer.Option(help="A space of Kibana's; by default the default one.")] = "",
) -> None:
    """Make data views and three dashboards in Kibana 9.5 or later. Again changes nothing, and nothing of others is
    touched."""
    from indexer.engines.elasticsearch.keys import key_of
    from indexer.settings import IndexSettings
    from operate.kibana.install import client
    from operate.kibana.install import install as put

    settings = IndexSettings.load()
    key = key_of(settings.model_copy(update={"api_key_file": key_file}) if key_file else settings)
    authorization = f"ApiKey {key}" if key else ""
    for line in put(client(url, authorization, ca or settings.ca), settings.prefix, space):
        typer.echo(f"{line}.")


def setup(
    keys: Annotated[Path, typer.Option(help="The folder into which keys and Kibana's settings are written.")],
    password_file: Annotated[
        Path, typer.Option(help="A file with the password of `--user`.", exists=True, dir_okay=False)
    ],
    user: Annotated[str, typer.Option(help="A user who may make keys.")] = "elastic",
    ca: Annotated[Path | None, typer.Option(help="The certificate that signed the server's.", exists=True)] = None,
) -> None:
    """Wait for the Elasticsearch of [index], make the keys of page, crawler and setup and Kibana's settings, and put
    the index template. What works is kept: again it changes nothing."""
    import base64
    import time

    from indexer.engines.elasticsearch.templates import family, put_template
    from indexer.settings import IndexSettings
    from operate.kibana.install import client
    from operate.setup import CRAWLER_KEY, set_up

    settings = IndexSettings.load()
    host = settings.hosts[0]
    password = password_file.read_text("utf-8").strip()
    login = base64.b64encode(f"{user}:{password}".encode()).decode()
    for line in set_up(
        lambda authorization: client(host, authorization, ca or settings.ca, "Elasticsearch"),
        f"Basic {login}",
        keys,
        elasticsearch=host,
        prefix=settings.prefix,
        wait=time.sleep,
    ):
        typer.echo(line)
    is_new = put_template(settings.model_copy(update={"api_key_file": keys / CRAWLER_KEY, "ca": ca or settings.ca}))
    typer.echo(f"The index template {family(settings.prefix)}: {'put' if is_new else 'is there and is kept'}")
