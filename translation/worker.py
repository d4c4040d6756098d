"""The catalogue's untranslated papers → batches → translations. Knows neither crawler nor index.

One process at a time, under a lock. It reads the catalogue, never waits for it, and keeps what it made after each
batch: killed at any moment it has lost one batch, which the next run makes again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from papers.catalogue import Catalogue
from papers.locks import exclusive
from papers.normalise.readable import readable
from papers.translations import Detected, Outcome, Translation, Wanted
from translation import gates
from translation.detect import detect
from translation.glossary import Glossary, load
from translation.model import Model, Route
from translation.packages import NoPackage, installed, route
from translation.protect import Protected, translate
from translation.sentences import split
from translation.settings import TranslationSettings, packages_folder

LOCK = "translation.lock"
# Increased by hand when spans, sentences or gates would give another translation.
RULES = 2
NO_PACKAGE = "no package for its language"


@dataclass(slots=True)
class Done:
    """What a run came to, counted in papers and sentences."""

    papers: int = 0
    sentences: int = 0  # that were really translated, the rest being known from before
    reasons: dict[str, int] = field(default_factory=dict)  # texts that are not good enough, by reason
    left_to_another: bool = False


class Translator:
    """Sentences of any language into one, by the packages that are installed."""

    def __init__(self, data: Path, settings: TranslationSettings, to: str) -> None:
        self.to = to
        self._settings = settings
        self._packages = installed(packages_folder(data, settings))
        self._routes: dict[str, Route] = {}
        self._glossaries: dict[str, Glossary] = {}

    def route(self, source: str) -> Route:
        """The models from `source` on, loaded once; raises NoPackage."""
        if source not in self._routes:
            settings = self._settings
            packages = route(self._packages, source, self.to)
            self._routes[source] = Route(
                [
                    Model(package, beam=settings.beam, threads=settings.threads, batch=settings.batch)
                    for package in packages
                ]
            )
        return self._routes[source]

    def glossary(self, source: str) -> Glossary:
        if source not in self._glossaries:
            self._glossaries[source] = load(f"{source}-{self.to}", self._settings.glossary)
        return self._glossaries[source]

    def rules(self) -> str:
        """What a translation says of the rules it was made by."""
        terms = "|".join(f"{a}={b}" for a, b in sorted(self.glossary("en").terms.items()))
        return f"{RULES}-{hashlib.blake2b(terms.encode(), digest_size=4).hexdigest()}"

    def model(self) -> str:
        """The model from English, which nearly every paper is translated by."""
        return self.route("en").name

    def key(self, sentence: str, source: str) -> str:
        """The name of a source sentence; another one where a glossary term in it is said otherwise."""
        stamp = self.glossary(source).stamp(sentence)
        return hashlib.blake2b(f"{sentence}|{stamp}".encode(), digest_size=9).hexdigest()

    def translate(self, sentences: list[str], source: str) -> list[Protected]:
        return translate(sentences, self.route(source).translate, self.glossary(source))


def run(
    catalogue: Catalogue,
    data: Path,
    settings: TranslationSettings,
    to: str,
    *,
    now: Callable[[], datetime],
    limit: int | None = None,
    redo: bool = False,
    progress: Callable[[int], None] = lambda papers: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Done:
    """Translate what is untranslated into `to`, newest first, at most `limit` papers; raises NoPackage.

    `stopped` is asked after each batch.
    """
    done = Done()
    translator = Translator(data, settings, to)
    model, rules = translator.model(), translator.rules()
    below: int | None = None
    with exclusive(data / f"{to}-{LOCK}") as locked:
        if not locked:
            done.left_to_another = True
            return done
        while limit is None or done.papers < limit:
            size = settings.papers_at_once if limit is None else min(settings.papers_at_once, limit - done.papers)
            batch = catalogue.to_translate(to, model, rules, redo=redo, below=below, limit=size)
            if not batch:
                break
            below = batch[-1].number
            catalogue.keep_translations(_translated(batch, translator, model, rules, redo, done), now())
            done.papers += len(batch)
            progress(done.papers)
            if stopped():
                break
    return done


@dataclass(frozen=True, slots=True)
class _Due:
    """A text of a paper that is due: its sentences with their keys, and which of those are translated already."""

    number: int
    name: str
    hash: bytes
    original: Detected
    keyed: Sequence[tuple[str, str]]
    known: Mapping[str, str]


def _translated(
    batch: list[Wanted], translator: Translator, model: str, rules: str, redo: bool, done: Done
) -> list[tuple[int, Translation]]:
    """The translations of a batch: its new sentences pooled by language, the known ones taken over."""
    due = [text for paper in batch for text in _due(paper, translator, model, redo)]
    answers, without_package = _answers(due, translator)
    done.sentences += len(answers)
    made = []
    for text in due:
        start = Translation(text.name, translator.to, text.hash, Outcome.UNTRANSLATED, model, rules, text.original)
        if text.original.language == translator.to:
            one = replace(start, outcome=Outcome.ORIGINAL)
        elif text.original.language in without_package:
            one = replace(start, reason=NO_PACKAGE)
        else:
            one = _judged(start, text, answers)
        if one.reason:
            done.reasons[one.reason] = done.reasons.get(one.reason, 0) + 1
        made.append((text.number, one))
    return made


def _due(paper: Wanted, translator: Translator, model: str, redo: bool) -> list[_Due]:
    """The paper's texts that are due. One that is in the target language already has no sentences to translate."""
    title, abstract = (paper.texts.get(name, (b"", ""))[1] for name in ("title", "abstract"))
    original = detect(title, abstract)
    known = _known(paper, model, redo)
    found = []
    for name in paper.due:
        hash, text = paper.texts[name]
        sentences = split(readable(text)) if original.language != translator.to else []
        keyed = [(translator.key(sentence, original.language), sentence) for sentence in sentences]
        found.append(_Due(paper.number, name, hash, original, keyed, known))
    return found


def _known(paper: Wanted, model: str, redo: bool) -> dict[str, str]:
    """The sentences of the paper that are translated already: key → target. With `redo` by this model only."""
    return {
        key: target
        for before in paper.before.values()
        for key, target in before.sentences
        if target and (not redo or before.model == model)
    }


def _answers(due: list[_Due], translator: Translator) -> tuple[dict[str, Protected], set[str]]:
    """Key → answer, for all sentences that are not known; and the languages that no package translates from."""
    asked: dict[str, dict[str, str]] = {}  # language → key → sentence
    for text in due:
        new = {key: sentence for key, sentence in text.keyed if key not in text.known}
        asked.setdefault(text.original.language, {}).update(new)
    answers: dict[str, Protected] = {}
    without_package = set()
    for language, sentences in asked.items():
        try:
            found = translator.translate(list(sentences.values()), language) if sentences else []
        except NoPackage:
            without_package.add(language)
            continue
        answers |= dict(zip(sentences, found, strict=True))
    return answers, without_package


def _judged(start: Translation, text: _Due, answers: Mapping[str, Protected]) -> Translation:
    """A text's translation; untranslated as a whole where one of its sentences is not good enough."""
    reason: str | None = None
    pairs: list[tuple[str, str]] = []
    for key, sentence in text.keyed:
        target = text.known.get(key)
        if target is None:
            answer = answers[key]
            wrong = gates.SPANS if answer.lost else gates.check(sentence, answer.target, start.language)
            reason = reason or wrong
            target = "" if wrong else answer.target
        pairs.append((key, target))
    reason = reason or (None if pairs else gates.EMPTY)
    outcome = Outcome.UNTRANSLATED if reason else Outcome.TRANSLATED
    return replace(start, outcome=outcome, sentences=tuple(pairs), reason=reason)
