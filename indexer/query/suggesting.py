"""Suggests titles while a reader is still typing: which papers to look for, and which of their titles to give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from indexer.analysis import EXACT, terms
from indexer.documents import Document
from indexer.query.evaluate import matches
from indexer.query.tree import And, InField, Prefix, Query, Word

MAX_CHARACTERS, MAX_WORDS = 200, 10


def unfinished(text: str) -> Query | None:
    """The query for titles with all the words of `text`; the last may be unfinished. None if there is no word."""
    words = [word for word in text[:MAX_CHARACTERS].split() if terms(word, EXACT)][:MAX_WORDS]
    if not words:
        return None
    # If the last word is several tokens, it is looked up as it is: no engine finds a phrase that ends in a prefix.
    last = Prefix(words[-1]) if len(terms(words[-1], EXACT)) == 1 else Word(words[-1])
    return InField("title", And((*map(Word, words[:-1]), last)))


def titles(query: Query, documents: Iterable[Document], size: int) -> tuple[str, ...]:
    """Up to `size` different titles. Of a paper with titles in several languages, only those that match `query`."""
    unique_titles = {
        title: None
        for document in documents
        for language, title in document.title.items()
        if matches(query, replace(document, title={language: title}))
    }
    return tuple(unique_titles)[:size]
