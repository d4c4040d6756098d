r"""Prose as it is read, out of TeX that authors type into abstracts: `\emph{so}` → `so`, ``quoted'' → “quoted”.

The catalogue keeps texts as they came; page, search and translation use this form of them. Formulas stay as they are.
A word that a macro divides becomes one word: `\textbf{C}losed` → `Closed`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from papers.normalise.formulas import split

_STYLES = (
    "emph|textbf|textit|texttt|textsc|textsf|textrm|textsl|textup|textmd|textnormal|text|mbox|hbox|underline|uline"
    "|mathrm|mathbf|mathit|bf|it|em|tt|rm|sc|sf|sl|large|small|bfseries|itshape|scshape|ttfamily|textsuperscript"
    "|textsubscript|enquote|url|ensuremath"
)
# The argument in a pattern holds no braces: nested macros are taken out from the inside outwards.
_STYLED = re.compile(rf"\\(?:{_STYLES})\s*\{{([^{{}}]{{0,2000}})\}}")
_SWITCHED = re.compile(
    r"\{\s*\\(?:bf|it|em|tt|rm|sc|sf|sl|large|small|bfseries|itshape|scshape|ttfamily)(?![A-Za-z])\s*([^{}]{0,2000})\}"
)
_SWITCH = re.compile(
    r"\\(?:bf|it|em|tt|rm|sc|sf|sl|bfseries|itshape|scshape|ttfamily|noindent|par|newline)(?![A-Za-z])\s?"
)
_LINK = re.compile(r"\\href\s*\{([^{}]{1,2000})\}\s*\{([^{}]{0,2000})\}")
_CITED = re.compile(r"~?\\(?:cite[a-z]{0,10}|ref|eqref|autoref|cref)\*?(?:\[[^\]]{0,200}\])*\{([^{}]{1,400})\}")
_NOTE = re.compile(r"\s?\\(?:footnote|thanks)\{([^{}]{0,2000})\}")
_GONE = re.compile(r"\\(?:label|vspace|hspace)\*?\{[^{}]{0,200}\}")
_NAMED = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "textendash": "–", "textemdash": "—", "textquoteleft": "‘",
    "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”", "textregistered": "®",
    "texttrademark": "™", "textdegree": "°", "textasciitilde": "~", "textbackslash": "\\", "LaTeX": "LaTeX",
    "TeX": "TeX", "textgreater": ">", "textless": "<", "textmu": "µ", "slash": "/", "quad": " ", "qquad": " ",
    "bullet": "•", "item": "•",
}  # fmt: skip
_MACRO = re.compile(rf"\\({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}})?")
_ESCAPED = re.compile(r"\\([%&_#])")
_MONEY = re.compile(r"\\\$(?=\d)")
_THIN = re.compile(r"\\[,;:]")
_NOTHING = re.compile(r"\\[/!-]|\\@")
_LINE_BREAK = re.compile(r"\\\\(?:\[[^\]]{0,20}\])?")
_DOUBLE = re.compile(r"``([^`]{0,400}?)(?:''|\")")
_SINGLE = re.compile(r"(?<![\w`])`([^`'\s](?:[^`']|'(?=\w)){0,200}?)'(?!\w)")
_DASH = re.compile(r"(?<!-)(---?)(?!-)")
_ADDRESS = re.compile(r"(https?://\S+)")
_MOST_NESTED = 6


def readable(text: str) -> str:
    """`text` with the TeX of its prose as characters; its formulas stay. A text without TeX takes a microsecond."""
    if "\\" not in text and "``" not in text and "--" not in text and "`" not in text:
        return text
    return _readable(text)


@lru_cache(maxsize=2048)
def _readable(text: str) -> str:
    parts = split(text)
    money = len(parts) == 1 and not re.search(r"(?<!\\)\$", text)
    parts[::2] = [_prose(part, money=money) for part in parts[::2]]
    return " ".join("".join(parts).split())


def _prose(prose: str, *, money: bool) -> str:
    if "\\" in prose:
        prose = _without_macros(prose)
        if money:
            prose = _MONEY.sub("$", prose)
    if "``" in prose:
        prose = _DOUBLE.sub(r"“\1”", prose)
    if "`" in prose:
        prose = _SINGLE.sub(r"‘\1’", prose)
    if "--" in prose:
        pieces = _ADDRESS.split(prose)
        pieces[::2] = [_DASH.sub(lambda match: "—" if len(match[1]) == 3 else "–", piece) for piece in pieces[::2]]
        prose = "".join(pieces)
    return prose


def _without_macros(prose: str) -> str:
    prose = _LINK.sub(r"\2 (\1)", prose)
    for _ in range(_MOST_NESTED):
        before = prose
        prose = _SWITCHED.sub(r"\1", _STYLED.sub(r"\1", prose))
        prose = _CITED.sub(r" [\1]", prose)
        prose = _NOTE.sub(r" (\1)", _GONE.sub("", prose))
        if prose == before:
            break
    prose = _SWITCH.sub("", prose)
    prose = _LINE_BREAK.sub(" ", prose)
    prose = _MACRO.sub(lambda match: _NAMED[match[1]], prose)
    return _NOTHING.sub("", _THIN.sub(" ", _ESCAPED.sub(r"\1", prose)))
