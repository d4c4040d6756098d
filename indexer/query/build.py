"""What a text says → the Query for it, with the parts that may be left out where nothing has all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import assert_never

from indexer.fields import Field, Kind
from indexer.query import values
from indexer.query.people import may_be_a_name, spelled_with_initials
from indexer.query.syntax import Beginning, Either, Every, Expression, Named, Plain, Quoted, Without, describe
from indexer.query.tree import ALL, And, InField, Near, Not, Or, Phrase, Prefer, Prefix, Query, Term, Word
from indexer.query.words import runs, word, words

# How much earlier a paper comes. A common word in a title is worth about 10, a rare one 30.
WHOLE_TITLE, TITLE_PHRASE, PERSON = 60.0, 15.0, 25.0
_LONGEST_PHRASE = 30
_MOST_PEOPLE = 8


@dataclass(frozen=True, slots=True)
class Built:
    """A Query in parts, all of which must match. `words` are those that a search may do without; `fixed` are not."""

    words: tuple[Query, ...] = ()
    fixed: tuple[Query, ...] = ()
    # In place of `words`, all together: the person whose name they are.
    person: Query | None = None
    preferred: tuple[tuple[Query, float], ...] = ()
    texts: tuple[str, ...] = ()  # of `words`, as they were typed

    @property
    def query(self) -> Query:
        """All of it, with what is preferred."""
        return Prefer(self.exact, self.preferred) if self.preferred else self.exact

    @property
    def exact(self) -> Query:
        """The query without what only puts some papers in front."""
        words: Query = And(self.words)
        positive = Or((words, self.person)) if self.person else words
        parts = [positive] if self.words or self.person else []
        whole = [part for query in [*parts, *self.fixed] for part in _parts_of(query)]
        return whole[0] if len(whole) == 1 else And(tuple(whole))


def _parts_of(query: Query) -> tuple[Query, ...]:
    return query.parts if isinstance(query, And) else (query,)


def build(
    expression: Expression | None, fields: Mapping[str, Field], topics: Mapping[str, Query], today: date
) -> Built:
    """The Query of `expression`; `fields` by their shortest names, `topics` by theirs."""
    builder = _Builder(fields, topics, today)
    if expression is None:
        return Built(fixed=(ALL,))
    parts, people = _people_without_quotes(expression.parts if isinstance(expression, Every) else (expression,))
    texts = [part.text for part in parts if isinstance(part, Plain)]
    others = [part for part in parts if not isinstance(part, Plain)]
    fixed = (*people, *map(builder.query, others))
    if not texts:
        return Built(fixed=fixed)
    plain_words, word_texts = _with_names(texts)
    alone = not fixed
    return Built(
        words=plain_words,
        fixed=fixed,
        person=Term("author", " ".join(texts)) if alone and may_be_a_name(texts) else None,
        preferred=_preferences(texts) if len(texts) > 1 or alone else (),
        texts=word_texts,
    )


def _people_without_quotes(parts: Sequence[Expression]) -> tuple[list[Expression], list[Query]]:
    """The parts without `au:Lena Brandt`, and its Query: the person, or both an author and a word."""
    others: list[Expression] = []
    people: list[Query] = []
    for part in parts:
        before = others[-1] if others else None
        if isinstance(part, Plain) and isinstance(before, Named) and before.name == "au":
            name = before.value.text
            if isinstance(before.value, Plain) and may_be_a_name([name, part.text]):
                both = And((Term("author", name), word(part.text)))
                people.append(Or((Term("author", f"{name} {part.text}"), both)))
                others.pop()
                continue
        others.append(part)
    return others, people


def _with_names(texts: Sequence[str]) -> tuple[tuple[Query, ...], tuple[str, ...]]:
    """What each word finds; words that are a name with initials together find its author, too."""
    queries: list[Query] = []
    word_texts: list[str] = []
    names = dict(spelled_with_initials(list(texts)))
    place = 0
    for start, end in [*names.items(), (len(texts), len(texts))]:
        ordinary = texts[place:start]
        for text, query in zip(ordinary, words(ordinary), strict=True):
            parts = _parts_of(query)
            queries += parts
            word_texts += runs(text) if len(parts) > 1 else [text]
        if start < end:
            name = " ".join(texts[start:end])
            queries.append(Or((And(tuple(words(texts[start:end]))), Term("author", name))))
            word_texts.append(name)
        place = end
    return tuple(queries), tuple(word_texts)


def _preferences(texts: Sequence[str]) -> tuple[tuple[Query, float], ...]:
    text = " ".join(texts)
    preferred: list[tuple[Query, float]] = [(Term("title_whole", text), WHOLE_TITLE)]
    if 1 < len(texts) <= _LONGEST_PHRASE:
        preferred.append((InField("title", Phrase(text)), TITLE_PHRASE))
    pairs = [list(pair) for pair in pairwise(texts) if may_be_a_name(list(pair))]
    people = [" ".join(pair) for pair in pairs[:_MOST_PEOPLE]]
    if may_be_a_name(list(texts)) and text not in people:
        people.append(text)
    return (*preferred, *((Term("author", name), PERSON) for name in people))


class _Builder:
    def __init__(self, fields: Mapping[str, Field], topics: Mapping[str, Query], today: date) -> None:
        self._fields = fields
        self._topics = topics
        self._today = today

    def query(self, expression: Expression) -> Query:
        match expression:
            case Plain(text):
                return word(text)
            case Beginning(text):
                return Prefix(text)
            case Quoted(text, gap):
                return _quoted(text, gap)
            case Named(name, value):
                return self._named(name, value)
            case Every(parts):
                return And(tuple(map(self.query, parts)))
            case Either(parts):
                return Or(tuple(map(self.query, parts)))
            case Without(part):
                return Not(self.query(part))
            case unreachable:
                assert_never(unreachable)

    def _named(self, name: str, value: Plain | Quoted | Beginning) -> Query:
        if name == "all":
            return self.query(value)
        text = f"{value.text}*" if isinstance(value, Beginning) else value.text
        if name == "topic":
            return self._topics[text]
        field = self._fields[name]
        if field.kind is not Kind.TEXT:
            query = values.read(field, text, self._today)
            assert query is not None, describe(Named(name, value))  # the parser has asked before
            return query
        return InField(field.asked_as, self._in_text(value))

    def _in_text(self, value: Plain | Quoted | Beginning) -> Query:
        match value:
            case Plain(text):
                parts = runs(text)
                return And(tuple(map(Word, parts))) if len(parts) > 1 else _without_values(word(text))
            case Quoted(text, None):
                return Phrase(text)
            case Quoted() | Beginning():
                return self.query(value)
            case unreachable:
                assert_never(unreachable)


def _without_values(query: Query) -> Query:
    """The forms of a word alone, without the paper or day that it names."""
    if isinstance(query, Or):
        return Or(tuple(part for part in query.parts if isinstance(part, Word)))
    return query


def _quoted(text: str, gap: int | None) -> Query:
    if gap is not None:
        return Near(tuple(text.split()), gap)
    phrase = Phrase(text)
    return Or((phrase, Term("author", text))) if may_be_a_name(text.split()) else phrase
