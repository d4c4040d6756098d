"""Titles for words that are not typed to their end: which papers to look for, and which of their titles to give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from indexer.analysis import EXACT, terms
from indexer.documents import Document
from indexer.query.evaluate import matches
from indexer.query.tree import And, InField, Prefix, Query, Word

MAX_CHARACTERS, MAX_WORDS = 200, 10


def unfinished(text: str) -> Query | None:
    """Titles with all the words of `text`, the last of which may go on; None where there is no word in it."""
    words = [word for word in text[:MAX_CHARACTERS].split() if terms(word, EXACT)][:MAX_WORDS]
    if not words:
        return None
    # Of several tokens only the last may be unfinished, which no engine looks up in one go.
    last = Prefix(words[-1]) if len(terms(words[-1], EXACT)) == 1 else Word(words[-1])
    return InField("title", And((*map(Word, words[:-1]), last)))


def titles(query: Query, documents: Iterable[Document], size: int) -> tuple[str, ...]:
    """Up to `size` different titles; of a paper in several languages, those that hold the words."""
    found = {
        title: None
        for document in documents
        for language, title in document.title.items()
        if matches(query, replace(document, title={language: title}))
    }
    return tuple(found)[:size]
