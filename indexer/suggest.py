"""What may be meant while a reader is still typing: titles, authors, categories, topics, a misspelt word put right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from indexer.analysis import EXACT, terms
from indexer.documents import Document
from indexer.engine import SearchEngine
from indexer.query.evaluate import matches
from indexer.query.request import Filters, Request
from indexer.query.search import MAX_SIZE, Search, Sort
from indexer.query.tree import And, InField, Prefix, Query, Word
from indexer.spelling import can_be_corrected
from papers import categories

MAX_CHARACTERS, MAX_WORDS = 200, 10
_MOST_OF_A_KIND = 3
# Papers whose authors are looked at for a name.
_LOOKED_AT = 40


class SuggestionKind(StrEnum):
    TITLE = "title"
    AUTHOR = "author"
    CATEGORY = "category"
    TOPIC = "topic"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be meant. It leads to a paper, by its id, or to the results of a request."""

    kind: SuggestionKind
    text: str
    target: str | Request


def suggest(
    engine: SearchEngine, text: str, size: int, topic_names: Mapping[str, Sequence[str]] | None = None
) -> tuple[Suggestion, ...]:
    """Up to `size` suggestions for an unfinished text. `topic_names` are the names for people of each topic."""
    words = [word for word in text[:MAX_CHARACTERS].split() if terms(word, EXACT)][:MAX_WORDS]
    if not words or size < 1:
        return ()
    others = [*_categories(" ".join(words)), *_topics(" ".join(words), topic_names or {}), *_authors(engine, words)]
    titles = _titles(engine, words, size)
    if not titles and not others:
        return _spelling(engine, words)[:size]
    chosen_others = others[: max(size - len(titles), size // 2)]
    return (*titles[: size - len(chosen_others)], *chosen_others)


def _unfinished(field: str, words: Sequence[str]) -> Query:
    """The query for papers with all the words in a field; the last may be unfinished."""
    # If the last word is several tokens, it is looked up as it is: no engine finds a phrase that ends in a prefix.
    last = Prefix(words[-1]) if len(terms(words[-1], EXACT)) == 1 else Word(words[-1])
    return InField(field, And((*map(Word, words[:-1]), last)))


def _titles(engine: SearchEngine, words: Sequence[str], size: int) -> list[Suggestion]:
    """Different titles. Of a paper with titles in several languages, only those that match."""
    query = _unfinished("title", words)
    ids: dict[str, str] = {}
    for document in _documents(engine, query, min(size * 2, MAX_SIZE), Sort.RELEVANCE):
        for language, title in document.title.items():
            if matches(query, replace(document, title={language: title})):
                ids.setdefault(title, document.id)
    return [Suggestion(SuggestionKind.TITLE, title, id) for title, id in ids.items()][:size]


def _authors(engine: SearchEngine, words: Sequence[str]) -> list[Suggestion]:
    """Authors with all the words in their name, those of the most papers among the newest first."""
    query = _unfinished("authors", words)
    names: Counter[str] = Counter()
    for document in _documents(engine, query, _LOOKED_AT, Sort.NEWEST):
        names.update(name for name in document.authors if matches(query, replace(document, authors=(name,))))
    return [
        Suggestion(SuggestionKind.AUTHOR, name, Request(text=f'au:"{name}"'))
        for name, _ in names.most_common(_MOST_OF_A_KIND)
    ]


def _documents(engine: SearchEngine, query: Query, size: int, sort: Sort) -> Iterable[Document]:
    return (hit.document for hit in engine.search(Search(query=query, size=size, sort=sort)).hits)


def _categories(text: str) -> list[Suggestion]:
    code = categories.read(text)
    codes = [code] if code in categories.taxonomy() else categories.named(text) if len(text) > 2 else []
    return [
        Suggestion(
            SuggestionKind.CATEGORY,
            f"{code} {categories.name(code)}",
            Request(filters=Filters(values=(("category", code),))),
        )
        for code in codes[:_MOST_OF_A_KIND]
    ]


def _topics(text: str, topic_names: Mapping[str, Sequence[str]]) -> list[Suggestion]:
    start = text.casefold()
    matching = [
        (topic, names[0])
        for topic, names in topic_names.items()
        if any(part.startswith(start) for name in (topic, *names) for part in (name.casefold(),))
    ]
    return [
        Suggestion(SuggestionKind.TOPIC, name, Request(filters=Filters(values=(("topic", topic),))))
        for topic, name in matching[:_MOST_OF_A_KIND]
    ]


def _spelling(engine: SearchEngine, words: Sequence[str]) -> tuple[Suggestion, ...]:
    """The words with the last one put right, if no paper has it."""
    if not can_be_corrected(words[-1].lower()):
        return ()
    texts = (" ".join((*words[:-1], spelling)) for spelling in engine.spellings(words[-1], _MOST_OF_A_KIND))
    return tuple(Suggestion(SuggestionKind.SPELLING, text, Request(text=text)) for text in texts)
