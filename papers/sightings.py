"""Sightings in the catalogue: what was seen of a paper and when, its texts, and the paper merged from them all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from papers import codec, store
from papers.merge import Seen, merge
from papers.paper import Attempt, Sighting


@dataclass(frozen=True, slots=True)
class KeepResult:
    """What keeping a page came to, counted in papers; and the attempt at its listing, where that ended with it."""

    new: int = 0
    changed: int = 0
    same: int = 0
    attempt: Attempt | None = field(default=None, compare=False)

    def __add__(self, other: KeepResult) -> KeepResult:
        return KeepResult(self.new + other.new, self.changed + other.changed, self.same + other.same)


def keep(connection: sqlite3.Connection, sightings: Sequence[Sighting], at: datetime) -> KeepResult:
    """Keep what was seen at `at`, and merge the papers that it concerns; inside a transaction."""
    return _Keeper(connection, at).keep(sightings)


class _Keeper:
    """Keeps the sightings of one page inside a transaction, with a statement a table and not a paper."""

    def __init__(self, connection: sqlite3.Connection, at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._hashes: dict[str, bytes] = {}
        self._texts: list[tuple[int, bytes, str | bytes]] = []
        self._sightings: list[tuple[int, str, int, bytes]] = []
        self._announcements: list[tuple[str, str, str, str, int]] = []
        self._papers: list[tuple[str, bytes | None, bytes | None, bytes, int]] = []  # and the row number, last

    def keep(self, sightings: Sequence[Sighting]) -> KeepResult:
        known = numbers(self._connection, [sighting.id for sighting in sightings])
        forgotten = _forgotten(self._connection, list(known.values())) if known else set()
        if forgotten:
            for sighting in sightings:
                if known.get(sighting.id) in forgotten:
                    self._announce(sighting, known[sighting.id])
            sightings = [sighting for sighting in sightings if known.get(sighting.id) not in forgotten]
            known = {id: number for id, number in known.items() if number not in forgotten}
        fresh = dict.fromkeys(sighting.id for sighting in sightings if sighting.id not in known)
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM paper").fetchone()
        added = {id: last + offset for offset, id in enumerate(fresh, start=1)}
        latest = self._latest(list(known.values())) if known else {}
        touched: dict[int, list[Sighting]] = {}
        # A page that says a thing twice says what it says last: kept in turn, both would be news at every look.
        for sighting in {(sighting.id, sighting.slot): sighting for sighting in sightings}.values():
            number = added.get(sighting.id) or known[sighting.id]
            self._announce(sighting, number)
            if self._is_news(number, sighting, latest):
                touched.setdefault(number, []).append(sighting)
        self._merge(touched, set(added.values()))
        changed = self._write(set(added.values()))
        return KeepResult(len(added), changed - len(added), len(added.keys() | known.keys()) - changed)

    def _announce(self, sighting: Sighting, number: int) -> None:
        if sighting.day:
            day, kind = sighting.day.isoformat(), sighting.announce_type or ""
            self._announcements.append((sighting.listing, day, sighting.source, kind, number))

    def _latest(self, numbers: list[int]) -> dict[tuple[int, str], bytes]:
        """The record of the latest sighting in each slot of these papers."""
        rows = self._connection.execute(
            "SELECT paper, slot, payload FROM sighting WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY at",
            (orjson.dumps(numbers).decode(),),
        )
        return {(number, slot): codec.unpack_record(payload) for number, slot, payload in rows}

    def _is_news(self, number: int, sighting: Sighting, latest: dict[tuple[int, str], bytes]) -> bool:
        title, abstract = self._hash(sighting.title), self._hash(sighting.abstract)
        record = codec.sighting_record(sighting, title, abstract)
        slot = "|".join(map(str, sighting.slot))
        if latest.get((number, slot)) == record:
            return False
        latest[number, slot] = record
        self._sightings.append((number, slot, codec.to_microseconds(self._at), codec.pack_record(record)))
        if title and sighting.title:
            self._texts.append((number, title, codec.pack_text(sighting.title)))
        if abstract and sighting.abstract:
            self._texts.append((number, abstract, codec.pack_text(sighting.abstract)))
        return True

    def _hash(self, text: str | None) -> bytes | None:
        if not text:
            return None
        if text not in self._hashes:
            self._hashes[text] = codec.text_hash(text)
        return self._hashes[text]

    def _merge(self, touched: dict[int, list[Sighting]], added: set[int]) -> None:
        """Merge the touched papers anew, with what was seen of them before."""
        before = of_papers(self._connection, [number for number in touched if number not in added])
        for number, sightings in touched.items():
            seen = {(*sighting.slot, at): (at, sighting) for at, sighting in before.get(number, ())}
            seen |= {(*sighting.slot, self._at): (self._at, sighting) for sighting in sightings}
            paper = merge(seen.values())
            self._papers.append(
                (
                    paper.id,
                    self._hash(paper.title),
                    self._hash(paper.abstract),
                    codec.pack_paper(paper),
                    number,
                )
            )

    def _write(self, added: set[int]) -> int:
        """Write it all; how many papers are new or say something else than before."""
        connection = self._connection
        before = {
            row[0]: tuple(row[1:])
            for row in connection.execute(
                "SELECT number, title, abstract, merged FROM paper WHERE number IN (SELECT value FROM json_each(?))",
                (orjson.dumps([row[4] for row in self._papers if row[4] not in added]).decode(),),
            )
        }
        changed = [row for row in self._papers if row[1:4] != before.get(row[4])]
        if changed:
            seq = store.next_seq(connection, len(changed))
            connection.executemany(
                """INSERT INTO paper (id, title, abstract, merged, number, seq) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET
                    seq = excluded.seq, title = excluded.title, abstract = excluded.abstract,
                    merged = excluded.merged""",
                ((*row, seq + offset) for offset, row in enumerate(changed)),
            )
        connection.executemany("INSERT OR IGNORE INTO text VALUES (?, ?, ?)", self._texts)
        connection.executemany("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?)", self._sightings)
        connection.executemany(
            "INSERT OR IGNORE INTO announcement (category, day, source, kind, paper) VALUES (?, ?, ?, ?, ?)",
            self._announcements,
        )
        return len(changed)


def _forgotten(connection: sqlite3.Connection, papers: Sequence[int]) -> set[int]:
    """Those of these papers, by row number, that are to stay away; see `papers.forgotten`."""
    rows = connection.execute(
        "SELECT paper FROM forgotten WHERE paper IN (SELECT value FROM json_each(?))", (orjson.dumps(papers).decode(),)
    )
    return {number for (number,) in rows}


def numbers(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """The row numbers of those of these papers that have one."""
    return dict(
        connection.execute(
            "SELECT id, number FROM paper WHERE id IN (SELECT value FROM json_each(?))", (orjson.dumps(ids).decode(),)
        )
    )


def of_papers(connection: sqlite3.Connection, papers: Sequence[int]) -> dict[int, list[Seen]]:
    """All sightings of these papers, by row number."""
    wanted = (orjson.dumps(papers).decode(),)
    texts: dict[int, dict[bytes, str]] = {number: {} for number in papers}
    for number, hash, body in connection.execute(
        "SELECT paper, hash, body FROM text WHERE paper IN (SELECT value FROM json_each(?))", wanted
    ):
        texts[number][hash] = codec.unpack_text(body) or ""
    found: dict[int, list[Seen]] = {number: [] for number in papers}
    for number, at, payload in connection.execute(
        "SELECT paper, at, payload FROM sighting WHERE paper IN (SELECT value FROM json_each(?))", wanted
    ):
        found[number].append((codec.from_microseconds(at), codec.unpack_sighting(payload, texts[number])))
    return found
