"""What must hold before an index is filled: free names, privileges, room. Each that does not is a sentence.

Filling 3 million papers takes twenty minutes; what would fail at their end is looked at before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from indexer.engine import EngineRefused, IndexNameTaken, IndexState

# What filling, publishing and removing need, of the privileges that Elasticsearch names.
INDEX_PRIVILEGES = ("manage", "read", "view_index_metadata", "write")
CLUSTER_PRIVILEGES = ("manage_index_templates",)
# A server whose security is switched off knows no privileges.
_NO_SECURITY = (400, 404, 405)
# The server cannot say now: what it does not allow, it says when it is asked for it.
_UNKNOWN = (503,)


def holders(client: Elasticsearch, reading: str, writing: str) -> dict[str, set[str]]:
    """Index → which of the two aliases it has; an index that has such a name itself has none of them."""
    try:
        answer = client.indices.get_alias(index=f"{reading},{writing}", ignore_unavailable=True)
    except NotFoundError:
        return {}
    return {index: {reading, writing} & entry["aliases"].keys() for index, entry in answer.items()}


def check_names(
    client: Elasticsearch,
    reading: str,
    writing: str,
    states: Callable[[str], Mapping[str, IndexState]],
    *,
    take_over: bool = False,
) -> None:
    """Raise IndexNameTaken where an alias of ours is the name of an index or, without `take_over`, of an index that no
    program of ours made."""
    found = holders(client, reading, writing)
    if taken := sorted({reading, writing} & found.keys()):
        raise IndexNameTaken(
            f"The server has an index named {taken[0]}, where Paperglot needs the name for an alias: delete that "
            "index, or set another 'prefix' under [index]."
        )
    ours = {**states(reading), **states(writing)} if found else {}
    foreign = sorted(found.keys() - ours.keys())
    if foreign and not take_over:
        raise IndexNameTaken(
            f"The alias {sorted(found[foreign[0]])[0]} names the index {foreign[0]}, which Paperglot did not make or "
            "which has lost what it knew of itself: set another 'prefix', or run 'paperglot rebuild --take-over', "
            "which takes the alias and leaves that index."
        )


def check_privileges(client: Elasticsearch, prefix: str) -> None:
    """Raise EngineRefused, naming what is missing, where the key may not do all that is to come."""
    names = [prefix, f"{prefix}-write", f"{prefix}-papers-*"]
    try:
        answer = client.security.has_privileges(
            cluster=list(CLUSTER_PRIVILEGES), index=[{"names": names, "privileges": list(INDEX_PRIVILEGES)}]
        )
    except ApiError as error:
        if error.status_code in (*_NO_SECURITY, *_UNKNOWN):
            return
        raise
    missing = [f"'{name}' on the cluster" for name, has in answer["cluster"].items() if not has]
    for name, granted in answer["index"].items():
        lacking = ", ".join(f"'{privilege}'" for privilege, has in sorted(granted.items()) if not has)
        missing += [f"{lacking} on {name}"] if lacking else []
    if missing:
        raise EngineRefused(
            f"The API key lacks {'; '.join(missing)} (prefix '{prefix}'): give it these privileges, or the settings "
            "the key that has them. Nothing was written."
        )


def why_no_shard(client: Elasticsearch, index: str) -> str:
    """The sentence about an index that no node takes."""
    explanations: list[str] = []
    with suppress(ApiError):  # it needs the privilege 'monitor'
        answer = client.cluster.allocation_explain(index=index, shard=0, primary=True)
        explanations = [
            decider["explanation"]
            for node in answer.get("node_allocation_decisions", ())
            for decider in node.get("deciders", ())
        ]
    reason = f" ({explanations[0][:200].rstrip('.')})" if explanations else ""
    return (
        f"Elasticsearch has no room for a new index{reason}: the server's disk is fuller than its limit, or no node "
        "takes a shard. Free disk on the server and run 'paperglot rebuild' again. Nothing was written; the former "
        "index serves."
    )
