"""`html` and `page`: a document for a browser that needs nothing beside it. And the HTML part of a mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from delivery.digest.content import Digest, DigestPaper
from delivery.digest.lines import period, title, who_and_when
from delivery.feeds import FORMATS
from delivery.html import to_html
from delivery.messages import Messages
from delivery.segments import Segment, plain, segments

TEMPLATES = Path(__file__).parent / "templates"
_MOST_COUNTS = 8


@dataclass(frozen=True, slots=True)
class FeedLink:
    name: str
    media_type: str
    address: str


def write(digest: Digest, feeds: Sequence[FeedLink] = ()) -> str:
    """The digest with a summary of each paper, its abstracts folded."""
    return _document(digest, feeds, best_first=False)


def write_page(digest: Digest, feeds: Sequence[FeedLink] = ()) -> str:
    """The digest with whole abstracts, and a box with what its papers are."""
    return _document(digest, feeds, best_first=True)


def index(shown_title: str, language: str, files: Sequence[tuple[str, str]], feeds: Sequence[FeedLink]) -> str:
    """A page that links to files: the name of each, and what it is called."""
    template = _environment().get_template("index.html")
    return template.render(title=shown_title, t=Messages(language), files=files, feeds=feeds, style=_style())


def mail(digest: Digest, unsubscribe: str | None = None) -> str:
    """The digest as mail programs show it: tables, and styles in the elements."""
    t = Messages(digest.language)
    return (
        _environment()
        .get_template("mail.html")
        .render(digest=digest, t=t, title=title(digest, t), days=period(digest, t), unsubscribe=unsubscribe)
    )


def _document(digest: Digest, feeds: Sequence[FeedLink], *, best_first: bool) -> str:
    t = Messages(digest.language)
    if digest.feed and not feeds:
        feeds = [FeedLink("Atom", FORMATS["atom"].media_type, digest.feed)]
    return _environment().get_template("document.html").render(
        digest=digest, t=t, title=title(digest, t), days=period(digest, t), feeds=feeds, style=_style(),
        best_first=best_first, counts=_counts(digest) if best_first else (),
    )  # fmt: skip


@cache
def _style() -> Markup:
    return Markup((TEMPLATES / "document.css").read_text("utf-8").strip())  # noqa: S704  (our own file)


def _counts(digest: Digest) -> list[tuple[str, int]]:
    """How many of the papers are of each year and of the most frequent categories."""
    years = Counter(str(paper.document.day.year) for paper in digest.papers if paper.document.day)
    categories = Counter(category for paper in digest.papers for category in paper.document.categories)
    return [*sorted(years.items(), reverse=True)[:_MOST_COUNTS], *categories.most_common(_MOST_COUNTS)]


def _texts(paper: DigestPaper) -> Iterator[tuple[str, Sequence[Segment]]]:
    """The abstracts of a paper with their languages, the reader's first."""
    if paper.translated_abstract:
        yield paper.language, paper.translated_abstract
    if paper.abstract:
        yield paper.document.language, paper.abstract


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["html"] = lambda parts: Markup(to_html(parts))  # noqa: S704  (escaped there)
    environment.filters["sentence"] = lambda text: Markup(to_html(segments(text)))  # noqa: S704
    environment.filters["text"] = plain
    environment.filters["who_and_when"] = who_and_when
    environment.filters["texts"] = _texts
    return environment
