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
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="For monitors: print only what is not fine, and exit with 1 if there is anything."
        ),
    ] = False,
    data: Data = None,
) -> None:
    """Show what is kept and indexed, and what is not fine."""
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
    report = _status(facts, rejected, findings)
    if as_json:
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    typer.echo(f"Data folder   {report['data']}")
    damage = f": damaged ({report['damage']}); put a backup in its place" if report["damage"] else ""
    typer.echo(f"Catalogue     {report['papers']:,} papers{damage}")
    typer.echo(f"Index         {_index_in_words(report)}")
    for language, counts in report["translations"].items():
        counts_text = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
        typer.echo(f"{'Texts in ' + language:13} {counts_text}")
    _say_coverage(report)
    names_above = {
        "catalogue_damaged",
        "index_missing",
        "index_unusable",
        "index_behind",
        "days_missing",
        "records_left_out",
    }
    for finding in findings:
        if finding.name not in names_above:
            typer.echo(f"Not fine      {finding.sentence}")


_GOOD_STATES = ("complete", "complete so far", "empty")


def _say_coverage(report: dict[str, Any]) -> None:
    """Print how many lists of the last days are complete, and each one that is not, newest first."""
    from papers import sources

    days = report["coverage"]
    complete = sum(day["state"] in _GOOD_STATES for day in days)
    expected = [day for day in days if day["state"] not in ("not asked", "not yet")]
    lists = "list is" if len(expected) == 1 else "lists are"
    typer.echo(f"Last days     {complete} of {len(expected)} {lists} complete ('paperglot coverage' shows them)")
    lacking = [day for day in expected if day["state"] not in _GOOD_STATES]
    for day in sorted(lacking, key=lambda day: day["day"], reverse=True)[:MOST_LISTINGS_SAID]:
        reason = f": {day['reason']}" if day["reason"] else ""
        name = sources.label(day["source"], day["category"] or "")
        typer.echo(f"{day['state'].capitalize():13} {day['day']} {name}{reason}")
    if len(lacking) > MOST_LISTINGS_SAID:
        typer.echo(f"{'':14}and {len(lacking) - MOST_LISTINGS_SAID} more (--json shows all)")
    if report["left_out"]:
        typer.echo(f"Left out      {report['left_out']} records of the last days could not be read (--json shows them)")
    if report["reminder"]:
        typer.echo(report["reminder"])


def _index_in_words(report: dict[str, Any]) -> str:
    index, behind = report["index"], report["behind"]
    if report["index_error"] and index is None:
        return f"{report['index_error']} It was {behind:,} papers behind when it was last seen."
    if report["index_error"]:
        return f"{index['documents']:,} papers. {report['index_error']}"
    if index is None:
        return "none yet: run 'paperglot index'"
    state = "up to date" if not behind else f"{behind:,} papers behind: run 'paperglot index'"
    # The index may still hold an earlier version of a paper that it rejected.
    if not behind and not 0 <= report["papers"] - index["documents"] <= len(index["rejected"]):
        state = "not what the catalogue holds: run 'paperglot rebuild'"
    words = f"{index['documents']:,} papers, {state}"
    for number, (id, reason) in enumerate(index["rejected"].items()):
        if number == MOST_REJECTED_SAID:
            return f"{words}\n{'':14}and {len(index['rejected']) - number:,} more (--json shows all)"
        words += f"\n{'':14}{id} was refused: {reason}"
    return words


def _facts(data_folder: Path) -> tuple[Facts, list[dict[str, Any]]]:
    """The state of everything, and the records of the last days that could not be read."""
    from dataclasses import asdict
    from datetime import timedelta

    from crawler.plan import DAYS
    from indexer.engines import open_engine
    from operate.facts import look_at
    from papers import calendar
    from papers.catalogue import Catalogue

    now = calendar.utc_now()
    facts = look_at(data_folder, open_engine(data_folder), now)
    with Catalogue(data_folder) as catalogue:
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
