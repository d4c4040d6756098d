"""What people say better than a model: sentences and terms, kept above every model, and put into the translations that
are there."""

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
    """A sentence or a term, and what it is in a language."""

    kind: Kind
    language: str
    source: str
    target: str


def write(connection: sqlite3.Connection, corrections: Sequence[Correction], at: datetime) -> None:
    """Keep these in the place of earlier ones, inside a transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO correction (kind, language, source, target, at) VALUES (?, ?, ?, ?, ?)",
        [(*one, codec.to_microseconds(at)) for one in corrections],
    )


def listed(connection: sqlite3.Connection, language: str) -> list[Correction]:
    """All of a language, by kind and source."""
    rows = connection.execute(
        "SELECT kind, source, target FROM correction WHERE language = ? ORDER BY kind, source", (language,)
    )
    return [Correction(Kind(kind), language, source, target) for kind, source, target in rows]


def applied(connection: sqlite3.Connection, corrections: Sequence[Correction]) -> list[tuple[int, Translation]]:
    """The translations that hold one of these sentences, with it said as corrected, by the row number of the paper."""
    by_language: dict[str, dict[str, str]] = {}
    for one in corrections:
        if one.kind is Kind.SENTENCE:
            by_language.setdefault(one.language, {})[key_of(one.source)] = one.target
    changed = []
    for language, targets in by_language.items():
        numbers = _holding(connection, language, targets)
        for number, made in translations.of_papers(connection, numbers).items():
            changed += [(number, text) for one in made if one.language == language and
                        (text := _corrected(one, targets)) != one]  # fmt: skip
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
    sentences = tuple(_sentence(one, targets.get(one.key[: translations.KEY_LENGTH])) for one in text.sentences)
    reason = next((one.reason for one in sentences if one.target is None), None)
    return replace(text, sentences=sentences, outcome=outcome_of(sentences), reason=reason)


def _sentence(one: Sentence, target: str | None) -> Sentence:
    return one if target is None else one._replace(target=target, way=PERSON, reason=None)
