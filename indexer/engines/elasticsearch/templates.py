"""The index template of a prefix on the server. `paperglot setup` puts it, or else the first fill."""

from __future__ import annotations

from contextlib import suppress
from fnmatch import fnmatchcase

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from indexer.engine import IndexWriteFailed
from indexer.engines.elasticsearch.client import connect, reason_of, translated
from indexer.engines.elasticsearch.mapping import PRIORITY, stamp, template
from indexer.settings import IndexSettings


def family(prefix: str) -> str:
    """The name of the template, and how the names of its indices begin."""
    return f"{prefix}-papers"


def put_template(settings: IndexSettings) -> bool:
    """Put the template on the server of these settings; False where it is there already."""
    with translated(settings.hosts[0]), connect(settings) as client:
        return put(client, settings.prefix, shards=settings.shards, replicas=settings.replicas)


def put(client: Elasticsearch, prefix: str, *, shards: int, replicas: int) -> bool:
    """Put the template; False where it is there already: the server takes a third of a second to try its analysis.

    Raises IndexWriteFailed where the server refuses it, or has one of somebody else's for the same indices. The
    client's errors go through.
    """
    name = family(prefix)
    _remove_former(client, prefix)
    _check_others(client, name)
    meta = {"stamp": stamp(), "shards": shards, "replicas": replicas}
    if _meta_on_server(client, name) == meta:
        return False
    try:
        client.indices.put_index_template(name=name, meta=meta, **template(name, shards=shards, replicas=replicas))
    except ApiError as error:
        if error.status_code != 400:
            raise
        _, reason = reason_of(error.body)
        raise IndexWriteFailed(
            f"Elasticsearch does not take the index template {name}: {reason}. Nothing was written."
        ) from error
    return True


def _meta_on_server(client: Elasticsearch, name: str) -> object:
    try:
        (entry,) = client.indices.get_index_template(name=name)["index_templates"]
    except NotFoundError:
        return None
    return entry["index_template"].get("_meta")


def _remove_former(client: Elasticsearch, prefix: str) -> None:
    """Remove the template that an earlier program made for `<prefix>-*`: it would take the indices of others."""
    with suppress(NotFoundError):
        (entry,) = client.indices.get_index_template(name=prefix)["index_templates"]
        former = entry["index_template"]
        if former["index_patterns"] == [f"{prefix}-*"] and "stamp" in former.get("_meta", {}):
            client.indices.delete_index_template(name=prefix)


def _check_others(client: Elasticsearch, name: str) -> None:
    """Raise IndexWriteFailed where a template of somebody else's would be used for our indices."""
    example = f"{name}-0123456789ab"
    for entry in client.indices.get_index_template()["index_templates"]:
        other, patterns = entry["index_template"], entry["index_template"]["index_patterns"]
        if (
            entry["name"] != name
            and other.get("priority", 0) >= PRIORITY
            and any(fnmatchcase(example, pattern) for pattern in patterns)
        ):
            raise IndexWriteFailed(
                f"The index template {entry['name']} on the server takes indices named {', '.join(patterns)}, ours "
                f"among them: lower its priority below {PRIORITY}, or set another 'prefix' under [index]. Nothing was "
                "written."
            )
