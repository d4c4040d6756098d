"""What every engine must do. To test one, subclass EngineContract and give it the fixture `engine`:

    class TestMyEngine(EngineContract):
        @pytest.fixture
        def engine(self, folder): return MyEngine(folder)

The plain evaluator (`indexer.query.evaluate`) says what matches; engines may differ in the order by relevance only.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.documents import Deletion, Document, newest_key, upvotes_key
from indexer.engine import NoIndex, SearchEngine
from indexer.fields import FACETS
from indexer.query.evaluate import matches
from indexer.query.limits import QueryTooLarge, UnknownField
from indexer.query.search import InvalidSearch, Search, Sort
from indexer.query.tree import (
    ALL,
    NOTHING,
    And,
    AtLeast,
    Category,
    DateRange,
    InField,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Term,
    Word,
)
from indexer.results import Bar, Facet
from tests.making import DAY, document

EPOCH = "epoch-1"
ENGLISH = ["attention", "attentive", "clocks", "clock", "running", "runs", "naïve", "naive", "C", "non-invasive", "the"]
CHINESE = ["注意力", "注意力机制", "机制", "注", "意力", "機制", "网络"]
MIXED = ["BERT模型", "ＡＢＣ", "GPT-4", "GPT4", "noninvasive", "Łódź", "C++", "c++17", "Häuser", "Haus", "x" * 150]
AUTHORS = [
    "Mira T. van der Holt",
    "M. Holt",
    "Jun Arai",
    "Yann Ng",
    "Ana Arai",
    "The CALM Collaboration",
    "Łukasz Nový",
]
CODES = ["cs.CL", "cs.LG", "math.NT", "astro-ph.GA", "astro-ph"]
FIELDS = ["title", "abstract", "authors", "comments", "journal_ref", "report_no", "code", "details"]


def answers_while(engine: SearchEngine, action: Callable[[], None]) -> Counter[object]:
    """What eight threads that search for everything are answered until `action` has ended: totals and errors."""
    answers: Counter[object] = Counter()
    ended = threading.Event()

    def search() -> None:
        while not ended.is_set():
            try:
                answers[engine.search(Search()).total] += 1
            except Exception as error:
                answers[repr(error)] += 1

    threads = [threading.Thread(target=search) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        action()
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    return answers


def fill(engine: SearchEngine, documents: Sequence[Document], cursor: int = 1) -> None:
    """A new index that holds these documents."""
    with engine.rebuild(EPOCH) as writer:
        writer.write(documents, [])
        writer.commit(cursor)
        writer.publish()


def found(engine: SearchEngine, query: Query = ALL, **options: object) -> list[str]:
    """The ids of a search's first hundred hits, in their order."""
    search = Search(query=query, size=100, **options)  # type: ignore[arg-type]
    return [hit.document.id for hit in engine.search(search).hits]


def as_texts(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a document, a title by its language."""
    return {name: {"en": value} if name == "title" else value for name, value in fields.items()}


def random_document(number: int, chance: random.Random) -> Document:
    """A document of few words, so that random queries match some of them."""

    def text(least: int, most: int) -> str:
        words = chance.choices([*ENGLISH, *CHINESE, *MIXED], k=chance.randint(least, most))
        return chance.choice([" ", ", ", ""]).join(words) if chance.random() < 0.2 else " ".join(words)

    def some(values: Sequence[str]) -> tuple[str, ...]:
        return tuple(chance.sample(values, chance.randint(1, 3)))

    languages = chance.choice([("en",), ("en",), ("en",), ("en", "zh"), ("fr", "ja", "en"), ("de", "en")])
    return document(
        f"2611.{number:05}",
        number,
        title={language: text(1, 5) for language in languages},
        abstract={"en": text(0, 20)} if chance.random() < 0.9 else {},
        authors=some(AUTHORS),
        categories=some(CODES),
        comments=text(1, 5) if chance.random() < 0.5 else None,
        day=DAY - timedelta(days=chance.choice([0, 0, 1, 40, 400])),
        version=chance.choice([None, 1, 2]),
        upvotes=chance.choice([None, 0, 5]),
        code=chance.choice([None, "https://github.com/a/b"]),
        source=chance.choice(["arxiv-listing", "kaggle"]),
        licence=chance.choice([None, "CC0-1.0"]),
        keywords=chance.choice([(), ("Attention",)]),
        journal_ref=chance.choice([None, "Phys. Rev. Lett. 7, clocks"]),
        report_no=chance.choice([None, "CALM-26-1"]),
        doi=chance.choice([None, "10.1234/Clock.7"]),
    )


words = st.sampled_from([*ENGLISH, *CHINESE, *MIXED, "Holt", "Arai", "nowhere", "++", "Runs!"])
leaves: st.SearchStrategy[Query] = st.one_of(
    st.builds(Word, words),
    st.builds(Phrase, st.lists(words, min_size=1, max_size=3).map(" ".join)),
    st.builds(Near, st.lists(words, min_size=1, max_size=3).map(tuple), st.integers(0, 3)),
    st.builds(Prefix, st.sampled_from(["att", "cl", "runn", "注", "c", "na", "B", "gpt", "two words", "", "Łó"])),
    st.builds(Category, st.sampled_from([*CODES, "cs.*", "astro-ph.*", "math.*", "cs.XX", "*"])),
    st.builds(
        Term,
        st.just("author"),
        st.sampled_from(
            ["Arai", "Jun Arai", "Arai, J.", "Jun Holt", "Novy", "M. Holt", "Mira van der Holt", "Holt, M. T.", ""]
        ),
    ),
    st.builds(Term, st.just("source"), st.sampled_from(["arxiv-listing", "kaggle", "none"])),
    st.builds(Term, st.just("has"), st.sampled_from(["code", "updates", "upvotes", "translation"])),
    st.builds(
        Term, st.sampled_from(["primary", "announced", "language", "id"]), st.sampled_from(["cs.CL", "new", "en"])
    ),
    st.builds(Term, st.just("doi"), st.sampled_from(["10.1234/CLOCK.7", "10.1/x"])),
    st.builds(Term, st.just("title_whole"), st.sampled_from(["Attention", "c++", "the clocks"])),
    st.builds(Term, st.just("venue"), st.sampled_from(["prl", "nowhere"])),
    st.builds(Term, st.just("keyword"), st.sampled_from(["attention", "ATTENTION"])),
    st.builds(
        DateRange,
        st.sampled_from(["date", "submitted"]),
        st.none() | st.dates(DAY - timedelta(days=50), DAY + timedelta(days=1)),
        st.none() | st.dates(DAY - timedelta(days=50), DAY + timedelta(days=1)),
    ),
    st.builds(
        NumberRange,
        st.sampled_from(["year", "version", "upvotes"]),
        st.none() | st.sampled_from([-1, 0, 1, 2, 2025, 2026]),
        st.none() | st.sampled_from([-1, 0, 1, 2, 2025, 2026]),
    ),
)
queries: st.SearchStrategy[Query] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
        st.builds(InField, st.sampled_from(FIELDS), inner),
        st.builds(AtLeast, st.integers(-1, 4), st.lists(inner, max_size=4).map(tuple)),
        st.builds(Prefer, inner, st.lists(st.tuples(inner, st.just(5.0)), max_size=2).map(tuple)),
    ),
    max_leaves=6,
)


class EngineContract:
    """Subclass it, and give a fixture `engine`."""

    @pytest.fixture
    def engine(self) -> SearchEngine:
        pytest.fail("a subclass of EngineContract gives the fixture `engine`")

    # What matches

    def test_every_query_matches_what_the_evaluator_says(self, engine: SearchEngine) -> None:
        chance = random.Random(11)
        documents = [random_document(number, chance) for number in range(1, 90)]
        fill(engine, documents)

        @given(queries)
        @settings(max_examples=400, suppress_health_check=list(HealthCheck))
        def agree(query: Query) -> None:
            expected_ids = {d.id for d in documents if matches(query, d)}
            results = engine.search(Search(query=query, size=100))
            assert {hit.document.id for hit in results.hits} == expected_ids
            assert results.total == len(expected_ids)

        agree()

    @pytest.mark.parametrize(
        ("text", "query", "finds"),
        [
            ("Attention is all you need", Word("attentions"), True),
            ("Attention is all you need", Word("ATTENTION"), True),
            ("Attention is all you need", Phrase("you need"), True),
            ("Attention is all you need", Phrase("need you"), False),
            ("Attention is all you need", Prefix("atten"), True),
            ("Attention is all you need", Prefix("tention"), False),
            ("A naïve Łódź", Word("naive"), True),
            ("A naïve Łódź", Word("lodz"), True),
            ("a non-invasive method", Word("non-invasive"), True),
            ("invasive, not non", Word("non-invasive"), False),
            ("基于注意力机制的网络", Word("注意力"), True),
            ("基于注意力机制的网络", Word("注力"), False),
            ("基于注意力机制的网络", Word("網絡"), True),  # traditional
            ("ＧＰＴ 模型", Word("gpt"), True),  # full width
            ("Sparse clocks tick slowly", Near(("sparse", "slowly"), 2), True),
            ("Sparse clocks tick slowly", Near(("sparse", "slowly"), 1), False),
            ("Sparse clocks tick slowly", Near(("slowly", "sparse"), 9), False),
            ("C++ for graphs", Word("C++"), True),
            ("C for graphs", Word("C++"), False),
            ("C++17 for graphs", Word("c++"), True),
            ("Sharp C# and F#", Word("c#"), True),
            ("a non-invasive method", Word("noninvasive"), True),
            ("a state-of-the-art method", Word("stateoftheart"), True),
        ],
    )
    def test_words(self, engine: SearchEngine, text: str, query: Query, finds: bool) -> None:
        fill(engine, [document(title=text), document("2611.00002", 2, title="Something else")])
        assert found(engine, query) == (["2611.00001"] if finds else [])

    def test_fields(self, engine: SearchEngine) -> None:
        fill(
            engine, [document(title="Clocks", abstract="Bridges", authors=("Jun Arai", "Yann Ng"), comments="9 pages")]
        )
        assert found(engine, InField("title", Word("clock"))) and not found(engine, InField("title", Word("bridge")))
        assert found(engine, Word("Arai")) and found(engine, InField("comments", Phrase("9 pages")))
        assert found(engine, Word("pages")) and not found(engine, InField("abstract", Word("pages")))
        assert not found(engine, Phrase("Arai Yann"))  # no phrase crosses over to the next author
        assert found(engine, Term("author", "Ng, Y.")) and not found(engine, Term("author", "Jun Ng"))

    def test_languages_without_a_field_of_their_own(self, engine: SearchEngine) -> None:
        """A paper may be in any language, and be translated into any."""
        fill(engine, [document(title={"fr": "Une horloge lente", "ja": "遅い時計"}, abstract={"fr": "Rien."})])
        (hit,) = engine.search(Search(query=Or((Word("lente"), Word("時計"))), highlight=True)).hits
        assert hit.highlights == {"title_fr": ((12, 17),), "title_ja": ((2, 4),)}
        # A language with a stemmer: other forms of a word are found, and marked.
        fill(engine, [document(title={"de": "Die Häuser der Uhren", "en": "Houses"})])
        (hit,) = engine.search(Search(query=InField("title", Word("haus")), highlight=True)).hits
        assert hit.highlights == {"title_de": ((4, 10),)}
        fill(engine, [document(title={"fr": "Une horloge lente", "ja": "遅い時計"}, abstract={"fr": "Rien."})])
        (hit,) = engine.search(Search(query=ALL)).hits
        assert hit.document.title["ja"] == "遅い時計"
        assert found(engine, InField("title", Phrase("horloge lente"))) and not found(engine, Phrase("lente 遅い"))

    def test_all_and_nothing(self, engine: SearchEngine) -> None:
        fill(engine, [document(), document("2611.00002", 2)])
        assert len(found(engine, ALL)) == 2
        assert found(engine, NOTHING) == [] and found(engine, Not(ALL)) == []

    def test_archives_and_aliases(self, engine: SearchEngine) -> None:
        fill(engine, [document(categories=("astro-ph.GA",)), document("2611.00002", 2, categories=("math-ph",))])
        assert found(engine, Category("astro-ph.*")) == ["2611.00001"]
        assert found(engine, Category("math.MP")) == ["2611.00002"]

    # What is too much

    def test_a_deep_query_is_refused_and_harms_nothing(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        query: Query = Word("title")
        for _ in range(50_000):
            query = Not(query)
        with pytest.raises(QueryTooLarge, match="levels deep"):
            engine.search(Search(query=query))
        while isinstance(query, Not):  # Python's own clean-up of so deep a value would recurse
            query = query.part
        assert len(found(engine)) == 1

    @pytest.mark.parametrize(
        "query",
        [
            Or(tuple(Word(f"w{number}") for number in range(5000))),
            Word("注" * 20_000),
            Near(tuple("abcdefgh"), 30),
            Near(("a", "b"), -1),
        ],
        ids=["clauses", "characters", "spreads", "negative"],
    )
    def test_a_long_query_is_refused(self, engine: SearchEngine, query: Query) -> None:
        fill(engine, [document()])
        with pytest.raises(QueryTooLarge):
            engine.search(Search(query=query))

    def test_the_largest_query_is_answered(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        query: Query = Or(tuple(Phrase(f"w{number} 注意") for number in range(260)))
        for _ in range(17):
            query = And((query,))
        assert found(engine, Not(query)) == ["2611.00001"]

    def test_an_unknown_field_is_refused(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        for query in (InField("colour", Word("x")), Term("colour", "x"), DateRange("colour", None, None)):
            with pytest.raises(UnknownField, match="no field 'colour'"):
                engine.search(Search(query=query))

    # Order and pages

    def test_orders(self, engine: SearchEngine) -> None:
        older, newer = DAY - timedelta(days=1), DAY
        fill(
            engine,
            [
                document("2611.00001", 1, day=older, upvotes=3, title="clocks", abstract="none"),
                document("2611.00002", 2, day=newer, upvotes=9, title="none", abstract="clocks"),
                document("2611.00003", 3, day=newer, upvotes=None, title="clocks clocks", abstract="clocks"),
            ],
        )
        assert found(engine, sort=Sort.NEWEST) == ["2611.00002", "2611.00003", "2611.00001"]
        assert found(engine, sort=Sort.UPVOTES) == ["2611.00002", "2611.00001", "2611.00003"]
        assert found(engine, Word("clocks"))[0] == "2611.00003"

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.UPVOTES])
    def test_pages_and_cursors_neither_skip_nor_repeat(self, engine: SearchEngine, sort: Sort) -> None:
        documents = [document(f"2611.{n:05}", n, upvotes=n % 3, day=DAY - timedelta(days=n % 4)) for n in range(1, 48)]
        fill(engine, documents)
        by_page = [
            hit.document.id for page in range(1, 7) for hit in engine.search(Search(sort=sort, size=10, page=page)).hits
        ]
        by_cursor: list[str] = []
        cursor = None
        while True:
            results = engine.search(Search(sort=sort, size=10, cursor=cursor))
            assert results.total == 47
            by_cursor += [hit.document.id for hit in results.hits]
            cursor = results.cursor
            if cursor is None:
                break
        assert by_page == by_cursor and sorted(by_page) == sorted(d.id for d in documents)

    def test_a_cursor_holds_while_papers_come(self, engine: SearchEngine) -> None:
        fill(engine, [document(f"2611.{n:05}", n) for n in range(1, 21)])
        first = engine.search(Search(sort=Sort.NEWEST, size=10))
        with engine.writer() as writer:
            writer.write([document(f"2611.{n:05}", n, day=DAY + timedelta(days=1)) for n in range(21, 31)], [])
            writer.commit(2)
        second = engine.search(Search(sort=Sort.NEWEST, size=10, cursor=first.cursor))
        hit_ids = [hit.document.id for hit in (*first.hits, *second.hits)]
        assert sorted(hit_ids) == [f"2611.{n:05}" for n in range(1, 21)]

    def test_past_the_end(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        results = engine.search(Search(page=5))
        assert (results.total, results.hits) == (1, ())

    def test_what_no_engine_can_give(self) -> None:
        for wrong in (
            {"size": 0},
            {"size": 101},
            {"page": 0},
            {"page": 501},
            {"cursor": "5"},
            {"cursor": "x", "sort": Sort.NEWEST},
        ):
            with pytest.raises(InvalidSearch):
                Search(**wrong)  # type: ignore[arg-type]

    # Counts

    def test_the_latest_years_come_first(self, engine: SearchEngine) -> None:
        """However few papers they have."""
        days = [date(2024, 3, 1)] * 3 + [date(2026, 3, 1)] + [date(2025, 3, 1)] * 2
        fill(engine, [document(f"2611.{number:05}", number, day=day) for number, day in enumerate(days, start=1)])
        years = engine.search(Search(facets=FACETS, size=1)).facets["year"]
        assert years == (Facet("2026", 1), Facet("2025", 2), Facet("2024", 3))

    def test_facets_count_every_match(self, engine: SearchEngine) -> None:
        documents = [
            document(f"2611.{n:05}", n, categories=("cs.CL", "cs.LG") if n % 2 else ("math.NT",), code="https://x")
            for n in range(1, 31)
        ]
        fill(engine, documents)
        facets = engine.search(Search(facets=FACETS, size=1)).facets
        assert facets["category"] == (Facet("cs.CL", 15), Facet("cs.LG", 15), Facet("math.NT", 15))
        assert facets["has"] == (Facet("code", 30),) and facets["year"] == (Facet("2026", 30),)
        assert facets["source"] == (Facet("arxiv-listing", 30),)
        narrowed = engine.search(Search(facets=FACETS, filters=Category("cs.CL"))).facets
        assert narrowed["category"] == (Facet("cs.CL", 15), Facet("cs.LG", 15))

    def test_the_histogram_is_by_day_month_or_year(self, engine: SearchEngine) -> None:
        def histogram(*days: date) -> tuple[Bar, ...]:
            fill(engine, [document(f"2611.{n:05}", n, day=day) for n, day in enumerate(days, start=1)])
            return engine.search(Search(histogram=True)).histogram

        days = histogram(DAY, DAY, DAY - timedelta(days=30))
        assert days[0] == Bar(DAY - timedelta(days=30), DAY - timedelta(days=30), 1) and days[-1] == Bar(DAY, DAY, 2)
        assert len(days) == 31 and not any(bar.count for bar in days[1:-1])  # days without papers are there, too
        months = histogram(date(2026, 2, 3), DAY)
        assert months[0] == Bar(date(2026, 2, 1), date(2026, 2, 28), 1)
        assert months[-1] == Bar(date(2026, 11, 1), date(2026, 11, 30), 1) and len(months) == 10
        years = histogram(date(1999, 2, 3), DAY)
        assert years[0] == Bar(date(1999, 1, 1), date(1999, 12, 31), 1)
        assert years[-1] == Bar(date(2026, 1, 1), date(2026, 12, 31), 1) and len(years) == 28

    def test_nothing_is_counted_where_nothing_matches(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        results = engine.search(Search(query=NOTHING, facets=FACETS, histogram=True))
        assert results.histogram == () and not any(results.facets.values())

    # Highlights, one paper, similar ones, suggestions

    def test_highlights(self, engine: SearchEngine) -> None:
        fill(engine, [document(title="Sparse Clocks for 注意力机制", abstract="A clock. No attention.")])
        query = And((Word("clock"), Phrase("注意力"), Not(Word("attentive"))))
        fill(engine, [document(title={"en": "Sparse Clocks for 注意力机制"}, abstract={"en": "A clock. No force."})])
        (hit,) = engine.search(Search(query=query, highlight=True)).hits
        assert hit.highlights == {"title_en": ((7, 13), (18, 21)), "abstract_en": ((2, 7),)}
        (hit,) = engine.search(Search(query=query)).hits
        assert hit.highlights == {}

    def test_a_document_comes_back_whole(self, engine: SearchEngine) -> None:
        chance = random.Random(3)
        documents = [random_document(number, chance) for number in range(1, 20)]
        fill(engine, documents)
        for original in documents:
            assert engine.get(original.id) == original
        assert engine.get("2611.99999") is None

    def test_similar_papers(self, engine: SearchEngine) -> None:
        topic = "sparse clocks synchronise slow networks with little traffic"
        fill(
            engine,
            [
                document("2611.00001", 1, title=topic, abstract=f"We study how {topic}."),
                document("2611.00002", 2, title="slow networks and sparse clocks", abstract="Traffic is little."),
                *(document(f"2611.{n:05}", n, title=f"galaxy {n}", abstract="Dust and stars.") for n in range(3, 12)),
            ],
        )
        similar = [hit.document.id for hit in engine.similar("2611.00001", 3)]
        assert similar[0] == "2611.00002" and "2611.00001" not in similar
        assert engine.similar("2611.99999", 3) == ()

    def test_the_newest_of_the_most_similar_papers(self, engine: SearchEngine) -> None:
        fill(
            engine,
            [
                document("2611.00001", 1, title="slow clocks tick", abstract="They tick."),
                *(
                    document(f"2611.{n:05}", n, title="slow clocks", abstract="tick", day=DAY - timedelta(days=20 - n))
                    for n in range(2, 6)
                ),
                *(document(f"2611.{n:05}", n, title=f"galaxy {n}", abstract="Dust.") for n in range(6, 30)),
            ],
        )
        newest = [hit.document.id for hit in engine.similar("2611.00001", 2, newest=True)]
        assert newest == ["2611.00005", "2611.00004"]

    def test_similar_papers_after_most_were_replaced(self, engine: SearchEngine) -> None:
        """Deleted documents still count somewhere in every engine; they must not count here."""
        documents = [document(f"2611.{n:05}", n, title=f"clocks {n}", abstract="Sparse clocks.") for n in range(1, 9)]
        fill(engine, documents)
        with engine.writer() as writer:
            writer.write(documents[1:], [])
            writer.commit(2)
            writer.write(documents[2:], [Deletion("2611.00002", 9)])
            writer.commit(3)
        similar = [hit.document.id for hit in engine.similar("2611.00001", 20)]
        assert "2611.00002" not in similar and "2611.00001" not in similar

    def test_spellings(self, engine: SearchEngine) -> None:
        fill(
            engine,
            [
                document(title="Diffusion of clocks", abstract="A transformer."),
                document("2611.00002", 2, title="Diffusion again", abstract="Confusion, diffusing."),
                document("2611.00003", 3, title="Effusion", abstract="Ｄiffusion."),
            ],
        )
        assert engine.spellings("difusion", 5) == ("diffusion",)  # one letter less
        assert engine.spellings("Diffussion", 5) == ("diffusion",)  # one more
        assert engine.spellings("diffusoin", 5) == ("diffusion",)  # two that changed places
        assert engine.spellings("tranzformer", 5) == ("transformer",)  # another one
        assert engine.spellings("diffusion", 5) == ()  # itself is none, "confusion" is too far away
        for nothing in ("", "the", "扩散模型", "two words", "x" * 200, "1234"):
            assert engine.spellings(nothing, 5) == ()

    def test_counts(self, engine: SearchEngine) -> None:
        fill(engine, [document(), document("2611.00002", 2, title="Bridges")])
        assert engine.count([]) == ()
        assert engine.count([ALL, Word("bridges"), NOTHING, Not(Word("bridges"))]) == (2, 1, 0, 1)
        with pytest.raises(UnknownField):
            engine.count([InField("colour", Word("x"))])

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.UPVOTES])
    def test_a_stream_gives_everything_in_order(self, engine: SearchEngine, sort: Sort) -> None:
        documents = [
            document(f"2611.{n:05}", n, upvotes=n % 7, day=DAY - timedelta(days=n % 5), title="x y z"[n % 3 * 2])
            for n in range(1, 1301)
        ]
        fill(engine, documents)
        key = newest_key if sort is Sort.NEWEST else upvotes_key
        for query in (ALL, Word("y")):
            expected = sorted((d for d in documents if matches(query, d)), key=key, reverse=True)
            assert [d.id for d in engine.iterate(Search(query=query, sort=sort))] == [d.id for d in expected]
        filtered = [d.id for d in engine.iterate(Search(query=Word("y"), filters=Term("has", "upvotes"), sort=sort))]
        assert set(filtered) == {d.id for d in documents if d.upvotes and d.title["en"] == "y"}
        with pytest.raises(InvalidSearch, match="relevance"):
            next(iter(engine.iterate(Search())))

    def test_no_index_yet(self, engine: SearchEngine) -> None:
        assert engine.state() is None
        for reading in (lambda: engine.search(Search()), lambda: engine.get("x"), lambda: engine.count([ALL])):
            with pytest.raises(NoIndex):
                reading()
        with pytest.raises(NoIndex):
            engine.writer()

    def test_an_empty_index(self, engine: SearchEngine) -> None:
        fill(engine, [], cursor=0)
        assert engine.search(Search(facets=FACETS, histogram=True)).total == 0
        state = engine.state()
        assert state and (state.epoch, state.cursor, state.documents) == (EPOCH, 0, 0)

    def test_a_document_takes_the_place_of_its_earlier_self(self, engine: SearchEngine) -> None:
        fill(engine, [document(title="Old"), document("2611.00002", 2)])
        with engine.writer() as writer:
            writer.write([document(title="New")], [])
            writer.write([document(title="Newest")], [])
            writer.commit(7)
        assert engine.search(Search()).total == 2
        assert found(engine, Word("old")) == [] and found(engine, Word("new")) == []
        assert found(engine, Word("newest")) == ["2611.00001"]
        state = engine.state()
        assert state and (state.cursor, state.documents) == (7, 2)

    @pytest.mark.parametrize("odd", [{"upvotes": 2**70}, {"upvotes": -(2**70)}, {"title": "half a pair \ud800"}])
    def test_a_document_that_cannot_be_taken_is_set_aside(self, engine: SearchEngine, odd: dict[str, Any]) -> None:
        with engine.rebuild(EPOCH) as writer:
            writer.write([document("2611.00001"), document("2611.00002", 2, title="Before")], [])
            writer.write([replace(document("2611.00002", 2), **as_texts(odd)), document("2611.00003", 3)], [])
            writer.commit(3)
            writer.publish()
        state = engine.state()
        assert state and list(state.rejected) == ["2611.00002"] and state.rejected["2611.00002"]
        assert set(found(engine)) == {"2611.00001", "2611.00002", "2611.00003"}
        stored = engine.get("2611.00002")
        assert stored and stored.title["en"] == "Before"
        with engine.writer() as writer:
            writer.write([document("2611.00002", 2, title="After", version=2)], [])
            writer.commit(4)
        state = engine.state()
        assert state and not state.rejected

    def test_the_most_that_a_record_may_hold_is_taken(self, engine: SearchEngine) -> None:
        most = [
            document("2611.00001", 1, upvotes=2**31),
            document("2611.00002", 2, upvotes=2**19 - 2, version=999),
            document("2611.00003", 3, upvotes=2**31),
        ]
        fill(engine, most)
        state = engine.state()
        assert state and not state.rejected and state.documents == 3
        assert found(engine, sort=Sort.UPVOTES) == ["2611.00001", "2611.00003", "2611.00002"]
        assert set(found(engine, NumberRange("upvotes", 2**31, None))) == {"2611.00001", "2611.00003"}

    def test_deletions(self, engine: SearchEngine) -> None:
        fill(engine, [document(), document("2611.00002", 2)])
        with engine.writer() as writer:
            writer.write([], [Deletion("2611.00001", 8), Deletion("2611.99999", 9)])
            writer.commit(9)
        assert found(engine) == ["2611.00002"]

    def test_what_is_not_committed_is_not_there(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        with engine.writer() as writer:
            writer.write([document("2611.00002", 2)], [Deletion("2611.00001", 9)])
            assert found(engine) == ["2611.00001"]
        assert found(engine) == ["2611.00001"]
        with pytest.raises(ZeroDivisionError), engine.writer() as writer:
            writer.write([document("2611.00002", 2)], [])
            raise ZeroDivisionError
        assert found(engine) == ["2611.00001"]

    def test_the_old_index_serves_while_a_new_one_is_made(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        before = engine.state()
        with engine.rebuild("epoch-2") as writer:
            writer.write([document("2611.00002", 2)], [])
            writer.commit(5)
            assert found(engine) == ["2611.00001"] and engine.state() == before
            writer.publish()
        after = engine.state()
        assert found(engine) == ["2611.00002"]
        assert after and before and (after.epoch, after.cursor) == ("epoch-2", 5)
        assert after.generation != before.generation

    def test_an_abandoned_rebuild_leaves_nothing(self, engine: SearchEngine) -> None:
        fill(engine, [document()])
        with engine.rebuild("epoch-2") as writer:
            writer.write([document("2611.00002", 2)], [])
            writer.commit(5)
        assert found(engine) == ["2611.00001"]
        fill(engine, [document("2611.00003", 3)])
        assert found(engine) == ["2611.00003"]

    def test_another_reader_sees_a_commit(self, engine: SearchEngine, another: Callable[[], SearchEngine]) -> None:
        fill(engine, [document()])
        reader = another()
        assert found(reader) == ["2611.00001"]
        with engine.writer() as writer:
            writer.write([document("2611.00002", 2)], [])
            writer.commit(2)
        assert sorted(found(reader)) == ["2611.00001", "2611.00002"]
        fill(engine, [document("2611.00003", 3)])
        assert found(reader) == ["2611.00003"]
