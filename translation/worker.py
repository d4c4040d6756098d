"""Translates the untranslated papers of the catalogue in batches. It depends on neither crawler nor index.

A lock allows one process at a time for each language. A run ends when no paper is left, and does not wait for new ones.
Translations are stored after each batch: a process that is killed loses at most one batch, which the next run repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from papers.catalogue import Catalogue
from papers.corrections import Kind
from papers.locks import exclusive
from papers.translations import TranslationOutcome
from translation.batch import translated
from translation.engine import Translator
from translation.provenance import Provenance, provenance
from translation.settings import TranslationSettings

LOCK = "translation.lock"


@dataclass(slots=True)
class TranslationResult:
    """The result of a run, counted in papers, sentences and texts."""

    papers: int = 0
    sentences: int = 0  # translated in this run; reused ones do not count
    ways: dict[str, int] = field(default_factory=dict)  # `sentences` by the way in which they were translated
    reasons: dict[str, int] = field(
        default_factory=dict
    )  # texts with a sentence that is not good enough, by the first reason
    left_to_another: bool = False


def made_by(translator: Translator, settings: TranslationSettings) -> tuple[str, Provenance]:
    """The name of the model and the rules that translations record; raises NoPackage.

    The model is the one from English, which translates nearly every paper. A beam of more than 1 is part of its name.
    """
    engine = translator.engine("en")
    name = engine.name if settings.beam == 1 else f"{engine.name}, beam {settings.beam}"
    return name, provenance(terms=translator.glossary("en").hash, beam=settings.beam, packages=engine.hash)


def run(
    catalogue: Catalogue,
    data: Path,
    settings: TranslationSettings,
    to: str,
    *,
    now: Callable[[], datetime],
    limit: int | None = None,
    stale: bool = False,
    redo: bool = False,
    progress: Callable[[int], None] = lambda papers: None,
    stopped: Callable[[], bool] = lambda: False,
) -> TranslationResult:
    """Translate papers that have no translation into `to`, newest first, at most `limit`; raises NoPackage.

    With `stale` also papers that another model or other rules translated; sentences that the model would answer the
    same way are judged again and reused. With `redo` the same papers, and no sentence of a model is reused. After each
    batch `progress` gets the number of papers so far, and the run ends if `stopped()` is true. Another process may
    translate into `to` already: then nothing is done, and `left_to_another` is true.
    """
    result = TranslationResult()
    corrections = catalogue.corrections(to)
    translator = Translator(
        data, settings, to, terms=[correction for correction in corrections if correction.kind is Kind.TERM]
    )
    corrected_sentences = {
        correction.source: correction.target for correction in corrections if correction.kind is Kind.SENTENCE
    }
    model, rules = made_by(translator, settings)
    below: int | None = None
    with exclusive(data / f"{to}-{LOCK}") as locked:
        if not locked:
            result.left_to_another = True
            return result
        while limit is None or result.papers < limit:
            size = settings.papers_at_once if limit is None else min(settings.papers_at_once, limit - result.papers)
            batch = catalogue.to_translate(to, model, str(rules), redo=stale or redo, below=below, limit=size)
            if not batch:
                break
            below = batch[-1].number
            translations, sentences = translated(
                batch, translator, model, rules, corrected_sentences, stale=stale, redo=redo
            )
            catalogue.keep_translations(translations, now())
            result.papers += len(batch)
            result.sentences += len(sentences)
            for sentence in sentences:
                result.ways[sentence.way] = result.ways.get(sentence.way, 0) + 1
            for _, translation in translations:
                _count_reasons(
                    translation.reason if translation.outcome is not TranslationOutcome.ORIGINAL else None, result
                )
            progress(result.papers)
            if stopped():
                break
    return result


def _count_reasons(reason: str | None, result: TranslationResult) -> None:
    if reason:
        result.reasons[reason] = result.reasons.get(reason, 0) + 1
