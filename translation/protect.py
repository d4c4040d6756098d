"""Sentences through a translator that cannot be trusted: what comes back is judged, and tried again in other ways.

Each sentence is tried in up to five ways, each batch of them together, the cheapest first:

1. *plain*: hard spans hidden behind placeholders, soft ones and glossary terms shown;
2. *hidden*: everything hidden, glossary terms too, which come back as they should be called; where spans or terms were
   what was wrong;
3. *hidden otherwise*: the same with other placeholders;
4. *best*: as plain with a wider beam, whose best answers are all judged;
5. *split*: around its spans and terms: the gaps are translated, the rest put between them. This keeps every span by
   construction.

What no way translates well is refused: it has no target, and the reason of the plain answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, assert_never

from translation.glossary import Glossary, Match
from translation.judge.check import judge
from translation.judge.reasons import Reason
from translation.mask import Masked, Part, gaps, join, mask, unmask
from translation.spans.find import Span, find
from translation.traditional import SIMPLIFIED, TRADITIONAL, simplified, traditional
from translation.typography import chinese


class Strategy(StrEnum):
    """How a sentence came through."""

    PLAIN = "plain"
    BEST = "best"
    HIDDEN = "hidden"
    OTHERWISE = "hidden otherwise"
    SPLIT = "split"
    REFUSED = "refused"
    # Of no model:
    KEPT = "kept"  # it is in the target language already, or no package translates from its language
    PERSON = "person"  # somebody said it so


class Translator(Protocol):
    """What translates sentences of one language into one other."""

    def translate(self, sentences: Sequence[str]) -> Sequence[str]:
        """Each sentence's translation, in order."""

    def best(self, sentences: Sequence[str]) -> Sequence[Sequence[str]]:
        """Of each sentence the best translations, the best first."""


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence to be translated, and the categories of its paper, by which terms have their sense."""

    text: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protected:
    """One sentence's translation and the way it came through; no target and a reason where none is good enough."""

    source: str
    target: str | None
    way: Strategy
    reason: Reason | None = None


# What may be wrong with an answer whose spans and terms were shown; None: how it calls a term.
_OF_PARTS = (None, Reason.LOST, Reason.ADDED, Reason.EXCHANGED, Reason.PLACEHOLDER, Reason.TERM)


@dataclass(slots=True)
class _Sentence:
    """A sentence on its way."""

    text: str
    language: str
    spans: list[Span]
    terms: list[Match]
    answer: Protected | None = None
    reason: Reason | None = None  # of the first answer that was refused
    without_terms: str | None = None  # a plain answer that is good but for how it calls a term


def translate(
    asked: Iterable[Request], translator: Translator, glossary: Glossary, to: str, language: str = "en"
) -> list[Protected]:
    """Each sentence's translation out of `language` into the language `to`, in order. Traditional Chinese is judged as
    Simplified."""
    if to == TRADITIONAL:
        made = translate(asked, _Simplified(translator), glossary, SIMPLIFIED, language)
        return [replace(one, target=traditional(one.target)) if one.target else one for one in made]
    sentences = [_begun(one, glossary, language) for one in asked]
    for way in (Strategy.PLAIN, Strategy.HIDDEN, Strategy.OTHERWISE, Strategy.BEST):
        left = [one for one in sentences if one.answer is None and _may_help(one, way)]
        _try(left, way, translator, glossary, to)
    _split([one for one in sentences if one.answer is None], translator, glossary, to)
    return [one.answer or _last(one) for one in sentences]


@dataclass(frozen=True, slots=True)
class _Simplified:
    """A translator into any Chinese, whose answers are Simplified."""

    translator: Translator

    def translate(self, sentences: Sequence[str]) -> Sequence[str]:
        return [simplified(one) for one in self.translator.translate(sentences)]

    def best(self, sentences: Sequence[str]) -> Sequence[Sequence[str]]:
        return [[simplified(one) for one in answers] for answers in self.translator.best(sentences)]


def _begun(asked: Request, glossary: Glossary, language: str) -> _Sentence:
    spans = find(asked.text)
    return _Sentence(asked.text, language, spans, glossary.find(_prose(asked.text, spans), asked.categories))


def _prose(text: str, spans: list[Span]) -> str:
    """The text with its spans blanked, so that no term is looked for inside of a link."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = "\x00" * (span.end - span.start)
    return "".join(characters)


def _try(sentences: list[_Sentence], way: Strategy, translator: Translator, glossary: Glossary, to: str) -> None:
    """Let the translator answer in this way, and keep what is good."""
    masked = [(one, mask(one.text, _parts(one, way), otherwise=way is Strategy.OTHERWISE)) for one in sentences]
    sent = [(one, hidden) for one, hidden in masked if hidden is not None]
    texts = [hidden.text for _, hidden in sent]
    if not texts:
        return
    answers: Iterator[Sequence[str]]
    answers = iter(translator.best(texts)) if way is Strategy.BEST else ([one] for one in translator.translate(texts))
    for (one, hidden), alternatives in zip(sent, answers, strict=True):
        one.answer = next(filter(None, (_good(one, hidden, text, way, glossary, to) for text in alternatives)), None)


def _may_help(one: _Sentence, way: Strategy) -> bool:
    """Whether this way shows the translator something new, and that in answer to what was wrong."""
    match way:
        case Strategy.HIDDEN:
            return one.reason in _OF_PARTS and len(_parts(one, way)) > len(_parts(one, Strategy.PLAIN))
        case Strategy.OTHERWISE:
            return one.reason in _OF_PARTS and bool(_parts(one, way))
        case Strategy.BEST:
            # Of one or two words the second answer is a guess that nothing can judge.
            return one.reason is not None and len(one.text.split()) > 2
        case Strategy.SPLIT:
            return bool(_parts(one, way))
        case Strategy.PLAIN | Strategy.REFUSED | Strategy.KEPT | Strategy.PERSON:
            return True
        case _:
            assert_never(way)


def _parts(one: _Sentence, way: Strategy) -> list[Part]:
    """What is hidden of a sentence in this way, in order."""
    if way in (Strategy.PLAIN, Strategy.BEST):
        return [Part(span.start, span.end, span.text) for span in one.spans if span.hard]
    parts = [Part(span.start, span.end, span.text) for span in one.spans]
    parts += [Part(match.start, match.end, match.term.accepted[0]) for match in one.terms]
    return sorted(parts, key=lambda part: part.start)


def _good(one: _Sentence, hidden: Masked, answer: str, way: Strategy, glossary: Glossary, to: str) -> Protected | None:
    target = unmask(answer, hidden)
    if target is None:
        one.reason = one.reason or Reason.LOST
        return None
    return _judged(one, target, way, glossary, to)


def _judged(one: _Sentence, target: str, way: Strategy, glossary: Glossary, to: str) -> Protected | None:
    """The answer, where nothing speaks against it."""
    target = chinese(target) if to == "zh" else target
    reasons = judge(one.text, target, to, one.language)
    if glossary.is_wrong(one.terms, target):
        reasons.append(Reason.TERM)
    if not reasons and not glossary.holds(one.terms, target):
        one.without_terms = one.without_terms or target
        return None
    if reasons:
        one.reason = one.reason or reasons[0]
        return None
    return Protected(one.text, target, way)


def _split(sentences: list[_Sentence], translator: Translator, glossary: Glossary, to: str) -> None:
    """Translate the gaps between spans and terms alone."""
    sentences = [one for one in sentences if _may_help(one, Strategy.SPLIT)]
    cut = [gaps(one.text, _parts(one, Strategy.SPLIT)) for one in sentences]
    texts = [text for pieces in cut for text in pieces.texts]
    answers = iter(translator.translate(texts) if texts else ())
    for one, pieces in zip(sentences, cut, strict=True):
        target = join(pieces, [next(answers) for _ in pieces.texts])
        one.answer = _judged(one, target, Strategy.SPLIT, glossary, to)


def _last(one: _Sentence) -> Protected:
    """A good answer that calls a term otherwise is better than none."""
    if one.without_terms is not None:
        return Protected(one.text, one.without_terms, Strategy.PLAIN)
    return Protected(one.text, None, Strategy.REFUSED, one.reason or Reason.LOST)
