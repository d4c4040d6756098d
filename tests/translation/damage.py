"""What goes wrong with translations, done to good ones on purpose.

Each kind takes a pair, chance and the other pairs, and gives the target as damaged, or None where it cannot be done.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

Pair = tuple[str, str]  # English, Chinese
Damage = Callable[[Pair, random.Random, Sequence[Pair]], str | None]

_NUMBER = re.compile(r"(?<![A-Za-z0-9.\-/])\d+(?:[.,]\d+)*(?![A-Za-z0-9\-])")
_CLAUSES = re.compile(r"(?<=[，。；：])")


def _numbers(target: str) -> list[re.Match[str]]:
    parts = re.split(r"(\$[^$]+\$|https?://\S+)", target)
    return list(_NUMBER.finditer("".join("\x00" * len(part) if n % 2 else part for n, part in enumerate(parts))))


def number_dropped(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    numbers = _numbers(pair[1])
    if not numbers:
        return None
    match = chance.choice(numbers)
    return pair[1][: match.start()] + pair[1][match.end() :]


def number_changed(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    numbers = _numbers(pair[1])
    if not numbers:
        return None
    match = chance.choice(numbers)
    at = chance.choice([match.start() + n for n, c in enumerate(match[0]) if c.isdigit()])
    digit = chance.choice([d for d in "123456789" if d != pair[1][at]])
    return pair[1][:at] + digit + pair[1][at + 1 :]


def number_added(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return _inserted(pair[1], chance.choice(["（共 47 个）", "，达到 63.7%", "，提高了 8 倍", "在 2019 年"]), chance)


def link_invented(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return pair[1].rstrip("。") + chance.choice(["，代码见 https://github.com/a/b。", "（http://example.org/x）。"])


def _inserted(target: str, what: str, chance: random.Random) -> str:
    places = [m.end() for m in re.finditer(r"[\u4e00-\u9fff](?=[\u4e00-\u9fff，。])", target)] or [len(target)]
    at = chance.choice(places)
    return target[:at] + what + target[at:]


def kana(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return _inserted(pair[1], chance.choice(["の", "する", "モデル"]), chance)


def japanese(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return chance.choice(["本論文では新しい手法を提案し、実験により有効性を示す。", "モデルの学習を行う手法である。"])


@cache
def _to_traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


def traditional(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    target: str = _to_traditional().convert(pair[1])
    return target if sum(a != b for a, b in zip(target, pair[1], strict=False)) >= 2 else None


def mojibake_gbk(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return (
        pair[1].encode().decode("gbk", "replace") if chance.random() < 0.5 else pair[1].encode().decode("gbk", "ignore")
    )


def mojibake_latin(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return pair[1].encode().decode("cp1252" if chance.random() < 0.5 else "latin-1", "replace")


def replaced(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return re.sub(r"((?:.{8}))[\u4e00-\u9fff]", "\\1\ufffd", pair[1]) if len(pair[1]) > 12 else None


def unknown_marks(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return _inserted(pair[1], chance.choice(["⁇", " <unk> ", "<unk>"]), chance)


def clause_twice(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    clauses = _clauses(pair[1])
    long = [n for n, clause in enumerate(clauses) if len(clause) >= 6]
    if not long:
        return None
    at = chance.choice(long)
    return "".join([*clauses[: at + 1], clauses[at], *clauses[at + 1 :]])


def _clauses(target: str) -> list[str]:
    return [clause for clause in _CLAUSES.split(target) if clause]


def of_one_word(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return chance.choice(["♪", "。", "注册注册注册", "你好你好你好", "的的的的的的", "モデル", ""])


def clause_in_english(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    clauses = _clauses(pair[1])
    english = [clause.strip() for clause in re.split(r"(?<=[,;:])\s", pair[0]) if len(clause.split()) >= 3]
    if len(clauses) < 2 or not english:
        return None
    clauses[chance.randrange(len(clauses))] = chance.choice(english)
    return "".join(clauses)


def half_in_english(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    words = pair[0].split()
    return pair[1][: len(pair[1]) // 2] + " ".join(words[len(words) // 2 :]) if len(words) >= 8 else None


def all_in_english(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return pair[0]


def half_dropped(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return pair[1][: len(pair[1]) // 2] + "。" if len(pair[1]) >= 20 else None


def another_sentence(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    return chance.choice([candidate for candidate in pairs if candidate != pair])[1]


def another_as_long(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    alike = [
        candidate
        for candidate in pairs
        if candidate != pair and abs(len(candidate[1]) - len(pair[1])) <= 0.2 * len(pair[1])
    ]
    return chance.choice(alike)[1] if alike else None


_NEGATED = re.compile(r"\b(?:not|no|without|cannot|never|neither|nor|none|fails?|lacks?)\b|n't\b")
_NEGATION = re.compile(r"不(?!同|断|仅|但|过|管|论|少)|没有|无法|无需|未能|未|无|没")


def negation_lost(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    if not _NEGATED.search(pair[0]):
        return None
    places = list(_NEGATION.finditer(pair[1]))
    if not places:
        return None
    match = chance.choice(places)
    return pair[1][: match.start()] + pair[1][match.end() :]


def numbers_exchanged(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    numbers = _numbers(pair[1])
    different = [(a, b) for a, b in pairwise(numbers) if a[0] != b[0]]
    if not different:
        return None
    a, b = chance.choice(different)
    return pair[1][: a.start()] + b[0] + pair[1][a.end() : b.start()] + a[0] + pair[1][b.end() :]


_TO = re.compile(r"从 ?([\d.,]+)([^\d，。]*?)(?:到|至|为) ?([\d.,]+)")


def comparison_turned(pair: Pair, chance: random.Random, pairs: Sequence[Pair]) -> str | None:
    match = _TO.search(pair[1])
    if not match or match[1] == match[3] or " from " not in pair[0]:
        return None
    return (
        pair[1][: match.start(1)]
        + match[3]
        + pair[1][match.end(1) : match.start(3)]
        + match[1]
        + pair[1][match.end(3) :]
    )


@cache
def kinds() -> dict[str, Damage]:
    """Every kind of damage of this module, by its name."""
    return {
        name: obj
        for name, obj in globals().items()
        if callable(obj) and not name.startswith("_") and getattr(obj, "__module__", "") == __name__ and name != "kinds"
        and name not in ("Damage",)
    }  # fmt: skip
