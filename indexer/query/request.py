"""Request: what a reader asks for, and its address. Page, API, feeds, topics, digests and alerts all store one.

A Request and its parameters (`q=attention&category=cs.CL&sort=newest`) say exactly the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from indexer.fields import FILTERS, Kind
from indexer.query import values
from indexer.query.search import DEFAULT_SIZE, MAX_NUMBERED_HITS, MAX_SIZE, Sort, is_cursor
from indexer.query.tree import ALL, NOTHING, And, Category, DateRange, Or, Query, Term
from papers import categories
from papers.errors import UsageError

TOPIC = "topic"
FILTER_NAMES = (*FILTERS, TOPIC)
# The parameters, in the order in which an address has them.
PARAMETERS = ("q", *FILTER_NAMES, "from", "until", "languages", "sort", "size", "cursor", "page")
_REPEATED = frozenset(FILTER_NAMES)
_MOST_FILTERS = 20
_LONGEST_VALUE = 100
# Filters have only whole numbers and words: none depends on today.
_LANGUAGE = re.compile("[a-z]{2,8}")
_ANY_DAY = date(2000, 1, 1)


class InvalidRequest(UsageError):
    """Raised by a strict `from_parameters`: a parameter is unknown, or has a value that it cannot have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions beside the text. A paper needs one of the values of each filter, but all of those of `has`.

    Categories are taken in any case and under any of their names: `CS.cl`, `math.mp`.
    """

    values: tuple[tuple[str, str], ...] = ()  # (name of FILTER_NAMES, value), each once
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        read = ((name, categories.read(value) if name == "category" else value) for name, value in self.values)
        object.__setattr__(self, "values", tuple(dict.fromkeys(read)))

    def of(self, name: str) -> tuple[str, ...]:
        """The values of one filter."""
        return tuple(value for other, value in self.values if other == name)

    def with_value(self, name: str, value: str) -> Filters:
        return replace(self, values=(*self.values, (name, value)))

    def without(self, name: str, value: str | None = None) -> Filters:
        """Without this value of a filter, or without all of its values."""
        other_values = [pair for pair in self.values if pair[0] != name or value not in (None, pair[1])]
        return replace(self, values=tuple(other_values))

    def query(self, topics: Mapping[str, Query]) -> Query:
        """All conditions as one Query; ALL if there are none."""
        parts: list[Query] = []
        for name in dict.fromkeys(name for name, _ in self.values):
            conditions = tuple(_condition(name, value, topics) for value in self.of(name))
            is_single = len(conditions) == 1
            parts.append(conditions[0] if is_single else And(conditions) if needs_all(name) else Or(conditions))
        if self.first or self.last:
            parts.append(DateRange("date", self.first, self.last))
        return And(tuple(parts)) if parts else ALL


def needs_all(name: str) -> bool:
    """Whether a paper must have all chosen values of a filter, and not just one of them."""
    return name in FILTERS and FILTERS[name].needs_all


def _condition(name: str, value: str, topics: Mapping[str, Query]) -> Query:
    if name == TOPIC:
        return topics.get(value, NOTHING)
    field = FILTERS[name]
    if query := values.read(field, value, _ANY_DAY):
        return query
    if name == "category":
        return Category(value)
    return Term(name, value) if field.kind is Kind.KEYWORD and field.asked_as else NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a reader asks for. `sort` None is the order that fits the text; `languages` are those in which titles and
    abstracts are wanted, () for all."""

    text: str = ""
    filters: Filters = Filters()
    sort: Sort | None = None
    page: int = 1
    size: int = DEFAULT_SIZE
    cursor: str | None = None
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Halves of surrogate pairs cannot be part of an address.
        object.__setattr__(self, "text", self.text.encode("utf-8", "replace").decode("utf-8"))

    def from_start(self, **changes: Any) -> Request:
        """The request with these changes, from its first page."""
        return replace(self, page=1, cursor=None, **changes)

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of its address; defaults are left out. `from_parameters` reads them back."""
        filters = self.filters
        pairs: list[tuple[str, object]] = [("q", self.text)] if self.text else []
        pairs += filters.values
        pairs += [("from", filters.first)] if filters.first else []
        pairs += [("until", filters.last)] if filters.last else []
        pairs += [("languages", ",".join(self.languages))] if self.languages else []
        pairs += [("sort", self.sort.value)] if self.sort else []
        pairs += [("size", self.size)] if self.size != DEFAULT_SIZE else []
        pairs += [("cursor", self.cursor)] if self.cursor else []
        pairs += [("page", self.page)] if self.page != 1 else []
        return [(name, str(value)) for name, value in pairs]


def from_parameters(
    parameters: Mapping[str, Sequence[str]],
    *,
    strict: bool = False,
    also: Collection[str] = (),
    topics: Collection[str] = (),
) -> Request:
    """The Request of these parameters.

    Not `strict`, it never raises: what cannot be read is left at its default. If it is, it raises InvalidRequest for
    that, for a parameter that is neither one of PARAMETERS nor in `also`, and for a topic that is not one of `topics`.
    """
    reader = _Reader(parameters, strict)
    if strict:
        reader.check_names((*PARAMETERS, *also))
    sort = reader.one("sort", _sort, "relevance, newest or upvotes")
    size = reader.one("size", lambda text: _whole_number(text, 1, MAX_SIZE, strict), f"a number from 1 to {MAX_SIZE}")
    size = size or DEFAULT_SIZE
    last_page = MAX_NUMBERED_HITS // size
    page = reader.one(
        "page", lambda text: _whole_number(text, 1, last_page, strict), f"a number from 1 to {last_page} for this size"
    )
    cursor = reader.one("cursor", _cursor, "what an earlier answer gave, with its sort order, newest or upvotes")
    return Request(
        text=reader.one("q", lambda text: text, "") or "",
        filters=reader.filters(topics),
        sort=sort,
        page=page or 1,
        size=size,
        cursor=cursor,
        languages=reader.one("languages", _languages, "codes of languages, such as en,zh") or (),
    )


class _Reader:
    def __init__(self, parameters: Mapping[str, Sequence[str]], strict: bool) -> None:
        self._parameters = parameters
        self._strict = strict

    def check_names(self, names: Sequence[str]) -> None:
        for name, given_values in self._parameters.items():
            if name not in names:
                raise InvalidRequest(f"There is no parameter '{name[:40]}': there are {', '.join(names)}.")
            if name != "q" and "" in given_values:
                raise InvalidRequest(f"The parameter '{name}' is empty: leave it out, or give it a value.")
            if len(given_values) > 1 and name not in _REPEATED:
                raise InvalidRequest(f"The parameter '{name}' can be given once only.")

    def one(self, name: str, read: Any, possible: str) -> Any:
        """What `read` makes of a parameter; None where it is not given, or empty."""
        text = next(iter(self._parameters.get(name, ())), "")
        if text == "":
            return None
        value = read(text)
        if value is None and self._strict:
            raise InvalidRequest(f"'{text[:40]}' cannot be the value of '{name}': it can be {possible}.")
        return value

    def filters(self, topics: Collection[str]) -> Filters:
        pairs = [
            (name, value[:_LONGEST_VALUE])
            for name in FILTER_NAMES
            for value in self._parameters.get(name, ())
            if value and self._can_be(name, value, topics)
        ]
        if len(pairs) > _MOST_FILTERS and self._strict:
            raise InvalidRequest(f"At most {_MOST_FILTERS} filters can be combined.")
        first = self.one("from", values.first_day, "a day, a month or a year, such as 2026-11-20")
        last = self.one("until", values.last_day, "a day, a month or a year, such as 2026-11-20")
        return Filters(values=tuple(pairs[:_MOST_FILTERS]), first=first, last=last)

    def _can_be(self, name: str, value: str, topics: Collection[str]) -> bool:
        if name == TOPIC:
            is_known, possible = value in topics, ", ".join(topics)
        else:
            field = FILTERS[name]
            is_known = values.read(field, value, _ANY_DAY) is not None
            possible = field.about or "a year such as 2026"
            if field.kind is Kind.DAY:
                is_known = is_known and values.is_period(value)
        if not is_known and self._strict:
            raise InvalidRequest(f"'{value[:40]}' cannot be the value of '{name}': {possible}")
        # A word that no paper has finds nothing; a year that is no number, or no day, is left out.
        return is_known or name == TOPIC or FILTERS[name].kind is Kind.KEYWORD


def _sort(text: str) -> Sort | None:
    return Sort(text) if text in tuple(Sort) else None


def _whole_number(text: str, least: int, most: int, strict: bool) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    number = int(text)
    if strict:
        return number if least <= number <= most else None
    return min(max(number, least), most)


def _cursor(text: str) -> str | None:
    return text if is_cursor(text, Sort.NEWEST) else None


def _languages(text: str) -> tuple[str, ...] | None:
    codes = tuple(dict.fromkeys(text.split(",")))
    return codes if all(map(_LANGUAGE.fullmatch, codes)) else None
