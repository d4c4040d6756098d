"""The catalogue: keeps pages, gives papers, says what changed since.

It is the system of record: an index can be thrown away and made again from it. Every paper carries `seq`,
a number that is renewed in the very write that changes the paper; the change feed is read off it, and a
deletion leaves a row (a tombstone) in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from papers import codec, ledger, store, translations
from papers.merge import Seen, merge
from papers.paper import Change, Page, Paper, Sighting

PAPERS_A_TRANSACTION = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a page came to, counted in papers."""

    new: int = 0
    changed: int = 0
    same: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.new + other.new, self.changed + other.changed, self.same + other.same)


class Catalogue:
    """An open catalogue. Not to be shared between threads; every worker opens its own."""

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        """Open the catalogue in `folder`; see `papers.store.connect` for what this may raise."""
        self.folder = folder
        self._connection = store.connect(folder, write=write)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # Writing

    def keep(self, page: Page, at: datetime) -> Kept:
        """Keep a page that was got at `at`, whole or not at all: its sightings, its papers, its ledger row.

        A sighting equal to the latest one of its slot writes nothing; a page kept before changes nothing.
        """
        with store.transaction(self._connection) as connection:
            kept = _Keeper(connection, at).keep(page.sightings)
            ledger.record(connection, page, at)
        return kept

    def keep_translations(self, made: Sequence[tuple[int, translations.Translation]], at: datetime) -> None:
        """Keep translations of papers, by row number, all or none; the papers enter the change feed anew."""
        with store.transaction(self._connection) as connection:
            seq = _next_seq(connection, len({number for number, _ in made}))
            translations.write(connection, made, seq, at)

    def delete(self, ids: Iterable[str]) -> int:
        """Forget these papers and leave tombstones in the change feed; how many there were."""
        with store.transaction(self._connection) as connection:
            found = list(_numbers(connection, list(ids)).items())
            seq = _next_seq(connection, len(found))
            for offset, (_, number) in enumerate(found):
                connection.execute("DELETE FROM sighting WHERE paper = ?", (number,))
                connection.execute("DELETE FROM text WHERE paper = ?", (number,))
                connection.execute("DELETE FROM translation WHERE paper = ?", (number,))
                connection.execute(
                    "UPDATE paper SET seq = ?, title = NULL, abstract = NULL, merged = NULL WHERE number = ?",
                    (seq + offset, number),
                )
        return len(found)

    # Reading

    @property
    def epoch(self) -> str:
        """A random name of this catalogue's history: an index made from another one is foreign."""
        return str(self._connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0])

    @property
    def seq(self) -> int:
        """The highest `seq` ever given."""
        return int(self._connection.execute("SELECT value FROM meta WHERE key = 'seq'").fetchone()[0])

    def count(self) -> int:
        """How many papers there are."""
        return int(self._connection.execute("SELECT count(*) FROM paper WHERE merged IS NOT NULL").fetchone()[0])

    def get(self, id: str) -> Paper | None:
        """The paper with this key."""
        row = self._connection.execute(f"{_READ} WHERE p.id = ?", (id,)).fetchone()
        return _change(row).paper if row else None

    def sightings(self, id: str) -> list[Seen]:
        """All that was ever seen of a paper, with when, in no particular order."""
        numbers = _numbers(self._connection, [id])
        return _sightings(self._connection, list(numbers.values())).get(numbers.get(id, 0), [])

    def changes(self, since: int, limit: int) -> list[Change]:
        """The next `limit` papers whose `seq` is beyond `since`, in the order of `seq`."""
        rows = self._connection.execute(f"{_READ} WHERE p.seq > ? ORDER BY p.seq LIMIT ?", (since, limit)).fetchall()
        translated = translations.of_papers(self._connection, [row[1] for row in rows])
        return [_change(row, translated.get(row[1], ())) for row in rows]

    def pending(self, since: int) -> int:
        """How many papers have changed since `since`."""
        return int(self._connection.execute("SELECT count(*) FROM paper WHERE seq > ?", (since,)).fetchone()[0])

    def papers(self, batch: int = PAPERS_A_TRANSACTION) -> Iterator[Paper]:
        """Every paper, in the order of the change feed; a page at a time, so that no read lasts."""
        seq = 0
        while changes := self.changes(seq, batch):
            seq = changes[-1].seq
            yield from (change.paper for change in changes if change.paper)

    def to_translate(
        self, language: str, model: str, rules: str, *, redo: bool, below: int | None, limit: int
    ) -> list[translations.Wanted]:
        """The next papers to be translated; see `papers.translations.wanted`."""
        return translations.wanted(self._connection, language, model, rules, redo=redo, below=below, limit=limit)

    def translation_counts(self) -> dict[str, dict[str, int]]:
        """For each language how many texts are translated, and why others are not."""
        return translations.counts(self._connection)

    def listings(self) -> list[ledger.Row]:
        """What was got of each listing of each day, newest day first."""
        return ledger.rows(self._connection)

    def listing(self, source: str, listing: str, day: str) -> ledger.Row | None:
        """What was got of one listing of one day."""
        return ledger.row(self._connection, source, listing, day)


_READ = """SELECT p.seq, p.number, p.id, p.merged, t.body, a.body, p.title, p.abstract FROM paper p
    LEFT JOIN text t ON t.paper = p.number AND t.hash = p.title
    LEFT JOIN text a ON a.paper = p.number AND a.hash = p.abstract"""


Text = str | bytes | None


def _change(
    row: tuple[int, int, str, bytes | None, Text, Text, bytes | None, bytes | None],
    made: Sequence[translations.Translation] = (),
) -> Change:
    seq, number, id, merged, title, abstract, *hashes = row
    if merged is None:
        return Change(seq, number, id, None)
    paper = codec.unpack_paper(merged, codec.unpack_text(title), codec.unpack_text(abstract))
    texts: dict[str, dict[str, str]] = {}
    models: dict[str, str] = {}
    reasons: dict[str, str] = {}
    language: str | None = None
    shown = dict(zip(translations.FIELDS, hashes, strict=True))
    for one in made:
        if one.source != shown[one.field]:
            continue  # of an earlier version of the text
        language = language or (one.original.language if one.original else None)
        if one.outcome is translations.Outcome.TRANSLATED:
            texts.setdefault(one.field, {})[one.language] = one.text
            models[one.language] = one.model
        elif one.outcome is translations.Outcome.UNTRANSLATED:
            reasons[one.language] = one.reason or ""
    return Change(seq, number, id, paper, language, texts, models, reasons)


def _numbers(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """The row numbers of those of these papers that have one."""
    return dict(
        connection.execute(
            "SELECT id, number FROM paper WHERE id IN (SELECT value FROM json_each(?))", (orjson.dumps(ids).decode(),)
        )
    )


def _sightings(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, list[Seen]]:
    """All sightings of these papers, by row number."""
    wanted = (orjson.dumps(numbers).decode(),)
    texts: dict[int, dict[bytes, str]] = {number: {} for number in numbers}
    for number, hash, body in connection.execute(
        "SELECT paper, hash, body FROM text WHERE paper IN (SELECT value FROM json_each(?))", wanted
    ):
        texts[number][hash] = codec.unpack_text(body) or ""
    found: dict[int, list[Seen]] = {number: [] for number in numbers}
    for number, at, payload in connection.execute(
        "SELECT paper, at, payload FROM sighting WHERE paper IN (SELECT value FROM json_each(?))", wanted
    ):
        found[number].append((codec.from_microseconds(at), codec.unpack_sighting(payload, texts[number])))
    return found


def _next_seq(connection: sqlite3.Connection, count: int) -> int:
    """The first of `count` numbers that were never given before."""
    (last,) = connection.execute(
        "UPDATE meta SET value = value + ? WHERE key = 'seq' RETURNING value", (count,)
    ).fetchone()
    return int(last) - count + 1


class _Keeper:
    """Keeps the sightings of one page inside a transaction, with a statement a table and not a paper."""

    def __init__(self, connection: sqlite3.Connection, at: datetime) -> None:
        self._connection = connection
        self._at = at
        self._hashes: dict[str, bytes] = {}
        self._texts: list[tuple[int, bytes, str | bytes]] = []
        self._sightings: list[tuple[int, str, int, bytes]] = []
        self._papers: list[tuple[str, bytes | None, bytes | None, bytes, int]] = []  # and the row number, last

    def keep(self, sightings: Sequence[Sighting]) -> Kept:
        numbers = _numbers(self._connection, [sighting.id for sighting in sightings])
        fresh = dict.fromkeys(sighting.id for sighting in sightings if sighting.id not in numbers)
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM paper").fetchone()
        added = {id: last + offset for offset, id in enumerate(fresh, start=1)}
        known = list(numbers.values())
        latest = self._latest(known) if known else {}
        touched: dict[int, list[Sighting]] = {}
        for sighting in sightings:
            number = added.get(sighting.id) or numbers[sighting.id]
            if self._is_news(number, sighting, latest):
                touched.setdefault(number, []).append(sighting)
        self._merge(touched, set(added.values()))
        changed = self._write(set(added.values()))
        return Kept(len(added), changed - len(added), len(added.keys() | numbers.keys()) - changed)

    def _latest(self, numbers: list[int]) -> dict[tuple[int, str], bytes]:
        """The payload of the latest sighting in each slot of these papers."""
        rows = self._connection.execute(
            "SELECT paper, slot, payload FROM sighting WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY at",
            (orjson.dumps(numbers).decode(),),
        )
        return {(number, slot): payload for number, slot, payload in rows}

    def _is_news(self, number: int, sighting: Sighting, latest: dict[tuple[int, str], bytes]) -> bool:
        title, abstract = self._hash(sighting.title), self._hash(sighting.abstract)
        payload = codec.pack_sighting(sighting, title, abstract)
        slot = "|".join(map(str, sighting.slot))
        if latest.get((number, slot)) == payload:
            return False
        latest[number, slot] = payload
        self._sightings.append((number, slot, codec.to_microseconds(self._at), payload))
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
        before = _sightings(self._connection, [number for number in touched if number not in added])
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
            seq = _next_seq(connection, len(changed))
            connection.executemany(
                """INSERT INTO paper (id, title, abstract, merged, number, seq) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET
                    seq = excluded.seq, title = excluded.title, abstract = excluded.abstract,
                    merged = excluded.merged""",
                ((*row, seq + offset) for offset, row in enumerate(changed)),
            )
        connection.executemany("INSERT OR IGNORE INTO text VALUES (?, ?, ?)", self._texts)
        connection.executemany("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?)", self._sightings)
        return len(changed)
