"""`paperglot init`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from papers.errors import PaperglotError, UsageError

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
CATEGORIES, LANGUAGES = "cs.AI,cs.CL,cs.CV,cs.LG", "en,zh"


class AlreadyThere(UsageError):
    """Raised by `init`: there is a settings file, and it was not asked to replace it."""


def init(
    categories: Annotated[
        str | None, typer.Option(help=f"arXiv categories, separated by commas; by default {CATEGORIES}.")
    ] = None,
    languages: Annotated[
        str | None, typer.Option(help=f"The page's languages, yours first; by default {LANGUAGES}.")
    ] = None,
    contact: Annotated[str | None, typer.Option(help="How arXiv can reach you: an e-mail or web address.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write paperglot.toml into this folder, or where PAPERGLOT_CONFIG says: what is crawled, for whom. On a terminal
    it asks for what is not named."""
    import orjson

    from crawler.settings import CrawlSettings
    from papers.settings import FILE
    from search_ui.settings import PageSettings

    path = Path(os.environ.get("PAPERGLOT_CONFIG") or FILE)
    there = AlreadyThere(f"{path.absolute()} is there already: edit it, or replace it with --force.")
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if asks and path.exists() and not force:
        raise there  # before anybody types an answer
    if not path.exists():
        os.environ.pop("PAPERGLOT_CONFIG", None)  # a file that it names is to be read by everybody else
    crawl = CrawlSettings.load(
        categories=_categories(categories, asks),
        contact=_answer("How can arXiv reach you (e-mail or web address)", contact, "", asks),
    )
    page = PageSettings.load(languages=_answer("Languages of the page, yours first", languages, LANGUAGES, asks))
    if path.exists() and not force:
        raise there
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
    if asks and typer.confirm("Translate titles and abstracts into Chinese, on this machine?", default=False):
        typer.echo("Next: 'paperglot models install en zh' fetches the model, about 100 MB; then 'paperglot crawl'.")
    else:
        typer.echo("Next: 'paperglot crawl' fetches today's papers; 'paperglot serve' shows them.")


def _answer(question: str, given: str | None, usual: str, asks: bool) -> str:
    """What was given as an option, else what the user types, else what is usual."""
    if given is not None or not asks:
        return usual if given is None else given
    return str(typer.prompt(question, default=usual, show_default=bool(usual)))


def _categories(given: str | None, asks: bool) -> str:
    """Codes of categories with commas between them; on a terminal names will do, until each is one category."""
    if given is not None or not asks:
        return CATEGORIES if given is None else given
    while True:
        typed = str(typer.prompt("Categories of arXiv, by code or name", default=CATEGORIES))
        codes = [_code(part.strip(), typer.echo) for part in typed.split(",") if part.strip()]
        if codes and all(codes):
            return ",".join(filter(None, codes))


def _code(text: str, say: Callable[[str], object]) -> str | None:
    """The one category that is meant, by its code or a part of its name; None, and a sentence, where it is not one."""
    from papers import categories

    try:
        return categories.check(categories.read(text))
    except PaperglotError as error:
        named = categories.named(text)
        if len(named) == 1:
            return named[0]
        if named:
            say(f"'{text}' may be: {', '.join(f'{code} ({categories.name(code)})' for code in named[:8])}.")
        else:
            say(str(error))
        return None
