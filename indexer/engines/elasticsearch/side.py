"""Indices beside that of papers, for people in Kibana. Each is made when it is first written."""

from __future__ import annotations

from typing import Any, assert_never

import orjson
from elasticsearch import BadRequestError, Elasticsearch

from indexer.engine import IndexWriteFailed, SideIndex
from indexer.engines.elasticsearch.client import reason_of
from indexer.fields import Kind

_LONGEST_KEYWORD = 1000


def put(client: Elasticsearch, prefix: str, index: SideIndex) -> None:
    """Write the documents of `index` to `<prefix>-<name>`, which is made if it is missing.

    Raises IndexWriteFailed if the server refuses one. The client's errors are not converted.
    """
    name = f"{prefix}-{index.name}"
    properties = {field: _property(kind) for field, kind in index.kinds.items()}
    if client.indices.exists(index=name):
        client.indices.put_mapping(index=name, properties=properties)
    else:
        try:
            client.indices.create(
                index=name,
                mappings={"dynamic": "strict", "properties": properties},
                settings={"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            )
        except BadRequestError as error:
            if reason_of(error.body)[0] != "resource_already_exists_exception":
                raise
    lines: list[bytes] = []
    for id, document in index.documents.items():
        lines.append(orjson.dumps({"index": {"_id": id}}))
        lines.append(orjson.dumps({field: value for field, value in document.items() if value is not None}))
    if lines:
        answer = client.bulk(index=name, operations=lines, refresh=True)  # type: ignore[arg-type]
        if answer["errors"]:
            errors = [item["index"]["error"] for item in answer["items"] if "error" in item["index"]]
            raise IndexWriteFailed(f"The index {name} does not take what is written: {reason_of(errors[0])[1]}.")


def _property(kind: Kind) -> dict[str, Any]:
    match kind:
        case Kind.KEYWORD | Kind.TEXT:
            return {"type": "keyword", "ignore_above": _LONGEST_KEYWORD}
        case Kind.NUMBER | Kind.SORT_KEY:
            return {"type": "long"}
        case Kind.DAY | Kind.MOMENT:
            return {"type": "date"}
        case unreachable:
            assert_never(unreachable)
