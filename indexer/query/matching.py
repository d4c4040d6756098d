"""The terms, values and patterns that a query looks for: for the evaluator, both compilers and the highlighter."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations_with_replacement

from indexer.analysis import EXACT, STEMMED, STEMMERS, terms
from indexer.documents import BY_LANGUAGE
from indexer.field_values import archive_of
from indexer.fields import Field, asked_for
from papers.categories import resolve

Groups = tuple[tuple[str, ...], ...]  # the terms of each word


def text_lookups(name: str, words: Sequence[str]) -> list[tuple[Field, Groups]]:
    """Where words are looked for, if a text field of a Query is asked for them: fields of an index, each with the terms
    of each word. Any of these lookups is enough. A word without terms (punctuation) is found nowhere."""
    asked_words = tuple(words)
    return [(field, groups) for field in asked_for(name) for groups in _groups(asked_words, field.query_analyses)]


@lru_cache(maxsize=8192)
def _groups(words: tuple[str, ...], analyses: tuple[str, ...]) -> tuple[Groups, ...]:
    """The different terms of words that some analyses give; () if a word has none."""
    all_groups = {tuple(tuple(terms(word, analysis)) for word in words): None for analysis in analyses}
    return tuple(groups for groups in all_groups if groups and all(groups))


def text_analyses(name: str, language: str) -> tuple[str, ...]:
    """The analyses by which words are found in a title or abstract in this language, or in another text."""
    if name not in BY_LANGUAGE:
        return (EXACT,)
    return (STEMMED, language) if language in STEMMERS else (STEMMED,)


def term_values(name: str, value: str) -> tuple[str, ...]:
    """The values that a keyword field is looked up by; any of them is enough, and () matches no paper."""
    (field,) = asked_for(name)
    return tuple(field.reads(value))


def category_value(code: str) -> tuple[str, str]:
    """The name and value of the keyword field that a category is looked up in."""
    if code.endswith(".*"):
        return ("archive", archive_of(code[:-2]))
    return ("category", resolve(code))


def occurrences(text_terms: Sequence[str | None], groups: Sequence[Sequence[str]], gap: int) -> list[list[int]]:
    """The positions of each occurrence of `groups` in a text, whose terms are given in the order of their positions.

    In an occurrence the terms of a group are adjacent, and the groups are in order, with at most `gap` positions
    between them in all. A group without terms (a word of punctuation) never occurs.
    """
    if not groups or not all(groups):
        return []
    if len(groups) == 1 and len(groups[0]) == 1:
        (term,) = groups[0]
        return [[place] for place, text_term in enumerate(text_terms) if text_term == term]
    patterns = [phrase_pattern(groups, spread) for spread in spreads(len(groups), gap)]
    places: list[list[int]] = []
    first, start = groups[0][0], -1
    for _ in range(text_terms.count(first)):
        start = text_terms.index(first, start + 1)
        for pattern in patterns:
            if all(start + offset < len(text_terms) and text_terms[start + offset] == term for offset, term in pattern):
                places.append([start + offset for offset, _ in pattern])
                break
    return places


def phrase_pattern(groups: Sequence[Sequence[str]], spread: Sequence[int]) -> list[tuple[int, str]]:
    """(offset, term) of every term, if `spread` says how many positions to leave before each group but the first."""
    pattern: list[tuple[int, str]] = []
    offset = 0
    for number, group in enumerate(groups):
        offset += spread[number - 1] if number else 0
        for term in group:
            pattern.append((offset, term))
            offset += 1
    return pattern


def prefix_term(text: str) -> str | None:
    """What a token must begin with; None where the text is not exactly one token."""
    tokens = terms(text, EXACT)
    return tokens[0] if len(tokens) == 1 else None


def spreads(words: int, gap: int) -> list[tuple[int, ...]]:
    """Every way to leave at most `gap` tokens between `words` words: how many before each word but the first."""
    if words < 2:
        return [()]
    ends = combinations_with_replacement(range(gap + 1), words - 1)
    return [tuple(b - a for a, b in zip((0, *end), end, strict=False)) for end in ends]
