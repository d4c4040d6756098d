"""The values of the numbers in a text, in digits and in words of English and Chinese: 3.1x is 3.1 倍."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from translation.spans.patterns import NUMBER

_NUMBER = re.compile(NUMBER, re.VERBOSE)
_ENGLISH_POWERS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_LETTER_POWERS = {"k": 3, "K": 3, "M": 6, "B": 9, "T": 12}
_HAN_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_WORDS = {
    word: number
    for number, words in enumerate(
        """zero|none one|first|once|single|unique|a|an|half two|second|twice|double|both|pair|twofold|binary|dual
        three|third|thrice|triple|threefold|ternary four|fourth|quarter|quadruple five|fifth six|sixth seven|seventh
        eight|eighth nine|ninth ten|tenth eleven|eleventh twelve|twelfth thirteen fourteen fifteen sixteen seventeen
        eighteen nineteen twenty|twentieth""".split()
    )
    for word in words.split("|")
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12}
POWERS = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_ENGLISH_WORD = re.compile(r"[A-Za-z]+")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "半": 0}
_HAN_NUMBER = re.compile(r"(?<!\d)(?<!\d )[零〇一二两三四五六七八九十百千万亿]{1,12}")


def value(number: str) -> Decimal | None:
    """The value of a number in digits, without its sign and unit; None where the text is not a number."""
    match = _NUMBER.match(number)
    return _value(match) if match else None


def _value(match: re.Match[str]) -> Decimal:
    worth = Decimal(match["digits"].replace(",", "") + (match["decimals"] or "") + (match["exponent"] or ""))
    power = _ENGLISH_POWERS.get((match["word"] or "").lower(), 0) + _LETTER_POWERS.get(match["letter"] or "", 0)
    power += sum(_HAN_POWERS[character] for character in match["han"] or "")
    return Decimal(worth * 10**power).normalize()


def in_chinese(worth: Decimal) -> str:
    """A number as Chinese texts write it: 3,000,000 → 300万."""
    for power, name in ((8, "亿"), (4, "万")):
        if worth >= 10**power:
            return f"{(worth / 10**power).normalize():f}{name}"
    return f"{worth:f}"


def in_words(text: str) -> Counter[Decimal]:
    """The values that a text may express in words, and how often: two, half, June, 三, 十二."""
    counts: Counter[Decimal] = Counter()
    words = [word.lower() for word in _ENGLISH_WORD.findall(text)]
    for at, word in enumerate(words):
        for table in (_WORDS, _MONTHS):
            if word in table:
                number = table[word]
                counts[Decimal(number)] += 1
                after = words[at + 1] if at + 1 < len(words) else ""
                if number >= 20 and number % 10 == 0 and _WORDS.get(after, 99) < 10:
                    counts[Decimal(number + _WORDS[after])] += 1
                counts[Decimal(number * POWERS.get(after, 1))] += after in POWERS
        if word in ("half", "halve", "halves", "halved", "halving"):
            counts += Counter({Decimal(50): 1, Decimal("0.5"): 1, Decimal(2): 1})
        if word in POWERS:
            counts[Decimal(POWERS[word])] += 1
    for match in _HAN_NUMBER.finditer(text):
        if not _DIGITS.keys() & set(match[0]) and match[0][0] != "十":
            continue  # 万 alone is not a number
        counts[Decimal(_of_han(match[0]))] += 1
    return Counter({number.normalize(): count for number, count in counts.items()})


def _of_han(text: str) -> int:
    """The value of a number in Han: 二十三 → 23, 三百万 → 3,000,000, 二〇二四 → 2024."""
    if not any(character in _HAN_POWERS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif (power := _HAN_POWERS[character]) < 4:
            section += max(digit, 1) * 10**power
            digit = 0
        else:
            total = (total + max(section + digit, 1)) * 10**power
            section = digit = 0
    return total + section + digit
