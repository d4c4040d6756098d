"""The catalogue's untranslated papers → batches → translations. Knows neither crawler nor index.

One process at a time, under a lock. It reads the catalogue, never waits for it, and keeps what it made after each
batch: killed at any moment it has lost one batch, which the next run makes again.
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
    """What a run came to, counted in papers and sentences."""

    papers: int = 0
    sentences: int = 0  # that were really translated, the rest being known from before
    ways: dict[str, int] = field(default_factory=dict)  # of those: by the way they came through
    reasons: dict[str, int] = field(default_factory=dict)  # sentences that are not good enough, by reason
    left_to_another: bool = False


def made_by(translator: Translator, settings: TranslationSettings) -> tuple[str, Provenance]:
    """The model from English, by which nearly every paper is translated, with its beam where that is more than one, and
    the rules; raises NoPackage."""
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
    """Translate what is untranslated into `to`, newest first, at most `limit` papers; raises NoPackage.

    With `stale` also what was made by another model or other rules; sentences to which the model would answer the same
    are judged again and taken over. With `redo` all that, and no sentence of a model's is taken over. `stopped` is
    asked after each batch.
    """
    done = TranslationResult()
    corrections = catalogue.corrections(to)
    translator = Translator(data, settings, to, terms=[one for one in corrections if one.kind is Kind.TERM])
    sentences_said = {one.source: one.target for one in corrections if one.kind is Kind.SENTENCE}
    model, rules = made_by(translator, settings)
    below: int | None = None
    with exclusive(data / f"{to}-{LOCK}") as locked:
        if not locked:
            done.left_to_another = True
            return done
        while limit is None or done.papers < limit:
            size = settings.papers_at_once if limit is None else min(settings.papers_at_once, limit - done.papers)
            batch = catalogue.to_translate(to, model, str(rules), redo=stale or redo, below=below, limit=size)
            if not batch:
                break
            below = batch[-1].number
            made, sentences = translated(batch, translator, model, rules, sentences_said, stale=stale, redo=redo)
            catalogue.keep_translations(made, now())
            done.papers += len(batch)
            done.sentences += len(sentences)
            for one in sentences:
                done.ways[one.way] = done.ways.get(one.way, 0) + 1
            for _, text in made:
                _count_reasons(text.reason if text.outcome is not TranslationOutcome.ORIGINAL else None, done)
            progress(done.papers)
            if stopped():
                break
    return done


def _count_reasons(reason: str | None, done: TranslationResult) -> None:
    if reason:
        done.reasons[reason] = done.reasons.get(reason, 0) + 1
