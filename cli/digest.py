"""`paperglot digest`: the papers of a search as a document."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Data, folder
from cli.output import counted, say
from cli.sources import source as source_of
from papers.errors import PaperglotError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from delivery.digest.folder import Written
    from delivery.digest.gather import DigestSpec, Source
    from delivery.digest.shapes import Shape
    from indexer.query.request import Request

_MOST_DAYS = 1000


class NotAllWritten(PaperglotError):
    """Raised by `digest`: some digest of the settings could not be written; the others were."""


def digest(
    shape: Annotated[
        str, typer.Option(help="bilingual, topics, post, page, html, email, json or vault; see docs/digests.md.")
    ] = "",
    query: Annotated[str, typer.Option(help="Which papers, in the query language; without it, all.")] = "",
    topic: Annotated[list[str], typer.Option(help="Only papers of this topic; can be repeated.")] = [],  # noqa: B006
    day: Annotated[str, typer.Option(help="Only papers of this day: 2026-11-20, or 'latest'.")] = "",
    first: Annotated[str, typer.Option("--from", help="Only papers from this day, month or year on.")] = "",
    last: Annotated[str, typer.Option("--to", help="Only papers up to this day, month or year.")] = "",
    language: Annotated[str, typer.Option("--lang", help="The language of the readers: en, zh or zh-Hant.")] = "zh",
    output: Annotated[
        str, typer.Option(help="The file to write; a folder, or a name that ends with '/', gets a file a day or topic.")
    ] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="In a folder without a day: for how many days.")] = 14,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="How many papers a document has at most.")] = 1000,
    cover: Annotated[str, typer.Option(help="The arXiv id of the paper whose picture stands above a post.")] = "",
    data: Data = None,
) -> None:
    """Write a digest of any search. Without --shape, bring the digests of the settings up to date."""
    from delivery.digest.gather import DigestSpec
    from delivery.digest.shapes import shape_named
    from delivery.messages import LANGUAGES
    from delivery.settings import PageSettings
    from papers.calendar import utc_now

    path, now = folder(data), utc_now()
    if not shape:
        _configured(path, now)
        return
    if language not in LANGUAGES:
        raise UsageError(f"There are no digests in '{language}': there are {', '.join(LANGUAGES)}.")
    chosen_shape = shape_named(shape)
    source = source_of(path, now)
    spec = DigestSpec(
        request=_request(source, query, topic),
        language=language,
        grouped=chosen_shape.grouped,
        most=most,
        cover=_cover(source, cover),
        search_page=PageSettings.load().address,
    )
    first_day, last_day = _period(day, first, last, now)
    # A Path would lose the "/" at the end.
    if output and (output.endswith("/") or Path(output).is_dir()):
        _tell(Path(output), _into_folder(Path(output), chosen_shape, source, spec, first_day, last_day, days))
        return
    _one(chosen_shape, source, spec.within(first_day, last_day), Path(output) if output else None)


def _one(shape: Shape, source: Source, spec: DigestSpec, output: Path | None) -> None:
    """Write one document to a file, or to standard output."""
    from delivery.digest.folder import write_file
    from delivery.digest.gather import gather

    if shape.write is None:
        raise UsageError("A vault is many files: name its folder with --output, ending with '/'.")
    content = shape.write(gather(source, spec)).encode("utf-8", "replace")
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        say(f"{output} {'was written' if write_file(output, content) else 'is as it was'}.")


def _configured(path: Path, now: datetime) -> None:
    from cli.steps import tell_run
    from delivery.digest.gather import DigestSpec
    from delivery.digest.settings import DigestSettings
    from delivery.digest.shapes import shape_named
    from delivery.settings import PageSettings

    settings = DigestSettings.load()
    if not settings.document:
        raise UsageError(
            "No digest is configured: name a --shape, or describe digests in paperglot.toml under [[digest.document]]."
        )
    source = source_of(path, now)
    changed, faults = 0, 0
    for document in settings.document:
        shape, folder_of_it = shape_named(document.shape), path / document.folder
        try:
            spec = DigestSpec(
                request=_request(source, document.query, document.topics),
                language=document.language,
                grouped=shape.grouped,
                most=document.most,
                search_page=PageSettings.load().address,
            )
            changed += _tell(folder_of_it, _into_folder(folder_of_it, shape, source, spec, None, None, document.days))
        except PaperglotError as error:
            faults += 1
            say(f"{folder_of_it}: {error}")
    tell_run("digest", {"files": changed})
    if faults:
        raise NotAllWritten(f"{counted(faults, 'digest')} of {len(settings.document)} could not be written.")


def _into_folder(
    output: Path, shape: Shape, source: Source, spec: DigestSpec, first: date | None, last: date | None, days: int
) -> Written:
    from delivery.digest.folder import write_folder
    from delivery.digest.gather import Grouped
    from papers.calendar import current_listing_day, weekdays

    if shape.grouped is Grouped.BEST_FIRST:
        return write_folder(output, shape, source, spec.within(first, last), [])
    if first is not None and first == last:
        return write_folder(output, shape, source, spec, [first])  # also a weekend, which says so
    newest = current_listing_day(source.now)
    last = min(last or newest, newest)
    if first is not None:
        days = (last - first).days + 1
        if days > _MOST_DAYS:
            raise UsageError(f"A folder gets at most {_MOST_DAYS:,} days at once: name a shorter range.")
    chosen_days = [day for day in weekdays(last, max(days, 1)) if first is None or day >= first]
    return write_folder(output, shape, source, spec, chosen_days)


def _tell(output: Path, written: Written) -> int:
    for name in written.untouched:
        say(f"{output / name} was left as it is: it does not have Paperglot's marker just once, or cannot be read.")
    say(f"{output}: {counted(written.changed, 'file')} written, {written.unchanged:,} unchanged.")
    return written.changed


def _request(source: Source, query: str, topics: Sequence[str]) -> Request:
    from indexer.query.request import TOPIC, Filters, Request

    for name in topics:
        if name not in source.topics.topics:
            raise UsageError(f"There is no topic '{name}': there are {', '.join(source.topics.topics)}.")
    return Request(text=query, filters=Filters(values=tuple((TOPIC, name) for name in topics)))


def _period(day: str, first: str, last: str, now: datetime) -> tuple[date | None, date | None]:
    from indexer.query import values
    from papers.calendar import current_listing_day

    if day and (first or last):
        raise UsageError("Name a --day, or a range with --from and --to, and not both.")
    if day == "latest":
        latest = current_listing_day(now)
        return latest, latest
    start, end = values.first_day(day or first), values.last_day(day or last)
    if start and end and start > end:
        raise UsageError(f"--from {start} is after --to {end}.")
    for text, value in ((day or first, start), (day or last, end)):
        if text and value is None:
            raise UsageError(f"'{text}' is no day: 2026-11-20, 2026-W47, 2026-11 and 2026 are.")
    return start, end


def _cover(source: Source, id: str) -> str | None:
    """The id of the paper whose picture is to stand above a post; raises UsageError where it can have none."""
    from delivery.digest.content import DigestPaper
    from papers import identifiers

    if not id:
        return None
    key = identifiers.key(id)
    document = source.engine.get(key)
    if document is None:
        raise UsageError(f"{key} is not kept here.")
    if not DigestPaper(document, "en", source.summarise).figures:
        raise UsageError(f"No picture of {key} is known: Hugging Face has none.")
    return key
