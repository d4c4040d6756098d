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


def occurrences(found: Sequence[str | None], groups: Sequence[Sequence[str]], gap: int) -> list[list[int]]:
    """Where, in the terms of a text by position, the groups of adjacent terms stand in order with at most `gap`
    positions between them in all: the positions of each occurrence.

    A group without terms (a word of punctuation) is nowhere.
    """
    if not groups or not all(groups):
        return []
    patterns = [phrase_pattern(groups, spread) for spread in spreads(len(groups), gap)]
    where: list[list[int]] = []
    first, at = groups[0][0], -1
    for _ in range(found.count(first)):
        at = found.index(first, at + 1)
        for pattern in patterns:
            if all(at + offset < len(found) and found[at + offset] == term for offset, term in pattern):
                where.append([at + offset for offset, _ in pattern])
                break
    return where


def phrase_pattern(groups: Sequence[Sequence[str]], spread: Sequence[int]) -> list[tuple[int, str]]:
    """(offset, term) of every term when the groups are spread so."""
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
    found = terms(text, EXACT)
    return found[0] if len(found) == 1 else None


def spreads(words: int, gap: int) -> list[tuple[int, ...]]:
    """Every way to leave at most `gap` tokens between `words` words: how many before each after the first."""
    if words < 2:
        return [()]
    ends = combinations_with_replacement(range(gap + 1), words - 1)
    return [tuple(b - a for a, b in zip((0, *end), end, strict=False)) for end in ends]
