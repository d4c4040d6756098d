"""Topics: named requests, such as `diffusion-models`, with names for people in several languages.

They are in `topics.toml` of the data folder, or else in the file of that name beside this module. A topic is expanded
when it is asked for: who changes one need not index anything again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer.engine import SearchEngine
from indexer.query.limits import QueryTooLarge, check
from indexer.query.reading import read
from indexer.query.request import PARAMETERS, TOPIC, InvalidRequest, Request, from_parameters
from indexer.query.search import Search
from indexer.query.tree import And, Query
from papers.errors import UsageError
from papers.normalise.traditional import SIMPLIFIED, TRADITIONAL, traditional

FILE = "topics.toml"
SHIPPED = Path(__file__).with_name(FILE)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NOT_FOR_TOPICS = ("sort", "size", "cursor", "page", "languages")
_POSSIBLE = tuple(name for name in PARAMETERS if name not in _NOT_FOR_TOPICS)


class InvalidTopics(UsageError):
    """Raised by `load`: the file of topics cannot be read, or a topic in it is not one."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A named request. `names` are by language."""

    name: str
    request: Request
    names: Mapping[str, str] = field(default_factory=dict)

    def shown(self, language: str) -> str:
        """Its name for people, in this language if it has one."""
        if language == TRADITIONAL and language not in self.names and SIMPLIFIED in self.names:
            return traditional(self.names[SIMPLIFIED])
        return self.names.get(language) or self.names.get("en") or self.name


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics, by name, in the order of their file, and the Query of each as of one day."""

    topics: Mapping[str, Topic]
    queries: Mapping[str, Query]


def file_of(folder: Path | None) -> Path:
    """The file of topics that counts for this data folder."""
    own = folder / FILE if folder else None
    return own if own is not None and own.exists() else SHIPPED


def load(folder: Path | None, today: date) -> Topics:
    """The topics of a data folder. Raises InvalidTopics."""
    file = file_of(folder)
    try:
        return _load(file, file.stat().st_mtime_ns, today)
    except OSError as error:
        raise InvalidTopics(f"The file of topics {file} cannot be read: {error.strerror or error}.") from error


@lru_cache(maxsize=4)
def _load(file: Path, changed_at: int, today: date) -> Topics:
    return parse(file.read_bytes(), today, str(file))


def parse(content: bytes, today: date, where: str = FILE) -> Topics:
    """The topics of a file's content. Raises InvalidTopics."""
    try:
        tables = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidTopics(f"{where} is no TOML file: {error}.") from error
    topics = {name: _topic(name, table, where) for name, table in tables.items()}
    queries: dict[str, Query] = {}
    for name in topics:
        _expand(name, topics, queries, today, where, ())
    return Topics(topics, queries)


def _topic(name: str, table: Any, where: str) -> Topic:
    if not _NAME.fullmatch(name) or not isinstance(table, dict):
        raise InvalidTopics(f"In {where}, '{name}' is no topic: its name has small letters, digits and hyphens.")
    parameters = {key: _texts(value) for key, value in table.items() if key != "names"}
    names = table.get("names", {})
    if not isinstance(names, dict) or not all(isinstance(shown, str) for shown in names.values()):
        raise InvalidTopics(f"In {where}, the names of the topic '{name}' are not texts by language.")
    for key, texts in parameters.items():
        if key not in _POSSIBLE or texts is None:
            raise InvalidTopics(
                f"In {where}, the topic '{name}' has '{key}', which it cannot have: it can have names, "
                f"{', '.join(_POSSIBLE)}."
            )
    known = {key: texts for key, texts in parameters.items() if texts is not None}
    try:
        # Whether the topics that it names exist is looked at when they are expanded.
        request = from_parameters(known, strict=True, topics=known.get(TOPIC, ()))
    except InvalidRequest as error:
        raise InvalidTopics(f"In {where}, the topic '{name}' cannot be used. {error}") from error
    return Topic(name, request, names)


def _texts(value: Any) -> list[str] | None:
    values = value if isinstance(value, list) else [value]
    return [str(text) for text in values] if all(isinstance(text, str | int | date) for text in values) else None


def _expand(
    name: str, topics: Mapping[str, Topic], queries: dict[str, Query], today: date, where: str, above: tuple[str, ...]
) -> None:
    """Put the Query of a topic, and those of all topics in it, into `queries`."""
    if name in queries:
        return
    if name in above:
        raise InvalidTopics(f"In {where}, topics name each other in a circle: {' → '.join((*above, name))}.")
    if name not in topics:
        raise InvalidTopics(f"In {where}, the topic '{above[-1]}' names '{name}', and there is no such topic.")
    request = topics[name].request
    inner = [*_TOPIC_IN_TEXT.findall(request.text), *request.filters.of(TOPIC)]
    for other in inner:
        _expand(other, topics, queries, today, where, (*above, name))
    reading = read(request.text, today, queries)
    if reading.unread:
        parts = ", ".join(f"'{part.text}'" for part in reading.unread)
        raise InvalidTopics(f"In {where}, the text of the topic '{name}' is not understood: {parts}.")
    queries[name] = And((reading.query, request.filters.query(queries)))
    try:
        check(queries[name])
    except QueryTooLarge as error:
        raise InvalidTopics(f"In {where}, the topic '{name}' cannot be used. {error}") from error


_TOPIC_IN_TEXT = re.compile(r'\btopic:\s*"?([a-z0-9-]+)')


def counted(engine: SearchEngine, search: Search, topics: Topics) -> list[tuple[Topic, int]]:
    """The topics that papers of a search have, those of the most first, with how many.

    Each is a search of its own, of 4 ms at 200,000 papers: too many for every page of results.
    """
    names = list(topics.topics)
    counts = engine.count([And((search.whole, topics.queries[name])) for name in names]) if names else ()
    pairs = [(topics.topics[name], count) for name, count in zip(names, counts, strict=True) if count]
    return sorted(pairs, key=lambda pair: -pair[1])
