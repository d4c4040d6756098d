"""Answers a request in tiers: first what matches all of it, and where that is too little, what comes close.

Only the first tier is counted in totals, facets, feeds and alerts. Phrases, fields and what is taken away hold in
every tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from indexer import widen
from indexer.engine import SearchEngine
from indexer.lexicon import EMPTY, Lexicon
from indexer.query.build import Built
from indexer.query.reading import NO_TOPICS, Reading, read
from indexer.query.request import Filters, Request, needs_all
from indexer.query.search import Search, Sort
from indexer.query.tree import And, Not, Or, Query, Word, words_in
from indexer.relax import Relaxed, relaxed
from indexer.results import Facet, Hit, Results
from indexer.spelling import can_be_corrected

# What may stand around a word that is misspelt.
_AROUND_WORDS = ",.;:!?()\"'“”"


class Tier(StrEnum):
    """How well a paper fits the request, the best first."""

    ALL = "all"  # it matches all of it
    MOST = "most"  # it has about two thirds of the words
    TRANSLATED = "translated"  # it has most of the words in the other language
    SOME = "some"  # it has about a third of the words


@dataclass(frozen=True, slots=True)
class Further:
    """Papers of a later tier: how many there are, those of the tiers before not counted, and the best of them."""

    tier: Tier
    total: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """The request with words of the index in the place of misspelt ones, and how many papers it then has."""

    text: str
    request: Request
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request."""

    request: Request
    reading: Reading
    search: Search  # of the first tier
    results: Results  # of the first tier
    further: tuple[Further, ...] = ()
    relaxed: tuple[Relaxed, ...] = ()
    correction: Correction | None = None
    split_runs: tuple[str, ...] = field(default=())  # runs of Chinese that were looked for in their words

    @property
    def all_hits(self) -> list[tuple[Tier, Hit]]:
        """The hits of the page, each with its tier, the first tier's first."""
        first = [(Tier.ALL, hit) for hit in self.results.hits]
        return first + [(tier.tier, hit) for tier in self.further for hit in tier.hits]

    @property
    def totals(self) -> list[tuple[Tier, int]]:
        """How many papers each tier has."""
        return [(Tier.ALL, self.results.total), *((tier.tier, tier.total) for tier in self.further)]

    @property
    def is_empty(self) -> bool:
        """Whether no tier has a paper."""
        return not self.results.total and not self.further


def sort_of(request: Request, reading: Reading) -> Sort:
    """The order of a request: by relevance if it names none and there are words, else newest first. A day of Hugging
    Face has its own order there, by upvotes."""
    if request.sort:
        return request.sort
    if words_in(reading.query):
        return Sort.RELEVANCE
    return Sort.UPVOTES if request.filters.of("featured") else Sort.NEWEST


def search_of(request: Request, reading: Reading, topics: Mapping[str, Query] = NO_TOPICS, **options: object) -> Search:
    """The Search of a request: of its first tier, which feeds, digests and alerts count and take.

    Raises InvalidSearch for a cursor in an order by relevance.
    """
    return Search(
        query=reading.query,
        filters=request.filters.query(topics),
        sort=sort_of(request, reading),
        page=request.page,
        size=request.size,
        cursor=request.cursor,
        **options,  # type: ignore[arg-type]
    )


def matching(
    engine: SearchEngine,
    request: Request,
    *,
    today: date,
    topics: Mapping[str, Query] = NO_TOPICS,
    lexicon: Lexicon = EMPTY,
) -> tuple[Reading, tuple[str, ...]]:
    """How a request is read, and which runs of Chinese in it are looked for in their words.

    A run is taken apart where no paper has it as it is. Whatever has the first tier of a request, a page or a file,
    begins with this.
    """
    reading = read(request.text, today, topics)
    if not any(map(widen.is_run, reading.built.texts)):
        return reading, ()
    if engine.count([search_of(request, reading, topics).whole])[0]:
        return reading, ()
    built, split_runs = _with_split_runs(engine, reading.built, lexicon)
    return (replace(reading, query=built.query, built=built) if split_runs else reading), split_runs


def find(
    engine: SearchEngine,
    request: Request,
    *,
    today: date,
    topics: Mapping[str, Query] = NO_TOPICS,
    lexicon: Lexicon = EMPTY,
    facets: tuple[str, ...] = (),
    histogram: bool = False,
) -> Answer:
    """The papers for a request, with highlights. Raises what `SearchEngine.search` raises."""
    reading, split_runs = matching(engine, request, today=today, topics=topics, lexicon=lexicon)
    search = search_of(request, reading, topics, facets=facets, histogram=histogram, highlight=True)
    results = engine.search(search)
    chosen_facets = _chosen_facets(engine, request.filters, search, topics)
    results = replace(results, facets={**results.facets, **chosen_facets})
    answer = Answer(request, reading, search, results, split_runs=split_runs)
    if not results.total:
        answer = replace(answer, relaxed=relaxed(engine, request, search, topics))
    if results.total >= request.size or request.page > 1 or request.cursor or not reading.built.texts:
        return answer
    corrected = _corrected(engine, answer) if not results.total else None
    if corrected is None:
        return replace(answer, further=_further(engine, answer, reading.built, lexicon))
    # Later tiers look for the words as they are spelled in the index.
    corrected_reading = read(corrected, today, topics)
    further = _further(engine, answer, corrected_reading.built, lexicon)
    correction = _correction(engine, request.from_start(text=corrected), corrected_reading, topics)
    return replace(answer, correction=correction, further=further)


def _with_split_runs(engine: SearchEngine, built: Built, lexicon: Lexicon) -> tuple[Built, tuple[str, ...]]:
    """The words with those runs of Chinese in their parts that no paper has as they are, and these runs."""
    run_texts = [text for text in built.texts if widen.is_run(text)]
    counts = dict(zip(run_texts, engine.count([Word(text) for text in run_texts]), strict=True))
    split_runs = tuple(text for text, count in counts.items() if not count)
    words = tuple(
        widen.in_words(text, lexicon) if text in split_runs else word
        for word, text in zip(built.words, built.texts, strict=True)
    )
    return replace(built, words=words), split_runs


def _chosen_facets(
    engine: SearchEngine, filters: Filters, search: Search, topics: Mapping[str, Query]
) -> dict[str, tuple[Facet, ...]]:
    """The facets by which papers are filtered, each counted without its own filter: what choosing another value too
    would add."""
    chosen_facets: dict[str, tuple[Facet, ...]] = {}
    for name in search.facets:
        if filters.of(name) and not needs_all(name):
            without = replace(
                search, filters=filters.without(name).query(topics), facets=(name,), size=1, page=1, cursor=None,
                histogram=False, highlight=False,
            )  # fmt: skip
            chosen_facets |= engine.search(without).facets
    return chosen_facets


def _corrected(engine: SearchEngine, answer: Answer) -> str | None:
    """The text with those words put right that no paper has; None if there is nothing to put right."""
    texts = [
        text for word in answer.reading.built.texts if can_be_corrected((text := word.strip(_AROUND_WORDS)).lower())
    ]
    counts = engine.count([Word(text) for text in texts])
    spellings = {
        text: spelling
        for text, count in zip(texts, counts, strict=True)
        if not count
        for spelling in engine.spellings(text, 1)
    }
    if not spellings:
        return None
    text = " ".join(
        word.replace(bare, spellings.get(bare, bare)) if (bare := word.strip(_AROUND_WORDS)) else word
        for word in answer.request.text.split()
    )
    return text if text != answer.request.text else None


def _correction(
    engine: SearchEngine, request: Request, reading: Reading, topics: Mapping[str, Query]
) -> Correction | None:
    """A corrected request, if it finds something."""
    (total,) = engine.count([search_of(request, reading, topics).whole])
    return Correction(request.text, request, total) if total else None


def _further(engine: SearchEngine, answer: Answer, built: Built, lexicon: Lexicon) -> tuple[Further, ...]:
    """The later tiers, which fill up the page; `built` has the words that they look for."""
    queries = {
        Tier.MOST: widen.some_words(built.words, built.texts, lexicon, widen.MOST_NEEDED),
        Tier.SOME: widen.some_words(built.words, built.texts, lexicon, widen.SOME_NEEDED),
        # What was taken away would have to be taken away in the other language, too.
        Tier.TRANSLATED: None if built.fixed else widen.translated(built.texts, lexicon),
    }
    # Nearly all papers are in English: who types Chinese is served better by its translation than by a few words of it.
    order = (Tier.MOST, Tier.TRANSLATED, Tier.SOME) if widen.has_chinese(built.texts) else tuple(queries)
    seen: list[Query] = [answer.search.query]
    room = answer.request.size - answer.results.total
    tiers: list[Further] = []
    for tier in order:
        query = queries[tier]
        if query is None or query in seen or room <= 0:
            continue
        search = replace(
            answer.search,
            query=And((query, *built.fixed, Not(Or(tuple(seen))))),
            sort=Sort.RELEVANCE,
            cursor=None,
            size=room,
            facets=(),
            histogram=False,
        )
        results = engine.search(search)
        if results.total:
            tiers.append(Further(tier, results.total, results.hits))
            room -= len(results.hits)
            seen.append(query)
    return tuple(tiers)
