"""What every panel counts, asked of a real index in two time zones: there is something in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.engines.elasticsearch.engine import ElasticsearchEngine
from indexer.lag import IndexLag, Relation
from indexer.query.search import Search
from indexer.settings import IndexSettings
from operate.kibana import dashboards
from operate.kibana.run_documents import side_index
from papers.coverage import CoverageState, DayCoverage, Subject
from papers.runs import RunOutcome, RunRecord, StepRecord
from tests.indexer.contract import fill
from tests.making import AT, DAY, document
from tests.operate.test_judge import STATE, facts

STATES = ("translated", "partly", "untranslated", "pending", "original")


def papers() -> list[Any]:
    documents = []
    for number in range(1, 31):
        documents.append(
            replace(
                document(
                    f"2611.{number:05}", number, title=f"Clocks {number}", day=DAY - timedelta(days=number % 5),
                    categories=("cs.CL", "math.NT") if number % 2 else ("math.NT",),
                ),
                upvotes=number, featured=DAY if number % 3 else None,
                code="https://github.com/a/b" if number % 4 else None,
                translation=(f"zh:{STATES[number % 5]}",), translated_by={"zh": "en-zh 1.9"} if number % 5 < 2 else {},
                untranslated={"zh": "the numbers differ"} if number % 5 in (1, 2) else {},
                translated_at=AT if number % 5 < 2 else None, first_seen=AT,
            )
        )  # fmt: skip
    return documents


def runs() -> tuple[RunRecord, ...]:
    records = []
    for number in range(6):
        began = datetime(2026, 11, 20, 2, 15, tzinfo=UTC) - timedelta(days=number)
        outcome = RunOutcome.FAILED if number == 2 else RunOutcome.OK
        counts = {"papers_new": 9, "requests": 12, "refusals": int(number == 2), "parse_errors": 0}
        ended, reason = began + timedelta(minutes=9), "cs.CL: refused." if number == 2 else None
        step = StepRecord(
            name="crawl", began=began, ended=ended, outcome=outcome, exit_code=0, reason=reason, counts=counts
        )
        records.append(
            RunRecord(
                number=9 - number, job="daily", due=began, made_up=0, attempt=1, began=began, ended=ended,
                outcome=outcome, version="1", steps=(step,),
            )
        )  # fmt: skip
    return tuple(records)


def days() -> tuple[DayCoverage, ...]:
    states = (CoverageState.COMPLETE, CoverageState.PARTIAL)
    return tuple(
        DayCoverage(subject=Subject("arxiv-listing", category), day=DAY - timedelta(days=ago), state=states[ago % 2],
                    got=9, expected=9 + ago % 2, at=AT)
        for category in ("cs.CL", "math.NT") for ago in range(4)
    )  # fmt: skip


@pytest.fixture
def filled(elastic: IndexSettings) -> Iterator[tuple[Elasticsearch, str]]:
    engine = ElasticsearchEngine(elastic)
    fill(engine, papers())
    shown = facts(runs=runs(), earlier=days(), index=IndexLag(STATE, 3, None, Relation.SAME), backlog={"zh": 4})
    for _ in range(2):  # again it changes nothing
        engine.put_beside(lambda: side_index(shown))
    with Elasticsearch(elastic.hosts[0], request_timeout=60) as client:
        assert client.count(index=f"{elastic.prefix}-runs")["count"] == 6 + 6 + 8
        yield client, elastic.prefix
    engine.close()


def kql(expression: str) -> dict[str, Any]:
    """The few forms of KQL that our panels use, as Elasticsearch's own query language."""
    if not expression:
        return {"match_all": {}}
    text = expression.replace("\\:", "\\\\:").replace(" and ", " AND ").replace(" or ", " OR ").replace(": ", ":")
    text = text.replace("\\\\:", "\\:")
    return {"query_string": {"query": text, "analyze_wildcard": True}}


def metric(config: dict[str, Any], zone: str) -> dict[str, Any]:
    inner: dict[str, Any]
    match config["operation"]:
        case "count":
            inner = {"value_count": {"field": "_index"}}
        case "sum" | "max" | "min" as name:
            inner = {name: {"field": config["field"]}}
        case "average":
            inner = {"avg": {"field": config["field"]}}
        case "median":
            inner = {"percentiles": {"field": config["field"], "percents": [50]}}
        case "last_value":
            sort = [{config["time_field"]: "desc"}]
            inner = {"top_hits": {"size": 1, "sort": sort, "docvalue_fields": [config["field"]]}}
        case operation:
            raise AssertionError(operation)
    return {"filter": kql(config.get("filter", {}).get("expression", "")), "aggs": {"metric": inner}}


def bucket(config: dict[str, Any], zone: str, inner: dict[str, Any]) -> dict[str, Any]:
    if config["operation"] == "date_histogram":
        own: dict[str, Any] = {
            "date_histogram": {"field": config["field"], "calendar_interval": "1d", "time_zone": zone}
        }
    else:
        own = {"terms": {"field": config["fields"][0], "size": config["limit"]}}
        # Of the groups around others Elasticsearch cannot order by what is counted inside of these.
        if "m0" in inner and not {"percentiles", "top_hits"} & inner["m0"]["aggs"]["metric"].keys():
            own["terms"]["order"] = {"m0>metric": config["rank_by"]["direction"]}
    return own | {"aggs": inner}


def aggregation(config: dict[str, Any], zone: str) -> dict[str, Any]:
    layer = config["layers"][0] if config["type"] == "xy" else config
    metrics = layer.get("y") or layer["metrics"]
    inner = {f"m{number}": metric(metric_config, zone) for number, metric_config in enumerate(metrics)}
    groups = (
        [layer[name] for name in ("x", "breakdown_by") if name in layer]
        + layer.get("group_by", [])
        + layer.get("rows", [])
    )
    for number, group in enumerate(reversed(groups)):
        inner = {f"g{number}": bucket(group, zone, inner)}
    return inner


def numbers(answer: Any) -> Iterator[float]:
    """Every value of a metric in an answer."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name == "metric":
                yield from _values(value)
            else:
                yield from numbers(value)
    elif isinstance(answer, list):
        for item in answer:
            yield from numbers(item)


def _values(value: dict[str, Any]) -> Iterator[float]:
    if "hits" in value:
        yield from (number for hit in value["hits"]["hits"] for values in hit["fields"].values() for number in values)
    else:
        yield from (number for number in (value.get("value"), *value.get("values", {}).values()) if number is not None)


def filled_panels(client: Elasticsearch, prefix: str, zone: str) -> dict[str, bool]:
    """The title of every panel, and whether what it asks for has anything in it."""
    panels = {}
    for board in dashboards.definitions(prefix).values():
        for panel in board["panels"]:
            config = panel["config"]
            index = f"{prefix}-runs" if f'"{prefix}-runs"' in json.dumps(panel) else prefix
            if panel["type"] == "discover_session":
                (tab,) = config["tabs"]
                answer = client.search(index=index, query=kql(tab["query"]["expression"]))
                panels[config["title"]] = bool(answer["hits"]["hits"])
                continue
            query = kql(config.get("query", {}).get("expression", ""))
            answer = client.search(index=index, size=0, query=query, aggs=aggregation(config, zone))
            panels[config["title"]] = any(numbers(answer["aggregations"]))
    return panels


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Shanghai"])
def test_every_panel_has_something_to_show(zone: str, filled: tuple[Elasticsearch, str]) -> None:
    panels = filled_panels(*filled, zone)
    assert len(panels) > 30 and all(panels.values()), panels


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles", "Asia/Shanghai", "UTC"])
def test_a_day_is_the_same_day_everywhere(zone: str, filled: tuple[Elasticsearch, str]) -> None:
    client, prefix = filled
    histogram = {"field": "@timestamp", "calendar_interval": "1d", "time_zone": zone, "format": "yyyy-MM-dd"}
    answer = client.search(index=prefix, size=0, aggs={"days": {"date_histogram": histogram}})
    counted = {entry["key_as_string"]: entry["doc_count"] for entry in answer["aggregations"]["days"]["buckets"]}
    assert counted == {str(DAY - timedelta(days=ago)): 6 for ago in range(5)}


def test_the_side_index_does_no_harm_to_that_of_papers(
    filled: tuple[Elasticsearch, str], elastic: IndexSettings
) -> None:
    engine = ElasticsearchEngine(elastic)
    assert engine.search(Search()).total == 30
    fill(engine, papers())
    assert engine.search(Search()).total == 30 and filled[0].indices.exists(index=f"{elastic.prefix}-runs")
