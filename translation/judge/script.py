"""Checks whether a translation is in the right script, and readable at all."""

from __future__ import annotations

import re
from functools import cache

from papers.normalise import traditional
from papers.normalise.text import HAN as HAN_CHARACTERS

HAN = re.compile(f"[{HAN_CHARACTERS}]")
_OTHER_SCRIPT = re.compile(r"[\u3040-\u30fa\u30fd-\u30ff\uac00-\ud7af\u0e00-\u0e7f\u0900-\u097f]")
_LETTER = re.compile(r"[^\W\d_]")
_UNKNOWN = re.compile(r"\ufffd|⁇|<unk>|</?s>|\[UNK\]|▁|@@(?!\w)|[\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f]", re.IGNORECASE)
# UTF-8 read as Latin-1: æˆ‘ä»¬.
_LATIN = re.compile(r"(?:[\u00c2-\u00ef][\u0080-\u00bf\u0152-\u02dc\u2013-\u203a\u20ac\u2122]{1,2}){2}")
_RUN = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff]{4,}")
# Characters that are also used in Simplified Chinese, though the converter changes them.
_BOTH = frozenset("乾著瞭徵於裡麼么藉后里干面余征佑伙占占並祇隻榖穀")


def unreadable(source: str, target: str) -> bool:
    """Whether the target has characters that are not text: unknown pieces, or bytes read in a wrong encoding."""
    if any(mark not in source for mark in _UNKNOWN.findall(target)):
        return True
    return bool(_LATIN.search(target)) or any(_is_misread(run) for run in _RUN.findall(target))


def _is_misread(run: str) -> bool:
    """Whether a run of Han is UTF-8 that was read as GBK (鎴戜滑): then its bytes, read as UTF-8, are Chinese."""
    content = run.encode("gb18030", "ignore")
    again = content.decode("utf-8", "ignore")
    return 2 * 3 * len(HAN.findall(again)) > len(content)


def other_script(source: str, target: str, to: str) -> bool:
    """Whether the target has kana, hangul and the like, or Traditional Han in Simplified, that the source lacks."""
    if any(character not in source for character in _OTHER_SCRIPT.findall(target)):
        return True
    if to == "zh":
        return any(character not in source for character in target if character in traditional_characters())
    return False


def without_letters(text: str) -> bool:
    """Whether a text has neither letters nor digits: "♪", "。"."""
    return not _LETTER.search(text) and not any(character.isdigit() for character in text)


@cache
def traditional_characters() -> frozenset[str]:
    """The characters that only Traditional Chinese uses."""
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    simplified_forms = traditional.simplified("\n".join(characters)).split("\n")
    changed = [
        character for character, converted in zip(characters, simplified_forms, strict=True) if character != converted
    ]
    traditional_forms = traditional.traditional("\n".join(changed)).split("\n")
    return (
        frozenset(
            character for character, converted in zip(changed, traditional_forms, strict=True) if character == converted
        )
        - _BOTH
    )
