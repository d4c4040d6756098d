"""Document ⇄ what Elasticsearch keeps of it: fields that are searched, and under `paper` what is only stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

import orjson

from indexer.analysis import blanked
from indexer.documents import BY_LANGUAGE, LANGUAGES, Document, known
from indexer.engines.elasticsearch.mapping import INDEXED_AT, STORED
from indexer.fields import FIELDS, Field, Kind, language_field
from papers.codec import restore


def _read_value(field: Field) -> Callable[[Document], Any]:
    if field.holds:
        return attrgetter(field.holds)
    read = field.reader
    return read if field.kind is Kind.KEYWORD else lambda document: next(iter(read(document)), None)


_TEXT_READERS = [(field.name, field.reader) for field in FIELDS if field.kind is Kind.TEXT]
# For the other fields, the function that reads the value to be written: a list of keywords, otherwise one value.
_VALUE_READERS = [(field.name, _read_value(field)) for field in FIELDS if field.kind is not Kind.TEXT]
# Texts of which a document has one at most.
_SINGLE_TEXTS = tuple(
    field.name for field in FIELDS if field.kind is Kind.TEXT and field.holds and field.name != "authors"
)
# Fields of the index that hold a field of Document as it is.
_DIRECT_FIELDS = tuple(field for field in FIELDS if field.holds)
_ONLY_STORED = (
    "translated_by", "untranslated", "aligned", "versions", "keywords", "announcements", "author_names",
    "summary", "figures", "html_figures",
)  # fmt: skip


def to_source(document: Document, at: datetime | None = None) -> bytes:
    """The document as JSON, written at `at`. Empty values are left out. Raises TypeError for what JSON cannot hold."""
    stored = {name: getattr(document, name) for name in _ONLY_STORED}
    stored |= {name: _of_other_languages(getattr(document, name)) for name in BY_LANGUAGE}
    texts = {name: list(read(document)) for name, read in _TEXT_READERS}
    all_text = " ".join(text for values in texts.values() for text in values)
    if blanked(all_text) != all_text:
        # This is rare: the fields get the blanked texts for searching, and the originals are stored under `paper`.
        texts = {name: [blanked(value) for value in values] for name, values in texts.items()}
        stored |= {name: getattr(document, name) for name in (*BY_LANGUAGE, "authors", *_SINGLE_TEXTS)}
    values: dict[str, Any] = {name: read(document) for name, read in _VALUE_READERS}
    values |= texts | {INDEXED_AT: at, STORED: _without_empty(stored)}
    values |= {name: texts[name][0] for name in _SINGLE_TEXTS if texts[name]}
    return orjson.dumps(_without_empty(values), default=list)


def _of_other_languages(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts whose field does not say which language they are in."""
    return {language: text for language, text in texts.items() if language not in LANGUAGES}


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or value == 0}


def from_source(source: dict[str, Any]) -> Document:
    """The document that `to_source` was given."""
    values = {field.holds: source[field.name] for field in _DIRECT_FIELDS if field.name in source}
    for name in BY_LANGUAGE:
        fields = {language: source.get(language_field(name, language)) for language in LANGUAGES}
        values[name] = {language: texts[0] for language, texts in fields.items() if texts}
    stored = dict(source.get(STORED, {}))
    for name in BY_LANGUAGE:
        values[name] |= stored.pop(name, {})
    values |= stored
    restore(values)
    return Document(**known(values))
