"""TeX formulas → MathML that can be trusted, or nothing.

latex2mathml converts broken and unknown input without an error and passes `&` and `<` through. So its output is
parsed again, and only elements and attributes of mathematics are accepted.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

MAX_CHARACTERS = 600
_FORBIDDEN = re.compile(
    r"\\(?:href|url|class|id|style|color|colorbox|fcolorbox|def|gdef|let|newcommand|renewcommand|newenvironment"
    r"|require|input|include|label|ref|cite)(?![A-Za-z])"
)
_ELEMENTS = frozenset(
    (
        *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "msub"),
        *("msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable"),
        *("mtr", "mtd", "mpadded", "mphantom", "menclose"),
    )
)
_ATTRIBUTES = frozenset(
    (
        *("display", "mathvariant", "stretchy", "fence", "separator", "form", "accent", "accentunder", "lspace"),
        *("rspace", "movablelimits", "largeop", "symmetric", "minsize", "maxsize", "linethickness", "scriptlevel"),
        *("displaystyle", "columnalign", "rowspacing", "columnspacing", "width", "height", "depth", "notation"),
        *("columnlines", "rowlines"),
    )
)
# Lengths move what follows: too long, they put a formula over other text or make the page wider than the window.
_LENGTHS = ("width", "height", "depth", "lspace", "rspace", "minsize", "maxsize", "rowspacing", "columnspacing")
_LENGTH = re.compile(r"(-?\d{0,8}(?:\.\d{0,8})?)(em|ex|px|pt|pc|mm|cm|in|mu|)")
_IN_EM = {
    "em": 1.0,
    "ex": 0.5,
    "px": 1 / 16,
    "pt": 0.1,
    "pc": 1.2,
    "mm": 0.28,
    "cm": 2.8,
    "in": 7.2,
    "mu": 1 / 18,
    "": 1.0,
}
_LEAST_EM, _MOST_EM = -1.0, 5.0
# Symbols that the converter takes for operators; a browser would put space around them.
_ORDINARY = frozenset("∞∅∠")
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(maxsize=8192)
def to_mathml(tex: str) -> str | None:
    """MathML of a formula; None where it cannot be shown correctly: then the page shows its source."""
    from latex2mathml.converter import convert

    if len(tex) > MAX_CHARACTERS or not tex.strip() or _FORBIDDEN.search(tex) or not _balanced(tex):
        return None
    try:
        root = etree.fromstring(_escaped(convert(tex)).encode(), etree.XMLParser(resolve_entities=False))
    except (Exception, RecursionError):
        # The converter raises whatever it stumbles over: IndexError, ValueError, errors of its own.
        return None
    for element in root.iter():
        name = str(element.tag).removeprefix(_NAMESPACE)
        # A macro it does not know comes out as its own name.
        if name not in _ELEMENTS or "\\" in (element.text or ""):
            return None
        if not _ATTRIBUTES.issuperset(element.attrib):
            return None
        if not all(_is_small(length) for key in _LENGTHS if (length := element.get(key))):
            return None
        if element.text in _ORDINARY:
            element.tag = f"{_NAMESPACE}mi"
    return etree.tostring(root, encoding="unicode")


def _is_small(length: str) -> bool:
    if length.endswith("mathspace"):  # a named space: at most 0.39 em
        return True
    match = _LENGTH.fullmatch(length)
    if match is None or not match[1].strip("-."):
        return False
    return _LEAST_EM <= float(match[1]) * _IN_EM[match[2]] <= _MOST_EM


def _balanced(tex: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", tex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


_BARE_AMPERSAND = re.compile(r"&(?!#x?[0-9A-Fa-f]+;|[a-z]+;)")


def _escaped(mathml: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", mathml)
