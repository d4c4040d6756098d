r"""Segments → Markdown that every renderer reads as the same text, whatever is in it.

Tried with the parsers of GitHub (cmark-gfm), Hugo (goldmark), Hexo (marked), Jekyll (kramdown) and markdown-it. Hexo
and Jekyll run a template language over the text before, which `{{`, `{%` and `{#` must not reach; Hugo takes `\[` and
`\(` for formulas. A text is one line, so that no line of it begins with a sign that makes a list or a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from delivery.segments import Formula, Link, Original, Segment, Text

# A dollar sign that is money.
MONEY = r"\$"
_BLANKS = re.compile("[\x00-\x20\x7f\x85\u2028\u2029\ufeff]+")
# What is written in another way, and how; the first rule that fits counts.
_RULES = (
    (r"\\(?=[\])]|$)", "&#92;"),
    (r"[\\`*\[~$|{]", r"\\\g<0>"),
    (r"_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_", r"\\_"),  # snake_case stays
    (r"<(?![=\d\s])", "&lt;"),  # "p<0.05" stays
    (r"&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)", "&amp;"),  # "AT&T" stays
    (r"(?<=\{)%|%(?=%)|(?<=%)%", "&#37;"),
    (r"(?<![^\s{#])#", r"\\#"),
    (r"=(?==)|(?<==)=", r"\\="),
    (r"\](?=\()", "&#93;"),
    (r"!(?=\[|$)", r"\\!"),
    (r"(?<=[A-Za-z0-9]):(?=//)", r"\\:"),  # no link that nobody asked for
    (r"(?i)(?<=www)\.", r"\\."),
)
_SPECIAL = re.compile(
    "|".join(f"(?P<r{number}>{pattern.removeprefix('(?i)')})" for number, (pattern, _) in enumerate(_RULES))
)
_AT_START = re.compile(r"#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+$|:?-[-: ]*$|:(?=\s|-)")
_NUMBER_AT_START = re.compile(r"(\d{1,9})(?=[.)](?:\s|$))")
_NOT_IN_ADDRESS = re.compile(r"[<>|{}`\\\s^]")

# A formula without the signs of Markdown: another way to write each of them that KaTeX and MathJax show alike.
_TEX = re.compile(
    r"(?P<text>\\(?:text|textrm|textbf|textit|texttt|textsc|mbox|hbox)\s*\{[^{}]*\})"
    r"|\\begin\{array\}\{[^{}]*\}|\\(?:begin|end)\{[A-Za-z]+\*?\}"
    r"|\\\\(?:\[[^\]]{0,20}\])?|\\(?:[A-Za-z]+\*?(?=\s*\{)|[A-Za-z]+|.)|[*|<>~`]|\[(?=\^)"
)
_TEX_OF = {
    "\\{": r"\lbrace ", "\\}": r"\rbrace ", "\\|": r"\Vert ", "\\,": r"\thinspace ", "\\;": r"\thickspace ",
    "\\:": r"\medspace ", "\\>": r"\medspace ", "\\!": r"\negthinspace ", "\\*": r"\ast ", "\\-": "", "\\/": "",
    "*": r"\ast ", "|": r"\vert ", "<": r"\lt ", ">": r"\gt ", "~": r"\nobreakspace ", "`": r"\lq ", "[": "[ ",
}  # fmt: skip
# In the words of a formula these are written between two pieces of words.
_IN_TEXT = re.compile("[*|<>~`]")
# Markdown takes the backslash away from these, and without it they mean something else: they stand between formulas.
_OUTSIDE = re.compile(r"\\([%$&#_])")
# An underscore after a letter or a digit ends emphasis at most, and begins none.
_OPENING_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9\\])_(?!\s)")


def to_markdown(segments: Sequence[Segment], dollar: str = MONEY) -> str:
    """The segments of one text on one line. `dollar` stands for a dollar sign that is money: a page on which a script
    looks for formulas needs another one than Markdown does."""
    return _line("".join(_written(segment, dollar) for segment in segments))


def link(shown: Sequence[Segment], address: str, dollar: str = MONEY) -> str:
    """A link with these segments."""
    parts = (
        # A bracket would end the link; `\]` would end a formula in Hugo.
        _written(segment, dollar).replace("]", "&#93;") if isinstance(segment, Text) else _written(segment, dollar)
        for segment in shown
    )
    target = f"<{_safe(address)}>" if "(" in address or ")" in address else _safe(address)
    return f"[{_line(''.join(parts))}]({target})"


def _line(text: str) -> str:
    line = _BLANKS.sub(" ", text).strip()
    if number := _NUMBER_AT_START.match(line):
        return f"{number[1]}\\{line[number.end() :]}"
    if line.startswith("^"):
        return f"&#94;{line[1:]}"
    return f"\\{line}" if _AT_START.match(line) else line


def escape(text: str) -> str:
    """A text as it is, on one line."""
    return to_markdown((Text(text),))


def address(address: str) -> str:
    """An address that is its own link."""
    return f"<{_safe(address)}>"


def bold(line: str) -> str:
    """A line of Markdown in bold. Beside a sign, two stars would be two stars: `说**“中文”**`."""
    return f"**{line}**" if line[:1].isalnum() and line[-1:].isalnum() else f"<strong>{line}</strong>" if line else ""


def _written(segment: Segment, dollar: str) -> str:
    match segment:
        case Text(text):
            return _SPECIAL.sub(lambda match: _rewritten(match, dollar), _BLANKS.sub(" ", text))
        case Formula(tex):
            return _formula(tex, dollar)
        case Link(where):
            return address(where)
        case Original(_, inner):
            return "".join(_written(each, dollar) for each in inner)
        case _:
            assert_never(segment)


def _rewritten(match: re.Match[str], dollar: str) -> str:
    if match[0] == "$":
        return dollar
    assert match.lastgroup is not None
    return match.expand(_RULES[int(match.lastgroup[1:])][1])


def _safe(address: str) -> str:
    return _NOT_IN_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), address)


def _formula(tex: str, dollar: str) -> str:
    """A formula between dollars; two of them, where a sign stands in it that Markdown would change."""
    parts: list[str] = []
    start = 0
    for match in _OUTSIDE.finditer(tex):
        if _depth(tex[: match.start()]) == 0:
            parts += [_between_dollars(tex[start : match.start()]), _written(Text(match[1]), dollar)]
            start = match.end()
    return "".join([*parts, _between_dollars(tex[start:])])


def _depth(tex: str) -> int:
    """How many braces and environments are open at the end of this part of a formula."""
    plain = tex.replace("\\\\", "").replace("\\{", "").replace("\\}", "")
    return plain.count("{") - plain.count("}") + plain.count("\\begin") - plain.count("\\end")


def _between_dollars(tex: str) -> str:
    has_rows = "\\begin{" in tex
    tex = _TEX.sub(lambda match: _tex_of(match, has_rows), _BLANKS.sub(" ", tex))
    tex = _OPENING_UNDERSCORE.sub("_ ", tex)
    tex = _BLANKS.sub(" ", re.sub(r"\{(?=[{%#])", "{ ", tex).replace("](", "] (")).strip()
    return f"${tex}$" if tex else ""


def _tex_of(match: re.Match[str], has_rows: bool) -> str:
    sign = match[0]
    if match["text"]:
        command, words = sign[: sign.index("{") + 1], sign[sign.index("{") + 1 : -1]
        return command + _IN_TEXT.sub(lambda each: f"}}{_TEX_OF[each[0]]}{command}", words) + "}"
    if sign.startswith("\\\\"):
        return r"\cr " if has_rows else r"\newline "
    if sign.startswith("\\begin{array}"):
        return sign.replace("|", "")
    return _TEX_OF.get(sign, sign)
