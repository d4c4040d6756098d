"""tantivy's schema, and a Document as a tantivy document."""

from __future__ import annotations

from functools import cache

import tantivy

from indexer.analysis import ANALYSES, EXACT, STEMMED, analyzer, fold
from indexer.documents import (
    COUNTED,
    KEYWORDS,
    Document,
    keyword_values,
    newest_key,
    number_values,
    text_fields,
    text_values,
    to_json,
    upvotes_key,
)

NUMBERS = ("year", "month", "version", "upvotes", "date", "submitted", "updated", "featured")
NEWEST = "newest_key"
UPVOTES = "upvotes_key"
STORED = "stored"
# Unstemmed twins, in which prefixes are looked up; authors and comments are unstemmed as they are.
EXACT_TWINS = ("title_exact", "abstract_exact")
TITLE_EXACT, ABSTRACT_EXACT = EXACT_TWINS


@cache
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in (*text_fields("title"), *text_fields("abstract")):
        builder.add_text_field(name, tokenizer_name=STEMMED)
    for name in ("authors", "comments"):
        builder.add_text_field(name, tokenizer_name=EXACT)
    for name in EXACT_TWINS:
        builder.add_text_field(name, tokenizer_name=EXACT, index_option="basic")
    for name in KEYWORDS:  # what is counted is a column, too
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in COUNTED)
    for name in NUMBERS:
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in (NEWEST, UPVOTES):
        builder.add_unsigned_field(name, fast=True)
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Give `index` our analyzers; tantivy does not keep them."""
    for analysis in ANALYSES:
        index.register_tokenizer(analysis, analyzer(analysis))


def to_tantivy(document: Document) -> tantivy.Document:
    """The document with everything it is found, counted, sorted and shown by."""
    made = tantivy.Document()
    for name, values in text_values(document).items():
        twin = TITLE_EXACT if name.startswith("title") else ABSTRACT_EXACT if name.startswith("abstract") else None
        for value in values:
            folded = fold(value)
            made.add_text(name, folded)
            if twin:
                made.add_text(twin, folded)
    for name, values in keyword_values(document).items():
        for value in values:
            made.add_text(name, value)
    for name, number in number_values(document).items():
        made.add_unsigned(name, number)
    made.add_unsigned(NEWEST, newest_key(document))
    made.add_unsigned(UPVOTES, upvotes_key(document))
    made.add_bytes(STORED, to_json(document))
    return made
