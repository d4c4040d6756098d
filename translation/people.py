"""Imports whole texts that people translated into the catalogue, labelled with who translated them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from papers import identifiers
from papers.catalogue import Catalogue
from papers.errors import UsageError
from papers.normalise.readable import readable
from papers.translations import BY_PEOPLE, FIELDS, PERSON, Sentence, Translation, TranslationOutcome, key_of
from translation.detect import detect
from translation.judge.check import judge
from translation.packages import code
from translation.sentences import split

RULES = "people"
AT_ONCE = 500


class BadLine(UsageError):
    """Raised by `bring_in`: a line is not a text of a paper."""


@dataclass(slots=True)
class ImportResult:
    """The result of an import: how many texts were kept, and a message for each text that was not."""

    kept: int = 0
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    id: str
    field: str
    language: str
    text: str
    by: str


def bring_in(lines: Iterable[bytes], catalogue: Catalogue, at: datetime) -> ImportResult:
    """Import texts, which replace a model's translations. Each line is JSON with id, field, language, text and by.

    A text that the judgement refuses, or whose paper is not in the catalogue, is left out. Raises BadLine for a line of
    another form; the batches of 500 lines before it are kept.
    """
    result = ImportResult()
    batch: list[_Line] = []
    for line in _parsed(lines):
        batch.append(line)
        if len(batch) == AT_ONCE:
            _keep(batch, catalogue, at, result)
            batch = []
    _keep(batch, catalogue, at, result)
    return result


def _parsed(lines: Iterable[bytes]) -> Iterator[_Line]:
    for number, content in enumerate(lines, start=1):
        if not content.strip():
            continue
        try:
            values = orjson.loads(content)
        except ValueError as error:
            raise BadLine(f"Line {number} is no JSON ({error}).") from error
        names = ("id", "field", "language", "text", "by")
        if not isinstance(values, dict) or not all(isinstance(values.get(name), str) for name in names):
            raise BadLine(f"Line {number}: expected an object with {', '.join(names)}, all text.")
        if values["field"] not in FIELDS:
            raise BadLine(f"Line {number}: field is '{values['field']}', expected {' or '.join(FIELDS)}.")
        identifier = identifiers.parse(values["id"])
        id = identifier.key if identifier else values["id"]
        text = " ".join(readable(values["text"]).split())
        yield _Line(number, id, values["field"], code(values["language"]), text, values["by"])


def _keep(batch: Sequence[_Line], catalogue: Catalogue, at: datetime, result: ImportResult) -> None:
    translations = []
    papers = catalogue.texts([line.id for line in batch])
    for line in batch:
        paper = papers.get(line.id)
        if paper is None or line.field not in paper.texts:
            result.left_out.append(f"line {line.number}: {line.id} with such a text is not kept here")
            continue
        hash, source = paper.texts[line.field]
        original = detect(*(paper.texts.get(name, (b"", ""))[1] for name in FIELDS))
        reasons = judge(readable(source), line.text, line.language, original.language)
        if reasons:
            result.left_out.append(f"line {line.number}, {line.field} of {line.id}: {', '.join(reasons)}")
            continue
        sentences = tuple(_sentences(readable(source), line.text))
        by = f"{BY_PEOPLE}{line.by}"
        translations.append(
            (
                paper.number,
                Translation(
                    line.field, line.language, hash, TranslationOutcome.TRANSLATED, by, RULES, original, sentences
                ),
            )
        )
    if translations:
        catalogue.keep_translations(translations, at)
        result.kept += len(translations)


def _sentences(source: str, target: str) -> Iterator[Sentence]:
    """Pairs of sentences where both texts have the same number of them, else the whole texts as one pair."""
    source_sentences, target_sentences = split(source), split(target)
    if len(source_sentences) != len(target_sentences):
        source_sentences, target_sentences = [source], [target]
    for source_sentence, target_sentence in zip(source_sentences, target_sentences, strict=True):
        yield Sentence(key_of(source_sentence), target_sentence, PERSON, None, len(source_sentence))
