"""`paperglot init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from papers.errors import UsageError

TEMPLATE = """\
# Paperglot's settings. Each can also be given in the environment: PAPERGLOT_CRAWL_CONTACT, PAPERGLOT_INDEX_ENGINE …

[crawl]
# arXiv categories or whole archives: https://arxiv.org/category_taxonomy
categories = {categories}
# How arXiv can reach you about your crawl: an e-mail or web address. It is sent with every request.
contact = {contact}

[page]
# The languages that the page speaks, yours first: en, zh
languages = {languages}
"""


class AlreadyThere(UsageError):
    """Raised by `init`: there is a settings file, and it was not asked to replace it."""


def init(
    categories: Annotated[str, typer.Option(help="arXiv categories, separated by commas.")] = "cs.AI,cs.CL,cs.CV,cs.LG",
    languages: Annotated[str, typer.Option(help="The page's languages, yours first.")] = "en,zh",
    contact: Annotated[str, typer.Option(help="How arXiv can reach you: an e-mail or web address.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write paperglot.toml into this folder: what is crawled, for whom."""
    import orjson

    from crawler.configuration import CrawlSettings
    from papers.settings import FILE
    from search_ui.settings import PageSettings

    crawl = CrawlSettings.load(categories=categories, contact=contact)
    page = PageSettings.load(languages=languages)
    path = Path(FILE)
    if path.exists() and not force:
        raise AlreadyThere(f"{path.absolute()} is there already: edit it, or replace it with --force.")
    text = TEMPLATE.format(
        categories=orjson.dumps(crawl.categories).decode().replace(",", ", "),
        contact=orjson.dumps(crawl.contact).decode(),
        languages=orjson.dumps(page.languages).decode().replace(",", ", "),
    )
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path.absolute()} cannot be written: {error.strerror}.") from error
    typer.echo(f"Wrote {path.absolute()}.")
    if not crawl.contact:
        typer.echo("Give a contact in it before the first crawl: arXiv asks crawlers for one.")
