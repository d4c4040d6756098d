"""A folder of digests: a file for each day or topic, an index page and feeds. A file is written only if it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from delivery import feeds
from delivery.digest import html, vault
from delivery.digest.content import Digest, DigestPaper
from delivery.digest.gather import DigestSpec, Grouped, Source, gather, title_of
from delivery.digest.shapes import Shape
from delivery.messages import Messages
from delivery.present import present
from indexer.query.request import TOPIC
from indexer.results import Hit
from papers import files
from papers.errors import PaperglotError

FEEDS = {
    "atom": html.FeedLink("Atom", feeds.FORMATS["atom"].media_type, "feed.atom"),
    "json": html.FeedLink("JSON Feed", feeds.FORMATS["json"].media_type, "feed.json"),
}
INDEX = "index.html"
_FEED_SIZE = 50
_OWN_FILE = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})|(?P<topic>[a-z0-9-]+?)(?P<period>(?:-\d{4}-\d{2}-\d{2})+)?")


class NotWritten(PaperglotError):
    """Raised by `write_file` and `write_folder`: a file cannot be written."""


@dataclass
class Written:
    """What became of the files. `untouched` are notes without the marker, which a person has made their own."""

    changed: int = 0
    unchanged: int = 0
    untouched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a folder."""

    name: str
    spec: DigestSpec
    may_be_empty: bool = True


def write_folder(folder: Path, shape: Shape, source: Source, spec: DigestSpec, days: Sequence[date]) -> Written:
    """Write the digests of these days, or of the topics of the spec, into a folder. Raises NotWritten."""
    written = Written()
    # Whether the search is understood is looked at before anything is written.
    gather(source, replace(spec, most=1, grouped=Grouped.TOGETHER))
    if shape.write is None:
        for day in days:
            _write_vault(folder, gather(source, spec.within(day, day)), written)
        return written
    papers: list[DigestPaper] = []
    for part in _parts(shape, spec, days):
        digest = gather(source, part.spec)
        papers += digest.papers
        if digest.papers or part.may_be_empty:
            content = shape.write(digest, *([tuple(FEEDS.values())] if shape.links_feeds else []))
            _write(folder / f"{part.name}.{shape.suffix}", content.encode("utf-8", "replace"), written)
    if shape.in_folders:
        # The subscription to a page is to its papers: there may be none that match all of its words.
        newest = papers if shape.grouped is Grouped.BEST_FIRST else gather(source, _newest(spec)).papers
        _write_feeds(folder, source, spec, newest, written)
        _write(folder / INDEX, _index(folder, shape, source, spec).encode(), written)
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


def _parts(shape: Shape, spec: DigestSpec, days: Sequence[date]) -> Iterator[_Part]:
    topics, filters = spec.request.filters.of(TOPIC), spec.request.filters
    match shape.grouped:
        case Grouped.BEST_FIRST:
            period = "".join(f"-{day}" for day in (filters.first, filters.last) if day)
            for topic in topics:
                yield _Part(f"{topic}{period}", _of_topic(spec, topic))
            if not topics:
                yield _Part(f"papers{period}", spec)
        case Grouped.BY_DAY:
            for day in days:
                for topic in topics:
                    yield _Part(f"{day}-{topic}", _of_topic(spec.within(day, day), topic), may_be_empty=False)
                if not topics:
                    yield _Part(f"{day}-papers", spec.within(day, day), may_be_empty=False)
        case Grouped.TOGETHER | Grouped.BY_TOPIC:
            for day in days:
                yield _Part(day.isoformat(), spec.within(day, day))


def _of_topic(spec: DigestSpec, topic: str) -> DigestSpec:
    filters = spec.request.filters.without(TOPIC).with_value(TOPIC, topic)
    return replace(spec, request=spec.request.from_start(filters=filters))


def _newest(spec: DigestSpec) -> DigestSpec:
    """The newest papers of the search, of any day."""
    return replace(spec.within(None, None), grouped=Grouped.TOGETHER, most=_FEED_SIZE)


def _write(path: Path, content: bytes, written: Written) -> None:
    if write_file(path, content):
        written.changed += 1
    else:
        written.unchanged += 1


def _write_vault(folder: Path, digest: Digest, written: Written) -> None:
    names = _names_by_id(folder / vault.PAPERS)
    by_id = {paper.id: names[key] for paper in digest.papers if (key := paper.id.replace("/", "-")) in names}

    def existing(name: str) -> str | None:
        path = folder / name
        return path.read_bytes().decode("utf-8") if path.exists() else None

    for name, text in vault.notes(digest, by_id, _or_unreadable(existing)):
        if text is None:
            written.untouched = (*written.untouched, name)
        else:
            _write(folder / name, text.encode("utf-8", "replace"), written)


def _or_unreadable(existing: vault.Existing) -> vault.Existing:
    """A note that cannot be read has no marker: it stays as it is."""

    def read(name: str) -> str | None:
        try:
            return existing(name)
        except (OSError, UnicodeDecodeError):
            return ""

    return read


def _names_by_id(papers: Path) -> dict[str, str]:
    """The names of the notes of papers, by id. Of several notes of a paper, the one that is ours counts."""
    names: dict[str, str] = {}
    for path in sorted(papers.glob("*.md")):
        id = path.stem.split(" ")[0]
        if id not in names or (not _is_ours(papers / f"{names[id]}.md") and _is_ours(path)):
            names[id] = path.stem
    return names


def _is_ours(path: Path) -> bool:
    try:
        return vault.MARKER.encode() in path.read_bytes()
    except OSError:
        return False


def _write_feeds(
    folder: Path, source: Source, spec: DigestSpec, papers: Sequence[DigestPaper], written: Written
) -> None:
    """The newest of these papers as feeds."""
    views = [present(Hit(paper.document), first=spec.language) for paper in papers]
    entries = {view.document.id: feeds.entry_of(view, None, versions=False) for view in views}
    feed = feeds.Feed(
        title=title_of(spec.request, source.topics, Messages(spec.language)),
        key="&".join(f"{name}={value}" for name, value in spec.request.parameters()),
        address=None,
        home=None,
        language=spec.language,
        entries=sorted(entries.values(), key=lambda entry: (entry.updated, entry.id), reverse=True)[:_FEED_SIZE],
    )
    for name, link in FEEDS.items():
        _write(folder / link.address, feeds.FORMATS[name].write(feed), written)


def _index(folder: Path, shape: Shape, source: Source, spec: DigestSpec) -> str:
    """The page that links to all files of the folder, those of earlier calls, too."""
    t = Messages(spec.language)
    names = sorted((path.name for path in folder.glob(f"*.{shape.suffix}")), reverse=True)
    shown = [(name, _shown(name.rpartition(".")[0], source, t)) for name in names if name != INDEX]
    title = title_of(spec.request, source.topics, t)
    links = [(name, text) for name, text in shown if text]
    return html.index(title, spec.language, links, tuple(FEEDS.values()))


def _shown(stem: str, source: Source, t: Messages) -> str | None:
    """What a file is of: a day in words, the name of a topic; None of a file that is not ours."""
    match = _OWN_FILE.fullmatch(stem)
    if match is None:
        return None
    if not match["topic"]:
        return t.day(date.fromisoformat(match["day"]))
    topic = source.topics.topics.get(match["topic"])
    name = topic.shown(t.language) if topic else t("digest_all") if match["topic"] == "papers" else None
    return name and name + (match["period"] or "").replace("-", " ", 1)
