"""Gathers the papers of a digest from an index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby, islice
from pathlib import Path
from urllib.parse import urlencode

from delivery import day_notes
from delivery.digest.content import Digest, DigestPaper, Section, for_reader
from delivery.digest.grouping import Grouping
from delivery.messages import Messages
from delivery.periods import days_of
from delivery.summary.content import Summarise
from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.find import Answer, find, matching, search_of
from indexer.lexicon import Lexicon
from indexer.query.reading import Reading
from indexer.query.request import TOPIC, Filters, InvalidRequest, Request
from indexer.query.search import MAX_NUMBERED_HITS, MAX_SIZE, Search, Sort
from indexer.query.tree import And, Query
from indexer.topics import Topics
from papers import identifiers

# The topics of the document "the day by topic", in its order; with topics of one's own, all of them.
DAY_TOPICS = (
    "generative-models", "multimodal", "recognition", "image-understanding", "transformers", "3d-graphics",
    "learning-paradigms",
)  # fmt: skip
OTHER = "_other"  # no topic can be called so


class Grouped(StrEnum):
    """How the papers of a digest are put into sections."""

    TOGETHER = "together"  # one section, the newest id first
    BY_TOPIC = "topic"
    BY_DAY = "day"
    BEST_FIRST = "best"  # one section, of all tiers, in the order of relevance


@dataclass(frozen=True, slots=True)
class Source:
    """Where digests get their papers: an index, what requests are read with, and what makes summaries."""

    engine: SearchEngine
    topics: Topics
    lexicon: Lexicon
    folder: Path | None  # the data folder; None where the catalogue is on another machine
    now: datetime
    summarise: Summarise


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSpec:
    """What a digest is to be of, and for whom. `most` is how many papers it may have. `search_page` is the address of
    the search page, "" where there is none for readers."""

    request: Request
    language: str
    grouped: Grouped = Grouped.TOGETHER
    most: int = 1000
    search_page: str = ""
    cover: str | None = None

    def within(self, first: date | None, last: date | None) -> DigestSpec:
        """The same of these days."""
        filters = replace(self.request.filters, first=first, last=last)
        return replace(self, request=self.request.from_start(filters=filters))


def gather(source: Source, spec: DigestSpec) -> Digest:
    """The digest. Raises what a search raises, and InvalidRequest where the text is not understood."""
    documents, total, query = _documents(source, spec)
    filters = spec.request.filters
    messages = Messages(spec.language)
    paper = _maker(source, spec.language)
    match spec.grouped:
        case Grouped.BY_TOPIC:
            sections = _by_topic(source, spec, query, documents, paper, messages)
        case Grouped.BY_DAY:
            sections = _by_day(documents, paper, messages)
        case Grouped.TOGETHER | Grouped.BEST_FIRST:
            sections = (Section("papers", "", tuple(map(paper, documents))),) if documents else ()
    return Digest(
        title=title_of(spec.request, source.topics, messages),
        request=spec.request,
        language=spec.language,
        first=filters.first,
        last=filters.last,
        sections=sections,
        total=total,
        notes=tuple(_notes(source, messages, filters, len(documents), total)),
        home=_address(spec, "") if spec.search_page else None,
        feed=_address(spec.within(None, None), "feed") if spec.search_page else None,
        cover=spec.cover,
    )


def _address(spec: DigestSpec, path: str) -> str:
    return f"{spec.search_page}/{path}?{urlencode(spec.request.parameters())}".rstrip("?")


def _notes(source: Source, messages: Messages, filters: Filters, shown: int, total: int) -> Iterator[str]:
    if total > shown:
        yield messages("digest_first_of", n=messages.number(shown), total=messages.number(total))
    if days := days_of(filters):
        of_day = day_notes.notes(messages, days, total, source.folder, source.now, nothing="digest_nothing")
        yield from (note.text for note in of_day)
    elif not total:
        yield messages("digest_nothing")


def title_of(request: Request, topics: Topics, messages: Messages) -> str:
    """What a digest is called: its topics, else its text, else what its filters are."""
    names = [
        topics.topics[name].shown(messages.language) for name in request.filters.of(TOPIC) if name in topics.topics
    ]
    filters = [value for name, value in request.filters.values if name != TOPIC]
    return " · ".join([*names, *([request.text] if request.text else []), *filters]) or messages("digest_all")


def _maker(source: Source, language: str) -> Callable[[Document], DigestPaper]:
    def paper(document: Document) -> DigestPaper:
        return DigestPaper(for_reader(document, language), language, source.summarise)

    return paper


def _documents(source: Source, spec: DigestSpec) -> tuple[Sequence[Document], int, Query]:
    """The papers, at most so many as the spec allows, how many there are, and the query that they match."""
    request, queries = spec.request, source.topics.queries
    if spec.grouped is Grouped.BEST_FIRST:
        return _best(source, spec)
    reading, _ = matching(source.engine, request, today=source.now.date(), topics=queries, lexicon=source.lexicon)
    checked(reading)
    search = search_of(replace(request, sort=Sort.NEWEST), reading, queries)
    documents = list(islice(source.engine.iterate(search.as_stream), spec.most))
    (total,) = source.engine.count([search.whole]) if len(documents) == spec.most else (len(documents),)
    return sorted(documents, key=_id_order, reverse=True), total, search.whole


def _id_order(document: Document) -> tuple[date, str]:
    return identifiers.month(document.id), document.id


def _day_of(document: Document) -> str:
    return document.shown_day


def _best(source: Source, spec: DigestSpec) -> tuple[Sequence[Document], int, Query]:
    """The best papers of all tiers, best first."""
    size, queries = min(spec.most, MAX_SIZE), source.topics.queries

    def page(number: int) -> Answer:
        request = replace(spec.request, size=size, page=number, cursor=None)
        return find(source.engine, request, today=source.now.date(), topics=queries, lexicon=source.lexicon)

    first = page(1)
    checked(first.reading)
    documents = [hit.document for hit in first.results.hits]
    last_page = min(spec.most, first.results.total, MAX_NUMBERED_HITS) // size
    for number in range(2, last_page + 1):
        documents += [hit.document for hit in page(number).results.hits]
    documents += [hit.document for tier in first.further for hit in tier.hits]
    return documents[: spec.most], sum(total for _, total in first.totals), first.search.whole


def checked(reading: Reading) -> None:
    """Raise InvalidRequest where a part of the text is not understood: nobody would see that the papers are others."""
    if reading.unread:
        raise InvalidRequest(f"'{reading.unread[0].text}' is not understood in this search.")


def _by_topic(
    source: Source,
    spec: DigestSpec,
    query: Query,
    documents: Iterable[Document],
    paper: Callable[[Document], DigestPaper],
    messages: Messages,
) -> tuple[Section, ...]:
    topics = source.topics
    usual = tuple(name for name in DAY_TOPICS if name in topics.topics) or tuple(topics.topics)
    names = spec.request.filters.of(TOPIC) or usual
    shown = {name: topics.topics[name].shown(spec.language) for name in names}
    queries = {name: topics.queries[name] for name in names}
    grouping = Grouping(queries, {name: _ids(source.engine, And((query, queries[name]))) for name in names})
    placed: dict[str, list[DigestPaper]] = {name: [] for name in (*names, OTHER)}
    for document in documents:
        place = grouping.place(document)
        others = tuple(shown[name] for name in place.others)
        placed[place.topic or OTHER].append(replace(paper(document), reasons=place.reasons, also_in=others))
    shown[OTHER] = messages("digest_other")
    return tuple(Section(name, shown[name], tuple(papers)) for name, papers in placed.items() if papers)


def _ids(engine: SearchEngine, query: Query) -> set[str]:
    return {document.id for document in engine.iterate(Search(query=query, sort=Sort.NEWEST))}


def _by_day(
    documents: Iterable[Document], paper: Callable[[Document], DigestPaper], messages: Messages
) -> tuple[Section, ...]:
    by_day = groupby(sorted(documents, key=_day_of, reverse=True), _day_of)
    return tuple(Section(day, day or messages("digest_no_day"), tuple(map(paper, papers))) for day, papers in by_day)
