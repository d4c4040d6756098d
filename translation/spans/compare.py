"""Whether the spans of a text are in its translation: each by what it is worth, none lost, none added, none exchanged.

Numbers are compared by value (3.1x = 3.1 倍, 10,000 = 1 万), names without plurals and hyphens or by their accepted
Chinese, everything else by its characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from translation import lexicon
from translation.spans.accepted import ACCEPTED
from translation.spans.find import Span, find
from translation.spans.numbers import POWERS, in_words, value

_NARROW = str.maketrans({chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)})
_PLURAL = re.compile(r"(?<=[A-Z0-9])s$|(?<=[A-Z][A-Z])es$|(?<=[a-z])s$")
_APART = re.compile(r"[\s\-_/.·]+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_SHARED_POWER = re.compile(
    r"\s?(?:to|and|or|-|through)\s?[\d.,]+\s(thousand|million|billion|trillion)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between the spans of a text and those of its translation, as it stands in either."""

    lost: tuple[Span, ...]
    added: tuple[Span, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.added)


def compare(source: str, target: str) -> Difference:
    """The spans of `source` that `target` lacks, and those of `target` that `source` does not have."""
    return compare_spans(spans_in(source), source, spans_in(target), target)


def spans_in(text: str) -> list[Span]:
    """The spans of a text as they are compared: letters and digits may be in full width."""
    return find(text.translate(_NARROW))


def compare_spans(ours: list[Span], source: str, theirs: list[Span], target: str) -> Difference:
    """The same, where `spans_in` gave the spans of both already."""
    source, target = source.translate(_NARROW), target.translate(_NARROW)
    lost, added = _numbers(ours, theirs, source, target)
    lost += _names(ours, target)
    added += [span for span in _names(theirs, source) if not _spelled_out(span, source)]
    lost += _exact(ours, theirs, target)
    added += _exact(theirs, ours, source)
    return Difference(tuple(lost), tuple(added))


def key(span: Span) -> Decimal | str:
    """By what a span is compared: the value of a number, else its characters."""
    worth = value(span.text) if span.kind == "number" else None
    if worth is not None:
        return worth
    match span.kind:
        case "name":
            return plain_name(span.text)
        case "math":
            return _APART.sub("", span.text)
        case _:
            return span.text


def plain_name(name: str) -> str:
    """A name without its plural, hyphens, case and blanks: LLMs → llm, ADE-20k → ade20k."""
    return _plain(_PLURAL.sub("", name))


def _plain(text: str) -> str:
    return _APART.sub("", text).replace("×", "x").lower()


def _numbers(ours: list[Span], theirs: list[Span], source: str, target: str) -> tuple[list[Span], list[Span]]:
    """The numbers that the target lacks, and those that it has beyond the source's."""
    numbers, answers = ([span for span in spans if span.kind == "number"] for spans in (ours, theirs))
    if not numbers and not answers:
        return [], []
    ours_in_words, theirs_in_words = in_words(source), in_words(target)
    there = Counter(key(span) for span in answers)
    lost, said_otherwise = _missing(
        [(span, _forms(span, source)) for span in numbers], there, theirs_in_words + _within(theirs)
    )
    # What a word of ours became in Han allows no digits more.
    allowed = (ours_in_words - theirs_in_words) + _within(ours) + said_otherwise + _of_years(numbers)
    added, _ = _missing([(span, [key(span)]) for span in answers], Counter(key(span) for span in numbers), allowed)
    return lost, added


def _missing(
    numbers: Iterable[tuple[Span, list[Decimal | str]]], there: Counter[Decimal | str], said: Counter[Decimal]
) -> tuple[list[Span], Counter[Decimal]]:
    """The numbers that are not on the other side in any of their forms, and the other forms that were there."""
    left, words = Counter(there), Counter[Decimal | str](said)
    missing, otherwise = [], Counter[Decimal]()
    for span, forms in numbers:
        for form in forms:
            table = left if left[form] > 0 else words
            if table[form] > 0:
                table[form] -= 1
                if form != forms[0] and isinstance(form, Decimal):
                    otherwise[form] += 1
                break
        else:
            missing.append(span)
    return missing, otherwise


def _forms(span: Span, text: str) -> list[Decimal | str]:
    """What a number may be worth: the 3.2 of "3.2 to 7.5 million" is 3.2 million; 1990s are 90 年代."""
    worth = key(span)
    if not isinstance(worth, Decimal):
        return [worth]
    forms: list[Decimal | str] = [worth]
    shared = _SHARED_POWER.match(text, span.end)
    if shared:
        forms.append((worth * POWERS[shared[1].lower()]).normalize())
    if 1910 <= worth <= 1990 and worth % 10 == 0:
        forms.append(worth - 1900)
    return forms


def _of_years(numbers: list[Span]) -> Counter[Decimal]:
    """1990s are 20 世纪 90 年代."""
    years = [worth for span in numbers if isinstance(worth := key(span), Decimal) and 1900 <= worth < 2000]
    return Counter({Decimal(20): len(years)}) if years else Counter()


def _within(spans: list[Span]) -> Counter[Decimal]:
    """Numbers that are parts of names and formulas: the 3 of 3D, which may be said as 3 维."""
    found: Counter[Decimal] = Counter()
    for span in spans:
        if span.kind in ("name", "math", "cite", "author", "journal", "code", "tex"):
            found.update(Decimal(digits).normalize() for digits in _DIGITS.findall(span.text)[:50])
    return found


def _names(mine: list[Span], where: str) -> list[Span]:
    """The names of one side that the text of the other does not hold, in Latin or in an accepted Chinese."""
    names = [span for span in mine if span.kind == "name"]
    if not names:
        return []
    plain = _plain(where)
    missing = []
    for span in names:
        name = plain_name(span.text)
        accepted = (*ACCEPTED.get(name, ()), *_as_a_word(name))
        if name not in plain and not any(form in where for form in accepted):
            missing.append(span)
    return missing


def _as_a_word(name: str) -> tuple[str, ...]:
    """The Chinese of a word that an author wrote in capitals: ALL, mEmory."""
    return lexicon.forms(name) if name.isalpha() else ()


def _spelled_out(span: Span, where: str) -> bool:
    """Whether a text spells out an acronym: "convolutional neural network" for CNN."""
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", where)).lower()
    return span.text.isalpha() and plain_name(span.text) in initials


def _exact(mine: list[Span], others: list[Span], where: str) -> list[Span]:
    """Formulas, links, citations and the like of one side that the other does not hold as often."""
    exact = [span for span in mine if span.kind not in ("name", "number")]
    left = Counter(key(span) for span in others if span.kind not in ("name", "number"))
    times = Counter(span.text for span in exact)
    missing = []
    for span in exact:
        worth = key(span)
        if left[worth] > 0:
            left[worth] -= 1
        elif where.count(span.text) < times[span.text] and not _is_said(span, where):
            missing.append(span)
    return missing


def _is_said(span: Span, where: str) -> bool:
    """A citation by author and year may be in Chinese brackets, with 等 for "et al.". One by a key of the author's own
    says nothing to readers: people leave it out, and models are never shown it."""
    if span.kind == "cited":
        return True
    words = re.findall(r"[A-Z][\w’'-]+|\d{4}", span.text)
    return span.kind == "author" and bool(words) and all(word in where for word in words)
