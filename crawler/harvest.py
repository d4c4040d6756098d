"""How a harvest of OAI-PMH goes on after each page. Pure.

The records of a set come in the order of their datestamps. A token means "from this datestamp on, after the first n",
and the table behind it is live: what changes between two pages moves to its end, and the token then passes over as
many records. So a harvest of more than one page looks twice:

- at its end it asks again from a day before the last datestamp, until nothing is new;
- a record that was read in the day at which a page ended, and turns up again with a later datestamp, has moved: the
  days around the end of that page are asked for once more.

A token is valid until the end of its day in UTC. Where one has expired, the harvest goes on from the last datestamp.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import orjson

from papers.categories import archives, taxonomy

ALL = "all"  # the name of a harvest without a set
# Records of the last days before are asked for again: a datestamp is given in UTC, and its day may go on.
OVERLAP = timedelta(days=2)
MOST_ROUNDS = 6  # of asking again, on a day on which arXiv changes records all the time
_DAY = timedelta(days=1)
_IN_PHYSICS = frozenset(
    (
        "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex",
        "nucl-th", "physics", "quant-ph",
    )
)  # fmt: skip


def sets_of(code: str) -> tuple[str, ...]:
    """The sets of a category or archive: `cs.CL` → `cs:cs:CL`, `hep-th` → `physics:hep-th`, `cs` → `cs`.

    A category with a second code has two sets: a record that names only one of the codes is missing from the other.
    """
    aliases = [each.code for each in taxonomy().values() if each.canonical == code != each.code and each.active]
    return tuple(_set_of(each) for each in (code, *aliases))


def _set_of(code: str) -> str:
    archive, _, subject = code.partition(".")
    if archive in _IN_PHYSICS:
        return ":".join(filter(None, ("physics", archive, subject)))
    return f"{archive}:{archive}:{subject}" if subject else archive


def is_set(name: str) -> bool:
    """Whether a set can have this name: its archive is one of arXiv's."""
    parts = name.split(":")
    return len(parts) <= 3 and (parts[0] in archives() or parts[0] == "physics")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a harvest goes on: with a token, or with a new question for the records of some days."""

    first: date | None  # None: from the beginning
    until: date | None = None
    token: str | None = None
    last: date | None = None  # the latest datestamp that was read
    round: int = 0  # how often it has asked again

    def restarted(self) -> Position:
        """The position without its token: the last datestamp is asked for again."""
        return replace(self, first=self.last or self.first, token=None)

    def packed(self) -> str:
        """The text under which the catalogue keeps it."""
        values = (self.first, self.until, self.token, self.last, self.round)
        return orjson.dumps(values).decode()


def unpacked(text: str) -> Position:
    """The position of a text that `packed` made."""
    first, until, token, last, round = orjson.loads(text)
    days = [date.fromisoformat(day) if day else None for day in (first, until, last)]
    return Position(days[0], days[1], token, days[2], round)


Record = tuple[str, date]  # id, datestamp


@dataclass(slots=True)
class _PageEnd:
    """A datestamp that the end of a page fell into."""

    ids: array[int] = field(default_factory=lambda: array("q"))  # hashes of the records that were read until then
    next: date | None = None  # the datestamp with which the page after it began


@dataclass(slots=True)
class Harvest:
    """What is remembered of a harvest while it lasts: 8 bytes for a record of a datestamp that a page ended in."""

    began: date
    last: date | None = None  # the latest datestamp that was read
    _recent: dict[str, date] = field(default_factory=dict)  # the records of the last two days that were read
    _ends: dict[date, _PageEnd] = field(default_factory=dict)
    _end: _PageEnd | None = None  # that of the page before this one
    _late: set[int] = field(default_factory=set)  # the records that changed since the harvest began
    _filled: set[date] = field(default_factory=set)  # the page ends whose days were asked for once more
    _is_news: bool = False  # whether this round has brought a record that was not known

    def after(self, at: Position, records: Iterable[Record], token: str | None) -> Position | None:
        """Where the harvest goes on after a page that was asked for `at`; None where all has been read."""
        records = list(records)
        last = self.last = max(filter(None, (self.last, at.last, *(stamp for _, stamp in records))), default=None)
        self._is_news |= any(self._recent.get(id) != stamp for id, stamp in records if last and stamp >= last - _DAY)
        self._remember(records, is_page_end=token is not None)
        if token is not None:
            return replace(at, token=token, last=last)
        is_only_page = at.token is None and at.last is None
        if last is None or is_only_page:
            return None
        is_news, self._is_news = self._is_news, False
        if at.round < MOST_ROUNDS and (at.round == 0 or is_news) and at.until is None:
            return Position(last - _DAY, None, None, last, at.round + 1)
        return self._next_gap(at, last)

    def _next_gap(self, at: Position, last: date) -> Position | None:
        """The days around a page end at which a record had been read that changed later; None where there are none."""
        gaps = [
            day
            for day, end in self._ends.items()
            if day < self.began and day not in self._filled and not self._late.isdisjoint(end.ids)
        ]
        if not gaps:
            return None
        day = min(gaps)
        self._filled.add(day)
        return Position(day, self._ends[day].next or self.began, None, last, max(at.round, 1))

    def _remember(self, records: list[Record], *, is_page_end: bool) -> None:
        if self._end is not None and records:
            self._end.next = max(filter(None, (self._end.next, records[0][1])))
        self._end = None
        if self.last is None or not records:
            return
        self._recent = {id: stamp for id, stamp in self._recent.items() if stamp >= self.last - _DAY}
        self._recent |= {id: stamp for id, stamp in records if stamp >= self.last - _DAY}
        self._late |= {hash(id) for id, stamp in records if stamp >= self.began}
        if is_page_end:
            page_last = max(stamp for _, stamp in records)
            self._end = self._ends.setdefault(page_last, _PageEnd())
            self._end.ids.extend(hash(id) for id, stamp in records if stamp == page_last)
