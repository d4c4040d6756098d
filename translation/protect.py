"""Translates sentences with a model that cannot be trusted: each answer is judged, and a bad one is tried another way.

Each sentence is tried in up to five ways, all sentences of a batch together, the cheapest way first:

1. *plain*: hard spans are hidden behind placeholders; soft spans and glossary terms are shown;
2. *hidden*: all spans and glossary terms are hidden, and a term comes back as its preferred translation. It is tried
   only where spans or terms were wrong;
3. *hidden otherwise*: the same with other placeholders;
4. *best*: as plain, with a wider beam; its best answers are all judged;
5. *split*: the sentence is cut around its spans and terms, and only the gaps are translated. This keeps every span by
   construction.

A sentence that no way translates well is refused: it has no target, and the reason of its first refused answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, assert_never

from papers.normalise.traditional import SIMPLIFIED, TRADITIONAL, simplified, traditional
from translation.glossary import Glossary, Match
from translation.judge.check import judge
from translation.judge.reasons import Reason
from translation.mask import Masked, Part, gaps, join, mask, unmask
from translation.spans.find import Span, find
from translation.typography import chinese


class Strategy(StrEnum):
    """The way in which a sentence got its translation."""

    PLAIN = "plain"
    BEST = "best"
    HIDDEN = "hidden"
    OTHERWISE = "hidden otherwise"
    SPLIT = "split"
    REFUSED = "refused"
    # Without a model:
    KEPT = "kept"  # it is in the target language already, or no package translates from its language
    PERSON = "person"  # a person translated it


class Translator(Protocol):
    """Translates sentences of one language into one other."""

    def translate(self, sentences: Sequence[str]) -> Sequence[str]:
        """Each sentence's translation, in order."""

    def best(self, sentences: Sequence[str]) -> Sequence[Sequence[str]]:
        """For each sentence its best translations, the best first."""


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence to be translated, and the categories of its paper, which decide the sense of terms."""

    text: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protected:
    """One sentence's translation and the way it was made; target None and a reason where no answer is good enough."""

    source: str
    target: str | None
    way: Strategy
    reason: Reason | None = None


# The faults of an answer that hiding spans and terms may repair; None: only the translation of a term is wrong.
_OF_PARTS = (None, Reason.LOST, Reason.ADDED, Reason.EXCHANGED, Reason.PLACEHOLDER, Reason.TERM)


@dataclass(slots=True)
class _Sentence:
    """A sentence while it is tried in one way after another."""

    text: str
    language: str
    spans: list[Span]
    terms: list[Match]
    answer: Protected | None = None
    reason: Reason | None = None  # of the first answer that was refused
    without_terms: str | None = None  # an answer that is good but lacks the accepted translation of a term


def translate(
    requests: Iterable[Request], translator: Translator, glossary: Glossary, to: str, language: str = "en"
) -> list[Protected]:
    """The translation of each sentence from `language` into the language `to`, in order.

    A refused sentence has no target and a reason. Traditional Chinese is translated and judged as Simplified, and
    converted at the end.
    """
    if to == TRADITIONAL:
        answers = translate(requests, _Simplified(translator), glossary, SIMPLIFIED, language)
        return [replace(answer, target=traditional(answer.target)) if answer.target else answer for answer in answers]
    sentences = [_begun(request, glossary, language) for request in requests]
    for way in (Strategy.PLAIN, Strategy.HIDDEN, Strategy.OTHERWISE, Strategy.BEST):
        unanswered = [sentence for sentence in sentences if sentence.answer is None and _may_help(sentence, way)]
        _try(unanswered, way, translator, glossary, to)
    _split([sentence for sentence in sentences if sentence.answer is None], translator, glossary, to)
    return [sentence.answer or _last(sentence) for sentence in sentences]


@dataclass(frozen=True, slots=True)
class _Simplified:
    """Wraps a translator into Chinese of any kind; its answers are converted to Simplified."""

    translator: Translator

    def translate(self, sentences: Sequence[str]) -> Sequence[str]:
        return [simplified(answer) for answer in self.translator.translate(sentences)]

    def best(self, sentences: Sequence[str]) -> Sequence[Sequence[str]]:
        return [[simplified(answer) for answer in answers] for answers in self.translator.best(sentences)]


def _begun(request: Request, glossary: Glossary, language: str) -> _Sentence:
    spans = find(request.text)
    return _Sentence(request.text, language, spans, glossary.find(_prose(request.text, spans), request.categories))


def _prose(text: str, spans: list[Span]) -> str:
    """The text with its spans blanked, so that no term is found within a link."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = "\x00" * (span.end - span.start)
    return "".join(characters)


def _try(sentences: list[_Sentence], way: Strategy, translator: Translator, glossary: Glossary, to: str) -> None:
    """Try these sentences in one way; each that gets a good answer stores it."""
    masked = [
        (sentence, mask(sentence.text, _parts(sentence, way), otherwise=way is Strategy.OTHERWISE))
        for sentence in sentences
    ]
    sent = [(sentence, hidden) for sentence, hidden in masked if hidden is not None]
    texts = [hidden.text for _, hidden in sent]
    if not texts:
        return
    answers: Iterator[Sequence[str]]
    answers = iter(translator.best(texts)) if way is Strategy.BEST else ([text] for text in translator.translate(texts))
    for (sentence, hidden), alternatives in zip(sent, answers, strict=True):
        judged = (_good(sentence, hidden, text, way, glossary, to) for text in alternatives)
        sentence.answer = next(filter(None, judged), None)


def _may_help(sentence: _Sentence, way: Strategy) -> bool:
    """Whether this way changes what the translator sees, and may repair what was wrong."""
    match way:
        case Strategy.HIDDEN:
            return sentence.reason in _OF_PARTS and len(_parts(sentence, way)) > len(_parts(sentence, Strategy.PLAIN))
        case Strategy.OTHERWISE:
            return sentence.reason in _OF_PARTS and bool(_parts(sentence, way))
        case Strategy.BEST:
            # A second answer to one or two words is a guess that nothing can judge.
            return sentence.reason is not None and len(sentence.text.split()) > 2
        case Strategy.SPLIT:
            return bool(_parts(sentence, way))
        case Strategy.PLAIN | Strategy.REFUSED | Strategy.KEPT | Strategy.PERSON:
            return True
        case _:
            assert_never(way)


def _parts(sentence: _Sentence, way: Strategy) -> list[Part]:
    """The parts of a sentence that are hidden in this way, in order."""
    if way in (Strategy.PLAIN, Strategy.BEST):
        return [Part(span.start, span.end, span.text) for span in sentence.spans if span.hard]
    parts = [Part(span.start, span.end, span.text) for span in sentence.spans]
    parts += [Part(match.start, match.end, match.term.accepted[0]) for match in sentence.terms]
    return sorted(parts, key=lambda part: part.start)


def _good(
    sentence: _Sentence, hidden: Masked, answer: str, way: Strategy, glossary: Glossary, to: str
) -> Protected | None:
    target = unmask(answer, hidden)
    if target is None:
        sentence.reason = sentence.reason or Reason.LOST
        return None
    return _judged(sentence, target, way, glossary, to)


def _judged(sentence: _Sentence, target: str, way: Strategy, glossary: Glossary, to: str) -> Protected | None:
    """The answer if it is good, else None: then the sentence records its reason, or that only a term was wrong."""
    target = chinese(target) if to == "zh" else target
    reasons = judge(sentence.text, target, to, sentence.language)
    if glossary.is_wrong(sentence.terms, target):
        reasons.append(Reason.TERM)
    if not reasons and not glossary.holds(sentence.terms, target):
        sentence.without_terms = sentence.without_terms or target
        return None
    if reasons:
        sentence.reason = sentence.reason or reasons[0]
        return None
    return Protected(sentence.text, target, way)


def _split(sentences: list[_Sentence], translator: Translator, glossary: Glossary, to: str) -> None:
    """Translate only the gaps between spans and terms, and store the good answers in the sentences."""
    sentences = [sentence for sentence in sentences if _may_help(sentence, Strategy.SPLIT)]
    cut = [gaps(sentence.text, _parts(sentence, Strategy.SPLIT)) for sentence in sentences]
    texts = [text for pieces in cut for text in pieces.texts]
    answers = iter(translator.translate(texts) if texts else ())
    for sentence, pieces in zip(sentences, cut, strict=True):
        target = join(pieces, [next(answers) for _ in pieces.texts])
        sentence.answer = _judged(sentence, target, Strategy.SPLIT, glossary, to)


def _last(sentence: _Sentence) -> Protected:
    """The answer that is good except for a term, if there is one, else a refusal with its reason."""
    if sentence.without_terms is not None:
        return Protected(sentence.text, sentence.without_terms, Strategy.PLAIN)
    return Protected(sentence.text, None, Strategy.REFUSED, sentence.reason or Reason.LOST)
