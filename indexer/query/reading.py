"""The text of a request → how it is understood: the Query for it, and what of it was not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from indexer.analysis import EXACT, half_width, terms
from indexer.fields import Field, Kind, text_names
from indexer.query import values
from indexer.query.build import Built, build
from indexer.query.parse import parse
from indexer.query.syntax import Expression, Unread, describe
from indexer.query.tree import ALL, NOTHING, Or, Query, Term
from papers import identifiers
from papers.normalise.readable import readable
from papers.normalise.tex import to_unicode

NO_TOPICS: Mapping[str, Query] = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a text is understood."""

    text: str
    query: Query
    built: Built = field(default_factory=Built)
    expression: Expression | None = None
    unread: tuple[Unread, ...] = ()
    names_paper: Term | None = None  # set if the whole text is an identifier or a DOI

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; the query then matches every paper."""
        return not self.text.strip()

    @property
    def understood(self) -> str:
        """The text as it was understood, in the query language."""
        return describe(self.expression) if self.expression else ""


def read(text: str, today: date, topics: Mapping[str, Query] = NO_TOPICS) -> Reading:
    """How `text` is understood. It never raises, whatever the text is; `topics` are those that it may name."""
    typed = text
    text = half_width(_without_tex(text.replace("\x00", " ")))
    if text.strip() == "*":
        return Reading(typed, ALL)
    short_names, fields = _names()

    def accepts(name: str, value: str) -> bool:
        if name == "topic":
            return value in topics
        if name == "all" or fields[name].kind is Kind.TEXT:
            return bool(terms(value, EXACT))
        return values.read(fields[name], value, today) is not None

    parsed = parse(text, short_names, accepts)
    built = build(parsed.expression, fields, topics, today)
    query = built.query
    if parsed.expression is None and text.strip():
        query = NOTHING  # signs without a word
    named = _named_papers(text)
    if len(named) > 1:
        query = Or(named)
    elif among_words := named or _identifiers_among(built.texts):
        # The papers themselves, and those that have all the words, of which the identifier is one.
        query = Or((*among_words, query))
    return Reading(typed, query, built, parsed.expression, parsed.unread, named[0] if len(named) == 1 else None)


def _without_tex(text: str) -> str:
    return to_unicode(readable(text)) if "\\" in text else text


@cache
def _names() -> tuple[dict[str, str], dict[str, Field]]:
    """Every name of a field → its shortest one, and the shortest one → the field."""
    named_fields = text_names()
    short_names = {alias: row.aliases[0] for alias, row in named_fields.items()}
    fields = {row.aliases[0]: row for row in named_fields.values()}
    return short_names | {"topic": "topic", "all": "all"}, fields


def _identifiers_among(words: Sequence[str]) -> tuple[Term, ...]:
    named = [identifier for word in words if (identifier := identifiers.parse(word))]
    return tuple(Term("id", identifier.key) for identifier in named)


def _named_papers(text: str) -> tuple[Term, ...]:
    """The papers that a text names which holds nothing else."""
    doi = values.as_doi(text.strip())
    if doi and not identifiers.parse(text):
        return (Term("doi", doi),)
    return tuple(Term("id", identifier.key) for identifier in identifiers.parse_all(text)[:60])
