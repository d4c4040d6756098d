"""`paperglot diff`: what changed between two versions of a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from papers.errors import UsageError

if TYPE_CHECKING:
    from delivery.comparing import Piece
    from papers.versions import VersionText


class VersionUnknown(UsageError):
    """Raised by `diff`: the paper, or one of its versions, was never seen."""


def diff(
    id: Annotated[str, typer.Argument(help="The arXiv id of the paper: 2611.00001.")],
    old: Annotated[
        int | None, typer.Argument(min=1, help="The older version; by default the one before the newer.")
    ] = None,
    new: Annotated[
        int | None, typer.Argument(min=1, help="The newer version; by default the last that was seen.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: the pieces of each text.")] = False,
    data: Data = None,
) -> None:
    """Show what changed between two versions of a paper, word by word: [-taken out-] and {+put in+}."""
    import orjson

    from delivery.comparing import FIELDS, compare
    from papers import identifiers
    from papers.catalogue import Catalogue
    from papers.versions import texts

    identifier = identifiers.parse(id)
    if identifier is None:
        raise UsageError(f"'{id}' is no arXiv identifier: write it as 2611.00001.")
    with Catalogue(folder(data)) as catalogue:
        by_number = texts(catalogue.sightings(identifier.key))
    if not by_number:
        raise VersionUnknown(f"No version of {identifier.key} was seen.")
    newer = _version(identifier.key, by_number, new or max(by_number))
    numbers_before = [number for number in by_number if number < newer.number]
    if old is None and not numbers_before:
        raise VersionUnknown(f"No version of {identifier.key} before version {newer.number} was seen.")
    older = _version(identifier.key, by_number, old or max(numbers_before))
    comparison = compare(older, newer)
    if as_json:
        typer.echo(orjson.dumps(comparison, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo(f"{identifier.key}, from version {comparison.old} to version {comparison.new}")
    for name in FIELDS:
        if pieces := getattr(comparison, name):
            typer.echo(f"\n{name.capitalize()}\n{''.join(map(_shown, pieces))}")


def _version(id: str, by_number: dict[int, VersionText], number: int) -> VersionText:
    if number not in by_number:
        raise VersionUnknown(
            f"Version {number} of {id} was not seen: 'paperglot crawl arxiv_abs -a ids={id}v{number}' fetches it."
        )
    return by_number[number]


def _shown(piece: Piece) -> str:
    text = piece.text.rstrip()
    blank = piece.text[len(text) :]
    match piece.fate:
        case "removed":
            return typer.style(f"[-{text}-]", fg=typer.colors.RED) + blank
        case "added":
            return typer.style(f"{{+{text}+}}", fg=typer.colors.GREEN) + blank
        case _:
            return piece.text
