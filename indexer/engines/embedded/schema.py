"""tantivy's schema, and a Document as a tantivy document."""

from __future__ import annotations

from functools import cache
from typing import assert_never

import tantivy

from indexer.analysis import ANALYSES, EXACT, STEMMED, analyzer, fold
from indexer.documents import Document, to_json
from indexer.fields import SEARCHED, Field, Kind, number_reader, of_kind

NEWEST = "newest_key"
UPVOTES = "upvotes_key"
STORED = "stored"
# Unstemmed twins, in which prefixes are looked up; authors and comments are unstemmed as they are.
EXACT_TWINS = {"title": "title_exact", "abstract": "abstract_exact"}


@cache
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in SEARCHED:
        if field.kind is Kind.TEXT:
            _add(builder, field)
    for name in EXACT_TWINS.values():
        builder.add_text_field(name, tokenizer_name=EXACT, index_option="basic")
    for field in SEARCHED:
        if field.kind is not Kind.TEXT:
            _add(builder, field)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def _add(builder: tantivy.SchemaBuilder, field: Field) -> None:
    match field.kind:
        case Kind.TEXT:
            builder.add_text_field(field.name, tokenizer_name=STEMMED if field.asked_as in EXACT_TWINS else EXACT)
        case Kind.KEYWORD:  # what is counted is a column, too
            builder.add_text_field(field.name, tokenizer_name="raw", index_option="basic", fast=field.counted)
        case Kind.NUMBER | Kind.DAY | Kind.MOMENT:
            builder.add_unsigned_field(field.name, indexed=True, fast=True)
        case Kind.SORT_KEY:
            builder.add_unsigned_field(field.name, fast=True)
        case other:
            assert_never(other)


# What reads each field off a document.
_TEXTS = [(field.name, EXACT_TWINS.get(field.asked_as), field.reader) for field in of_kind(Kind.TEXT)]
_KEYWORDS = [(field.name, field.reader) for field in of_kind(Kind.KEYWORD)]
_NUMBERS = [(field.name, number_reader(field)) for field in of_kind(Kind.NUMBER, Kind.DAY, Kind.MOMENT, Kind.SORT_KEY)]


def register(index: tantivy.Index) -> None:
    """Give `index` our analyzers; tantivy does not keep them."""
    for analysis in ANALYSES:
        index.register_tokenizer(analysis, analyzer(analysis))


def to_tantivy(document: Document) -> tantivy.Document:
    """The document with everything it is found, counted, sorted and shown by."""
    made = tantivy.Document()
    for name, twin, read in _TEXTS:
        for text in read(document):
            folded = fold(text)
            made.add_text(name, folded)
            if twin:
                made.add_text(twin, folded)
    for name, read in _KEYWORDS:
        for value in read(document):
            made.add_text(name, value)
    for name, numbers in _NUMBERS:
        for number in numbers(document):
            made.add_unsigned(name, number)
    made.add_bytes(STORED, to_json(document))
    return made
