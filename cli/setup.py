"""`paperglot setup`: prepare an Elasticsearch that has security switched on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papers import files
from papers.errors import UsageError


def setup(
    keys: Annotated[Path, typer.Option(help="The folder to write the keys and Kibana's settings into.")],
    password_file: Annotated[
        Path, typer.Option(help="A file that holds the password of --user.", exists=True, dir_okay=False)
    ],
    user: Annotated[str, typer.Option(help="An Elasticsearch user who may make keys.")] = "elastic",
    ca: Annotated[
        Path | None, typer.Option(help="The certificate that signed the server's certificate.", exists=True)
    ] = None,
) -> None:
    """Prepare the Elasticsearch of [index].

    Waits until it answers, makes the keys of page, crawler and setup, writes Kibana's settings, and puts the index
    template. A second call keeps what works and changes nothing.
    """
    import base64
    import time

    from indexer.engines.elasticsearch.templates import family, put_template
    from indexer.settings import IndexSettings
    from operate.kibana.install import client
    from operate.setup import CRAWLER_KEY, set_up

    settings = IndexSettings.load()
    host = settings.hosts[0]
    password = _password(password_file)
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


def _password(file: Path) -> str:
    try:
        return files.secret(file)
    except OSError as error:
        raise UsageError(f"The password in {file} cannot be read: {error.strerror}.") from error
