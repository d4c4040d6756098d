"""Checks before an index is filled: free names, privileges, disk space. Each error is a sentence for the user.

Filling 3 million papers takes twenty minutes, so what would fail at the end is checked first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from indexer.engine import EngineRefused, IndexNameTaken, IndexState

# The privileges of Elasticsearch that filling, publishing and removing an index need.
INDEX_PRIVILEGES = ("manage", "read", "view_index_metadata", "write")
CLUSTER_PRIVILEGES = ("manage_index_templates",)
# A server whose security is switched off knows no privileges.
_NO_SECURITY = (400, 404, 405)
# The server cannot say now. If it does not allow something, it will say so when that is requested.
_UNKNOWN = (503,)


def holders(client: Elasticsearch, reading: str, writing: str) -> dict[str, set[str]]:
    """Index → which of the two aliases it has. An index that itself has such a name is listed without any."""
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
    """Raise IndexNameTaken if one of our aliases is the name of an index, or points to an index that is not ours.

    `take_over` allows the second.
    """
    aliases = holders(client, reading, writing)
    if taken_names := sorted({reading, writing} & aliases.keys()):
        raise IndexNameTaken(
            f"The server has an index named {taken_names[0]}, where Paperglot needs the name for an alias: delete that "
            "index, or set another 'prefix' under [index]."
        )
    own_states = {**states(reading), **states(writing)} if aliases else {}
    foreign = sorted(aliases.keys() - own_states.keys())
    if foreign and not take_over:
        raise IndexNameTaken(
            f"The alias {sorted(aliases[foreign[0]])[0]} names the index {foreign[0]}, which Paperglot did not make or "
            "which has lost what it knew of itself: set another 'prefix', or run 'paperglot rebuild --take-over', "
            "which takes the alias and leaves that index."
        )


def check_privileges(client: Elasticsearch, prefix: str) -> None:
    """Raise EngineRefused, with the missing privileges, if the key lacks any that filling an index needs."""
    names = [prefix, f"{prefix}-write", f"{prefix}-papers-*"]
    try:
        answer = client.security.has_privileges(
            cluster=list(CLUSTER_PRIVILEGES), index=[{"names": names, "privileges": list(INDEX_PRIVILEGES)}]
        )
    except ApiError as error:
        if error.status_code in (*_NO_SECURITY, *_UNKNOWN):
            return
        raise
    missing = [f"'{name}' on the cluster" for name, granted in answer["cluster"].items() if not granted]
    for name, privileges in answer["index"].items():
        missing_names = ", ".join(f"'{privilege}'" for privilege, granted in sorted(privileges.items()) if not granted)
        missing += [f"{missing_names} on {name}"] if missing_names else []
    if missing:
        raise EngineRefused(
            f"The API key lacks {'; '.join(missing)} (prefix '{prefix}'): give it these privileges, or name a key "
            "that has them in the settings. Nothing was written."
        )


def why_no_shard(client: Elasticsearch, index: str) -> str:
    """A sentence for the user: why no node takes a shard of this index."""
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
        "index is still searched."
    )
