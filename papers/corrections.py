"""Corrections that people make to translations, of sentences and of terms.

They take precedence over every model, and are put into the translations that exist already.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import orjson

from papers import codec, translations
from papers.translations import PERSON, Sentence, Translation, key_of, outcome_of


class Kind(StrEnum):
    SENTENCE = "sentence"
    TERM = "term"


class Correction(NamedTuple):
    """A source sentence or term, and its translation into `language`."""

    kind: Kind
    language: str
    source: str
    target: str


def write(connection: sqlite3.Connection, corrections: Sequence[Correction], at: datetime) -> None:
    """Write these corrections; each replaces an earlier one of the same source. Must run inside a transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO correction (kind, language, source, target, at) VALUES (?, ?, ?, ?, ?)",
        [(*correction, codec.to_microseconds(at)) for correction in corrections],
    )


def listed(connection: sqlite3.Connection, language: str) -> list[Correction]:
    """All corrections for a language, ordered by kind and source."""
    rows = connection.execute(
        "SELECT kind, source, target FROM correction WHERE language = ? ORDER BY kind, source", (language,)
    )
    return [Correction(Kind(kind), language, source, target) for kind, source, target in rows]


def applied(connection: sqlite3.Connection, corrections: Sequence[Correction]) -> list[tuple[int, Translation]]:
    """The translations that these corrections change, as corrected, each with the row number of its paper.

    Nothing is written. Corrections of terms change no translation.
    """
    by_language: dict[str, dict[str, str]] = {}
    for correction in corrections:
        if correction.kind is Kind.SENTENCE:
            by_language.setdefault(correction.language, {})[key_of(correction.source)] = correction.target
    changed = []
    for language, targets in by_language.items():
        numbers = _holding(connection, language, targets)
        for number, stored in translations.of_papers(connection, numbers).items():
            changed += [(number, text) for translation in stored if translation.language == language and
                        (text := _corrected(translation, targets)) != translation]  # fmt: skip
    return changed


def _holding(connection: sqlite3.Connection, language: str, targets: Mapping[str, str]) -> list[int]:
    """The papers whose translation has a sentence with one of these keys. Reads all translations of the language."""
    rows = connection.execute(
        """SELECT DISTINCT t.paper FROM translation t, json_each(CAST(t.sentences AS TEXT)) s
        JOIN json_each(?) k ON k.value = substr(s.value ->> 0, 1, ?) WHERE t.language = ?""",
        (orjson.dumps(list(targets)).decode(), translations.KEY_LENGTH, language),
    )
    return [number for (number,) in rows]


def _corrected(text: Translation, targets: Mapping[str, str]) -> Translation:
    sentences = tuple(
        _sentence(sentence, targets.get(sentence.key[: translations.KEY_LENGTH])) for sentence in text.sentences
    )
    reason = next((sentence.reason for sentence in sentences if sentence.target is None), None)
    return replace(text, sentences=sentences, outcome=outcome_of(sentences), reason=reason)


def _sentence(sentence: Sentence, target: str | None) -> Sentence:
    return sentence if target is None else sentence._replace(target=target, way=PERSON, reason=None)
