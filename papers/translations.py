"""Translations in the catalogue: what is translated and by what, what is not and why.

A translation belongs to a paper, a field and a language. It is the list of its sentences, each under a key of its
source sentence, so that a further version of a text translates its new sentences only. A sentence that is not good
enough has no target and a reason. Model and rules are recorded and are not part of the look-up: an upgrade translates
anew on request.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import orjson

from papers import codec
from papers.paper import Aligned

FIELDS = ("title", "abstract")
# Languages that put no blank between sentences.
_UNSPACED = ("zh", "ja")


def joined(sentences: Sequence[str], language: str) -> str:
    """Sentences of a language as one text."""
    return ("" if language in _UNSPACED else " ").join(sentences)


class Detected(NamedTuple):
    """The language that a paper's texts were found to be in."""

    language: str
    confidence: float  # 0 to 1; 0 where there was nothing to go by


class TranslationOutcome(StrEnum):
    """How a text fared."""

    TRANSLATED = "translated"
    PARTLY = "partly"  # some of its sentences are: `reason` says why the first of the others is not
    UNTRANSLATED = "untranslated"  # it was tried, and no sentence is good enough
    ORIGINAL = "original"  # the text is in this language already


class TranslationState(StrEnum):
    """How far the texts of a paper are in a language."""

    TRANSLATED = "translated"  # all of them
    PARTLY = "partly"  # some of them; the others were tried
    UNTRANSLATED = "untranslated"  # none was good enough
    PENDING = "pending"  # some were not tried yet
    ORIGINAL = "original"  # they are in this language already


def state_of(outcomes: Sequence[TranslationOutcome | None]) -> TranslationState:
    """The state of a paper whose texts fared so; None for one that was not tried yet."""
    tried = {outcome for outcome in outcomes if outcome is not None}
    if not tried or None in outcomes:
        return TranslationState.PENDING
    return TranslationState(tried.pop().value) if len(tried) == 1 else TranslationState.PARTLY


# The way of a sentence that a person said; no model takes its place.
PERSON = "person"
# In front of the name of those who translated a text as a whole, in the place of a model's.
BY_PEOPLE = "by "
KEY_LENGTH = 18


def key_of(sentence: str, stamp: str = "") -> str:
    """The name of a source sentence; `stamp` changes where something in it is to be called otherwise."""
    return hashlib.blake2b(sentence.encode(), digest_size=KEY_LENGTH // 2).hexdigest() + stamp


class Sentence(NamedTuple):
    """A sentence of a text: the key of its source, and what it became."""

    key: str
    target: str | None  # None where it is not good enough, or was left as it is
    way: str = ""  # how it came through: see `translation.protect.Way`; "" in rows of before it was kept
    reason: str | None = None
    length: int = 0  # of the source sentence, in characters; 0 in rows of before it was kept


def outcome_of(sentences: Sequence[Sentence]) -> TranslationOutcome:
    """How a text of these sentences fared."""
    good = sum(one.target is not None for one in sentences)
    if not good:
        return TranslationOutcome.UNTRANSLATED
    return TranslationOutcome.TRANSLATED if good == len(sentences) else TranslationOutcome.PARTLY


@dataclass(frozen=True, slots=True)
class Translation:
    field: str
    language: str
    source: bytes  # the hash of the source text
    outcome: TranslationOutcome
    model: str
    rules: str
    original: Detected | None  # None in rows of before it was kept
    sentences: tuple[Sentence, ...] = ()
    reason: str | None = None
    at: int = 0  # when it was kept, in µs since 1970; 0 before

    def aligned(self) -> tuple[Aligned, ...]:
        """Its sentences beside those of the source; () where their lengths were not kept."""
        if not all(one.length for one in self.sentences):
            return ()
        return tuple(
            Aligned(one.length, len(one.target) if one.target else None, one.way, one.reason) for one in self.sentences
        )

    @property
    def text(self) -> str:
        """Its good sentences."""
        return joined([one.target for one in self.sentences if one.target], self.language)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper some text of which is to be translated, and what there was before.

    `texts` are all it has, with their hashes: a paper's language is decided over all of them. `due` are the fields of
    those to be translated.
    """

    number: int
    id: str
    texts: Mapping[str, tuple[bytes, str]]
    due: tuple[str, ...]
    categories: tuple[str, ...] = ()
    before: Mapping[str, Translation] = field(default_factory=dict)


def wanted(
    connection: sqlite3.Connection, language: str, model: str, rules: str, *, redo: bool, below: int | None, limit: int
) -> list[Wanted]:
    """The next papers with a text to be translated, those that came last first, below the row number `below`.

    That is a text that was never translated or has changed since, one that was not translated as a whole by another
    model or other rules, and with `redo` all that was made by others. What people translated stays.
    """
    others = f"""(t.model <> :model OR t.rules <> :rules) AND t.model NOT LIKE '{BY_PEOPLE}%'
        AND (t.state IN ('untranslated', 'partly') OR {int(redo)})"""

    def due(name: str) -> str:
        return f"""p.{name} IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM translation t WHERE t.paper = p.number AND t.field = '{name}' AND t.language = :language
            AND t.source = p.{name} AND NOT ({others}))"""

    rows = connection.execute(
        f"""SELECT p.number, p.id, p.title, p.abstract, p.merged, {due("title")}, {due("abstract")} FROM paper p
        WHERE p.merged IS NOT NULL AND p.number < :below AND ({due("title")} OR {due("abstract")})
        ORDER BY p.number DESC LIMIT :limit""",
        {
            "language": language,
            "model": model,
            "rules": rules,
            "below": below if below is not None else 1 << 62,
            "limit": limit,
        },
    ).fetchall()
    before = of_papers(connection, [row[0] for row in rows])
    found = []
    for number, id, title, abstract, merged, title_due, abstract_due in rows:
        hashes = zip(FIELDS, (title, abstract), strict=True)
        texts = {name: (hash, _text(connection, number, hash)) for name, hash in hashes if hash is not None}
        due_fields = tuple(name for name, is_due in zip(FIELDS, (title_due, abstract_due), strict=True) if is_due)
        mine = {one.field: one for one in before.get(number, ()) if one.language == language}
        found.append(Wanted(number, id, texts, due_fields, tuple(orjson.loads(merged).get("categories", ())), mine))
    return found


def texts_of(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Wanted]:
    """The texts of these papers, by key, with no field due."""
    rows = connection.execute(
        """SELECT number, id, title, abstract FROM paper
        WHERE merged IS NOT NULL AND id IN (SELECT value FROM json_each(?))""",
        (orjson.dumps(list(ids)).decode(),),
    ).fetchall()
    papers = {}
    for number, id, *hashes in rows:
        named = zip(FIELDS, hashes, strict=True)
        texts = {name: (hash, _text(connection, number, hash)) for name, hash in named if hash is not None}
        papers[id] = Wanted(number, id, texts, ())
    return papers


def _text(connection: sqlite3.Connection, number: int, hash: bytes) -> str:
    (body,) = connection.execute("SELECT body FROM text WHERE paper = ? AND hash = ?", (number, hash)).fetchone()
    return codec.unpack_text(body) or ""


def _rows(connection: sqlite3.Connection, numbers: Sequence[int]) -> Iterable[tuple[int, Translation]]:
    rows = connection.execute(
        """SELECT paper, field, language, source, state, model, rules, sentences, reason, original,
        confidence, at FROM translation WHERE paper IN (SELECT value FROM json_each(?))""",
        (orjson.dumps(numbers).decode(),),
    )
    for number, name, language, source, state, model, rules, sentences, reason, original, confidence, at in rows:
        pairs = tuple(Sentence(key, target or None, *rest) for key, target, *rest in orjson.loads(sentences))
        found = Detected(original, confidence) if original else None
        yield (
            number,
            Translation(name, language, source, TranslationOutcome(state), model, rules, found, pairs, reason, at),
        )


def of_papers(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, list[Translation]]:
    """All translations of these papers, by row number."""
    found: dict[int, list[Translation]] = {}
    for number, translation in _rows(connection, numbers):
        found.setdefault(number, []).append(translation)
    return found


def write(
    connection: sqlite3.Connection, made: Sequence[tuple[int, Translation]], first_seq: int, at: datetime
) -> None:
    """Write translations, inside a transaction; each paper gets a new number in the change feed from `first_seq` on."""
    connection.executemany(
        "INSERT OR REPLACE INTO translation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                one.field,
                one.language,
                one.source,
                one.outcome,
                one.reason,
                one.model,
                one.rules,
                orjson.dumps(one.sentences, default=list),
                codec.to_microseconds(at),
                *(one.original or (None, None)),
            )
            for number, one in made
        ],
    )
    numbers = dict.fromkeys(number for number, _ in made)
    connection.executemany(
        "UPDATE paper SET seq = ? WHERE number = ?", [(first_seq + n, number) for n, number in enumerate(numbers)]
    )


# So many of the newest papers are looked at: all of arXiv would take seconds.
_NEWEST = 20_000


def waiting(connection: sqlite3.Connection, language: str, since: datetime) -> int:
    """How many of the newest papers were seen before `since` and were never tried in this language."""
    (count,) = connection.execute(
        """SELECT count(*) FROM paper p WHERE merged IS NOT NULL AND title IS NOT NULL
        AND number > (SELECT coalesce(max(number), 0) FROM paper) - ?
        AND NOT EXISTS (SELECT 1 FROM translation t WHERE t.paper = p.number AND t.field = 'title' AND t.language = ?)
        AND (SELECT min(at) FROM sighting s WHERE s.paper = p.number) < ?""",
        (_NEWEST, language, codec.to_microseconds(since)),
    ).fetchone()
    return int(count)


def counts(connection: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """For each language how many texts are translated, original, or untranslated for which reason."""
    found: dict[str, dict[str, int]] = {}
    for language, state, reason, count in connection.execute(
        "SELECT language, state, reason, count(*) FROM translation GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ):
        found.setdefault(language, {})[f"{state}: {reason}" if reason else state] = count
    return found
