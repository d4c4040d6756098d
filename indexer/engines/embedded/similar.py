"""Finds papers like a paper, by the terms that tell it apart from the others.

tantivy's own `more_like_this` counts deleted documents among those that hold a term, but not in the total. It panics
when an index has more replaced papers than others.
"""

from __future__ import annotations

from collections import Counter
from heapq import nlargest
from math import log

import tantivy
from tantivy import Occur
from tantivy import Query as TantivyQuery

from indexer.analysis import STEMMED, terms
from indexer.documents import BY_LANGUAGE, Document
from indexer.engines.embedded.schema import schema
from indexer.fields import asked_for

# Real abstracts have about 100 different words; those after the first 25 say nothing about the topic.
TERMS = 25
# A word in the title says as much as three in the abstract.
TITLE_WEIGHT = 3


def query(searcher: tantivy.Searcher, document: Document) -> TantivyQuery | None:
    """The query for papers like `document`, without itself; None if no word tells it apart from other papers."""
    counts: Counter[tuple[str, str]] = Counter()
    for field in (field for name in BY_LANGUAGE for field in asked_for(name)):
        for text in field.values(document)[:1]:
            weight = TITLE_WEIGHT if field.asked_as == "title" else 1
            counts.update({(field.name, term): weight * n for term, n in Counter(terms(text, STEMMED)).items()})
    papers = searcher.num_docs
    weights = {
        key: count * max(0.0, log((papers + 1) / (searcher.doc_freq(*key) + 1))) for key, count in counts.items()
    }
    best = nlargest(TERMS, weights, key=lambda key: (weights[key], key))
    clauses = [(Occur.Should, TantivyQuery.boost_query(_term(*key), weights[key])) for key in best if weights[key] > 0]
    if not clauses:
        return None
    return TantivyQuery.boolean_query(
        [(Occur.Must, TantivyQuery.boolean_query(clauses)), (Occur.MustNot, _term("id", document.id))]
    )


def _term(field: str, value: str) -> TantivyQuery:
    return TantivyQuery.term_query(schema(), field, value, index_option="basic")
