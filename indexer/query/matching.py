"""The terms, values and patterns that a query looks for: for the evaluator, both compilers and the highlighter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement

from indexer.analysis import EXACT, STEMMED, terms
from indexer.fields import archive_of
from papers.categories import resolve
from papers.normalise import names


def analysis_of(field: str) -> str:
    """Titles and abstracts are stemmed; names and comments are not."""
    return STEMMED if field.startswith(("title", "abstract")) else EXACT


def term_value(field: str, value: str) -> str:
    """The value that a keyword field is looked up by."""
    if field == "author":
        return names.query_key(value)
    return value.lower() if field == "keyword" else resolve(value) if field == "primary" else value


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
