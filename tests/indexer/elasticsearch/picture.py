"""Draws what the dashboards hold into docs/dashboards.svg, from the same aggregations as the tests ask:

    PAPERGLOT_TEST_ELASTICSEARCH_URL=… python -m tests.indexer.elasticsearch.picture PREFIX

on an index that is there (the demo's, say). Kibana draws it in its own way; this shows which figures it gets.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from html import escape
from typing import Any

from elasticsearch import Elasticsearch

from operate.kibana import dashboards
from tests.indexer.elasticsearch.test_dashboards import aggregation, kql, numbers
from tests.processes import ROOT

UNIT, ROW = 25, 13  # pixels of a column and of a row of the grid
COLOURS = ("#0b5563", "#c8553d", "#588157", "#8d6a9f", "#d4a017", "#3d5a80", "#8f2d56", "#6b705c")
ZONE = "UTC"
Box = tuple[int, int, int, int]


def draw(client: Elasticsearch, prefix: str) -> str:
    parts, top = [], 40
    for board in dashboards.definitions(prefix).values():
        parts.append(_text(10, top, board["title"], 18, bold=True))
        deepest = 0
        for panel in board["panels"]:
            grid = panel["grid"]
            if panel["type"] == "vis":
                deepest = max(deepest, grid["y"] + grid["h"])
                box = (grid["x"] * UNIT + 5, top + 12 + grid["y"] * ROW, grid["w"] * UNIT - 10, grid["h"] * ROW - 8)
                index = f"{prefix}-runs" if f'"{prefix}-runs"' in json.dumps(panel) else prefix
                parts += _panel(panel["config"], _answer(client, index, panel["config"]), box)
        top += deepest * ROW + 60
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1210 {top}" font-family="sans-serif">'
    note = (
        "What Paperglot's dashboards hold, drawn from the aggregations that Kibana asks for; not a picture of Kibana."
    )
    return "\n".join(
        [head, '<rect width="100%" height="100%" fill="#fcfcfa"/>', _text(10, 18, note, 13), *parts, "</svg>\n"]
    )


def _answer(client: Elasticsearch, index: str, config: dict[str, Any]) -> dict[str, Any]:
    query = kql(config.get("query", {}).get("expression", ""))
    answer = client.search(index=index, size=0, query=query, aggs=aggregation(config, ZONE))
    aggregations: dict[str, Any] = answer["aggregations"]
    return aggregations


def _panel(config: dict[str, Any], aggregations: dict[str, Any], box: Box) -> Iterator[str]:
    x, y, width, height = box
    yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="white" stroke="#ddd"/>'
    yield _text(x + 8, y + 17, config["title"], 12, bold=True)
    if config["type"] == "metric":
        value = next(iter(numbers(aggregations)), 0)
        yield _text(x + 8, y + 62, f"{value:,.0f}", 34)
        return
    (outer,) = [key for key in aggregations if key.startswith("g")]
    buckets = aggregations[outer]["buckets"]
    inside = (x + 8, y + 28, width - 16, height - 36)
    if config["type"] == "xy" and config["layers"][0]["type"] == "bar_stacked":
        yield from _columns(buckets, inside)
    else:
        yield from _rows(buckets, inside)


def _columns(buckets: list[dict[str, Any]], box: Box) -> Iterator[str]:
    """Bars by day, stacked by what splits them."""
    x, y, width, height = box
    stacks = [_parts(bucket) for bucket in buckets]
    most = max((sum(stack.values()) for stack in stacks), default=0) or 1
    names = list(dict.fromkeys(name for stack in stacks for name in stack))
    step = width / max(len(stacks), 1)
    for place, stack in enumerate(stacks):
        base = float(y + height)
        for name, value in stack.items():
            tall = value / most * (height - 14)
            base -= tall
            yield _bar(x + place * step, base, step * 0.8, tall, names.index(name))
    for place, name in enumerate(names[:8] if names != [""] else []):
        yield _bar(x + place * 120, y - 4, 8, 8, place)
        yield _text(x + 12 + place * 120, y + 4, name[:16], 10)


def _rows(buckets: list[dict[str, Any]], box: Box) -> Iterator[str]:
    """A line a value, with a bar as long as its first number."""
    x, y, width, height = box
    shown = buckets[: max(1, height // 15)]
    values = [(str(bucket.get("key_as_string", bucket["key"])), next(iter(numbers(bucket)), 0.0)) for bucket in shown]
    most = max((value for _, value in values), default=0) or 1
    for place, (name, value) in enumerate(values):
        top = y + place * 15
        yield _bar(x + 140, top, value / most * (width - 200), 11, 0)
        yield _text(x, top + 9, name[:24], 10)
        yield _text(x + width - 50, top + 9, f"{value:,.0f}", 10)


def _parts(bucket: dict[str, Any]) -> dict[str, float]:
    inner = next((bucket[key]["buckets"] for key in bucket if key.startswith("g")), None)
    if inner is None:
        return {"": next(iter(numbers(bucket)), 0.0)}
    return {str(inner_bucket["key"]): next(iter(numbers(inner_bucket)), 0.0) for inner_bucket in inner}


def _bar(x: float, y: float, width: float, height: float, colour: int) -> str:
    fill = COLOURS[colour % len(COLOURS)]
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _text(x: float, y: float, text: str, size: int, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}"{weight} fill="#222">{escape(text)}</text>'


if __name__ == "__main__":
    with Elasticsearch(os.environ["PAPERGLOT_TEST_ELASTICSEARCH_URL"], request_timeout=60) as server:
        (ROOT / "docs" / "dashboards.svg").write_text(draw(server, sys.argv[1]), "utf-8")
