"""Panels of a dashboard, in the words of Kibana's Dashboards API: what each counts, by what, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
COLUMNS = 48


def count(label: str, filter: str = "") -> Json:
    return _filtered({"operation": "count", "label": label}, filter)


def total(field: str, label: str, filter: str = "") -> Json:
    return _filtered({"operation": "sum", "field": field, "label": label}, filter)


def statistic(operation: str, field: str, label: str, filter: str = "") -> Json:
    """`operation`: average, median, max or min."""
    return _filtered({"operation": operation, "field": field, "label": label}, filter)


def latest(field: str, label: str, filter: str = "") -> Json:
    """The value of the last document that has one."""
    own = f"{field}: *" if not filter else f"{filter} and {field}: *"
    return _filtered({"operation": "last_value", "field": field, "time_field": "@timestamp", "label": label}, own)


def _filtered(metric: Json, filter: str) -> Json:
    return metric | ({"filter": {"language": "kql", "expression": filter}} if filter else {})


def by_day(label: str = "Day") -> Json:
    return {"operation": "date_histogram", "field": "@timestamp", "suggested_interval": "1d", "label": label}


def by(field: str, label: str, limit: int = 10) -> Json:
    """Group by a field: the `limit` values for which the panel's first metric is largest."""
    rank = {"type": "metric", "metric_index": 0, "direction": "desc"}
    return {"operation": "terms", "fields": [field], "limit": limit, "label": label, "rank_by": rank}


class Board:
    """Puts panels onto the grid of one dashboard, row after row. `view` is the id of its data view."""

    def __init__(self, view: str, title: str, description: str, days: int) -> None:
        self._view = view
        self._panels: list[Json] = []
        self._x = self._y = self._height = 0
        self._head: Json = {
            "title": title,
            "description": description,
            "time_range": {"from": f"now-{days}d/d", "to": "now"},
            "refresh_interval": {"pause": True, "value": 60_000},
            "query": {"language": "kql", "expression": ""},
        }

    def definition(self) -> Json:
        return {**self._head, "panels": self._panels}

    def number(self, title: str, metric: Json, *, width: int = 12, filter: str = "") -> None:
        self._chart({"type": "metric", "title": title, "metrics": [metric]}, width, 8, filter)

    def series(self, title: str, metric: Json, *, split: Json | None = None, width: int = 24, filter: str = "") -> None:
        """Bars by day, stacked by `split`."""
        layer = {"type": "bar_stacked", "data_source": self._source(), "x": by_day(), "y": [metric]}
        if split:
            layer["breakdown_by"] = split
        self._chart({"type": "xy", "title": title, "layers": [layer]}, width, 14, filter, source=False)

    def top(self, title: str, metric: Json, group: Json, *, width: int = 16, filter: str = "") -> None:
        """Horizontal bars, the longest first."""
        layer = {"type": "bar_horizontal", "data_source": self._source(), "x": group, "y": [metric]}
        self._chart({"type": "xy", "title": title, "layers": [layer]}, width, 16, filter, source=False)

    def share(self, title: str, metric: Json, group: Json, *, width: int = 16, filter: str = "") -> None:
        self._chart({"type": "pie", "title": title, "metrics": [metric], "group_by": [group]}, width, 16, filter)

    def table(
        self, title: str, metrics: Sequence[Json], rows: Sequence[Json], *, width: int = 48, filter: str = ""
    ) -> None:
        config = {"type": "data_table", "title": title, "metrics": list(metrics), "rows": list(rows)}
        self._chart(config, width, 16, filter)

    def documents(self, title: str, columns: Sequence[str], *, sort: str = "@timestamp", filter: str = "") -> None:
        """The documents themselves, the newest first."""
        tab = {
            "data_source": self._source(),
            "query": {"language": "kql", "expression": filter},
            "column_order": list(columns),
            "sort": [{"name": sort, "direction": "desc"}],
        }
        self._put("discover_session", {"title": title, "tabs": [tab]}, COLUMNS, 20)

    def _source(self) -> Json:
        return {"type": "data_view_reference", "ref_id": self._view}

    def _chart(self, config: Json, width: int, height: int, filter: str, *, source: bool = True) -> None:
        if source:
            config["data_source"] = self._source()
        if filter:
            config["query"] = {"language": "kql", "expression": filter}
        self._put("vis", config, width, height)

    def _put(self, kind: str, config: Json, width: int, height: int) -> None:
        if self._x + width > COLUMNS:
            self._x, self._y, self._height = 0, self._y + self._height, 0
        grid = {"x": self._x, "y": self._y, "w": width, "h": height}
        self._panels.append({"type": kind, "id": f"panel-{len(self._panels) + 1}", "grid": grid, "config": config})
        self._x += width
        self._height = max(self._height, height)
