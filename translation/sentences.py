"""Splits text into sentences for translation. A missing break is harmless, a wrong break is not.

Hard spans are masked first, so that no dot in a formula or a link counts. Then a sentence ends at a full stop, question
or exclamation mark before white space, unless the word before or after the mark shows that it goes on.
"""

from __future__ import annotations

import re

from translation.spans.find import HARD, find

_MASK = "\x01"
_CANDIDATE = re.compile(r"(?<![.!?…])([.!?…]+)([\"'”’)\]}»]*)((?:\[\d+(?:\s*[,–-]\s*\d+)*\])?)(\s+)(?=\S)")
_CHINESE_END = re.compile(r"(?<=[。！？；])\s*(?=\S)")
_NEAR = 80  # how many characters before and after a mark are looked at
_WORD_BEFORE = re.compile(r"[\w\x01.&-]+$")
_WORD_AFTER = re.compile(r"[\"“‘'(\[]*([\w\x01]+(?:-\w+)?)")

# The sentence goes on after these if a number or a letter follows: "Fig. 3", "Eq. (2)", "Sec. IV".
_NUMBERED = frozenset(
    """fig figs eq eqs eqn eqns sec secs sect ch chap tab tabs ref refs vol vols no nos p pp thm lem prop def cor alg
    app ex""".split()
)
# After these a sentence never ends.
_NEVER = frozenset(
    """cf vs v.s e.g i.e eg ie dr prof mr mrs ms st approx ca resp viz w.r.t max min avg suppl dept univ
    incl""".split()
)
# Parts of the names of journals and series: "Phys. Rev. Lett. 92", "Proc. Natl. Acad. Sci."
_JOURNAL = frozenset(
    """phys rev lett mod nucl chem opt soc am proc natl acad sci astron astrophys appl math commun adv mater nat biol
    med ann eur int conf trans symp geophys res mech eng comput stat theor exp instrum meth cosmol part nucl annu cell
    bull amer lond roy electron lect notes quant grav class gen surf thin polym biochem biophys neurosci psychol econ j
    ser suppl spectrosc quantum inf syst netw softw workshop""".split()
)
_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
# After these a sentence ends only if the next word is one of `_STARTERS`.
_MAYBE = frozenset("al etc i.i.d iid w.h.p a.s a.e u.s u.k e.u p.m a.m s.d s.e.m inc ltd corp co ph.d d.c".split())
_STARTERS = frozenset(
    """We The This These That Those It Its In Our Here However Moreover Furthermore Additionally Finally First Second
    Third Then Thus Hence Therefore To For By With When While As At An A All Both Each Such There They Their One Two
    Using Based On Under Although Despite Unlike Experiments Experimental Extensive Code Results Empirically
    Specifically Also Further Given Recent Recently Motivated Inspired Data Patients Methods Background Conclusion Is
    Are What How Why Can Does If From After Before Since Because Most Many Some Several Existing Previous Through
    Across Between Among Not Only Let Assume Suppose I You He She Others Consequently Instead Overall
    Notably Logs""".split()
)


def split(text: str) -> list[str]:
    """The sentences of a text without line breaks, in order. Joined by blanks they give the text again."""
    masked = _masked(text)
    sentences: list[str] = []
    start = 0
    for match in _CANDIDATE.finditer(masked):
        if match.start() >= start and _ends(masked, start, match):
            sentences.append(text[start : match.end(3)])
            start = match.end()
    sentences.append(text[start:])
    return [part for sentence in sentences for part in _chinese(sentence) if part.strip()]


def _chinese(sentence: str) -> list[str]:
    """Split at the ends of Chinese sentences, which no blank follows."""
    if "。" not in sentence and "！" not in sentence and "？" not in sentence:
        return [sentence]
    cuts = [m.end() for m in _CHINESE_END.finditer(_masked(sentence))]
    return [sentence[a:b].strip() for a, b in zip([0, *cuts], [*cuts, len(sentence)], strict=True)]


def _masked(text: str) -> str:
    """`text` with its hard spans masked, at the same length; a mark that ends a formula becomes a full stop."""
    characters = list(text)
    for span in find(text):
        if span.kind not in HARD:
            continue
        characters[span.start : span.end] = _MASK * len(span.text)
        if span.kind == "math" and span.text.strip("$").rstrip().endswith((".", "?", "!")):
            characters[span.end - 1] = "."
    return "".join(characters)


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a sentence that began at `start` ends at this mark."""
    mark, closing = match[1], match[2]
    following = text[match.end() : match.end() + _NEAR]
    after = _WORD_AFTER.match(following)
    word = after[1] if after else ""
    begins = word[:1].isupper() or word[:1] == _MASK or word[:1].isdigit()
    if mark != ".":
        return word[:1].isupper() if set(mark) <= {".", "…"} else begins
    before_match = _WORD_BEFORE.search(text[max(start, match.start() - _NEAR) : match.start()])
    before = before_match[0] if before_match else ""
    lower = before.lower().lstrip(".")
    if lower in _NEVER or (lower == "ph" and word == "D"):
        return False
    if lower in _MONTHS and word[:1].isdigit():
        return False
    if lower in _JOURNAL and before[:1].isupper() and (word[:1].isdigit() or word not in _STARTERS):
        return False
    if lower in _NUMBERED:
        return not re.match(r"[\d(\[\x01~#]|[A-Z]\d|[A-Z]\b|[IVX]+\b", following) and word in _STARTERS
    if lower in _MAYBE or re.fullmatch(r"(?:[a-z]\.)+[a-z]", lower):
        return word in _STARTERS
    if re.fullmatch(r"[A-Z]|[IVX]{1,4}", before) and not closing:
        # An initial or the number of a section: "J. R. R. Tolkien", "Sec. III. A we describe".
        return word in _STARTERS and not re.match(r"[A-Z]\.|A [a-z]", following)
    is_first = match.start() - len(before) - start <= 2 and not text[start : match.start() - len(before)].strip(" ([")
    if is_first and re.fullmatch(r"\d{1,2}|[a-z]|[ivx]+", before):
        return False  # "1. Introduction"
    if word[:1].islower():
        # Sentences begin with "mBERT", "x-ray" and "p53", but hardly after an abbreviation.
        return bool(re.match(r"[a-z]{1,3}[A-Z]|[a-z]-[a-z]|[a-z]+\d", word)) and len(before) > 1
    return begins
