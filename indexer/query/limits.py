"""How large a Query may be. An engine checks before it compiles: tantivy ends the process on deep nesting,
Elasticsearch refuses 30 levels and 16,384 clauses."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import assert_never

from indexer.analysis import EXACT, terms
from indexer.query.tree import (
    DATE_FIELDS,
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    And,
    AtLeast,
    Category,
    DateRange,
    InField,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefer,
    Prefix,
    Query,
    Term,
    Word,
    children,
)
from papers.errors import UsageError

MAX_DEPTH = 20
MAX_NODES = 1000
MAX_CHARACTERS = 10_000
# Every word or Chinese character is looked up in up to 20 ways (a field, a stemmer), each a clause. Elasticsearch takes
# 16,384 clauses at a heap of 1 GB. Near is written out as one phrase for each way to spread its gaps.
MAX_TERMS = 800


class QueryTooLarge(UsageError):
    """Raised by `check`: the query is nested too deeply or too long for an engine."""


class UnknownField(UsageError):
    """Raised by `check`: a node names a field that cannot be searched in this way."""


def check(query: Query) -> None:
    """Raise QueryTooLarge or UnknownField if an engine must not get `query`. Never recurses."""
    level, depth, nodes, characters, words = [query], 0, 0, 0, 0
    while level:
        depth += 1
        nodes += len(level)
        for node in level:
            characters += _characters(node)
            _check_field(node)
        if depth > MAX_DEPTH:
            raise QueryTooLarge(f"The query is nested more than {MAX_DEPTH} levels deep: write it flatter.")
        if nodes <= MAX_NODES and characters <= MAX_CHARACTERS:
            words += sum(map(_terms, level))
        if nodes > MAX_NODES or characters > MAX_CHARACTERS or words > MAX_TERMS:
            raise QueryTooLarge(
                f"The query is too long: at most {MAX_NODES} conditions and {MAX_TERMS:,} words or Chinese characters "
                "are read."
            )
        level = [child for node in level for child in children(node)]


def _characters(node: Query) -> int:
    match node:
        case Word(text) | Phrase(text) | Prefix(text):
            return len(text)
        case Near(words, gap):
            if gap < 0 or _spreads(words, gap) * len(words) > MAX_TERMS:
                raise QueryTooLarge(f"{len(words)} words within {gap} of each other are too many: ask for fewer.")
            return sum(map(len, words))
        case (
            InField() | Category() | Term() | DateRange() | NumberRange() | And() | Or() | Not() | AtLeast() | Prefer()
        ):
            return 0
        case unreachable:
            assert_never(unreachable)


def _spreads(words: Sequence[str], gap: int) -> int:
    gap_count = max(len(words) - 1, 0)
    return comb(gap + gap_count, gap_count)


def _terms(node: Query) -> int:
    """How many terms are looked up for this node, in each field."""
    match node:
        case Word(text) | Phrase(text) | Prefix(text):
            return len(terms(text, EXACT))
        case Near(words, gap):
            return _spreads(words, gap) * sum(len(terms(word, EXACT)) for word in words)
        case (
            InField() | Category() | Term() | DateRange() | NumberRange() | And() | Or() | Not() | AtLeast() | Prefer()
        ):
            return 1
        case unreachable:
            assert_never(unreachable)


def _check_field(node: Query) -> None:
    names: tuple[str, ...]
    match node:
        case InField(field, _):
            names = TEXT_FIELDS
        case Term(field, _):
            names = KEYWORD_FIELDS
        case DateRange(field, _, _):
            names = DATE_FIELDS
        case NumberRange(field, _, _):
            names = NUMBER_FIELDS
        case Word() | Phrase() | Near() | Prefix() | Category() | And() | Or() | Not() | AtLeast() | Prefer():
            return
        case unreachable:
            assert_never(unreachable)
    if field not in names:
        raise UnknownField(f"There is no field '{field}' for this kind of condition: it can be {', '.join(names)}.")
