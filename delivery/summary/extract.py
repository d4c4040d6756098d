"""The sentences of an abstract that say what is proposed, how, and what it achieves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from delivery.pairs import of_document
from delivery.summary.content import By, Summary, Told
from delivery.summary.keywords import keywords
from delivery.summary.roles import Judged, Role, judge
from indexer import function_words
from indexer.documents import Document
from translation.sentences import split

MOST_TAKEAWAYS, FEWEST_TAKEAWAYS = 8, 3
# Added to the weight of a sentence as a summary, for each word of the title that it has, up to four.
_TITLE_WORD = 0.6
_MOST_TITLE_WORDS = 4
# A sentence of more words than this says too much for one line; each further word counts against it.
_LONG, _TOO_LONG_WORD = 45, 0.03
_CLEARLY_BACKGROUND = 1.0
# The first sentence that says what the paper does says it best: so much counts against the later ones.
_LATER = 1.2


@dataclass(frozen=True, slots=True)
class Chosen:
    """Places in a list of sentences: that of the summary, and those of the takeaways in their order."""

    line: int
    takeaways: tuple[int, ...]


def extracted(document: Document, language: str) -> Summary:
    """The summary that the paper itself gives: sentences of its abstract, in this language where they are translated.

    Hugging Face's summary is the line for those who read English, and its keywords are taken where it has some.
    """
    sentences = _sentences(document, language)
    title = document.own_title
    of_huggingface = document.summary if language == "en" else None
    line = Told(of_huggingface, "en") if of_huggingface else None
    takeaways: tuple[Told, ...] = ()
    if sentences:
        choice = chosen(title, [source for source, _ in sentences])
        line = line or sentences[choice.line][1]
        takeaways = tuple(sentences[place][1] for place in choice.takeaways)
    is_english = document.language == "en" and bool(sentences)
    own_keywords = keywords(title, document.abstract["en"], document.categories) if is_english else ()
    return Summary(
        line=line,
        line_by=By.HUGGING_FACE if of_huggingface else By.ABSTRACT,
        takeaways=takeaways if len(sentences) > 1 else (),
        keywords=document.keywords or own_keywords,
        keywords_by=By.HUGGING_FACE if document.keywords else By.ABSTRACT,
    )


def _sentences(document: Document, language: str) -> Sequence[tuple[str, Told]]:
    """The sentences of the abstract, each with what a reader of this language gets of it."""
    pairs = of_document(document, "abstract", language) if language != document.language else []
    if pairs:
        return [
            (pair.source, Told(pair.target, language) if pair.target else Told(pair.source, document.language))
            for pair in pairs
        ]
    abstract = document.abstract.get(document.language, "")
    return [(text, Told(text, document.language)) for text in split(" ".join(abstract.split())) if text]


def chosen(title: str, sentences: Sequence[str]) -> Chosen:
    """Which sentences of an abstract tell most about the paper; there must be at least one."""
    judged = [judge(sentence) for sentence in sentences]
    line = _line(title, judged)
    return Chosen(line, _takeaways(judged, line))


def _line(title: str, judged: Sequence[Judged]) -> int:
    title_words = _words(title)
    has_begun = False
    best_place, best_weight = 0, float("-inf")
    for place, sentence in enumerate(judged):
        shared = min(len(title_words & _words(sentence.text)), _MOST_TITLE_WORDS)
        too_long = max(0, len(sentence.text.split()) - _LONG)
        weight = _as_summary(sentence) + _TITLE_WORD * shared - _TOO_LONG_WORD * too_long - _LATER * has_begun
        if weight > best_weight:
            best_place, best_weight = place, weight
        has_begun |= sentence.role in (Role.AIM, Role.METHOD, Role.RESULT)
    return best_place


def _as_summary(sentence: Judged) -> float:
    match sentence.role:
        case Role.AIM:
            return 2.4 + 0.5 * sentence.weight
        case Role.RESULT:
            return 0.7 + 0.5 * sentence.weight
        case Role.METHOD:
            return 0.5
        case Role.BACKGROUND:
            return -1.0
        case Role.REMARK:
            return -6.0
        case _:
            assert_never(sentence.role)


def _takeaways(judged: Sequence[Judged], line: int) -> tuple[int, ...]:
    begun = min(line, next((place for place, each in enumerate(judged) if each.role is Role.AIM), line))
    places = [place for place, sentence in enumerate(judged) if place == line or (place >= begun and _tells(sentence))]
    if len(places) < FEWEST_TAKEAWAYS:
        later = (place for place in range(begun, len(judged)) if place not in places)
        others = [place for place in later if judged[place].role is not Role.REMARK]
        places += others[: FEWEST_TAKEAWAYS - len(places)]
    strongest = sorted(places, key=lambda place: (place != line, -judged[place].weight))[:MOST_TAKEAWAYS]
    return tuple(sorted(strongest))


def _tells(sentence: Judged) -> bool:
    """Whether a sentence that follows the aim of a paper tells something of it, and not of what others did."""
    match sentence.role:
        case Role.AIM | Role.METHOD | Role.RESULT:
            return True
        case Role.BACKGROUND:
            return sentence.weight < _CLEARLY_BACKGROUND
        case Role.REMARK:
            return False
        case _:
            assert_never(sentence.role)


def _words(text: str) -> set[str]:
    words = {word.strip(".,:;()?!\"'").lower() for word in text.replace("-", " ").split()}
    return {word[:6] for word in words if len(word) > 2} - function_words.ENGLISH
