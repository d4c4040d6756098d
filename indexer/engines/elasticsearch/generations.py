"""Generations of an index as `<prefix>-papers-<generation>`, read by the alias `<prefix>` and written by
`<prefix>-write`.

What an index knows of itself lies in the `_meta` of its mapping, so that it comes and goes with it. Indices that an
earlier program named `<prefix>-<generation>` count as generations, too.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from http import HTTPStatus
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from indexer.engine import IndexNameTaken, IndexState, IndexWriteFailed
from indexer.engines.elasticsearch import preparation, templates
from indexer.engines.elasticsearch.mapping import stamp
from indexer.engines.elasticsearch.templates import family

_META = "paperglot"
_SAID = {field.name for field in fields(IndexState)} - {"documents"}
# An index that an earlier program made says no more than this of itself.
_ALWAYS_SAID = {"generation", "epoch", "stamp", "cursor"}
# A node that is busy takes a while to start a shard.
_SECONDS_FOR_A_SHARD = "15s"


class Generations:
    """The generations of one prefix. The client's errors go through; see `client.translated`."""

    def __init__(self, client: Elasticsearch, prefix: str, *, shards: int, replicas: int) -> None:
        self.reading = prefix
        self.writing = f"{prefix}-write"
        self._client = client
        self._shards = shards
        self._replicas = replicas
        self._replaced: set[str] = set()  # the generations that were searched when the one that is written was begun

    def index(self, generation: str) -> str:
        return f"{family(self.reading)}-{generation}"

    # Looking

    def current(self) -> IndexState | None:
        """What is searched now; `documents` is not counted."""
        states = self._states(self.reading)
        return next(iter(states.values()), None)

    def others(self) -> list[IndexState]:
        """The generations that are not searched, with how many documents each has."""
        read = self._states(self.reading)
        return [
            replace(state, documents=self._documents(index))
            for index, state in self._all().items()
            if index not in read
        ]

    def _documents(self, index: str) -> int:
        """How many documents an index has; 0 while no shard of it has started, as when its maker was just killed."""
        try:
            return int(self._client.count(index=index)["count"])
        except ApiError as error:
            if error.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                raise
            return 0

    def check_names(self, *, take_over: bool = False) -> None:
        """See `preparation.check_names`."""
        preparation.check_names(self._client, self.reading, self.writing, self._states, take_over=take_over)

    def _all(self) -> dict[str, IndexState]:
        """Index → state, of every generation of this prefix."""
        states = self._states(f"{self.reading}-*")
        return {
            index: state
            for index, state in states.items()
            if index in (self.index(state.generation), f"{self.reading}-{state.generation}")
        }

    def _states(self, name: str) -> dict[str, IndexState]:
        """Index → state, of those under this name that a program of ours made."""
        try:
            answer = self._client.indices.get_mapping(index=name, filter_path="*.mappings._meta")
        except NotFoundError:
            return {}
        states = {}
        for index, entry in answer.items():
            meta = entry["mappings"]["_meta"].get(_META, {})
            # An index of a later version may say more of itself.
            if meta.keys() >= _ALWAYS_SAID:
                states[index] = IndexState(**{name: meta[name] for name in _SAID & meta.keys()}, documents=0)
        return states

    # Making

    def write_state(self, state: IndexState) -> None:
        """Note it with its index; raises IndexWriteFailed where that has been replaced by something else."""
        index = self.index(state.generation)
        if index not in self._states(index):
            raise IndexWriteFailed(f"The index {index} is gone: run 'paperglot rebuild'.")
        self._client.indices.put_mapping(index=index, meta=_meta(state))

    def begin(self, epoch: str, *, take_over: bool = False) -> IndexState:
        """A new, empty generation, after a look at all that must be there at the end, and after removing every other
        one of this catalogue but the one that is searched."""
        preparation.check_privileges(self._client, self.reading)
        self.check_names(take_over=take_over)
        self.go_on()
        templates.put(self._client, self.reading, shards=self._shards, replicas=self._replicas)
        current = self.current()
        self._remove({i: s for i, s in self._all().items() if s.epoch == epoch and not _is_same(s, current)})
        state = IndexState(generation=secrets.token_hex(6), epoch=epoch, stamp=stamp(), cursor=0, documents=0)
        index = self.index(state.generation)
        answer = self._client.options(request_timeout=60).indices.create(
            index=index,
            mappings={"_meta": _meta(state)},
            # While it is filled nobody reads it: a copy would only be written twice.
            settings={"auto_expand_replicas": "false", "number_of_replicas": 0},
            wait_for_active_shards="1",
            timeout=_SECONDS_FOR_A_SHARD,
        )
        if not answer["shards_acknowledged"]:
            reason = preparation.why_no_shard(self._client, index)
            self.remove(state)
            raise IndexWriteFailed(reason)
        return state

    def go_on(self) -> None:
        """Look at what is searched before a generation is filled that is to replace it."""
        self._replaced = {state.generation for state in self._states(self.reading).values()}

    def remove_others(self, kept: IndexState) -> None:
        """Remove every generation of the catalogue of this one, but it and one that was begun and can be carried on."""
        self._remove(
            {
                index: state
                for index, state in self._all().items()
                if state.epoch == kept.epoch and not _is_same(state, kept) and not _can_go_on(state)
            }
        )

    def remove(self, state: IndexState) -> None:
        """Remove this generation, which must not be the one that is searched."""
        self._remove({self.index(state.generation): state})

    def _remove(self, states: Mapping[str, IndexState]) -> None:
        for index in states:
            self._client.indices.delete(index=index, ignore_unavailable=True)

    def publish(self, state: IndexState) -> None:
        """Make this generation the one that is read and written, and remove the others, all in one step.

        The one that was read is kept until the next time: searches of it may be under way. Besides there can be one
        that `begin` did not see: the server goes on creating an index for a while after the program that asked for it
        was killed. What belonged to another catalogue is this one's from now on.
        """
        new = self.index(state.generation)
        self._client.indices.put_settings(index=new, settings={"auto_expand_replicas": f"0-{self._replicas}"})
        read = {index: one for index, one in self._states(self.reading).items() if index != new}
        for index, former in read.items():
            if former.epoch != state.epoch:
                if former.generation not in self._replaced:
                    raise IndexNameTaken(
                        f"Another catalogue has put its index under the prefix '{self.reading}' meanwhile: set another "
                        "'prefix' under [index]."
                    )
                self._client.indices.put_mapping(index=index, meta=_meta(replace(former, epoch=state.epoch)))
        own = {index for index, one in self._all().items() if one.epoch == state.epoch}
        named = preparation.holders(self._client, self.reading, self.writing)
        self._client.indices.update_aliases(
            actions=[
                *(
                    {"remove": {"index": index, "alias": alias}}
                    for index, aliases in sorted(named.items())
                    for alias in sorted(aliases)
                    if index != new
                ),
                {"add": {"index": new, "alias": self.reading}},
                {"add": {"index": new, "alias": self.writing, "is_write_index": True}},
                *({"remove_index": {"index": index}} for index in sorted(own - {new} - read.keys())),
            ]
        )


def _is_same(state: IndexState, other: IndexState | None) -> bool:
    return other is not None and state.generation == other.generation


def _can_go_on(state: IndexState) -> bool:
    return not state.published and state.stamp == stamp()


def _meta(state: IndexState) -> dict[str, Any]:
    values = asdict(state)
    del values["documents"]
    return {_META: values}
