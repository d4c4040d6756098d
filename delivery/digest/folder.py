"""A folder of digests: a file for each day or topic, an index page and feeds. A file is written only if it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from delivery import feeds
from delivery.digest import html, vault
from delivery.digest.content import Digest
from delivery.digest.gather import Grouped, Source, Wanted, gather, title_of
from delivery.digest.shapes import Shape
from delivery.messages import Messages
from delivery.present import present
from indexer.find import matching, search_of
from indexer.query.request import TOPIC
from indexer.query.search import Sort
from indexer.results import Hit
from papers import files
from papers.errors import PaperglotError

FEEDS = {
    "atom": html.FeedLink("Atom", feeds.FORMATS["atom"].media_type, "feed.atom"),
    "json": html.FeedLink("JSON Feed", feeds.FORMATS["json"].media_type, "feed.json"),
}
INDEX = "index.html"
_FEED_SIZE = 50
_OWN_FILE = re.compile(r"(\d{4}-\d{2}-\d{2}|[a-z0-9-]+)\.[a-z]+")


class NotWritten(PaperglotError):
    """Raised by `write_file` and `write_folder`: a file cannot be written."""


@dataclass
class Written:
    """What became of the files. `kept` are notes without the marker, which a person has made their own."""

    changed: int = 0
    unchanged: int = 0
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a folder."""

    name: str
    wanted: Wanted
    may_be_empty: bool = True


def write_folder(folder: Path, shape: Shape, source: Source, wanted: Wanted, days: Sequence[date]) -> Written:
    """Write the digests of these days, or of the topics that are wanted, into a folder. Raises NotWritten."""
    written = Written()
    if shape.write is None:
        for day in days:
            _write_vault(folder, gather(source, _of_day(wanted, day)), written)
        return written
    for part in _parts(shape, source, wanted, days):
        digest = gather(source, part.wanted)
        if digest.papers or part.may_be_empty:
            _write(folder / f"{part.name}.{shape.suffix}", _text(shape, digest).encode(), written)
    if shape.in_folders:
        _write_feeds(folder, source, wanted, written)
        _write(folder / INDEX, _index(folder, shape, source, wanted).encode(), written)
    return written


def write_file(path: Path, content: bytes) -> bool:
    """Write a file; returns whether that changed anything. Raises NotWritten."""
    try:
        if path.exists() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        files.replace(path, content)
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror or error}.") from error
    return True


def _parts(shape: Shape, source: Source, wanted: Wanted, days: Sequence[date]) -> Iterator[_Part]:
    topics = wanted.request.filters.of(TOPIC)
    match shape.grouped:
        case Grouped.BEST_FIRST:
            for topic in topics:
                yield _Part(topic, _of_topic(wanted, topic))
            if not topics:
                yield _Part("papers", wanted)
        case Grouped.BY_DAY:
            for day in days:
                for topic in topics:
                    yield _Part(f"{day}-{topic}", _of_topic(_of_day(wanted, day), topic), may_be_empty=False)
                if not topics:
                    yield _Part(f"{day}-papers", _of_day(wanted, day), may_be_empty=False)
        case Grouped.TOGETHER | Grouped.BY_TOPIC:
            for day in days:
                yield _Part(day.isoformat(), _of_day(wanted, day))


def _of_day(wanted: Wanted, day: date) -> Wanted:
    filters = replace(wanted.request.filters, first=day, last=day)
    return replace(wanted, request=wanted.request.from_start(filters=filters))


def _of_topic(wanted: Wanted, topic: str) -> Wanted:
    filters = wanted.request.filters.without(TOPIC).with_value(TOPIC, topic)
    return replace(wanted, request=wanted.request.from_start(filters=filters))


def _text(shape: Shape, digest: Digest) -> str:
    assert shape.write is not None
    if shape.write is html.write:
        return html.write(digest, tuple(FEEDS.values()))
    if shape.write is html.write_page:
        return html.write_page(digest, tuple(FEEDS.values()))
    return shape.write(digest)


def _write(path: Path, content: bytes, written: Written) -> None:
    if write_file(path, content):
        written.changed += 1
    else:
        written.unchanged += 1


def _write_vault(folder: Path, digest: Digest, written: Written) -> None:
    names = {path.stem.split(" ")[0]: path.stem for path in (folder / vault.PAPERS).glob("*.md")}
    by_id = {paper.id: names[key] for paper in digest.papers if (key := paper.id.replace("/", "-")) in names}

    def existing(name: str) -> str | None:
        path = folder / name
        return path.read_text("utf-8") if path.exists() else None

    for name, text in vault.notes(digest, by_id, existing):
        if text is None:
            written.kept = (*written.kept, name)
        else:
            _write(folder / name, text.encode(), written)


def _write_feeds(folder: Path, source: Source, wanted: Wanted, written: Written) -> None:
    """The newest papers of the search, as the page's feed has them."""
    queries = source.topics.queries
    request = replace(wanted.request, sort=Sort.NEWEST)
    reading, _ = matching(source.engine, request, today=source.now.date(), topics=queries, lexicon=source.lexicon)
    stream = source.engine.iterate(search_of(request, reading, queries).as_stream)
    views = [present(Hit(document), first=wanted.language) for document in islice(stream, _FEED_SIZE)]
    entries = [feeds.entry_of(view, None, versions=False) for view in views]
    feed = feeds.Feed(
        title=title_of(wanted.request, source.topics, Messages(wanted.language)),
        key="&".join(f"{name}={value}" for name, value in wanted.request.parameters()),
        address=None,
        home=None,
        language=wanted.language,
        entries=sorted(entries, key=lambda entry: entry.updated, reverse=True),
    )
    for name, link in FEEDS.items():
        _write(folder / link.address, feeds.FORMATS[name].write(feed), written)


def _index(folder: Path, shape: Shape, source: Source, wanted: Wanted) -> str:
    """The page that links to all files of the folder, those of earlier calls, too."""
    all_names = (path.name for path in folder.glob(f"*.{shape.suffix}"))
    names = sorted((name for name in all_names if name != INDEX and _OWN_FILE.fullmatch(name)), reverse=True)
    t = Messages(wanted.language)
    return html.index(
        title_of(wanted.request, source.topics, t),
        wanted.language,
        [(name, _shown(name.rpartition(".")[0], source, t)) for name in names],
        tuple(FEEDS.values()),
    )


def _shown(stem: str, source: Source, t: Messages) -> str:
    """What a file is of: a day in words, the name of a topic."""
    try:
        return t.day(date.fromisoformat(stem))
    except ValueError:
        topic = source.topics.topics.get(stem)
        return topic.shown(t.language) if topic else stem
