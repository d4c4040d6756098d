"""How a harvest of OAI-PMH goes on after each page. Pure.

The records of a set come in the order of their datestamps. A token means "from this datestamp on, after the first n",
and the table behind it is live: what changes between two pages moves to its end, and the token then passes over as
many records. So a harvest of more than one page looks twice:

- at its end it asks again from a day before the last datestamp, until nothing is new;
- a record that was read in the day at which a page ended, and turns up again with a later datestamp, has moved: the
  days around the end of that page are asked for once more.

What it must remember for this is kept with each page, so that a harvest that was killed remembers it, too. A token is
valid until the end of its day in UTC. Where one has expired, the harvest goes on from the last datestamp.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import blake2b

import orjson

from papers.categories import archives, taxonomy

ALL = "all"  # the name of a harvest without a set
# Records of the last days before are asked for again: a datestamp is given in UTC, and its day may go on.
OVERLAP = timedelta(days=2)
MOST_ROUNDS = 6  # of asking again, on a day on which arXiv changes records all the time
MOST_PARTS = 2  # archive and subject, behind the group
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
    """Whether arXiv has a set of this name: a group, an archive or a category."""
    group, *parts = name.split(":")
    if not parts:
        return group in archives() or group == "physics"
    return (
        len(parts) <= MOST_PARTS and ".".join(parts) in {*archives(), *taxonomy()} and _set_of(".".join(parts)) == name
    )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a harvest goes on: with a token, or with a new question for the records of some days."""

    first: date | None  # None: from the beginning
    until: date | None = None
    token: str | None = None
    last: date | None = None  # the latest datestamp that was read
    round: int = 0  # how often it has asked again
    began: date | None = None  # the day on which the harvest began; None on its first page

    def restarted(self) -> Position:
        """The position without its token: the last datestamp is asked for again."""
        return replace(self, first=self.last or self.first, token=None)

    def packed(self) -> str:
        """The text under which the catalogue keeps it."""
        values = (self.first, self.until, self.token, self.last, self.round, self.began)
        return orjson.dumps(values).decode()


def unpacked(text: str) -> Position:
    """The position of a text that `packed` made."""
    first, until, token, last, round, began = orjson.loads(text)
    days = [date.fromisoformat(day) if day else None for day in (first, until, last, began)]
    return Position(days[0], days[1], token, days[2], round, days[3])


Record = tuple[str, date]  # id, datestamp
_HASH_BYTES = 8


def _hash(id: str) -> bytes:
    return blake2b(id.encode(), digest_size=_HASH_BYTES).digest()


def _hashes(packed: bytes) -> set[bytes]:
    return {packed[start : start + _HASH_BYTES] for start in range(0, len(packed), _HASH_BYTES)}


@dataclass(slots=True)
class Harvest:
    """What is remembered of a harvest while it lasts: 8 bytes for a record of a datestamp that a page ended in.

    `ends` is that: the datestamps that pages ended in, and the hashes of the records that were read of them.
    """

    ends: dict[date, bytes] = field(default_factory=dict)
    last: date | None = None  # the latest datestamp that was read
    page_end: tuple[date, bytes] | None = None  # what the last page has added to `ends`
    _recent: dict[str, date] = field(default_factory=dict)  # the records of the last two days that were read
    _late: set[bytes] = field(default_factory=set)  # the records that changed since the harvest began
    _filled: set[date] = field(default_factory=set)  # the page ends whose days were asked for once more
    _must_look: bool = True  # what changed since it began was not looked at in this process
    _is_news: bool = False  # whether this round has brought a record that was not known

    @classmethod
    def resumed(cls, ends: Mapping[date, bytes]) -> Harvest:
        """A harvest of which earlier processes have read these page ends."""
        return cls(ends=dict(ends))

    def after(self, at: Position, records: Iterable[Record], token: str | None, today: date) -> Position | None:
        """Where the harvest goes on after a page that was asked for `at` on `today`; None where all has been read."""
        records = list(records)
        began = at.began or today
        last = self.last = max(filter(None, (self.last, at.last, *(stamp for _, stamp in records))), default=None)
        self._is_news |= any(self._recent.get(id) != stamp for id, stamp in records if last and stamp >= last - _DAY)
        self._remember(records, began, is_page_end=token is not None)
        if token is not None:
            return replace(at, token=token, last=last, began=began)
        is_only_page = at.token is None and at.last is None
        if last is None or is_only_page:
            return None
        is_news, self._is_news = self._is_news, False
        if self._must_look or (is_news and at.until is None and at.round < MOST_ROUNDS):
            self._must_look = False
            return Position(min(last - _DAY, began), None, None, last, at.round + 1, began)
        return self._next_gap(at, last, began)

    def _next_gap(self, at: Position, last: date, began: date) -> Position | None:
        """The days around a page end at which a record had been read that changed later; None where there are none."""
        gaps = [
            day
            for day, packed in self.ends.items()
            if day < began and day not in self._filled and not self._late.isdisjoint(_hashes(packed))
        ]
        if not gaps:
            return None
        day = min(gaps)
        self._filled.add(day)
        # What was passed over stands before the first record of the page after it, and so before that page's end.
        until = min((end for end in self.ends if end > day), default=began)
        return Position(day, until, None, last, max(at.round, 1), began)

    def _remember(self, records: list[Record], began: date, *, is_page_end: bool) -> None:
        self.page_end = None
        if self.last is None or not records:
            return
        self._recent = {id: stamp for id, stamp in self._recent.items() if stamp >= self.last - _DAY}
        self._recent |= {id: stamp for id, stamp in records if stamp >= self.last - _DAY}
        self._late |= {_hash(id) for id, stamp in records if stamp >= began}
        if is_page_end:
            day = max(stamp for _, stamp in records)
            packed = b"".join(_hash(id) for id, stamp in records if stamp == day)
            self.ends[day] = self.ends.get(day, b"") + packed
            self.page_end = (day, packed)
