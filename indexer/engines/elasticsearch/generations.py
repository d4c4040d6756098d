"""Generations of an index as `<prefix>-papers-<generation>`, read by the alias `<prefix>` and written by
`<prefix>-write`.

The state of an index is stored in the `_meta` of its mapping, so that it is removed together with the index. Indices
that an earlier program named `<prefix>-<generation>` count as generations, too.
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
_STATE_FIELDS = {field.name for field in fields(IndexState)} - {"documents"}
# An index that an earlier program made has only these.
_REQUIRED_FIELDS = {"generation", "epoch", "stamp", "cursor"}
# A node that is busy takes a while to start a shard.
_SECONDS_FOR_A_SHARD = "15s"


class Generations:
    """The generations of one prefix. The client's errors are not converted; see `client.translated`."""

    def __init__(self, client: Elasticsearch, prefix: str, *, shards: int, replicas: int) -> None:
        self.reading = prefix
        self.writing = f"{prefix}-write"
        self._client = client
        self._shards = shards
        self._replicas = replicas
        self._replaced: set[str] = set()  # the generations that were searched when the new one was begun

    def index(self, generation: str) -> str:
        """The name of the index of a generation."""
        return f"{family(self.reading)}-{generation}"

    # Looking

    def current(self) -> IndexState | None:
        """What is searched now; `documents` is not counted."""
        states = self._states(self.reading)
        return next(iter(states.values()), None)

    def others(self) -> list[IndexState]:
        """The generations that are not searched, with how many documents each has."""
        searched = self._states(self.reading)
        return [
            replace(state, documents=self._documents(index))
            for index, state in self._all().items()
            if index not in searched
        ]

    def _documents(self, index: str) -> int:
        """How many documents an index has; 0 while none of its shards has started, as after its program was killed."""
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
        """Index → state, of the indices that this name, alias or pattern means and that Paperglot made."""
        try:
            answer = self._client.indices.get_mapping(index=name, filter_path="*.mappings._meta")
        except NotFoundError:
            return {}
        states = {}
        for index, entry in answer.items():
            meta = entry["mappings"]["_meta"].get(_META, {})
            # An index of a later version may have more fields.
            if meta.keys() >= _REQUIRED_FIELDS:
                states[index] = IndexState(**{name: meta[name] for name in _STATE_FIELDS & meta.keys()}, documents=0)
        return states

    # Making

    def write_state(self, state: IndexState) -> None:
        """Store the state with its index. Raises IndexWriteFailed if that index is gone or is not ours any more."""
        index = self.index(state.generation)
        if index not in self._states(index):
            raise IndexWriteFailed(f"The index {index} is gone: run 'paperglot rebuild'.")
        self._client.indices.put_mapping(index=index, meta=_meta(state))

    def begin(self, epoch: str, *, take_over: bool = False) -> IndexState:
        """Make a new, empty generation; returns its state.

        First, everything that publishing needs is checked, and every other generation of this catalogue is removed,
        but not the one that is searched. Raises EngineRefused, IndexNameTaken and IndexWriteFailed.
        """
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
            # Nobody reads it while it is filled: with a copy, everything would only be written twice.
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
        """Note which generations are searched now. Call this before filling the generation that is to replace them."""
        self._replaced = {state.generation for state in self._states(self.reading).values()}

    def remove_others(self, own_state: IndexState) -> None:
        """Remove the other generations of the same catalogue, except those that were begun and can be carried on."""
        self._remove(
            {
                index: state
                for index, state in self._all().items()
                if state.epoch == own_state.epoch and not _is_same(state, own_state) and not _can_be_resumed(state)
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

        The one that was read before is kept until the next `publish`: searches of it may still be running. Among the
        others may be one that `begin` did not see: the server goes on creating an index for a while after the program
        that asked for it was killed. A replaced index of another catalogue belongs to this catalogue from now on.
        Raises IndexNameTaken if another catalogue has put its index under this prefix meanwhile.
        """
        new = self.index(state.generation)
        self._client.indices.put_settings(index=new, settings={"auto_expand_replicas": f"0-{self._replicas}"})
        read_indices = {index: candidate for index, candidate in self._states(self.reading).items() if index != new}
        for index, former in read_indices.items():
            if former.epoch != state.epoch:
                if former.generation not in self._replaced:
                    raise IndexNameTaken(
                        f"Another catalogue has put its index under the prefix '{self.reading}' meanwhile: set another "
                        "'prefix' under [index]."
                    )
                self._client.indices.put_mapping(index=index, meta=_meta(replace(former, epoch=state.epoch)))
        own_indices = {index for index, candidate in self._all().items() if candidate.epoch == state.epoch}
        aliases_by_index = preparation.holders(self._client, self.reading, self.writing)
        self._client.indices.update_aliases(
            actions=[
                *(
                    {"remove": {"index": index, "alias": alias}}
                    for index, aliases in sorted(aliases_by_index.items())
                    for alias in sorted(aliases)
                    if index != new
                ),
                {"add": {"index": new, "alias": self.reading}},
                {"add": {"index": new, "alias": self.writing, "is_write_index": True}},
                *({"remove_index": {"index": index}} for index in sorted(own_indices - {new} - read_indices.keys())),
            ]
        )


def _is_same(state: IndexState, other_state: IndexState | None) -> bool:
    return other_state is not None and state.generation == other_state.generation


def _can_be_resumed(state: IndexState) -> bool:
    return not state.published and state.stamp == stamp()


def _meta(state: IndexState) -> dict[str, Any]:
    values = asdict(state)
    del values["documents"]
    return {_META: values}
