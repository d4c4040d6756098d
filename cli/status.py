"""`paperglot status`: what is kept, what is indexed, and what is not fine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Data, folder

if TYPE_CHECKING:
    from pathlib import Path

    from operate.facts import Facts
    from operate.judge import Finding


MOST_LISTINGS_SAID = 12
MOST_REJECTED_SAID = 5


def status(
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="For monitors: only what is not fine, with exit code 1 where anything is.")
    ] = False,
    data: Data = None,
) -> None:
    """Say what is kept, what is indexed, what is missing of the last days, and what is not fine."""
    import orjson

    from operate.judge import judge

    facts, rejected = _facts(folder(data))
    findings = judge(facts)
    if check:
        for finding in findings:
            typer.echo(finding.sentence)
        if findings:
            raise typer.Exit(1)
        typer.echo("All is fine.")
        return
    found = _status(facts, rejected, findings)
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo(f"Data folder   {found['data']}")
    damage = f": damaged ({found['damage']}); put a backup in its place" if found["damage"] else ""
    typer.echo(f"Catalogue     {found['papers']:,} papers{damage}")
    typer.echo(f"Index         {_index_in_words(found)}")
    for language, counts in found["translations"].items():
        shown = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        typer.echo(f"{'Texts in ' + language:13} {shown}")
    _say_coverage(found)
    said = {"catalogue_damaged", "index_missing", "index_unusable", "index_behind", "days_missing", "records_left_out"}
    for finding in findings:
        if finding.name not in said:
            typer.echo(f"Not fine      {finding.sentence}")


_AS_IT_SHOULD_BE = ("complete", "complete so far", "empty")


def _say_coverage(found: dict[str, Any]) -> None:
    """What of the last days is there, and each day that is not, newest first."""
    from papers import sources

    days = found["coverage"]
    complete = sum(day["state"] in _AS_IT_SHOULD_BE for day in days)
    expected = [day for day in days if day["state"] not in ("not asked", "not yet")]
    lists = "list is" if len(expected) == 1 else "lists are"
    typer.echo(f"Last days     {complete} of {len(expected)} {lists} complete ('paperglot coverage' shows them)")
    lacking = [day for day in expected if day["state"] not in _AS_IT_SHOULD_BE]
    for day in sorted(lacking, key=lambda day: day["day"], reverse=True)[:MOST_LISTINGS_SAID]:
        reason = f": {day['reason']}" if day["reason"] else ""
        name = sources.label(day["source"], day["category"] or "")
        typer.echo(f"{day['state'].capitalize():13} {day['day']} {name}{reason}")
    if len(lacking) > MOST_LISTINGS_SAID:
        typer.echo(f"{'':14}and {len(lacking) - MOST_LISTINGS_SAID} more (--json shows all)")
    if found["left_out"]:
        typer.echo(f"Left out      {found['left_out']} records of the last days could not be read (--json shows them)")
    if found["reminder"]:
        typer.echo(found["reminder"])


def _index_in_words(found: dict[str, Any]) -> str:
    index, behind = found["index"], found["behind"]
    if found["index_error"] and index is None:
        return f"{found['index_error']} It was {behind:,} papers behind when it was last seen."
    if found["index_error"]:
        return f"{index['documents']:,} papers. {found['index_error']}"
    if index is None:
        return "none yet: run 'paperglot index'"
    state = "up to date" if not behind else f"{behind:,} papers behind: run 'paperglot index'"
    # Of a paper that was refused the index may still hold what it was before.
    if not behind and not 0 <= found["papers"] - index["documents"] <= len(index["rejected"]):
        state = "not what the catalogue holds: run 'paperglot rebuild'"
    words = f"{index['documents']:,} papers, {state}"
    for number, (id, reason) in enumerate(index["rejected"].items()):
        if number == MOST_REJECTED_SAID:
            return f"{words}\n{'':14}and {len(index['rejected']) - number:,} more (--json shows all)"
        words += f"\n{'':14}{id} was refused: {reason}"
    return words


def _facts(into: Path) -> tuple[Facts, list[dict[str, Any]]]:
    """How everything stands, and the records that were left out."""
    from dataclasses import asdict
    from datetime import timedelta

    from crawler.plan import DAYS
    from indexer.engines import open_engine
    from operate.facts import look_at
    from papers import calendar
    from papers.catalogue import Catalogue

    now = calendar.utc_now()
    facts = look_at(into, open_engine(into), now)
    with Catalogue(into) as catalogue:
        rejected = catalogue.rejected(timedelta(days=DAYS), now)
    return facts, [{"source": source, "address": address, **asdict(record)} for source, address, record in rejected]


def _status(facts: Facts, rejected: list[dict[str, Any]], findings: list[Finding]) -> dict[str, Any]:
    from dataclasses import asdict

    from crawler.followed import as_json
    from papers.calendar import reminder

    index = facts.index
    return {
        "data": str(facts.folder),
        "fine": not findings,
        "findings": [asdict(finding) for finding in findings],
        "papers": facts.papers,
        "damage": facts.damage,
        "index": asdict(index.state) if index.state else None,
        "index_error": index.error,
        "behind": index.behind,
        "translations": facts.translations,
        "coverage": [as_json(day) for day in facts.days],
        "left_out": len(rejected),
        "rejected": rejected,
        "reminder": reminder(facts.now),
    }
