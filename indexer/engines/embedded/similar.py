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
from indexer.engines.embedded.compile import Compiler
from indexer.fields import asked_for

# Real abstracts have about 100 different words; those after the first 25 say nothing about the topic.
TERMS = 25
# A word in the title says as much as three in the abstract.
TITLE_WEIGHT = 3


def query(compiler: Compiler, searcher: tantivy.Searcher, document: Document) -> TantivyQuery | None:
    """The query for papers like `document`, without itself; None if no word tells it apart from other papers."""
    weights = term_weights(searcher, document)
    clauses = [(Occur.Should, TantivyQuery.boost_query(compiler.term(*key), weight)) for key, weight in weights.items()]
    if not clauses:
        return None
    return TantivyQuery.boolean_query(
        [(Occur.Must, TantivyQuery.boolean_query(clauses)), (Occur.MustNot, compiler.term("id", document.id))]
    )


def term_weights(searcher: tantivy.Searcher, document: Document) -> dict[tuple[str, str], float]:
    """The terms that tell a document apart, as (field, term), with their weights: tf-idf, TERMS of each language."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for field in (field for name in BY_LANGUAGE for field in asked_for(name) if field.analysis == STEMMED):
        language = field.name.rpartition("_")[2]
        for text in field.values(document)[:1]:
            weight = TITLE_WEIGHT if field.asked_as == "title" else 1
            counter = counts.setdefault(language, Counter())
            counter.update({(field.name, term): weight * n for term, n in Counter(terms(text, STEMMED)).items()})
    papers = searcher.num_docs
    weights: dict[tuple[str, str], float] = {}
    for counter in counts.values():
        of_language = {
            key: count * max(0.0, log((papers + 1) / (searcher.doc_freq(*key) + 1))) for key, count in counter.items()
        }
        best = nlargest(TERMS, of_language, key=lambda key: (of_language[key], key))
        weights |= {key: of_language[key] for key in best if of_language[key] > 0}
    return weights
