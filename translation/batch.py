"""A batch of papers → their translations: new sentences are pooled by language, known ones are taken over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from papers.normalise.readable import readable
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
from translation.judge.check import judge
from translation.judge.reasons import Reason
from translation.packages import NoPackage
from translation.protect import Protected, Request, Strategy
from translation.provenance import Provenance, answers_alike, parse
from translation.sentences import split

# Key of a sentence → its translation, or why nobody was asked for it.
Answers = Mapping[str, Protected | Reason]


@dataclass(frozen=True, slots=True)
class _Source:
    """A sentence of a text that is due."""

    text: str
    language: str
    key: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of a paper that is due, and its sentences that are translated already."""

    number: int
    name: str
    hash: bytes
    original: Detected
    sentences: Sequence[_Source]
    known: Mapping[str, Sentence]
    categories: tuple[str, ...]


def translated(
    batch: Sequence[Wanted],
    translator: Translator,
    model: str,
    rules: Provenance,
    corrections: Mapping[str, str],
    *,
    stale: bool = False,
    redo: bool = False,
) -> tuple[list[tuple[int, Translation]], list[Protected]]:
    """The translations of these papers by row number, and the sentences that were translated for them.

    `corrections` are what people say of sentences, by their source. With `stale` a known sentence is taken over only if
    the model would answer the same, with `redo` only if a person said it.
    """
    due: list[_Text] = []
    for paper in batch:
        known = _known(paper, lambda made: not redo and (not stale or _is_current(made, model, rules)))
        due += _due(paper, translator, known, corrections)
    answers = _agreed(due, _answers(due, translator), translator)
    made = [(text.number, _translation(text, answers, translator.to, model, str(rules))) for text in due]
    return made, [one for one in answers.values() if isinstance(one, Protected)]


def _is_current(made: Translation, model: str, rules: Provenance) -> bool:
    return made.model == model and answers_alike(parse(made.rules), rules)


def _due(
    paper: Wanted, translator: Translator, known: Mapping[str, Sentence], corrections: Mapping[str, str]
) -> Iterator[_Text]:
    title, abstract = (paper.texts.get(name, (b"", ""))[1] for name in ("title", "abstract"))
    original = detect(title, abstract)
    for name in paper.due:
        hash, text = paper.texts[name]
        is_original = original.language == translator.to
        sentences = (
            [] if is_original else list(_sentences(readable(text), original.language, translator, paper.categories))
        )
        said = {one.key: _said(one, corrections, known) for one in sentences}
        before = {key: sentence for key, sentence in said.items() if sentence}
        yield _Text(paper.number, name, hash, original, sentences, before, paper.categories)


def _said(one: _Source, corrections: Mapping[str, str], known: Mapping[str, Sentence]) -> Sentence | None:
    """What a sentence is known to be: what a person says of it, wherever terms stand, before what a model said."""
    if one.text in corrections:
        return Sentence(one.key, corrections[one.text], PERSON)
    person = known.get(one.key[:KEY_LENGTH])
    return person._replace(key=one.key) if person and person.way == PERSON else known.get(one.key)


def _sentences(text: str, language: str, translator: Translator, categories: tuple[str, ...]) -> Iterator[_Source]:
    for sentence in split(text):
        own = language_of(sentence, language)
        yield _Source(sentence, own, key_of(sentence, translator.glossary(own).stamp(sentence, categories)))


def _known(paper: Wanted, is_current: Callable[[Translation], bool]) -> dict[str, Sentence]:
    """The sentences of the paper that are translated already: those of people by the beginning of their key, and those
    of translations that are current by their key."""
    known = {}
    for before in paper.before.values():
        for one in before.sentences:
            if one.target and one.way == PERSON:
                known[one.key[:KEY_LENGTH]] = one
            elif one.target and is_current(before):
                known[one.key] = one
    return known


def _answers(due: Sequence[_Text], translator: Translator) -> Answers:
    """Key → answer, for all sentences that are not known; or why nobody could be asked."""
    asked: dict[str, dict[str, Request]] = {}  # language → key → sentence
    answers: dict[str, Protected | Reason] = {}
    for text in due:
        for one in text.sentences:
            if one.language != translator.to and not _is_good(one, text.known, translator.to):
                asked.setdefault(one.language, {})[one.key] = Request(one.text, text.categories)
    for language, sentences in asked.items():
        try:
            translations: Sequence[Protected | Reason] = translator.translate(list(sentences.values()), language)
        except NoPackage:
            translations = [Reason.NO_PACKAGE] * len(sentences)
        answers |= dict(zip(sentences, translations, strict=True))
    return answers


def _agreed(due: Sequence[_Text], answers: Answers, translator: Translator) -> Answers:
    """The answers with each term of a paper called by one name."""
    by_paper: dict[tuple[int, str], list[_Source]] = {}
    categories = {text.number: text.categories for text in due}
    for text in due:
        for one in text.sentences:
            by_paper.setdefault((text.number, one.language), []).append(one)
    changed = dict(answers)
    for (number, language), sentences in by_paper.items():
        good = {one.key: answer for one in sentences if isinstance(answer := answers.get(one.key), Protected)}
        said = [Said(answer.source, answer.target) for answer in good.values() if answer.target]
        keys = [key for key, answer in good.items() if answer.target]
        targets = agreed(said, translator.glossary(language), categories[number])
        changed |= {key: replace(good[key], target=target) for key, target in zip(keys, targets, strict=True)}
    return changed


def _is_good(one: _Source, known: Mapping[str, Sentence], to: str) -> bool:
    """Whether a sentence is known, and what it became is still good enough. What a person said is."""
    before = known.get(one.key)
    if before is None or before.target is None:
        return False
    return before.way == PERSON or not judge(one.text, before.target, to, one.language)


def _translation(text: _Text, answers: Answers, to: str, model: str, rules: str) -> Translation:
    sentences = tuple(_sentence(one, text.known, answers, to) for one in text.sentences)
    if text.original.language == to:
        return Translation(text.name, to, text.hash, TranslationOutcome.ORIGINAL, model, rules, text.original)
    return Translation(
        text.name, to, text.hash, outcome_of(sentences), model, rules, text.original, sentences,
        next((one.reason for one in sentences if one.reason), None if sentences else Reason.EMPTY),
    )  # fmt: skip


def _sentence(one: _Source, known: Mapping[str, Sentence], answers: Answers, to: str) -> Sentence:
    if one.language == to:
        return Sentence(one.key, one.text, Strategy.KEPT, None, len(one.text))
    match answers.get(one.key):
        case Protected() as answer:
            return Sentence(one.key, answer.target, answer.way, answer.reason, len(one.text))
        case Reason() as reason:
            return Sentence(one.key, None, Strategy.KEPT, reason, len(one.text))
        case None:
            return known[one.key]._replace(length=len(one.text))
