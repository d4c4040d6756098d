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
    """How many papers of a page were new, changed or the same; and the attempt that it ended, where it was the last."""

    new: int = 0
    changed: int = 0
    same: int = 0
    attempt: Attempt | None = field(default=None, compare=False)

    def __add__(self, other: KeepResult) -> KeepResult:
        return KeepResult(self.new + other.new, self.changed + other.changed, self.same + other.same)


def keep(connection: sqlite3.Connection, sightings: Sequence[Sighting], at: datetime) -> KeepResult:
    """Keep sightings that were made at `at`, and merge their papers anew. Must run inside a transaction."""
    return _Keeper(connection, at).keep(sightings)


class _Keeper:
    """Keeps the sightings of one page inside a transaction, with one statement per table instead of one per paper."""

    def __init__(self, connection: sqlite3.Connection, at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._hashes: dict[str, bytes] = {}
        self._texts: list[tuple[int, bytes, str | bytes]] = []
        self._sightings: list[tuple[int, str, int, bytes]] = []
        self._announcements: list[tuple[str, str, str, str, int]] = []
        self._papers: list[tuple[str, bytes | None, bytes | None, bytes, int]] = []  # the last value is the row number

    def keep(self, sightings: Sequence[Sighting]) -> KeepResult:
        numbers_by_id = numbers(self._connection, [sighting.id for sighting in sightings])
        forgotten_numbers = _forgotten(self._connection, list(numbers_by_id.values())) if numbers_by_id else set()
        if forgotten_numbers:
            for sighting in sightings:
                if numbers_by_id.get(sighting.id) in forgotten_numbers:
                    self._announce(sighting, numbers_by_id[sighting.id])
            sightings = [sighting for sighting in sightings if numbers_by_id.get(sighting.id) not in forgotten_numbers]
            numbers_by_id = {id: number for id, number in numbers_by_id.items() if number not in forgotten_numbers}
        new_ids = dict.fromkeys(sighting.id for sighting in sightings if sighting.id not in numbers_by_id)
        (last_number,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM paper").fetchone()
        new_numbers = {id: last_number + offset for offset, id in enumerate(new_ids, start=1)}
        latest_records = self._latest(list(numbers_by_id.values())) if numbers_by_id else {}
        touched: dict[int, list[Sighting]] = {}
        # Of two sightings of one slot on a page, the last counts: kept in turn, both would look new at every visit.
        for sighting in {(sighting.id, sighting.slot): sighting for sighting in sightings}.values():
            number = new_numbers.get(sighting.id) or numbers_by_id[sighting.id]
            self._announce(sighting, number)
            if self._is_news(number, sighting, latest_records):
                touched.setdefault(number, []).append(sighting)
        self._merge(touched, set(new_numbers.values()))
        changed = self._write(set(new_numbers.values()))
        return KeepResult(
            len(new_numbers), changed - len(new_numbers), len(new_numbers.keys() | numbers_by_id.keys()) - changed
        )

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

    def _is_news(self, number: int, sighting: Sighting, latest_records: dict[tuple[int, str], bytes]) -> bool:
        title, abstract = self._hash(sighting.title), self._hash(sighting.abstract)
        record = codec.sighting_record(sighting, title, abstract)
        slot = "|".join(map(str, sighting.slot))
        if latest_records.get((number, slot)) == record:
            return False
        latest_records[number, slot] = record
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
        earlier = of_papers(self._connection, [number for number in touched if number not in added])
        for number, sightings in touched.items():
            by_slot = {(*sighting.slot, at): (at, sighting) for at, sighting in earlier.get(number, ())}
            by_slot |= {(*sighting.slot, self._at): (self._at, sighting) for sighting in sightings}
            paper = merge(by_slot.values())
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
        """Write everything; return how many papers are new or differ from before."""
        connection = self._connection
        earlier_rows = {
            row[0]: tuple(row[1:])
            for row in connection.execute(
                "SELECT number, title, abstract, merged FROM paper WHERE number IN (SELECT value FROM json_each(?))",
                (orjson.dumps([row[4] for row in self._papers if row[4] not in added]).decode(),),
            )
        }
        changed = [row for row in self._papers if row[1:4] != earlier_rows.get(row[4])]
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
    """The row numbers of those papers that were forgotten; see `papers.forgotten`."""
    rows = connection.execute(
        "SELECT paper FROM forgotten WHERE paper IN (SELECT value FROM json_each(?))", (orjson.dumps(papers).decode(),)
    )
    return {number for (number,) in rows}


def numbers(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Id → row number, without the papers that have no row."""
    return dict(
        connection.execute(
            "SELECT id, number FROM paper WHERE id IN (SELECT value FROM json_each(?))", (orjson.dumps(ids).decode(),)
        )
    )


def of_papers(connection: sqlite3.Connection, papers: Sequence[int]) -> dict[int, list[Seen]]:
    """Row number → all sightings of the paper, each with the moment it was made; [] for an unknown number."""
    parameters = (orjson.dumps(papers).decode(),)
    texts: dict[int, dict[bytes, str]] = {number: {} for number in papers}
    for number, hash, body in connection.execute(
        "SELECT paper, hash, body FROM text WHERE paper IN (SELECT value FROM json_each(?))", parameters
    ):
        texts[number][hash] = codec.unpack_text(body) or ""
    by_paper: dict[int, list[Seen]] = {number: [] for number in papers}
    for number, at, payload in connection.execute(
        "SELECT paper, at, payload FROM sighting WHERE paper IN (SELECT value FROM json_each(?))", parameters
    ):
        by_paper[number].append((codec.from_microseconds(at), codec.unpack_sighting(payload, texts[number])))
    return by_paper
