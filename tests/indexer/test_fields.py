"""The table of fields: nothing of a document is forgotten, and an index of the version before is searched."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from indexer.documents import Document, from_change
from indexer.engine import IndexOutdated
from indexer.engines import open_engine
from indexer.engines.elasticsearch.mapping import INDEXED_AT, STORED, properties
from indexer.engines.elasticsearch.source import from_source, to_source
from indexer.fields import FACETS, FIELDS, SEARCHED, Kind, asked_names
from indexer.find import find
from indexer.lag import index_lag
from indexer.query.request import Request
from indexer.query.search import Search
from indexer.query.tree import Category, Phrase, Query, Term, Word
from indexer.update import update
from papers.catalogue import Catalogue
from papers.merge import merge
from papers.paper import Announcement, AuthorName, Change, Figure
from papers.translations import Detected, Translation, TranslationOutcome, TranslationState, state_of
from tests.making import AT, DAY, document, page, sighting

FORMER = Path(__file__).parent.parent / "golden" / "index"


def full() -> Document:
    """A document that has a value for every field."""
    return replace(
        document(),
        title={"en": "Non-stop clocks", "zh": "时钟", "fr": "Horloges"},
        abstract={"en": "Tick.", "zh": "滴答。", "fr": "Tic."},
        translated_by={"zh": "argos-1.9"},
        untranslated={"de": "the numbers differ"},
        translation=("de:untranslated", "zh:translated"),
        translated_at=AT,
        first_seen=AT,
        submitted=AT,
        updated=AT,
        version=2,
        withdrawn=(2,),
        announcements=(Announcement(DAY, "cs.CL", "new"),),
        author_names=(AuthorName("Ana", "Ruiz"),),
        comments="9 pages, CVPR 2026",
        journal_ref="J. 1",
        doi="10.1/2",
        report_no="R-1",
        licence="CC0-1.0",
        upvotes=3,
        featured=DAY,
        code="https://github.com/a/b",
        code_from="abstract",
        project="https://example.org",
        html_figures=(Figure("Figure 1", "Clocks for $k$.", "https://arxiv.org/html/2611.00001v2#S1.F1", ""),),
        keywords=("Clock",),
        organisation="Institute",
    )


def test_every_field_has_a_value_a_label_and_a_kind() -> None:
    names = [field.name for field in FIELDS]
    assert len(set(names)) == len(names)
    for field in FIELDS:
        values = field.values(full())
        assert values, field.name
        kinds = {Kind.TEXT: str, Kind.KEYWORD: str, Kind.DAY: type(DAY), Kind.MOMENT: datetime}
        assert all(isinstance(value, kinds.get(field.kind, int)) for value in values), field.name
        assert field.label and bool(field.holds) != (field.compute is not None)


def test_every_field_of_a_document_reaches_elasticsearch_and_comes_back() -> None:
    source = orjson.loads(to_source(full(), AT))
    assert source.keys() <= properties().keys() and source[INDEXED_AT] and source[STORED]
    assert from_source(source) == full()
    held = {field.holds for field in FIELDS} | {
        "title",
        "abstract",
        "translated_by",
        "untranslated",
        "aligned",
        "versions",
        "keywords",
        "announcements",
        "author_names",
        "summary",
        "figures",
        "html_figures",
    }
    assert {field.name for field in fields(Document)} <= held


def test_what_people_find_in_kibana() -> None:
    source = orjson.loads(to_source(full(), AT))
    assert source["@timestamp"] == f"{DAY}T12:00:00+00:00" and source["url"] == ["https://arxiv.org/abs/2611.00001"]
    assert source["translation"] == ["de:untranslated", "zh:translated"] and source["translated_by"] == ["argos-1.9"]
    assert source["untranslated_reason"] == ["the numbers differ"]
    assert properties()["authors"]["fields"]["keyword"]["type"] == "keyword"


def test_nodes_of_a_query_ask_by_the_names_of_the_table() -> None:
    assert asked_names(Kind.TEXT)[:4] == ("title", "abstract", "authors", "comments")
    assert asked_names(Kind.NUMBER) == ("year", "version", "upvotes")
    assert not {field.asked_as for field in FIELDS if not field.searched} - {""}
    assert not [field for field in SEARCHED if field.kind is Kind.SORT_KEY and field.asked_as]


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([TranslationOutcome.TRANSLATED, TranslationOutcome.TRANSLATED], TranslationState.TRANSLATED),
        ([TranslationOutcome.TRANSLATED, TranslationOutcome.UNTRANSLATED], TranslationState.PARTLY),
        ([TranslationOutcome.UNTRANSLATED], TranslationState.UNTRANSLATED),
        ([TranslationOutcome.ORIGINAL, TranslationOutcome.ORIGINAL], TranslationState.ORIGINAL),
        ([TranslationOutcome.TRANSLATED, None], TranslationState.PENDING),
        ([], TranslationState.PENDING),
    ],
)
def test_the_state_of_a_translation(outcomes: list[TranslationOutcome | None], state: TranslationState) -> None:
    assert state_of(outcomes) is state


def test_translation_and_times_come_from_the_catalogue(folder: Path) -> None:
    later = datetime(2026, 11, 21, tzinfo=UTC)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(), sighting("2611.00002")), AT)
        catalogue.keep(page(sighting(comments="Later")), later)
        (paper, _) = catalogue.to_translate("zh", "m", "r", redo=False, below=None, limit=9)[::-1]
        translations = [
            (
                paper.number,
                Translation(
                    name, "zh", hash, TranslationOutcome.TRANSLATED, "m", "r", Detected("en", 1.0), (("k", "时"),)
                ),
            )
            for name, (hash, _) in paper.texts.items()
        ]
        catalogue.keep_translations(translations, later)
        documents = {change.id: from_change(change, ("zh",)) for change in catalogue.changes(0, 9)}
    assert documents["2611.00001"].translation == ("zh:translated",)
    assert (documents["2611.00001"].translated_at, documents["2611.00001"].first_seen) == (later, AT)
    assert documents["2611.00002"].translation == ("zh:pending",) and documents["2611.00002"].translated_at is None


def test_without_languages_nothing_is_pending() -> None:
    assert from_change(Change(1, 1, "2611.00001", merge([(AT, sighting())]))).translation == ()


FORMER_FINDS: list[tuple[Query, list[str]]] = [
    (Word("attentions"), ["2611.00001"]),
    (Phrase("注意力机制"), ["2611.00001"]),
    (Term("author", "Arai, J."), ["2611.00001"]),
    (Term("author", "Yann Ng"), ["2611.00002"]),
    (Category("math.*"), ["2611.00002"]),
    (Word("clocks"), ["2611.00002"]),
]


def test_an_index_of_the_version_before_serves_until_it_is_made_anew(folder: Path) -> None:
    """Replace the folder by one that the version before made when the schema changes."""
    folder.mkdir(parents=True)
    shutil.copytree(FORMER / "embedded", folder / "index")
    engine = open_engine(folder)
    for query, ids in FORMER_FINDS:
        results = engine.search(Search(query=query, facets=FACETS, histogram=True, highlight=True))
        assert [hit.document.id for hit in results.hits] == ids and results.facets["category"]
    with pytest.raises(IndexOutdated):
        engine.writer()
    with Catalogue(folder, write=True) as catalogue:
        catalogue._connection.execute("UPDATE meta SET value = 'epoch' WHERE key = 'epoch'")
        catalogue._connection.execute("INSERT OR REPLACE INTO mark VALUES (2, 'mark')")
        catalogue._connection.execute("UPDATE meta SET value = 2 WHERE key = 'seq'")
        catalogue.keep(page(sighting("2611.00003", title="Newest")), AT)
        now = index_lag(catalogue, engine)
        assert now.is_former and now.behind == 1 and now.error is None
        result = update(catalogue, engine)
        assert result.rebuilt and result.reason and "another version" in result.reason
        assert not index_lag(catalogue, engine).is_former
    assert [hit.document.id for hit in engine.search(Search()).hits] == ["2611.00003"]


def test_a_third_language_is_searched_marked_and_counted(folder: Path) -> None:
    """German by its stemmer, Japanese character by character: nothing but the language of a translation is needed."""
    texts = {"de": "Die Häuser der langsamen Uhren", "ja": "遅い時計の家"}
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting(title="Houses of slow clocks"), sighting("2611.00002", title="Bridges")), AT)
        for language, text in texts.items():
            translations = [
                (
                    paper.number,
                    Translation(
                        "title", language, paper.texts["title"][0], TranslationOutcome.TRANSLATED, "m", "r",
                        Detected("en", 1.0), (("k", text),),
                    ),
                )
                for paper in catalogue.to_translate(language, "m", "r", redo=False, below=None, limit=9)
                if paper.texts["title"][1].startswith("Houses")
            ]  # fmt: skip
            catalogue.keep_translations(translations, AT)
        engine = open_engine(folder)
        update(catalogue, engine, languages=("de", "ja"))
    for text, spans in {"haus": {"title_de": ((4, 10),)}, "langsam": {"title_de": ((15, 24),)},
                        "時計": {"title_ja": ((2, 4),)}}.items():  # fmt: skip
        answer = find(engine, Request(text=text), today=DAY, facets=("has", "language"))
        (hit,) = answer.results.hits
        assert hit.document.id == "2611.00001" and hit.highlights == spans, text
        assert {facet.value: facet.count for facet in answer.results.facets["has"]}["translation"] == 1
