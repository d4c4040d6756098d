"""The catalogue: it keeps pages, gives papers, and says what has changed.

It is the system of record: an index can be thrown away and made again from it. Every paper carries `seq`, a number.
Each write that changes a paper gives it a new `seq`, higher than all before. The change feed is the papers in the
order of `seq`. A paper that was removed leaves a row without content in it (a tombstone).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from papers import codec, corrections, forgotten, ledger, revisits, sightings, store, translations
from papers.corrections import Correction
from papers.coverage import Record
from papers.forgotten import Forgotten
from papers.merge import Seen
from papers.outbox import Outbox
from papers.paper import Aligned, Attempt, Change, Listing, Page, Paper, Rejected
from papers.revisits import KnownPage, Ranking
from papers.runs import Runs
from papers.sightings import KeepResult

PAPERS_A_TRANSACTION = 1000
_LARGEST_CHECKED = 256 << 20  # bytes: half a second
STALE_FOR = timedelta(days=14)


class Catalogue:
    """An open catalogue. Threads must not share one: every worker opens its own."""

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

    def keep(self, page: Page, at: datetime) -> KeepResult:
        """Keep a page that was received at `at`, whole or not at all; return what it changed.

        This writes its sightings, the papers that they change, and the records that were left out. It also writes where
        the listing goes on or, after the last page, the attempt at the listing.

        A sighting equal to the latest one of its slot is not written, so that a page kept twice changes no paper.
        """
        with store.transaction(self._connection) as connection:
            counts = sightings.keep(connection, page.sightings, at)
            attempt = ledger.record_page(connection, page, at)
            revisits.record_page(connection, page, at)
        return replace(counts, attempt=attempt)

    def note(self, attempt: Attempt) -> None:
        """Keep an attempt at a listing that brought no page."""
        with store.transaction(self._connection) as connection:
            ledger.record(connection, attempt)

    def forget_progress(self, listing: Listing) -> None:
        """Let the next attempt at a listing begin at its first page."""
        with store.transaction(self._connection) as connection:
            ledger.forget_progress(connection, listing)

    def keep_translations(
        self, numbered_translations: Sequence[tuple[int, translations.Translation]], at: datetime
    ) -> None:
        """Keep translations, each with the row number of its paper, all or none. Each paper gets a new `seq`."""
        with store.transaction(self._connection) as connection:
            seq = store.next_seq(connection, len({number for number, _ in numbered_translations}))
            translations.write(connection, numbered_translations, seq, at)

    def correct(self, new_corrections: Sequence[Correction], at: datetime) -> int:
        """Keep corrections, and put the corrected sentences into the translations that contain them.

        Returns how many texts changed.
        """
        with store.transaction(self._connection) as connection:
            corrections.write(connection, new_corrections, at)
            changed = corrections.applied(connection, new_corrections)
            if changed:
                seq = store.next_seq(connection, len({number for number, _ in changed}))
                translations.write(connection, changed, seq, at)
        return len(changed)

    def corrections(self, language: str) -> list[Correction]:
        """The corrections of sentences and terms in a language, ordered by kind and source."""
        return corrections.listed(self._connection, language)

    def forget(self, ids: Sequence[str], reason: str, at: datetime) -> int:
        """Remove these papers, refuse them from now on, and leave tombstones in the change feed.

        Returns how many of them were in the catalogue. SQLite overwrites their content in the file.
        """
        self._connection.execute("PRAGMA secure_delete = ON")
        with store.transaction(self._connection) as connection:
            return forgotten.forget(connection, list(dict.fromkeys(ids)), reason, at)

    def let_in(self, ids: Sequence[str]) -> int:
        """Accept forgotten papers again when they are next seen; return how many of these were forgotten."""
        with store.transaction(self._connection) as connection:
            return forgotten.let_in(connection, ids)

    @property
    def outbox(self) -> Outbox:
        """What alerts have sent, and what is on its way."""
        return Outbox(self._connection)

    @property
    def runs(self) -> Runs:
        """The runs that brought papers."""
        return Runs(self._connection)

    # Reading

    @property
    def epoch(self) -> str:
        """A random name of this catalogue's history. An index made from another history cannot be used."""
        return str(self._connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0])

    @property
    def former_epochs(self) -> frozenset[str]:
        """The epochs that this catalogue had before it was restored from a backup; empty where it never was."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = 'former'").fetchone()
        return frozenset(row[0].split()) if row else frozenset()

    @property
    def seq(self) -> int:
        """The highest `seq` ever given."""
        return int(self._connection.execute("SELECT value FROM meta WHERE key = 'seq'").fetchone()[0])

    def mark(self, seq: int) -> str:
        """The random mark of the write that gave `seq`, "" where there is none.

        Two copies of a catalogue that were written to separately have different marks.
        """
        row = self._connection.execute("SELECT mark FROM mark WHERE seq >= ? ORDER BY seq LIMIT 1", (seq,)).fetchone()
        return str(row[0]) if row else ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no paper."""
        return self._connection.execute("SELECT 1 FROM paper WHERE merged IS NOT NULL LIMIT 1").fetchone() is None

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file; None where it finds nothing, or the file is too large to check."""
        if (self.folder / store.FILE).stat().st_size > _LARGEST_CHECKED:
            return None
        return store.fault(self._connection)

    def count(self) -> int:
        """How many papers there are."""
        return int(self._connection.execute("SELECT count(*) FROM paper WHERE merged IS NOT NULL").fetchone()[0])

    def get(self, id: str) -> Paper | None:
        """The paper with this key; None where there is none, or it was removed."""
        row = self._connection.execute(f"{_READ} WHERE p.id = ?", (id,)).fetchone()
        return _change(row).paper if row else None

    def sightings(self, id: str) -> list[Seen]:
        """All sightings of a paper, each with the moment it was made, in no particular order; [] for an unknown key."""
        number = sightings.numbers(self._connection, [id]).get(id, 0)
        return sightings.of_papers(self._connection, [number])[number]

    def changes(self, since: int, limit: int) -> list[Change]:
        """The next `limit` papers whose `seq` is beyond `since`, in the order of `seq`."""
        rows = self._connection.execute(f"{_READ} WHERE p.seq > ? ORDER BY p.seq LIMIT ?", (since, limit)).fetchall()
        translated = translations.of_papers(self._connection, [row[1] for row in rows])
        return [_change(row, translated.get(row[1], ())) for row in rows]

    def translated(self, language: str, limit: int) -> list[Change]:
        """Up to `limit` papers that were translated into `language`, those last translated first, as `changes` gives
        them."""
        newest = "SELECT paper, max(at) FROM translation WHERE language = ? AND state = 'translated' GROUP BY paper"
        rows = self._connection.execute(
            f"{_READ} JOIN ({newest} ORDER BY max(at) DESC, paper LIMIT ?) AS latest ON latest.paper = p.number "
            'ORDER BY latest."max(at)" DESC, p.number',
            (language, limit),
        ).fetchall()
        translations_by_paper = translations.of_papers(self._connection, [row[1] for row in rows])
        return [_change(row, translations_by_paper.get(row[1], ())) for row in rows]

    def pending(self, since: int) -> int:
        """How many papers have changed since `since`."""
        return int(self._connection.execute("SELECT count(*) FROM paper WHERE seq > ?", (since,)).fetchone()[0])

    def papers(self, batch: int = PAPERS_A_TRANSACTION) -> Iterator[Paper]:
        """Every paper, in the order of the change feed. They are read in batches, so that no read takes long."""
        seq = 0
        while changes := self.changes(seq, batch):
            seq = changes[-1].seq
            yield from (change.paper for change in changes if change.paper)

    def to_translate(
        self, language: str, model: str, rules: str, *, redo: bool, below: int | None, limit: int
    ) -> list[translations.Wanted]:
        """The next papers to be translated; see `papers.translations.wanted`."""
        return translations.wanted(self._connection, language, model, rules, redo=redo, below=below, limit=limit)

    def texts(self, ids: Sequence[str]) -> dict[str, translations.Wanted]:
        """The texts of these papers, by key; `due` is empty in each."""
        return translations.texts_of(self._connection, ids)

    def translation_counts(self) -> dict[str, dict[str, int]]:
        """Language → outcome, with its reason where it has one (`untranslated: reason`) → number of texts."""
        return translations.counts(self._connection)

    def waiting(self, language: str, since: datetime) -> int:
        """How many of the newest papers were first seen before `since` and not yet tried in this language."""
        return translations.waiting(self._connection, language, since)

    def progress(self, listing: Listing) -> ledger.Progress | None:
        """How far a listing was read; None where it was not begun, or was read to its end."""
        return ledger.progress(self._connection, listing)

    def known_page(self, address: str) -> KnownPage | None:
        """What is known of the page at an address; None where none was kept complete with validators."""
        return revisits.known_page(self._connection, address)

    def reached(self, source: str, name: str | None = None) -> date | None:
        """The day before which all changes of a source's list, or of any, are kept; None where none is known."""
        return revisits.reached(self._connection, source, name)

    def page_ends(self, listing: Listing) -> dict[date, bytes]:
        """The datestamps that the pages of a harvest under way ended in; see `crawler.harvest`."""
        return revisits.page_ends(self._connection, listing.source, listing.name)

    def ranking(self, source: str, name: str) -> Ranking:
        """The ranking of a source as it was read last."""
        return revisits.ranking(self._connection, source, name)

    def attempts(self) -> list[Attempt]:
        """All attempts, in the order in which they were made."""
        return ledger.attempts(self._connection)

    def latest_attempts(self) -> dict[Listing, Attempt]:
        """The last attempt at each listing that is not of a day."""
        return ledger.latest(self._connection)

    def record(self, first: date, last: date) -> Record:
        """What the coverage of the days from `first` to `last` is computed from.

        Attempts for later days, up to STALE_FOR after `last`, are included: they may have been shown the list of one of
        these days.
        """
        return Record(
            attempts=tuple(ledger.attempts(self._connection, first, last + STALE_FOR)),
            begun=ledger.begun(self._connection),
            announced=tuple(ledger.announced(self._connection, first, last)),
        )

    def forgotten(self) -> list[Forgotten]:
        """The forgotten papers, the most recently forgotten first."""
        return forgotten.listed(self._connection)

    def rejected(self, within: timedelta, now: datetime) -> list[tuple[str, str, Rejected]]:
        """The records left out within this time before `now`: (source, address of the page, record), newest first."""
        return ledger.rejected(self._connection, within, now)


_READ = """SELECT p.seq, p.number, p.id, p.merged, t.body, a.body, p.title, p.abstract,
    (SELECT min(at) FROM sighting s WHERE s.paper = p.number) FROM paper p
    LEFT JOIN text t ON t.paper = p.number AND t.hash = p.title
    LEFT JOIN text a ON a.paper = p.number AND a.hash = p.abstract"""


Text = str | bytes | None


def _change(
    row: tuple[int, int, str, bytes | None, Text, Text, bytes | None, bytes | None, int | None],
    paper_translations: Sequence[translations.Translation] = (),
) -> Change:
    seq, number, id, merged, title, abstract, title_hash, abstract_hash, first_seen = row
    if merged is None:
        return Change(seq, number, id, None)
    paper = codec.unpack_paper(merged, codec.unpack_text(title), codec.unpack_text(abstract))
    hashes = {"title": title_hash, "abstract": abstract_hash}
    texts: dict[str, dict[str, str]] = {}
    models: dict[str, str] = {}
    reasons: dict[str, str] = {}
    outcomes: dict[str, dict[str, translations.TranslationOutcome]] = {}
    aligned: dict[str, dict[str, tuple[Aligned, ...]]] = {}
    language: str | None = None
    translated_at = 0
    for translation in paper_translations:
        if translation.source != hashes[translation.field]:
            continue  # it translates an earlier version of the text
        language = language or (translation.original.language if translation.original else None)
        outcomes.setdefault(translation.language, {})[translation.field] = translation.outcome
        if translation.outcome in (translations.TranslationOutcome.TRANSLATED, translations.TranslationOutcome.PARTLY):
            texts.setdefault(translation.field, {})[translation.language] = translation.text
            models[translation.language] = translation.model
            translated_at = max(translated_at, translation.at)
            aligned.setdefault(translation.language, {})[translation.field] = translation.aligned()
        if translation.outcome in (
            translations.TranslationOutcome.UNTRANSLATED,
            translations.TranslationOutcome.PARTLY,
        ):
            reasons[translation.language] = translation.reason or ""
    return Change(
        seq,
        number,
        id,
        paper,
        language,
        texts,
        models,
        reasons,
        aligned,
        states=_states(outcomes, [name for name, hash in hashes.items() if hash is not None]) if outcomes else {},
        translated_at=codec.from_microseconds(translated_at) if translated_at else None,
        first_seen=codec.from_microseconds(first_seen) if first_seen is not None else None,
    )


def _states(outcomes: dict[str, dict[str, translations.TranslationOutcome]], fields: list[str]) -> dict[str, str]:
    return {
        language: translations.state_of([by_field.get(name) for name in fields])
        for language, by_field in outcomes.items()
    }
