"""The index template of a prefix on the server. `paperglot setup` puts it there; without that, the first fill does."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from indexer.engine import IndexWriteFailed
from indexer.engines.elasticsearch.client import connect, reason_of, translated
from indexer.engines.elasticsearch.mapping import PRIORITY, stamp, template
from indexer.settings import IndexSettings


def family(prefix: str) -> str:
    """The name of the template, and how the names of its indices begin."""
    return f"{prefix}-papers"


def put_template(settings: IndexSettings) -> bool:
    """Put the template on the server that the settings name; False if it is there already."""
    with translated(settings.hosts[0]), connect(settings) as client:
        return put(client, settings.prefix, shards=settings.shards, replicas=settings.replicas)


def put(client: Elasticsearch, prefix: str, *, shards: int, replicas: int) -> bool:
    """Put the template; False if it is there already.

    Putting it takes a third of a second, because the server tries its analysis.

    Raises IndexWriteFailed if the server refuses it, or has a template of somebody else for the same indices. The
    client's errors are not converted.
    """
    name = family(prefix)
    answer = client.indices.get_index_template()
    templates = {entry["name"]: entry["index_template"] for entry in answer["index_templates"]}
    if _is_former(templates.get(prefix), prefix):
        client.indices.delete_index_template(name=prefix)
        del templates[prefix]
    _check_others(templates, name)
    meta = {"stamp": stamp(), "shards": shards, "replicas": replicas}
    if name in templates and templates[name].get("_meta") == meta:
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


def _is_former(template: Mapping[str, Any] | None, prefix: str) -> bool:
    """Whether an earlier program made this template for `<prefix>-*`: it would take the indices of others."""
    if template is None:
        return False
    return template["index_patterns"] == [f"{prefix}-*"] and "stamp" in template.get("_meta", {})


def _check_others(templates: Mapping[str, Mapping[str, Any]], name: str) -> None:
    """Raise IndexWriteFailed where a template of somebody else's would be used for our indices."""
    example = f"{name}-0123456789ab"
    for other, body in templates.items():
        patterns = body["index_patterns"]
        if (
            other != name
            and body.get("priority", 0) >= PRIORITY
            and any(fnmatchcase(example, pattern) for pattern in patterns)
        ):
            raise IndexWriteFailed(
                f"The index template {other} on the server takes indices named {', '.join(patterns)}, ours among them: "
                f"lower its priority below {PRIORITY}, or set another 'prefix' under [index]. Nothing was written."
            )
