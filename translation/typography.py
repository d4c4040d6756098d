"""Chinese typography: marks in full width, one kind of quotes and dashes, no blanks around Han and marks.

The function is pure, leaves spans as they are, and changes nothing when it is applied again. Blanks between Han and
Latin letters or digits are left out, too: the page adds a gap there (`text-autospace`), which search does not see.
"""

from __future__ import annotations

import re

from papers.normalise.text import HAN
from translation.spans.find import find
from translation.spans.numbers import in_chinese, value

# After one rule another may apply; hardly any text needs a third round.
_ROUNDS = 8
_ANY_HAN = re.compile(f"[{HAN}]")
_POWER = re.compile(r"(?:thousand|million|billion|trillion)(?![A-Za-z])", re.IGNORECASE)
_MARKS = "，。；：？！、（）《》「」“”‘’…—"
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）", ".": "。"}
# A mark after Han that is not within a number or a word: "有效,该", "好的."
_AFTER_HAN = re.compile(rf"(?<=[{HAN}）”》」%])\s*([,;:?!])(?=\s|[{HAN}A-Za-z“‘《「（(\x00]|$)")
_FULL_STOP = re.compile(rf"(?<=[{HAN}）”》」%])\s*\.(?=\s*$|\s+[{HAN}A-Z]|[{HAN}])|(?<=[A-Za-z0-9\x00])\.(?=\s*$)")
_BRACKETS = re.compile(rf"\(([^()]*[{HAN}][^()]*)\)|(?<=[{HAN}])\s?\(([^()]*)\)|\(([^()]*)\)\s?(?=[{HAN}])")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s?[。．](?=\d)")
_WIDE = re.compile(r"[０-９Ａ-Ｚａ-ｚ％]")
_QUOTES = re.compile(rf"\"([^\"]*[{HAN}][^\"]*)\"")
_SINGLE_QUOTES = re.compile(rf"(?<![A-Za-z0-9])'([^']*[{HAN}][^']*)'(?![A-Za-z0-9])")
_DASH = re.compile(rf"(?<=[{HAN}])\s*(?:--+|—|–)\s*(?=[{HAN}])")
_DOTS = re.compile(rf"(?<=[{HAN}])\s*(?:\.\.\.+|。。+)")
_DOUBLED = re.compile(r"([，；：、])[，；：、]+(?![，；：、。！？])|[，；：、]+(?=[。！？])")
_BEFORE_HAN = re.compile(rf"(?<=[A-Za-z0-9%\x00])\s*([,;:])\s*(?=[{HAN}])")
_BLANKS = re.compile(rf"(?<=[{HAN}{_MARKS}])\s+(?=[{HAN}{_MARKS}])|(?<=[{_MARKS}])\s+|\s+(?=[{_MARKS}])")
_AROUND_LATIN = re.compile(rf"(?<=[{HAN}])\s+(?=[A-Za-z0-9\x00$\\])|(?<=[A-Za-z0-9%\x00$])\s+(?=[{HAN}])")


def chinese(text: str) -> str:
    """`text` with Chinese typography; its spans stay as they are."""
    for _ in range(_ROUNDS):
        as_set = _once(text)
        if as_set == text:
            break
        text = as_set
    return text


def _once(text: str) -> str:
    text = _powers_in_chinese(text)
    parts, at = [], 0
    for span in find(text):
        if span.kind not in ("number", "name"):  # the marks around these belong to the prose
            parts += [text[at : span.start], span.text]
            at = span.end
    parts.append(text[at:])
    prose = _set("\x00".join(parts[::2]))
    pieces = prose.split("\x00")
    if len(pieces) != (len(parts) + 1) // 2:
        return text
    return "".join(
        piece + (parts[2 * n + 1] if 2 * n + 1 < len(parts) else "") for n, piece in enumerate(pieces)
    ).strip()


def _powers_in_chinese(text: str) -> str:
    """Write numbers with an English power in a Chinese text in Chinese: "3 million" → 300万."""
    if not _POWER.search(text) or not _ANY_HAN.search(text):
        return text
    parts, at = [], 0
    for span in find(text):
        if span.kind == "number" and _POWER.search(span.text) and (worth := value(span.text)) is not None:
            parts += [text[at : span.start], in_chinese(worth)]
            at = span.end
    return "".join([*parts, text[at:]])


def _set(prose: str) -> str:
    if not _ANY_HAN.search(prose):
        return prose
    prose = _WIDE.sub(lambda match: chr(ord(match[0]) - 0xFEE0), prose)
    prose = _BETWEEN_DIGITS.sub(".", prose)
    prose = _BRACKETS.sub(lambda match: f"（{next(inner for inner in match.groups() if inner is not None)}）", prose)
    prose = _QUOTES.sub(r"“\1”", prose)
    prose = _SINGLE_QUOTES.sub(r"‘\1’", prose)
    prose = _DOTS.sub("……", prose)
    prose = _DASH.sub("——", prose)
    prose = _AFTER_HAN.sub(lambda match: _FULL[match[1]], prose)
    prose = _BEFORE_HAN.sub(lambda match: _FULL[match[1]], prose)
    prose = _FULL_STOP.sub("。", prose)
    prose = _DOUBLED.sub(lambda match: match[1] or "", prose)
    prose = _AROUND_LATIN.sub("", prose)
    return _BLANKS.sub("", prose)
