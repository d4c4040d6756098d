"""Translations in the catalogue: what is translated and by what, what is not and why.

A translation belongs to a paper, a field and a language. It is the list of its sentences, each under a key of its
source sentence, so that for a further version of a text only its new sentences are translated. A sentence whose
translation is not good enough has no target, but a reason. Model and rules are recorded and are not part of the key:
after an upgrade, texts are translated anew on request.
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


def blank(language: str) -> str:
    """What stands between two sentences of a language: " " or ""."""
    return "" if language in _UNSPACED else " "


class Detected(NamedTuple):
    """The language of a paper's texts, as it was detected."""

    language: str
    confidence: float  # 0 to 1; 0 where the texts gave no evidence


class TranslationOutcome(StrEnum):
    """How the translation of a text turned out."""

    TRANSLATED = "translated"
    PARTLY = "partly"  # some of its sentences are translated; `reason` says why the first of the others is not
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
    """The state of a paper from the outcomes of its texts, where None stands for a text that was not tried yet."""
    tried = {outcome for outcome in outcomes if outcome is not None}
    if not tried or None in outcomes:
        return TranslationState.PENDING
    return TranslationState(tried.pop().value) if len(tried) == 1 else TranslationState.PARTLY


# The `way` of a sentence that a person translated; no model replaces it.
PERSON = "person"
# Where people translated a text as a whole, their name with this in front of it takes the place of a model's name.
BY_PEOPLE = "by "
# How the name of the demo's model ends, which knows the words of made-up papers only.
DEMO = " (demo)"
KEY_LENGTH = 18


def key_of(sentence: str, stamp: str = "") -> str:
    """The key of a source sentence. `stamp` changes with the glossary's terms in it: see `translation.glossary`."""
    return hashlib.blake2b(sentence.encode(), digest_size=KEY_LENGTH // 2).hexdigest() + stamp


class Sentence(NamedTuple):
    """A sentence of a text: the key of its source, and what it became."""

    key: str
    target: str | None  # None where it is not good enough, or was left as it is
    way: str = ""  # how it was translated: see `translation.protect.Strategy`; "" in rows older than this field
    reason: str | None = None
    length: int = 0  # of the source sentence, in characters; 0 in rows older than this field


def outcome_of(sentences: Sequence[Sentence]) -> TranslationOutcome:
    """The outcome of a text that has these sentences."""
    good_count = sum(sentence.target is not None for sentence in sentences)
    if not good_count:
        return TranslationOutcome.UNTRANSLATED
    return TranslationOutcome.TRANSLATED if good_count == len(sentences) else TranslationOutcome.PARTLY


@dataclass(frozen=True, slots=True)
class Translation:
    """What a field of a paper became in one language."""

    field: str
    language: str
    source: bytes  # the hash of the source text
    outcome: TranslationOutcome
    model: str
    rules: str
    original: Detected | None  # None in rows older than this field
    sentences: tuple[Sentence, ...] = ()
    reason: str | None = None
    at: int = 0  # when it was kept, in µs since 1970; 0 where it is not kept yet

    def aligned(self) -> tuple[Aligned, ...]:
        """Its sentences beside those of the source; () where their lengths were not kept."""
        if not all(sentence.length for sentence in self.sentences):
            return ()
        return tuple(
            Aligned(sentence.length, len(sentence.target) if sentence.target else None, sentence.way, sentence.reason)
            for sentence in self.sentences
        )

    @property
    def text(self) -> str:
        """Its translated sentences as one text; the others are left out."""
        return blank(self.language).join(sentence.target for sentence in self.sentences if sentence.target)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper with texts to be translated, and its earlier translations into the language.

    `texts` is field → (hash, text), for all its texts: a paper's language is detected from all of them. `due` names the
    fields that are to be translated. `before` is field → earlier translation.
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
    """The next papers with a text to be translated, newest first, of row numbers below `below` (None: all).

    A text is due where it was never translated or has changed since, and where another model or other rules did not
    translate all of it. With `redo`, all that another model or other rules translated is due, too. A text that people
    translated as a whole is due only where it has changed.
    """
    redo_condition = f"""(t.model <> :model OR t.rules <> :rules) AND t.model NOT LIKE '{BY_PEOPLE}%'
        AND (t.state IN ('untranslated', 'partly') OR {int(redo)})"""

    def due(name: str) -> str:
        return f"""p.{name} IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM translation t WHERE t.paper = p.number AND t.field = '{name}' AND t.language = :language
            AND t.source = p.{name} AND NOT ({redo_condition}))"""

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
    translations_by_paper = of_papers(connection, [row[0] for row in rows])
    papers = []
    for number, id, title, abstract, merged, title_due, abstract_due in rows:
        hashes = zip(FIELDS, (title, abstract), strict=True)
        texts = {name: (hash, _text(connection, number, hash)) for name, hash in hashes if hash is not None}
        due_fields = tuple(name for name, is_due in zip(FIELDS, (title_due, abstract_due), strict=True) if is_due)
        earlier_translations = {
            translation.field: translation
            for translation in translations_by_paper.get(number, ())
            if translation.language == language
        }
        papers.append(
            Wanted(
                number, id, texts, due_fields, tuple(orjson.loads(merged).get("categories", ())), earlier_translations
            )
        )
    return papers


def texts_of(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Wanted]:
    """The texts of these papers, by key; `due` is empty in each."""
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
        parsed_sentences = tuple(
            Sentence(key, target or None, *details) for key, target, *details in orjson.loads(sentences)
        )
        detected = Detected(original, confidence) if original else None
        yield (
            number,
            Translation(
                name, language, source, TranslationOutcome(state), model, rules, detected, parsed_sentences, reason, at
            ),
        )


def of_papers(connection: sqlite3.Connection, numbers: Sequence[int]) -> dict[int, list[Translation]]:
    """All translations of these papers, by row number."""
    by_paper: dict[int, list[Translation]] = {}
    for number, translation in _rows(connection, numbers):
        by_paper.setdefault(number, []).append(translation)
    return by_paper


def write(
    connection: sqlite3.Connection,
    numbered_translations: Sequence[tuple[int, Translation]],
    first_seq: int,
    at: datetime,
) -> None:
    """Write translations, and give each paper a new `seq`, from `first_seq` on. Must run inside a transaction.

    Those of texts that have changed since they were read, or of papers that were forgotten, are left out.
    """
    numbered_translations = _of_present_texts(connection, numbered_translations)
    connection.executemany(
        "INSERT OR REPLACE INTO translation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                translation.field,
                translation.language,
                translation.source,
                translation.outcome,
                translation.reason,
                translation.model,
                translation.rules,
                orjson.dumps(translation.sentences, default=list),
                codec.to_microseconds(at),
                *(translation.original or (None, None)),
            )
            for number, translation in numbered_translations
        ],
    )
    numbers = dict.fromkeys(number for number, _ in numbered_translations)
    connection.executemany(
        "UPDATE paper SET seq = ? WHERE number = ?", [(first_seq + n, number) for n, number in enumerate(numbers)]
    )


def _of_present_texts(
    connection: sqlite3.Connection, numbered_translations: Sequence[tuple[int, Translation]]
) -> list[tuple[int, Translation]]:
    numbers = orjson.dumps(list({number for number, _ in numbered_translations})).decode()
    rows = connection.execute(
        "SELECT number, title, abstract FROM paper "
        "WHERE merged IS NOT NULL AND number IN (SELECT value FROM json_each(?))",
        (numbers,),
    )
    hashes = {number: dict(zip(FIELDS, hashes, strict=True)) for number, *hashes in rows}
    return [
        (number, translation)
        for number, translation in numbered_translations
        if hashes.get(number, {}).get(translation.field) == translation.source
    ]


# How many of the newest papers `waiting` looks at: all of arXiv would take seconds.
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
    """Language → outcome, with its reason where it has one (`untranslated: reason`) → number of texts."""
    by_language: dict[str, dict[str, int]] = {}
    for language, state, reason, count in connection.execute(
        "SELECT language, state, reason, count(*) FROM translation GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ):
        by_language.setdefault(language, {})[f"{state}: {reason}" if reason else state] = count
    return by_language
