"""Generations of an index as `<prefix>-<generation>`, read by the alias `<prefix>` and written by `<prefix>-write`.

What an index knows of itself lies in the `_meta` of its mapping, so that it comes and goes with it.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, fields
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from indexer.engine import IndexState, IndexWriteFailed
from indexer.engines.elasticsearch.mapping import stamp, template

_META = "paperglot"
_SAID = {field.name for field in fields(IndexState)} - {"documents"}
# An index that an earlier program made says no more than this of itself.
_ALWAYS_SAID = {"generation", "epoch", "stamp", "cursor"}


class Generations:
    """The generations of one prefix. The client's errors go through; see `client.translated`."""

    def __init__(self, client: Elasticsearch, prefix: str, *, shards: int, replicas: int) -> None:
        self.reading = prefix
        self.writing = f"{prefix}-write"
        self._client = client
        self._prefix = prefix
        self._shards = shards
        self._replicas = replicas

    def index(self, generation: str) -> str:
        return f"{self._prefix}-{generation}"

    def current(self) -> IndexState | None:
        """What is searched now; `documents` is not counted."""
        found = self._states(self.reading)
        return next(iter(found.values()), None)

    def _states(self, name: str) -> dict[str, IndexState]:
        """Index → state, of those under this name that are ours."""
        try:
            found = self._client.indices.get_mapping(index=name, filter_path="*.mappings._meta")
        except NotFoundError:
            return {}
        states = {}
        for index, entry in found.items():
            meta = entry["mappings"]["_meta"].get(_META, {})
            # An index of a later version may say more of itself.
            if meta.keys() >= _ALWAYS_SAID:
                states[index] = IndexState(**{name: meta[name] for name in _SAID & meta.keys()}, documents=0)
        return states

    def write_state(self, state: IndexState) -> None:
        """Note it with its index; raises IndexWriteFailed where that has been replaced by something else."""
        index = self.index(state.generation)
        if index not in self._states(index):
            raise IndexWriteFailed(f"The index {index} is gone: run 'paperglot rebuild'.")
        self._client.indices.put_mapping(index=index, meta=_meta(state))

    def begin(self, epoch: str) -> IndexState:
        """A new, empty generation, after removing every other but the one that is searched."""
        self._put_template()
        self.remove_others(self.current())
        state = IndexState(generation=secrets.token_hex(6), epoch=epoch, stamp=stamp(), cursor=0, documents=0)
        self._client.indices.create(
            index=self.index(state.generation),
            mappings={"_meta": _meta(state)},
            # While it is filled nobody reads it: a copy would only be written twice.
            settings={"auto_expand_replicas": "false", "number_of_replicas": 0},
        )
        return state

    def _put_template(self) -> None:
        """Put the template, unless it is there: the server takes a third of a second to try the analysis in it."""
        meta = {"stamp": stamp(), "shards": self._shards, "replicas": self._replicas}
        try:
            found = self._client.indices.get_index_template(
                name=self._prefix, filter_path="index_templates.index_template._meta"
            )
        except NotFoundError:
            found = None
        if found and [entry["index_template"]["_meta"] for entry in found["index_templates"]] == [meta]:
            return
        made = template(self._prefix, shards=self._shards, replicas=self._replicas)
        self._client.indices.put_index_template(name=self._prefix, meta=meta, **made)

    def remove_others(self, kept: IndexState | None) -> None:
        """Remove every generation but this one."""
        for index in self._leftover(kept):
            self._client.indices.delete(index=index, ignore_unavailable=True)

    def remove(self, state: IndexState) -> None:
        """Remove this generation, which must not be the one that is searched."""
        self._client.indices.delete(index=self.index(state.generation), ignore_unavailable=True)

    def _leftover(self, kept: IndexState | None) -> list[str]:
        """The indices of all generations but `kept`."""
        return [
            index
            for index, state in self._states(f"{self._prefix}-*").items()
            if index == self.index(state.generation) and (not kept or state.generation != kept.generation)
        ]

    def publish(self, state: IndexState) -> None:
        """Make this generation the one that is read and written, and remove the others, all in one step.

        The one that was read is kept until the next time: searches of it may be under way. Besides there can be one
        that `begin` did not see: the server goes on creating an index for a while after the program that asked for it
        was killed.
        """
        new = self.index(state.generation)
        self._client.indices.put_settings(index=new, settings={"auto_expand_replicas": f"0-{self._replicas}"})
        read = {index for index in self._states(self.reading) if index != new}
        leftover = {*self._leftover(state)} - read
        self._client.indices.update_aliases(
            actions=[
                {"add": {"index": new, "alias": self.reading}},
                {"add": {"index": new, "alias": self.writing, "is_write_index": True}},
                *({"remove": {"index": index, "aliases": [self.reading, self.writing]}} for index in sorted(read)),
                *({"remove_index": {"index": index}} for index in sorted(leftover)),
            ]
        )


def _meta(state: IndexState) -> dict[str, Any]:
    values = asdict(state)
    del values["documents"]
    return {_META: values}
