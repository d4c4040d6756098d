"""The engine on a real Elasticsearch: the contract, and what is its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from fastapi.testclient import TestClient

from delivery.settings import PageSettings
from indexer.documents import Deletion
from indexer.engine import EngineRefused, IndexOutdated, IndexWriteFailed, SearchEngine
from indexer.engines.elasticsearch import engine as engine_module
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.lag import index_lag
from indexer.query.search import Search
from indexer.query.tree import Word
from indexer.settings import IndexSettings
from indexer.update import update
from papers.catalogue import Catalogue
from search_ui.app import application
from tests.indexer.contract import EngineContract, answers_while, fill, found
from tests.indexer.finding import FindingContract
from tests.making import AT, document, page, sighting


class TestElasticsearch(EngineContract, FindingContract):
    @pytest.fixture
    def engine(self, elastic: IndexSettings) -> SearchEngine:
        return ElasticsearchEngine(elastic)

    @pytest.fixture
    def another(self, elastic: IndexSettings) -> Callable[[], SearchEngine]:
        return lambda: ElasticsearchEngine(elastic)


@pytest.fixture
def engine(elastic: IndexSettings) -> ElasticsearchEngine:
    return ElasticsearchEngine(elastic)


@pytest.fixture
def client(elastic: IndexSettings) -> Elasticsearch:
    return Elasticsearch(elastic.hosts[0])


def of(elastic: IndexSettings, **changes: object) -> IndexSettings:
    return elastic.model_copy(update=changes)


# What someone finds who looks by themselves


def test_people_search_the_index_as_they_expect(
    engine: ElasticsearchEngine, elastic: IndexSettings, client: Elasticsearch
) -> None:
    fill(engine, [document(title={"en": "Attention is enough", "zh": "注意力机制就够了"}, upvotes=7)])

    def hits(query: str) -> int:
        response = client.search(index=elastic.prefix, q=query, default_operator="AND")
        return int(response["hits"]["total"]["value"])

    assert hits("title:attention") == hits('title:"注意力机制"') == hits("title_zh:注意") == 1
    assert hits("title_en:attentions") == 1  # stemmed
    assert hits("date:[2026-11-01 TO 2026-11-30] AND category:cs.CL AND upvotes:>5") == 1
    assert hits("title:nowhere") == 0
    (hit,) = client.search(index=elastic.prefix)["hits"]["hits"]
    assert hit["_source"]["title_zh"] == ["注意力机制就够了"] and "author_lookup" not in hit["_source"]


# Versions and deletions


def test_a_late_write_never_goes_backwards(engine: ElasticsearchEngine) -> None:
    fill(engine, [document(title="Newest", number=5)])
    with engine.writer() as writer:
        writer.write([document(title="Late", number=3)], [])
        writer.commit(5)
    assert found(engine, Word("newest")) and not found(engine, Word("late"))
    with engine.writer() as writer:
        writer.write([], [Deletion("2611.00001", 9)])
        writer.commit(9)
        writer.write([document(title="Late", number=6)], [])
        writer.commit(9)
    assert found(engine) == []


# Refused documents


def test_a_refused_document_is_set_aside_and_the_others_go_on(elastic: IndexSettings, folder: Path) -> None:
    engine = ElasticsearchEngine(elastic)
    odd = sighting("2611.00002", title="Odd", categories=("x" * 40_000,))
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00001"), odd, sighting("2611.00003")), AT)
        assert update(catalogue, engine).papers == 3
        state = engine.state()
        assert state and state.documents == 2 and list(state.rejected) == ["2611.00002"]
        assert "[category]" in state.rejected["2611.00002"] and "max length 32766" in state.rejected["2611.00002"]
        assert index_lag(catalogue, engine).behind == 0
        catalogue.keep(page(sighting("2611.00002", title="Even", version=2)), AT)
        update(catalogue, engine)
        state = engine.state()
        assert state and state.documents == 3 and not state.rejected


def test_too_many_refused_documents_are_a_fault(engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.engines.elasticsearch.writer.MOST_REJECTED", 3)
    with engine.rebuild("epoch") as writer, pytest.raises(IndexWriteFailed, match="refused more than 3"):
        writer.write([document(f"2611.{n:05}", n, categories=("x" * 40_000,)) for n in range(1, 9)], [])
        writer.commit(1)


# Indices that are not to be trusted


def test_an_index_of_other_rules_is_not_searched(
    engine: ElasticsearchEngine, elastic: IndexSettings, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00001")), AT)
        update(catalogue, engine)
    for name, value in (("stamp", lambda: "other"), ("is_searchable", lambda index_stamp: index_stamp == "other")):
        monkeypatch.setattr(engine_module, name, value)
    fresh = ElasticsearchEngine(elastic)
    for asking in (lambda: fresh.search(Search()), lambda: fresh.get("2611.00001"), fresh.writer):
        with pytest.raises(IndexOutdated, match=r"paperglot rebuild|cannot be added to"):
            asking()
    assert fresh.state() is not None
    with Catalogue(folder, write=True) as catalogue:
        assert update(catalogue, fresh).rebuilt


def test_an_index_that_came_out_of_nowhere_is_not_filled_further(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings
) -> None:
    """Deleted while it is filled, an index is made anew by the next line that the server gets."""
    with engine.rebuild("epoch") as writer:
        client.indices.delete(index=f"{elastic.prefix}-papers-{writer.state.generation}")
        writer.write([document()], [])
        with pytest.raises(IndexWriteFailed, match="is gone"):
            writer.commit(1)


def test_an_alias_that_someone_removed_is_noticed(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings
) -> None:
    fill(engine, [document()])
    client.indices.delete_alias(index=f"{elastic.prefix}-*", name=f"{elastic.prefix}-write")
    with engine.writer() as writer, pytest.raises(IndexWriteFailed, match="is gone"):
        writer.write([document("2611.00002", 2)], [])
        writer.commit(2)
    state = engine.state()
    assert state and state.cursor == 1


def test_an_index_of_a_later_version_is_outdated_and_no_fault(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings
) -> None:
    fill(engine, [document()])
    state = engine.state()
    assert state
    meta = {"generation": state.generation, "epoch": "epoch", "stamp": "later", "cursor": 1, "rejected": {}, "new": 1}
    client.indices.put_mapping(index=elastic.prefix, meta={"paperglot": meta})
    with pytest.raises(IndexOutdated):
        ElasticsearchEngine(elastic).search(Search())


def test_nothing_of_others_is_removed(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings
) -> None:
    fill(engine, [document()])
    theirs = f"{elastic.prefix}-theirs"
    client.indices.create(index=theirs)
    fill(engine, [document()])
    assert client.indices.exists(index=theirs)


def test_a_rebuild_swaps_both_aliases_and_leaves_one_index(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings
) -> None:
    for rebuilds in range(3):
        fill(engine, [document()])
        aliases = [entry["aliases"] for entry in client.indices.get_alias(index=f"{elastic.prefix}-*").body.values()]
        assert sorted(aliases, key=len) == [{}] * min(rebuilds, 1) + [
            {elastic.prefix: {}, f"{elastic.prefix}-write": {"is_write_index": True}}
        ]


def test_searches_do_not_notice_that_the_index_is_swapped(engine: ElasticsearchEngine, folder: Path) -> None:
    swaps = int(os.environ.get("PAPERGLOT_TEST_SWAPS", "6"))
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(sighting("2611.00001"), sighting("2611.00002")), AT)
        update(catalogue, engine)

        def swap() -> None:
            for _ in range(swaps):
                update(catalogue, engine, rebuild=True)

        answers = answers_while(engine, swap)
    assert list(answers) == [2], answers


_FILL = """
import sys
from pathlib import Path
from indexer.engines import open_engine
from indexer.update import update
from papers.catalogue import Catalogue
with Catalogue(Path(sys.argv[1])) as catalogue:
    print("begun", flush=True)
    update(catalogue, open_engine(Path(sys.argv[1])), rebuild=True)
"""


def test_a_rebuild_that_is_killed_is_cleaned_up_by_the_next(
    elastic: IndexSettings, client: Elasticsearch, folder: Path
) -> None:
    engine = ElasticsearchEngine(elastic)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}") for n in range(1, 1500))), AT)
        update(catalogue, engine)
    environment = os.environ | {
        "PAPERGLOT_INDEX_ENGINE": "elasticsearch",
        "PAPERGLOT_INDEX_HOSTS": elastic.hosts[0],
        "PAPERGLOT_INDEX_PREFIX": elastic.prefix,
    }
    for wait in (0.0, 0.15, 0.3, 0.6, 1.0):
        process = subprocess.Popen([sys.executable, "-c", _FILL, str(folder)], env=environment, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert engine.search(Search()).total == 1499
    with Catalogue(folder) as catalogue:
        update(catalogue, engine, rebuild=True)
        update(catalogue, engine)
    assert engine.search(Search()).total == 1499
    assert len(client.indices.get(index=f"{elastic.prefix}-*").body) == 1


def test_what_a_killed_rebuild_still_had_made_is_removed_when_the_next_is_published(
    elastic: IndexSettings, engine: ElasticsearchEngine, client: Elasticsearch
) -> None:
    with engine.rebuild("epoch") as writer:
        mine = f"{elastic.prefix}-papers-{writer.state.generation}"
        meta = client.indices.get_mapping(index=mine)[mine]["mappings"]["_meta"]["paperglot"]
        client.indices.create(
            index=f"{elastic.prefix}-papers-0123456789ab",
            mappings={"_meta": {"paperglot": meta | {"generation": "0123456789ab"}}},
        )
        writer.commit(1)
        writer.publish()
    assert list(client.indices.get(index=f"{elastic.prefix}-*").body) == [mine]


def test_papers_that_come_during_a_rebuild_are_in_it(elastic: IndexSettings, folder: Path) -> None:
    engine = ElasticsearchEngine(elastic)
    with Catalogue(folder, write=True) as catalogue:
        catalogue.keep(page(*(sighting(f"2611.{n:05}") for n in range(1, 50))), AT)
        update(catalogue, engine)
        came: list[int] = []

        def progress(processed: int, total: int) -> None:
            if not came:
                came.append(1)
                catalogue.keep(page(sighting("2611.00077")), AT)

        update(catalogue, engine, rebuild=True, progress=progress)
        assert engine.get("2611.00077") and engine.search(Search()).total == 50


# Keys


def test_a_page_needs_no_more_than_a_key_to_read(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings, folder: Path
) -> None:
    fill(engine, [document()])
    key = client.security.create_api_key(
        name=elastic.prefix,
        role_descriptors={
            "page": {
                "indices": [
                    {"names": [elastic.prefix, f"{elastic.prefix}-*"], "privileges": ["read", "view_index_metadata"]}
                ]
            }
        },
    )
    host = re.sub(r"//.*@", "//", elastic.hosts[0])
    reader = ElasticsearchEngine(of(elastic, hosts=(host,), api_key=None, api_key_file=_file(folder, key["encoded"])))
    assert reader.search(Search(histogram=True)).total == 1
    assert reader.get("2611.00001") and reader.spellings("titel", 3) and reader.similar("2611.00001", 3) == ()
    for writing in (lambda: reader.rebuild("epoch"), lambda: _write(reader)):
        with pytest.raises(EngineRefused, match=r"may not do this|lacks 'manage_index_templates'"):
            writing()
    client.security.invalidate_api_key(ids=[key["id"]])
    with pytest.raises(EngineRefused, match="wrong or has expired"):
        reader.search(Search())
    page = TestClient(application(reader, PageSettings())).get("/?q=x")
    assert page.status_code == 503 and "Try again in a moment" in page.text


def test_a_key_to_write_needs_what_the_readme_says(client: Elasticsearch, elastic: IndexSettings, folder: Path) -> None:
    key = client.security.create_api_key(
        name=elastic.prefix,
        role_descriptors={
            "papers": {
                "cluster": ["manage_index_templates"],
                "indices": [{"names": [elastic.prefix, f"{elastic.prefix}-*"], "privileges": ["all"]}],
            }
        },
    )
    host = re.sub(r"//.*@", "//", elastic.hosts[0])
    writer = ElasticsearchEngine(of(elastic, hosts=(host,), api_key_file=_file(folder, key["encoded"])))
    fill(writer, [document()])
    _write(writer)
    assert writer.search(Search()).total == 1


def _file(folder: Path, key: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "key"
    path.write_text(key)
    return path


def _write(engine: ElasticsearchEngine) -> None:
    with engine.writer() as writer:
        writer.write([document()], [])
        writer.commit(1)


# Pages


def test_a_page_of_equal_scores_is_the_same_twice(engine: ElasticsearchEngine) -> None:
    fill(engine, [document(f"2611.{n:05}", n, title="clocks", day=date(2026, 11, 20)) for n in range(1, 90)])
    pages = [found(engine, Word("clocks"), page=1) for _ in range(3)]
    assert pages[0] == pages[1] == pages[2] == [f"2611.{n:05}" for n in range(1, 90)]
