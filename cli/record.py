"""`paperglot record`: keep a page as a case for the tests of parsers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import opened
from papers.errors import UsageError

CASES = Path("tests/golden/parsers")


def record(
    source: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="An address, or a page that was saved; - is standard input.")
    ],
    name: Annotated[str, typer.Option(help="The name of the case: what is odd about the page, in a few words.")],
    format: Annotated[str, typer.Option(help="Its format; by default that of the address.")] = "",
    url: Annotated[str, typer.Option(help="Of a file: the address that it came from.")] = "",
    folder: Annotated[Path, typer.Option(help="The folder of cases.")] = CASES,
) -> None:
    """For developers: keep a page as a golden case. It is fetched as slowly as a crawl asks.

    Read the file expected.json that is written, and correct the parser where it is wrong.
    """
    from crawler.parsers import FORMATS
    from crawler.recording import fetch, format_of, write_case

    is_address = source.startswith(("http://", "https://"))
    address = source if is_address else url
    if address and not address.startswith(("http://", "https://")):
        raise UsageError(f"'{address}' is not an address: write it as https://arxiv.org/list/cs.CL/new.")
    chosen_format = format or (format_of(address) if address else None)
    if chosen_format not in FORMATS:
        raise UsageError(f"Name the format of the page with --format: {', '.join(FORMATS)}.")
    if is_address:
        body = fetch(source)
    else:
        with opened(Path(source)) as file:
            body = file.read()
    case = folder / chosen_format / name.strip().replace(" ", "-")
    result = write_case(case, chosen_format, body, address)
    count = len(result.get("sightings", ()))
    outcome = f"an error: {result['error']}" if "error" in result else f"{count:,} papers, {result['state']}"
    typer.echo(f"{case}: {outcome}")
