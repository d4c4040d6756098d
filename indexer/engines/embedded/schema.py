"""tantivy's schema, and a Document as a tantivy document."""

from __future__ import annotations

from functools import cache
from typing import assert_never

import tantivy

from indexer.analysis import ANALYSES, EXACT, FINISHED, STEMMED, analyzer, fold
from indexer.documents import Document, to_json
from indexer.fields import SEARCHED, Field, Kind, number_reader, of_kind

STORED = "stored"
# Unstemmed copies of fields, in which prefixes are looked up. Authors and comments are never stemmed.
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
            builder.add_text_field(field.name, tokenizer_name=field.analysis)
        case Kind.KEYWORD:  # `fast` stores a column too, which counting needs
            builder.add_text_field(field.name, tokenizer_name="raw", index_option="basic", fast=field.counted)
        case Kind.NUMBER | Kind.DAY | Kind.MOMENT:
            builder.add_unsigned_field(field.name, indexed=True, fast=True)
        case Kind.SORT_KEY:
            builder.add_unsigned_field(field.name, fast=True)
        case unreachable:
            assert_never(unreachable)


# For each field: its name, for some the name of the unstemmed copy, whether its values are to be folded, and the
# function that reads its values.
_TEXTS = [
    (
        field.name,
        EXACT_TWINS.get(field.asked_as) if field.analysis == STEMMED else None,
        field.analysis != FINISHED,
        field.reader,
    )
    for field in of_kind(Kind.TEXT)
]
_KEYWORDS = [(field.name, field.reader) for field in of_kind(Kind.KEYWORD)]
_NUMBERS = [(field.name, number_reader(field)) for field in of_kind(Kind.NUMBER, Kind.DAY, Kind.MOMENT, Kind.SORT_KEY)]


def register(index: tantivy.Index) -> None:
    """Register our analyzers with `index`; tantivy does not store them."""
    for analysis in ANALYSES:
        index.register_tokenizer(analysis, analyzer(analysis))


def to_tantivy(document: Document) -> tantivy.Document:
    """The document in tantivy's form: its values for searching, counting and sorting, and the whole Document as stored.

    Raises TypeError, ValueError or OverflowError for a value that tantivy cannot take.
    """
    tantivy_document = tantivy.Document()
    for name, twin, is_to_be_folded, read in _TEXTS:
        for text in read(document):
            folded = fold(text) if is_to_be_folded else text
            tantivy_document.add_text(name, folded)
            if twin:
                tantivy_document.add_text(twin, folded)
    for name, read in _KEYWORDS:
        for value in read(document):
            tantivy_document.add_text(name, value)
    for name, read_numbers in _NUMBERS:
        for number in read_numbers(document):
            tantivy_document.add_unsigned(name, number)
    tantivy_document.add_bytes(STORED, to_json(document))
    return tantivy_document
