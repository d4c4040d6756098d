"""The simulated week on Elasticsearch, whose key is replaced in its file on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.settings import IndexSettings
from replica.server import Replica
from tests.operate.week import Week, check_the_week, live_through


@pytest.mark.timeout(400)
def test_a_week_with_a_key_that_is_replaced(
    replica: Callable[..., Replica],
    folder: Path,
    tmp_path: Path,
    elastic: IndexSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, file = Elasticsearch(elastic.hosts[0], request_timeout=60), tmp_path / "key"
    role = {
        "cluster": ["manage_index_templates"],
        "indices": [
            {"names": [f"{elastic.prefix}*"], "privileges": ["manage", "read", "view_index_metadata", "write"]}
        ],
    }
    former: list[str] = []

    def rotate_key() -> None:
        key = client.security.create_api_key(name=elastic.prefix, role_descriptors={"papers": role})
        file.write_text(key["encoded"])
        if former:
            client.security.invalidate_api_key(ids=former)
        former[:] = [key["id"]]

    rotate_key()
    host = re.sub(r"//.*@", "//", elastic.hosts[0])
    for name, value in (("ENGINE", "elasticsearch"), ("HOSTS", host), ("PREFIX", elastic.prefix), ("TIMEOUT", "60")):
        monkeypatch.setenv(f"PAPERGLOT_INDEX_{name}", value)
    monkeypatch.setenv("PAPERGLOT_INDEX_API_KEY_FILE", str(file))
    week = Week(folder, replica(papers_a_day=40), monkeypatch)
    live_through(week, monkeypatch, rotate_key=rotate_key)
    check_the_week(week)
    client.close()
