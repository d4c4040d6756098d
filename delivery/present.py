"""Hit → what is shown. Here, and nowhere else, text becomes HTML: escaped, with marks, formulas and links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from delivery import formula
from indexer.documents import Document, Hit, Span
from papers import categories
from papers.normalise import formulas

_CLOSING = re.compile(r"[,.;:!?)\]，。；：！？、）」』”’]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`，。；：、！？（）]*[^\s<>\"'`.,;:!?)\]}，。；：、！？（）]")
SHOWN_AUTHORS = 5
# Further formulas of one text are shown as their source: each takes 0.3 ms, and no abstract of arXiv's has so many.
MOST_FORMULAS = 100


class _Marks:
    """The marks of one text, asked for piece by piece: however many there are, a piece costs what is in it."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans: list[Span] = []  # in order, and apart
        for start, end in sorted(spans):
            if self._spans and start < self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            elif start < end:
                self._spans.append((start, end))
        self._ends = [end for _, end in self._spans]

    def within(self, start: int, end: int) -> Iterator[Span]:
        """The parts of marks between these places, in order."""
        for place in range(bisect_right(self._ends, start), len(self._spans)):
            first, last = self._spans[place]
            if first >= end:
                return
            yield max(first, start), min(last, end)


@dataclass(frozen=True, slots=True)
class Shown:
    """A text in one language, as HTML that needs no further escaping."""

    language: str
    html: str


@dataclass(frozen=True, slots=True)
class Link:
    """Where else the paper is. `kind` names it: pdf, html, arxiv, code, project, huggingface, doi."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class View:
    """A paper as a page or a digest shows it; the original language first."""

    document: Document
    titles: tuple[Shown, ...]
    abstracts: tuple[Shown, ...]
    lacks_language: bool  # its abstract is not there in a language in which it is wanted
    comments: str | None  # HTML
    links: tuple[Link, ...]

    @property
    def day(self) -> str:
        """The paper's day; only the month where nothing but its number tells it (see `papers.merge`)."""
        document = self.document
        known = document.submitted or "new" in document.announced
        if document.day is None:
            return ""
        return document.day.isoformat() if known or document.day.day > 1 else document.day.isoformat()[:7]

    @property
    def by_toy(self) -> bool:
        """Whether a translation of it was made by the demo's toy model."""
        return any("toy" in model for model in self.document.translated_by.values())

    @property
    def first_authors(self) -> tuple[str, ...]:
        return self.document.authors[:SHOWN_AUTHORS]

    @property
    def more_authors(self) -> int:
        return max(0, len(self.document.authors) - SHOWN_AUTHORS)

    @property
    def is_replacement(self) -> bool:
        """Whether the last that is known of it is a further version."""
        return (self.document.version or 1) > 1


def present(hit: Hit, language: str | None = None) -> View:
    """What is shown of a hit, with what matched marked.

    With a `language` its texts alone; a text that is not there in it is shown in the original.
    """
    document, marks = hit.document, hit.highlights
    return View(
        document=document,
        titles=_texts(document, "title", language, marks),
        abstracts=_texts(document, "abstract", language, marks),
        lacks_language=language not in document.abstract if language else len(document.abstract) == 1,
        comments=to_html(document.comments, marks.get("comments", ())) if document.comments else None,
        links=links(document),
    )


def _texts(
    document: Document, field: str, language: str | None, marks: Mapping[str, Sequence[Span]]
) -> tuple[Shown, ...]:
    texts: Mapping[str, str] = getattr(document, field)
    original = document.language
    if language is None:
        shown = sorted(texts, key=lambda one: (one != original, one))
    else:
        shown = [one for one in (language, original) if one in texts][:1]
    return tuple(
        Shown(one, to_html(texts[one], marks.get(f"{field}_{one}", ()), addresses=field != "title")) for one in shown
    )


def to_html(text: str, marks: Sequence[Span] = (), *, addresses: bool = True) -> str:
    """`text` as HTML: marks as `<mark>`, formulas as MathML or their source, addresses as links.

    A mark that overlaps a formula is left out: nothing can be put inside of one. A formula is kept on one line with the
    punctuation after it, between which browsers would break.
    """
    parts: list[str] = []
    at = 0
    of_text = _Marks(marks)
    for number, (start, end, tex) in enumerate(formulas.find(text)):
        parts.append(_prose(text, at, start, of_text, addresses))
        mathml = formula.to_mathml(tex) if number < MOST_FORMULAS else None
        closing = _CLOSING.match(text, end) if mathml else None
        at = closing.end() if closing else end
        if closing:
            parts.append(f'<span class="unbroken">{mathml}{escape(closing[0])}</span>')
        else:
            parts.append(mathml or f'<code class="tex">{escape(text[start:end])}</code>')
    parts.append(_prose(text, at, len(text), of_text, addresses))
    return "".join(parts)


def _prose(text: str, start: int, end: int, marks: _Marks, addresses: bool) -> str:
    if not addresses or "://" not in text[start:end]:
        return _marked(text, start, end, marks)
    parts: list[str] = []
    at = start
    for match in _ADDRESS.finditer(text, start, end):
        parts.append(_marked(text, at, match.start(), marks))
        shown = _marked(text, match.start(), match.end(), marks)
        parts.append(f'<a href="{escape(match[0])}" rel="noopener nofollow">{shown}</a>')
        at = match.end()
    return "".join([*parts, _marked(text, at, end, marks)])


def _marked(text: str, start: int, end: int, marks: _Marks) -> str:
    parts: list[str] = []
    at = start
    for first, last in marks.within(start, end):
        parts.append(escape(text[at:first]))
        parts.append(f"<mark>{escape(text[first:last])}</mark>")
        at = last
    return "".join([*parts, escape(text[at:end])])


def links(document: Document) -> tuple[Link, ...]:
    """Where the paper, its code and its discussion are. Only web addresses."""
    found = [
        Link("pdf", f"https://arxiv.org/pdf/{document.id}"),
        Link("arxiv", f"https://arxiv.org/abs/{document.id}"),
    ]
    if document.code:
        found.append(Link("code", document.code))
    if document.project:
        found.append(Link("project", document.project))
    if document.featured or "huggingface-daily" in document.sources:
        found.append(Link("huggingface", f"https://huggingface.co/papers/{document.id}"))
    return tuple(found)


def category_label(code: str) -> str:
    """`cs.CL Computation and Language`; the code alone where nobody knows it."""
    name = categories.name(code)
    return f"{code} {name}" if name and name != code else code
