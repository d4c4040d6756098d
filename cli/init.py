"""`paperglot init`: write the settings file."""

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
# The languages of the page, yours first: en, zh
languages = {languages}
"""
CATEGORIES, LANGUAGES = "cs.AI,cs.CL,cs.CV,cs.LG", "en,zh"


class AlreadyThere(UsageError):
    """Raised by `init`: there is a settings file already, and --force was not given."""


def init(
    categories: Annotated[
        str | None, typer.Option(help=f"arXiv categories, separated by commas; by default {CATEGORIES}.")
    ] = None,
    languages: Annotated[
        str | None, typer.Option(help=f"The page's languages, yours first; by default {LANGUAGES}.")
    ] = None,
    contact: Annotated[str | None, typer.Option(help="How arXiv can reach you: an e-mail or web address.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if there is one.")] = False,
) -> None:
    """Write the settings file, paperglot.toml.

    It goes into this folder, or where PAPERGLOT_CONFIG says. On a terminal, init asks for what the options do not give.
    """
    import orjson

    from crawler.settings import CrawlSettings
    from delivery.settings import PageSettings
    from papers.settings import FILE

    path = Path(os.environ.get("PAPERGLOT_CONFIG") or FILE)
    already_there = AlreadyThere(f"{path.absolute()} is there already: edit it, or replace it with --force.")
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if interactive and path.exists() and not force:
        raise already_there  # before the user types any answer
    if not path.exists():
        os.environ.pop("PAPERGLOT_CONFIG", None)  # else loading would fail: the file that it names is not there yet
    crawl_settings = CrawlSettings.load(
        categories=_categories(categories, interactive),
        contact=_answer("How can arXiv reach you (e-mail or web address)", contact, "", interactive),
    )
    page_settings = PageSettings.load(
        languages=_answer("Languages of the page, yours first", languages, LANGUAGES, interactive)
    )
    if path.exists() and not force:
        raise already_there
    text = TEMPLATE.format(
        categories=orjson.dumps(crawl_settings.categories).decode().replace(",", ", "),
        contact=orjson.dumps(crawl_settings.contact).decode(),
        languages=orjson.dumps(page_settings.languages).decode().replace(",", ", "),
    )
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path.absolute()} cannot be written: {error.strerror}.") from error
    typer.echo(f"Wrote {path.absolute()}.")
    if not crawl_settings.contact:
        typer.echo("Give a contact in it before the first crawl: arXiv asks crawlers for one.")
    if interactive and typer.confirm("Translate titles and abstracts into Chinese, on this machine?", default=False):
        typer.echo("Next: 'paperglot models install en zh' fetches the model, about 100 MB; then 'paperglot crawl'.")
    else:
        typer.echo("Next: 'paperglot crawl' fetches today's papers; 'paperglot serve' shows them.")


def _answer(question: str, option: str | None, default: str, interactive: bool) -> str:
    """The value of the option, else what the user types, else the default."""
    if option is not None or not interactive:
        return default if option is None else option
    return str(typer.prompt(question, default=default, show_default=bool(default)))


def _categories(option: str | None, interactive: bool) -> str:
    """Category codes, separated by commas. On a terminal the user may type names, and is asked until all are clear."""
    if option is not None or not interactive:
        return CATEGORIES if option is None else option
    while True:
        typed = str(typer.prompt("Categories of arXiv, by code or name", default=CATEGORIES))
        codes = [_code(part.strip(), typer.echo) for part in typed.split(",") if part.strip()]
        if codes and all(codes):
            return ",".join(filter(None, codes))


def _code(text: str, say: Callable[[str], object]) -> str | None:
    """The category with this code or, in part, this name. If there is not exactly one, say so and return None."""
    from papers import categories

    try:
        return categories.check(categories.read(text))
    except PaperglotError as error:
        matches = categories.named(text)
        if len(matches) == 1:
            return matches[0]
        if matches:
            say(f"'{text}' may be: {', '.join(f'{code} ({categories.name(code)})' for code in matches[:8])}.")
        else:
            say(str(error))
        return None
