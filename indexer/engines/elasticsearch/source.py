"""Document ⇄ what Elasticsearch keeps of it: fields that are searched, and under `paper` what is only stored."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import orjson

from indexer.analysis import blanked
from indexer.documents import (
    BY_LANGUAGE,
    LANGUAGES,
    Document,
    keyword_values,
    language_field,
    newest_key,
    number_values,
    text_values,
    upvotes_key,
)
from indexer.engines.elasticsearch.mapping import MOMENTS, SHOWN, STORED
from papers.codec import restore

# Field of a Document → field of the index that holds the same.
_SAME = {
    **{name: name for name in (*SHOWN, "id", "number", "seq", "language", "authors", "announced", "comments")},
    **{name: name for name in ("submitted", "updated", "version", "licence", "upvotes", "featured")},
    "categories": "category",
    "sources": "source",
    "day": "date",
}
_ONLY_STORED = ("translated_by", "untranslated", "versions", "keywords")
_SINGLE = ("id", "language", "licence", "comments")


def to_source(document: Document) -> bytes:
    """The document as JSON. What is empty is left out."""
    stored = {name: getattr(document, name) for name in _ONLY_STORED}
    stored |= {name: _of_other_languages(getattr(document, name)) for name in BY_LANGUAGE}
    texts = text_values(document)
    whole = " ".join(chain.from_iterable(texts.values()))
    if blanked(whole) is not whole:
        # Seldom: the fields get what is searched, and the originals are kept beside them.
        texts = {name: [blanked(value) for value in found] for name, found in texts.items()}
        stored |= {name: getattr(document, name) for name in (*BY_LANGUAGE, "authors", "comments")}
    values: dict[str, Any] = keyword_values(document) | texts | number_values(document)
    values |= {name: value[0] for name in _SINGLE if (value := values[name])}
    values |= {name: getattr(document, name) for name in (*MOMENTS, *SHOWN, "seq", "number", "featured")}
    values |= {"date": document.day, "newest_key": newest_key(document), "upvotes_key": upvotes_key(document)}
    values[STORED] = _filled(stored)
    return orjson.dumps(_filled(values), default=list)


def _of_other_languages(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts whose field does not say which language they are in."""
    return {language: text for language, text in texts.items() if language not in LANGUAGES}


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or value == 0}


def from_source(source: dict[str, Any]) -> Document:
    """The document that `to_source` was given."""
    values = {name: source[field] for name, field in _SAME.items() if field in source}
    for name in BY_LANGUAGE:
        fields = {language: source.get(language_field(name, language)) for language in LANGUAGES}
        values[name] = {language: found[0] for language, found in fields.items() if found}
    stored = dict(source.get(STORED, {}))
    for name in BY_LANGUAGE:
        values[name] |= stored.pop(name, {})
    values |= stored
    restore(values)
    return Document(**values)
