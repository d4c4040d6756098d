"""Whose index it is, what must hold before one is filled, and keys that are replaced while a page runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.engine import EngineAway, EngineRefused, IndexNameTaken, IndexWriteFailed
from indexer.engines.elasticsearch import mapping, preparation, templates
from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.lag import index_lag
from indexer.query.search import Search
from indexer.settings import IndexSettings
from indexer.update import PapersAtRisk, update
from papers.catalogue import Catalogue
from tests.indexer.contract import fill, found
from tests.indexer.test_fields import FORMER, FORMER_FINDS
from tests.making import AT, document, page, sighting


@pytest.fixture
def engine(elastic: IndexSettings) -> ElasticsearchEngine:
    return ElasticsearchEngine(elastic)


@pytest.fixture
def client(elastic: IndexSettings) -> Iterator[Elasticsearch]:
    with Elasticsearch(elastic.hosts[0], request_timeout=60) as client:
        yield client


def indices(client: Elasticsearch, elastic: IndexSettings) -> list[str]:
    return sorted(client.indices.get(index=f"{elastic.prefix}*").body)


def with_key(elastic: IndexSettings, file: Path) -> IndexSettings:
    host = re.sub(r"//.*@", "//", elastic.hosts[0])
    return elastic.model_copy(update={"hosts": (host,), "api_key_file": file})


def catalogue_of(folder: Path, *ids: str) -> Catalogue:
    catalogue = Catalogue(folder, write=True)
    catalogue.keep(page(*(sighting(id) for id in ids)), AT)
    return catalogue


# Another catalogue


def test_an_index_of_another_catalogue_is_taken_on_request_only(engine: ElasticsearchEngine, tmp_path: Path) -> None:
    with (
        catalogue_of(tmp_path / "a", "2611.00001", "2611.00002") as first,
        catalogue_of(tmp_path / "b", "2611.00003") as second,
    ):
        update(first, engine)
        for rebuild in (False, True):
            with pytest.raises(
                PapersAtRisk, match=r"holds 2 papers of another catalogue, written on 20\d\d-.*--take-over"
            ):
                update(second, engine, rebuild=rebuild)
        assert sorted(found(engine)) == ["2611.00001", "2611.00002"]
        assert update(second, engine, rebuild=True, take_over=True).papers == 1
        assert found(engine) == ["2611.00003"]
        with pytest.raises(PapersAtRisk):
            update(first, engine)
        # What was taken over is this catalogue's, and goes with the next update.
        update(second, engine)
        assert engine.others() == [] and index_lag(second, engine).foreign == ()


def test_prefixes_that_begin_alike_live_side_by_side(engine: ElasticsearchEngine, elastic: IndexSettings) -> None:
    beside = ElasticsearchEngine(elastic.model_copy(update={"prefix": f"{elastic.prefix}-b"}))
    fill(engine, [document()])
    fill(beside, [document("2611.00002", 2)])
    fill(engine, [document("2611.00003", 3)])
    fill(engine, [document("2611.00003", 3)])
    assert found(engine) == ["2611.00003"] and found(beside) == ["2611.00002"]


def test_two_first_indices_at_once(engine: ElasticsearchEngine, elastic: IndexSettings) -> None:
    other_engine = ElasticsearchEngine(elastic)
    with engine.rebuild("epoch-a") as first, other_engine.rebuild("epoch-b") as second:
        for writer in (first, second):
            writer.write([document()], [])
            writer.commit(1)
        first.publish()
        with pytest.raises(IndexNameTaken, match="meanwhile"):
            second.publish()
    state = engine.state()
    assert state and state.epoch == "epoch-a"


# The version before


def former(client: Elasticsearch, elastic: IndexSettings) -> str:
    """An index as the version before made it, under its names, with its template."""
    golden = orjson.loads((FORMER / "elasticsearch.json").read_bytes())
    index, meta = f"{elastic.prefix}-0123456789ab", {"generation": "0123456789ab", "epoch": "epoch", "cursor": 2}
    template = mapping.template("x", shards=1, replicas=0)["template"]
    client.indices.put_index_template(
        name=elastic.prefix,
        index_patterns=[f"{elastic.prefix}-*"],
        priority=500,
        meta={"stamp": golden["stamp"]},
        template={},
    )
    client.indices.create(
        index=index,
        settings=template["settings"],
        mappings={"dynamic": "strict", "properties": golden["properties"],
                  "_meta": {"paperglot": meta | {"stamp": golden["stamp"], "mark": "mark"}}},
        aliases={elastic.prefix: {}, f"{elastic.prefix}-write": {"is_write_index": True}},
    )  # fmt: skip
    for number, source in enumerate(golden["documents"], start=1):
        client.index(index=index, id=source["id"], document=source, version=number, version_type="external")
    client.indices.refresh(index=index)
    return index


def test_an_index_of_the_version_before_serves_and_is_then_taken_over(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings, folder: Path
) -> None:
    index = former(client, elastic)
    for query, ids in FORMER_FINDS:
        assert found(engine, query) == ids
    with catalogue_of(folder, "2611.00003") as catalogue:
        catalogue._connection.execute("UPDATE meta SET value = 'epoch' WHERE key = 'epoch'")
        catalogue._connection.execute("UPDATE mark SET mark = 'mark'")
        catalogue._connection.execute("UPDATE meta SET value = 3 WHERE key = 'seq'")
        catalogue._connection.execute("UPDATE paper SET seq = 3")
        catalogue._connection.execute("INSERT INTO mark VALUES (2, 'mark')")
        assert index_lag(catalogue, engine).is_former
        assert update(catalogue, engine).rebuilt
        assert found(engine) == ["2611.00003"] and index in indices(client, elastic)
        update(catalogue, engine)
    assert [name.rpartition("-")[0] for name in indices(client, elastic)] == [f"{elastic.prefix}-papers"]
    names = [entry["name"] for entry in client.indices.get_index_template()["index_templates"]]
    assert elastic.prefix not in names and f"{elastic.prefix}-papers" in names


# What must hold before


def test_an_index_that_is_named_like_an_alias(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings, folder: Path
) -> None:
    client.indices.create(index=elastic.prefix)
    with catalogue_of(folder, "2611.00001") as catalogue:
        for take_over in (False, True):
            with pytest.raises(
                IndexNameTaken if not take_over else Exception, match=r"delete that index|an index exists|invalid"
            ):
                update(catalogue, engine, rebuild=True, take_over=take_over)
        assert "delete that index" in (index_lag(catalogue, engine).error or "")
    assert indices(client, elastic) == [elastic.prefix]


def test_an_index_that_has_lost_what_it_knew(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings, folder: Path
) -> None:
    with catalogue_of(folder, "2611.00001") as catalogue:
        update(catalogue, engine)
        client.indices.put_mapping(index=elastic.prefix, meta={})
        (lost,) = indices(client, elastic)
        fresh = ElasticsearchEngine(elastic)
        with pytest.raises(IndexNameTaken, match=f"names the index {lost}.*--take-over"):
            update(catalogue, fresh)
        assert indices(client, elastic) == [lost]
        assert update(catalogue, fresh, rebuild=True, take_over=True).papers == 1
        assert found(fresh) == ["2611.00001"] and lost in indices(client, elastic)


def test_a_key_that_lacks_a_privilege(client: Elasticsearch, elastic: IndexSettings, folder: Path) -> None:
    roles = {
        "papers": {
            "cluster": ["monitor"],
            "indices": [{"names": [f"{elastic.prefix}*"], "privileges": ["read", "write"]}],
        }
    }
    key = client.security.create_api_key(name=elastic.prefix, role_descriptors=roles)
    with catalogue_of(folder, "2611.00001") as catalogue:
        (folder / "key").write_bytes(orjson.dumps(key.body))
        limited = ElasticsearchEngine(with_key(elastic, folder / "key"))
        with pytest.raises(EngineRefused) as error:
            limited.rebuild(catalogue.epoch)
    assert "'manage_index_templates' on the cluster" in str(error.value) and f"(prefix '{elastic.prefix}')" in str(
        error.value
    )
    assert f"'manage', 'view_index_metadata' on {elastic.prefix}-papers-*" in str(error.value)


def test_a_template_of_somebody_else_s(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings
) -> None:
    name = f"{elastic.prefix}-theirs"
    for priority, wrong in ((500, "lower its priority"), (499, "")):
        client.indices.put_index_template(name=name, index_patterns=[f"{elastic.prefix}*"], priority=priority)
        if wrong:
            with pytest.raises(IndexWriteFailed, match=wrong):
                engine.rebuild("epoch")
    client.indices.delete_index_template(name=name)
    client.indices.put_index_template(name=name, index_patterns=[f"{elastic.prefix}-papers-x*"], priority=500)
    try:
        with pytest.raises(IndexWriteFailed, match="does not take the index template"):
            engine.rebuild("epoch")
    finally:
        client.indices.delete_index_template(name=name)


def test_no_room_for_a_shard(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.engines.elasticsearch.generations._SECONDS_FOR_A_SHARD", "1s")
    template = mapping.template(f"{elastic.prefix}-papers", shards=1, replicas=0)
    monkeypatch.setattr(templates, "put", lambda *_, **__: False)
    template["template"]["settings"]["index.routing.allocation.require.nowhere"] = "true"
    client.indices.put_index_template(name=f"{elastic.prefix}-papers", **template)
    with pytest.raises(IndexWriteFailed, match=r"no room for a new index .*Free disk"):
        engine.rebuild("epoch")
    assert not client.indices.exists(index=f"{elastic.prefix}-papers-*", allow_no_indices=False)
    assert client.cluster.health(index=f"{elastic.prefix}*")["status"] == "green"


# Stopped on the way


def test_an_index_whose_server_went_away_is_carried_on(engine: ElasticsearchEngine, folder: Path) -> None:
    with catalogue_of(folder, *(f"2611.{n:05}" for n in range(1, 30))) as catalogue:
        with pytest.raises(EngineAway), engine.rebuild(catalogue.epoch) as writer:
            writer.write([document(f"2611.{n:05}", n) for n in range(1, 21)], [])
            writer.commit(20, catalogue.mark(20))
            raise EngineAway("It went away.")
        unfinished = index_lag(catalogue, engine).unfinished
        assert unfinished and (unfinished.documents, unfinished.cursor) == (20, 20)
        result = update(catalogue, engine)
        assert (result.carried_on, result.papers) == (20, 9) and engine.search(Search()).total == 29
        assert index_lag(catalogue, engine).unfinished is None


# Keys


def test_a_key_that_is_replaced_in_its_file_needs_no_restart(
    engine: ElasticsearchEngine, client: Elasticsearch, elastic: IndexSettings, tmp_path: Path
) -> None:
    fill(engine, [document()])
    read = [{"names": [f"{elastic.prefix}*"], "privileges": ["read", "view_index_metadata"]}]
    first, second = (
        client.security.create_api_key(name=elastic.prefix, role_descriptors={"page": {"indices": read}})
        for _ in range(2)
    )
    file = tmp_path / "key"
    file.write_bytes(b"\xef\xbb\xbf" + first["encoded"].encode() + b"\r\n")
    page_engine = ElasticsearchEngine(with_key(elastic, file), clock=iter(range(0, 10**6, 60)).__next__)
    assert found(page_engine) == ["2611.00001"]
    client.security.invalidate_api_key(ids=[first["id"]])
    with pytest.raises(EngineRefused, match="wrong or has expired"):
        found(page_engine)
    file.write_bytes(orjson.dumps(second.body))
    assert found(page_engine) == ["2611.00001"]


@pytest.mark.parametrize(("expiration", "days"), [("10d", 10), (None, None)])
def test_a_key_says_when_it_expires(
    expiration: str | None,
    days: int | None,
    client: Elasticsearch,
    elastic: IndexSettings,
    tmp_path: Path,
) -> None:
    role = {"cluster": ["manage_own_api_key"], "indices": [{"names": [f"{elastic.prefix}*"], "privileges": ["read"]}]}
    key = client.security.create_api_key(name=elastic.prefix, role_descriptors={"page": role}, expiration=expiration)
    (tmp_path / "key").write_text(key["encoded"])
    expires = ElasticsearchEngine(with_key(elastic, tmp_path / "key")).key_expires()
    assert (round((expires - datetime.now(UTC)) / timedelta(days=1)) if expires else None) == days


def test_the_privileges_that_are_looked_at_are_those_that_the_docs_name() -> None:
    page = (Path(__file__).parents[3] / "docs" / "elasticsearch.md").read_text("utf-8")
    for privilege in (*preparation.INDEX_PRIVILEGES, *preparation.CLUSTER_PRIVILEGES):
        assert f'"{privilege}"' in page
