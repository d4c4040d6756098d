"""Sentences through a translator that cannot be trusted, with their protected parts unaltered.

Each sentence is tried in up to four ways, each batch of them together:

1. hard spans hidden behind placeholders, soft ones and glossary terms shown;
2. everything hidden, glossary terms too, which come back as they should be said;
3. the same with other placeholders;
4. split around its spans and terms: the gaps are translated, the rest put between them. This keeps every span by
   construction.

After each way the result is verified: every span as often as in the source, every term as the glossary says.
What fails even the last is given up, with its source as the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from translation.glossary import Glossary
from translation.spans import Span, find, kept

Translator = Callable[[Sequence[str]], Sequence[str]]

WAYS = ("plain", "hidden", "hidden otherwise", "split", "given up")
PLAIN, HIDDEN, OTHERWISE, SPLIT, GIVEN_UP = WAYS

_FORMS: dict[str, Callable[[int], str]] = {
    PLAIN: lambda number: f"X{number + 11}",
    HIDDEN: lambda number: f"X{number + 11}",
    OTHERWISE: lambda number: f"Q{number + 3}Q",
}
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class Protected:
    """One sentence's translation, the way it came through, and whether it can be used."""

    source: str
    target: str
    way: str

    @property
    def lost(self) -> bool:
        return self.way == GIVEN_UP


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sentence that is hidden: where it stands, and what stands in its place afterwards."""

    start: int
    end: int
    said: str


def translate(sentences: Sequence[str], translator: Translator, glossary: Glossary) -> list[Protected]:
    """Each sentence's translation, in order."""
    found: list[Protected | None] = [None] * len(sentences)
    spans = [find(sentence) for sentence in sentences]
    open_ones = list(range(len(sentences)))
    for way in (PLAIN, HIDDEN, OTHERWISE):
        masked = {number: _mask(sentences[number], _parts(sentences[number], spans[number], glossary, way), way)
                  for number in open_ones}  # fmt: skip
        asked = [number for number in open_ones if masked[number] is not None]
        answers = translator([masked[number][0] for number in asked])  # type: ignore[index]
        for number, answer in zip(asked, answers, strict=True):
            _, parts = masked[number]  # type: ignore[misc]
            target = _unmask(answer, parts, way)
            if target is not None and _good(sentences[number], spans[number], target, glossary):
                found[number] = Protected(sentences[number], target, way)
        open_ones = [number for number in open_ones if found[number] is None]
        if not open_ones:
            break
    for number, target in zip(
        open_ones, _split([(sentences[n], spans[n]) for n in open_ones], translator, glossary), strict=True
    ):
        good = _good(sentences[number], spans[number], target, glossary)
        found[number] = (
            Protected(sentences[number], target, SPLIT)
            if good
            else Protected(sentences[number], sentences[number], GIVEN_UP)
        )
    return [one for one in found if one is not None]


def _good(source: str, spans: list[Span], target: str, glossary: Glossary) -> bool:
    return bool(target.strip()) and kept(spans, source, target) and glossary.holds(_prose(source, spans), target)


def _prose(source: str, spans: list[Span]) -> str:
    """The source with its spans blanked, so that no term is looked for inside of a link."""
    characters = list(source)
    for span in spans:
        characters[span.start : span.end] = "\x00" * (span.end - span.start)
    return "".join(characters)


def _parts(sentence: str, spans: list[Span], glossary: Glossary, way: str) -> list[_Part]:
    """What is hidden of a sentence in this way, in order."""
    if way == PLAIN:
        return [_Part(span.start, span.end, span.text) for span in spans if span.hard]
    parts = [_Part(span.start, span.end, span.text) for span in spans]
    parts += [_Part(*term) for term in glossary.find(_prose(sentence, spans))]
    return sorted(parts, key=lambda part: part.start)


def _mask(sentence: str, parts: list[_Part], way: str) -> tuple[str, list[_Part]] | None:
    """The sentence with placeholders; None where it holds something that looks like one."""
    form = _FORMS[way]
    pieces, at = [], 0
    for number, part in enumerate(parts):
        pieces += [sentence[at : part.start], form(number)]
        at = part.end
    rest = "".join([*pieces[::2], sentence[at:]])
    if any(_finder(form(number)).search(rest) for number in range(len(parts))):
        return None
    return "".join([*pieces, sentence[at:]]), parts


def _finder(placeholder: str) -> re.Pattern[str]:
    """The placeholder, also in full width, in another case, or with blanks inside; never with another number."""
    characters = (f"[{c}{chr(ord(c) + 0xFEE0)}]" for c in placeholder)
    return re.compile(r"(?<![0-9A-Za-z])" + r"\s*".join(characters) + r"(?![0-9])", re.IGNORECASE)


def _unmask(answer: str, parts: list[_Part], way: str) -> str | None:
    """The answer with the parts in place of their placeholders; None unless each is there exactly once."""
    places: list[tuple[int, int, str]] = []
    for number, part in enumerate(parts):
        hits = list(_finder(_FORMS[way](number)).finditer(answer))
        if len(hits) != 1:
            return None
        places.append((hits[0].start(), hits[0].end(), part.said))
    pieces, at = [], 0
    for start, end, said in sorted(places):
        if start < at:
            return None
        pieces += [answer[at:start], said]
        at = end
    return "".join([*pieces, answer[at:]])


def _split(sentences: list[tuple[str, list[Span]]], translator: Translator, glossary: Glossary) -> list[str]:
    """Each sentence with only the gaps between its spans and terms translated."""
    gaps: list[str] = []
    plans: list[list[str | int]] = []
    for sentence, spans in sentences:
        plan: list[str | int] = []
        at = 0
        for part in [*_parts(sentence, spans, glossary, HIDDEN), _Part(len(sentence), len(sentence), "")]:
            gap = sentence[at : part.start]
            if _LETTERS.search(gap):
                before, after = len(gap) - len(gap.lstrip()), len(gap.rstrip())
                plan += [gap[:before], len(gaps), gap[after:]]
                gaps.append(gap.strip())
            else:
                plan.append(gap)
            plan.append(part.said)
            at = part.end
        plans.append(plan)
    answers = list(translator(gaps)) if gaps else []
    return ["".join(answers[piece] if isinstance(piece, int) else piece for piece in plan) for plan in plans]
