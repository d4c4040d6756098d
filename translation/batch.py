"""A batch of papers → their translations: new sentences are pooled by language, known ones are reused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from papers.normalise.readable import readable
from papers.normalise.traditional import TRADITIONAL, simplified, traditional
from papers.translations import (
    KEY_LENGTH,
    PERSON,
    Detected,
    Sentence,
    Translation,
    TranslationOutcome,
    Wanted,
    key_of,
    outcome_of,
)
from translation.agreement import Said, agreed
from translation.detect import detect, language_of
from translation.engine import Translator
from translation.job import Batch, BatchResult, Job
from translation.judge.check import judge
from translation.judge.reasons import Reason
from translation.packages import NoPackage
from translation.protect import Protected, Request, Strategy
from translation.provenance import answers_alike, parse
from translation.sentences import split

# Key of a sentence → its translation, or the reason why no model was asked for one.
Answers = Mapping[str, Protected | Reason]


@dataclass(frozen=True, slots=True)
class _Source:
    """A source sentence of a text that is to be translated."""

    text: str
    language: str
    key: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that is to be translated: its sentences, and by key those that are translated already (`known`)."""

    number: int
    name: str
    hash: bytes
    original: Detected
    sentences: Sequence[_Source]
    known: Mapping[str, Sentence]
    categories: tuple[str, ...]


def translated(batch: Batch, translator: Translator, job: Job) -> BatchResult:
    """The translations of these papers by a job, whose translator on this machine this is."""
    due: list[_Text] = []
    for paper in batch:
        due += _due(paper, translator, _known_sentences(paper, job), job.corrections)
    answers = _agreed(due, _answers(due, translator), translator)
    ways = Counter(answer.way.value for answer in answers.values() if isinstance(answer, Protected))
    return BatchResult(len(batch), [(text.number, _translation(text, answers, job)) for text in due], ways)


def _due(
    paper: Wanted, translator: Translator, known_sentences: Mapping[str, Sentence], corrections: Mapping[str, str]
) -> Iterator[_Text]:
    title, abstract = (paper.texts.get(name, (b"", ""))[1] for name in ("title", "abstract"))
    original = detect(title, abstract)
    for name in paper.due:
        hash, text = paper.texts[name]
        is_original = original.language == translator.to
        sentences = (
            [] if is_original else list(_sentences(readable(text), original.language, translator, paper.categories))
        )
        matches = {source.key: _corrected_or_known(source, corrections, known_sentences) for source in sentences}
        known_by_key = {key: sentence for key, sentence in matches.items() if sentence}
        yield _Text(paper.number, name, hash, original, sentences, known_by_key, paper.categories)


def _corrected_or_known(
    source: _Source, corrections: Mapping[str, str], known_sentences: Mapping[str, Sentence]
) -> Sentence | None:
    """The translation of a sentence that is known already, or None. A person's goes before a model's.

    A person's translation is looked up without the stamp of the terms, so that it outlives changes of the glossary.
    """
    if source.text in corrections:
        return Sentence(source.key, corrections[source.text], PERSON)
    person = known_sentences.get(source.key[:KEY_LENGTH])
    return person._replace(key=source.key) if person and person.way == PERSON else known_sentences.get(source.key)


def _sentences(text: str, language: str, translator: Translator, categories: tuple[str, ...]) -> Iterator[_Source]:
    for sentence in split(text):
        own = language_of(sentence, language)
        yield _Source(sentence, own, key_of(sentence, translator.glossary(own).stamp(sentence, categories)))


def _known_sentences(paper: Wanted, job: Job) -> dict[str, Sentence]:
    """The sentences of the paper that are translated already, and that the job reuses, by key.

    Sentences by people have a key without the stamp of the terms.
    """
    known_sentences = {}
    for translation in paper.before.values():
        is_reused = not job.redo and (not job.stale or _is_current(translation, job))
        for sentence in translation.sentences:
            if sentence.target and sentence.way == PERSON:
                known_sentences[sentence.key[:KEY_LENGTH]] = sentence
            elif sentence.target and is_reused:
                known_sentences[sentence.key] = sentence
    return known_sentences


def _is_current(translation: Translation, job: Job) -> bool:
    return translation.model == job.model and answers_alike(parse(translation.rules), job.rules)


def _answers(due: Sequence[_Text], translator: Translator) -> Answers:
    """Key → answer, for all sentences that have no good known translation; a reason where there is no package."""
    by_language: dict[str, dict[str, Request]] = {}  # language → key → sentence
    answers: dict[str, Protected | Reason] = {}
    for text in due:
        for source in text.sentences:
            if source.language != translator.to and not _is_good(source, text.known, translator.to):
                by_language.setdefault(source.language, {})[source.key] = Request(source.text, text.categories)
    for language, sentences in by_language.items():
        try:
            translations: Sequence[Protected | Reason] = translator.translate(list(sentences.values()), language)
        except NoPackage:
            translations = [Reason.NO_PACKAGE] * len(sentences)
        answers |= dict(zip(sentences, translations, strict=True))
    return answers


def _agreed(due: Sequence[_Text], answers: Answers, translator: Translator) -> Answers:
    """The answers, with one name for each term within a paper."""
    by_paper: dict[tuple[int, str], list[_Source]] = {}
    categories = {text.number: text.categories for text in due}
    for text in due:
        for source in text.sentences:
            by_paper.setdefault((text.number, source.language), []).append(source)
    agreed_answers = dict(answers)
    for (number, language), sentences in by_paper.items():
        good_answers = {
            source.key: answer for source in sentences if isinstance(answer := answers.get(source.key), Protected)
        }
        is_traditional = translator.to == TRADITIONAL  # the glossary is in Simplified characters
        pairs = [
            Said(answer.source, simplified(answer.target) if is_traditional else answer.target)
            for answer in good_answers.values()
            if answer.target
        ]
        keys = [key for key, answer in good_answers.items() if answer.target]
        targets = agreed(pairs, translator.glossary(language), categories[number])
        agreed_answers |= {
            key: replace(good_answers[key], target=traditional(target) if is_traditional else target)
            for key, target in zip(keys, targets, strict=True)
        }
    return agreed_answers


def _is_good(source: _Source, known_sentences: Mapping[str, Sentence], to: str) -> bool:
    """Whether a sentence has a known translation that is good enough today. A person's always is."""
    before = known_sentences.get(source.key)
    if before is None or before.target is None:
        return False
    return before.way == PERSON or not judge(source.text, before.target, to, source.language)


def _translation(text: _Text, answers: Answers, job: Job) -> Translation:
    made_by, language = (job.model, str(job.rules), text.original), text.original.language
    sentences = tuple(_sentence(source, text.known, answers, job.to) for source in text.sentences)
    if language == job.to:
        return Translation(text.name, job.to, text.hash, TranslationOutcome.ORIGINAL, *made_by)
    return Translation(
        text.name, job.to, text.hash, outcome_of(sentences), *made_by, sentences,
        next((sentence.reason for sentence in sentences if sentence.reason), None if sentences else Reason.EMPTY),
    )  # fmt: skip


def _sentence(source: _Source, known_sentences: Mapping[str, Sentence], answers: Answers, to: str) -> Sentence:
    if source.language == to:
        return Sentence(source.key, source.text, Strategy.KEPT, None, len(source.text))
    match answers.get(source.key):
        case Protected() as answer:
            return Sentence(source.key, answer.target, answer.way, answer.reason, len(source.text))
        case Reason() as reason:
            return Sentence(source.key, None, Strategy.KEPT, reason, len(source.text))
        case None:
            return known_sentences[source.key]._replace(length=len(source.text))
