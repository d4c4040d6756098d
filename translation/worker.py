"""Translates the untranslated papers of the catalogue in batches. It depends on neither crawler nor index.

A lock allows one process at a time for each language. A run ends when no paper is left, and does not wait for new ones.
Translations are stored after each batch: a process that is killed loses at most the batches that are being translated,
one for each machine, which the next run repeats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from papers.catalogue import Catalogue
from papers.locks import exclusive
from papers.translations import TranslationOutcome
from translation.batch import translated
from translation.engine import translator_of
from translation.job import Batch, BatchResult, Job, Machines, job_of
from translation.settings import TranslationSettings

LOCK = "translation.lock"


@dataclass(slots=True)
class TranslationResult:
    """The result of a run, counted in papers, sentences and texts."""

    papers: int = 0
    ways: Counter[str] = field(default_factory=Counter)  # sentences translated in this run, by way; reused ones not
    reasons: Counter[str] = field(default_factory=Counter)  # texts not translated as a whole, by the first reason
    left_to_another: bool = False

    @property
    def sentences(self) -> int:
        """The sentences that were translated in this run; reused ones do not count."""
        return self.ways.total()

    def add(self, batch: BatchResult) -> None:
        """Count a batch."""
        self.papers += batch.papers
        self.ways.update(batch.ways)
        self.reasons.update(
            translation.reason
            for _, translation in batch.translations
            if translation.reason and translation.outcome is not TranslationOutcome.ORIGINAL
        )


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
    machines: Machines | None = None,
) -> TranslationResult:
    """Translate papers that have no translation into `to`, newest first, at most `limit`; raises NoPackage.

    With `stale` also papers that another model or other rules translated; sentences that the model would answer the
    same way are judged again and reused. With `redo` the same papers, and no sentence of a model is reused. After each
    batch `progress` gets the number of papers so far; no batch begins after `stopped()` is true. Another process may
    translate into `to` already: then nothing is done, and `left_to_another` is true. `machines` translate; by default
    this process does.
    """
    result = TranslationResult()
    corrections = catalogue.corrections(to)
    translator = translator_of(data, settings, to, corrections)
    packages = translator.used if machines else ()
    job = job_of(translator, corrections, packages=packages, stale=stale, redo=redo)
    with exclusive(data / f"{to}-{LOCK}") as locked:
        if not locked:
            result.left_to_another = True
            return result
        batches = _batches(catalogue, job, settings.papers_at_once, limit, stopped)
        here = (translated(batch, translator, job) for batch in batches)
        with closing(machines(job, batches, stopped) if machines else here) as results:
            for batch_result in results:
                catalogue.keep_translations(batch_result.translations, now())
                result.add(batch_result)
                progress(result.papers)
        known = set(corrections)  # what people have said meanwhile is in no job
        if later := [each for each in catalogue.corrections(to) if each not in known]:
            catalogue.correct(later, now())
    return result


def _batches(
    catalogue: Catalogue, job: Job, size: int, limit: int | None, stopped: Callable[[], bool]
) -> Iterator[Batch]:
    """The papers that the job is to translate, read when they are asked for."""
    count, below = 0, None
    while limit is None or count < limit:
        batch = catalogue.to_translate(
            job.to, job.model, str(job.rules), redo=job.stale or job.redo, below=below,
            limit=size if limit is None else min(size, limit - count),
        )  # fmt: skip
        if not batch:
            return
        count, below = count + len(batch), batch[-1].number
        yield batch
        if stopped():
            return
