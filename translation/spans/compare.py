"""Compares the spans of a text with those of its translation: which are lost, and which are added.

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
    """The spans that a translation lacks, and those that only it has. True if there are any."""

    lost: tuple[Span, ...]
    added: tuple[Span, ...]

    def __bool__(self) -> bool:
        return bool(self.lost or self.added)


def compare(source: str, target: str) -> Difference:
    """The spans of `source` that `target` lacks, and those of `target` that `source` does not have."""
    return compare_spans(spans_in(source), source, spans_in(target), target)


def spans_in(text: str) -> list[Span]:
    """The spans of a text for `compare_spans`: full-width letters, digits and marks are narrowed first."""
    return find(text.translate(_NARROW))


def compare_spans(ours: list[Span], source: str, theirs: list[Span], target: str) -> Difference:
    """The same as `compare`, with the spans of both texts as `spans_in` gave them."""
    source, target = source.translate(_NARROW), target.translate(_NARROW)
    lost, added = _numbers(ours, theirs, source, target)
    lost += _names(ours, target)
    added += [span for span in _names(theirs, source) if not _spelled_out(span, source)]
    lost += _exact(ours, theirs, target)
    added += _exact(theirs, ours, source)
    return Difference(tuple(lost), tuple(added))


def key(span: Span) -> Decimal | str:
    """What a span is compared by: the value of a number, the plain form of a name, else the characters."""
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
    """The numbers that the target lacks, and those that only the target has."""
    source_numbers, target_numbers = ([span for span in spans if span.kind == "number"] for spans in (ours, theirs))
    if not source_numbers and not target_numbers:
        return [], []
    ours_in_words, theirs_in_words = in_words(source), in_words(target)
    target_counts = Counter(key(span) for span in target_numbers)
    lost, other_forms = _missing(
        [(span, _forms(span, source)) for span in source_numbers], target_counts, theirs_in_words + _within(theirs)
    )
    # A number word of the source that the target has as a Chinese number word allows no digits in addition.
    allowed = (ours_in_words - theirs_in_words) + _within(ours) + other_forms + _of_years(source_numbers)
    added, _ = _missing(
        [(span, [key(span)]) for span in target_numbers], Counter(key(span) for span in source_numbers), allowed
    )
    return lost, added


def _missing(
    numbers: Iterable[tuple[Span, list[Decimal | str]]],
    digit_counts: Counter[Decimal | str],
    word_counts: Counter[Decimal],
) -> tuple[list[Span], Counter[Decimal]]:
    """The numbers that the other side has in none of their forms, and the values that it has in another form."""
    digits_left, words_left = Counter(digit_counts), Counter[Decimal | str](word_counts)
    missing, other_forms = [], Counter[Decimal]()
    for span, forms in numbers:
        for form in forms:
            table = digits_left if digits_left[form] > 0 else words_left
            if table[form] > 0:
                table[form] -= 1
                if form != forms[0] and isinstance(form, Decimal):
                    other_forms[form] += 1
                break
        else:
            missing.append(span)
    return missing, other_forms


def _forms(span: Span, text: str) -> list[Decimal | str]:
    """The values that a number may have: the 3.2 of "3.2 to 7.5 million" is 3.2 million; 1990s are 90 年代."""
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
    """The number 20 once for each year from 1900 to 1999: 1990s are 20 世纪 90 年代."""
    years = [worth for span in numbers if isinstance(worth := key(span), Decimal) and 1900 <= worth < 2000]
    return Counter({Decimal(20): len(years)}) if years else Counter()


def _within(spans: list[Span]) -> Counter[Decimal]:
    """The numbers within names, formulas and the like: the 3 of 3D, which may become 3 维."""
    counts: Counter[Decimal] = Counter()
    for span in spans:
        if span.kind in ("name", "math", "cite", "author", "journal", "code", "tex"):
            counts.update(Decimal(digits).normalize() for digits in _DIGITS.findall(span.text)[:50])
    return counts


def _names(spans: list[Span], other_text: str) -> list[Span]:
    """The names of one side that the other text has neither in Latin letters nor in an accepted Chinese form."""
    names = [span for span in spans if span.kind == "name"]
    if not names:
        return []
    plain = _plain(other_text)
    missing = []
    for span in names:
        name = plain_name(span.text)
        accepted = (*ACCEPTED.get(name, ()), *_as_a_word(name))
        if name not in plain and not any(form in other_text for form in accepted):
            missing.append(span)
    return missing


def _as_a_word(name: str) -> tuple[str, ...]:
    """The Chinese of a word that an author wrote in capitals: ALL, mEmory."""
    return lexicon.forms(name) if name.isalpha() else ()


def _spelled_out(span: Span, other_text: str) -> bool:
    """Whether a text spells out an acronym: "convolutional neural network" for CNN."""
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", other_text)).lower()
    return span.text.isalpha() and plain_name(span.text) in initials


def _exact(spans: list[Span], other_spans: list[Span], other_text: str) -> list[Span]:
    """The formulas, links, citations and the like of one side that the other side has less often."""
    exact = [span for span in spans if span.kind not in ("name", "number")]
    unmatched = Counter(key(span) for span in other_spans if span.kind not in ("name", "number"))
    times = Counter(span.text for span in exact)
    missing = []
    for span in exact:
        span_key = key(span)
        if unmatched[span_key] > 0:
            unmatched[span_key] -= 1
        elif other_text.count(span.text) < times[span.text] and not _is_said(span, other_text):
            missing.append(span)
    return missing


def _is_said(span: Span, other_text: str) -> bool:
    """Whether a citation may count as translated.

    A citation by author and year may have Chinese brackets, and 等 for "et al.". A citation by a TeX key always counts:
    it says nothing to readers, people leave it out, and models never see it.
    """
    if span.kind == "cited":
        return True
    words = re.findall(r"[A-Z][\w’'-]+|\d{4}", span.text)
    return span.kind == "author" and bool(words) and all(word in other_text for word in words)
