"""Lines that several shapes of Markdown have."""

from __future__ import annotations

from collections.abc import Iterator

from delivery import periods
from delivery.digest.content import Digest, DigestPaper
from delivery.markdown import MONEY, address, escape, to_markdown
from delivery.messages import Messages
from delivery.periods import of_days
from delivery.segments import Text, segments
from delivery.summary.content import By, Summary, Told
from indexer.field_values import venue

_FIRST_AUTHORS = 5


def heading(digest: Digest, t: Messages, level: int) -> Iterator[str]:
    """What the digest is of, and its days."""
    yield from (f"{'#' * level} {escape(title(digest, t))}", "")


def title(digest: Digest, t: Messages) -> str:
    """`Diffusion models · Friday, 20 November 2026`."""
    return " · ".join(filter(None, (digest.title, period(digest, t))))


def period(digest: Digest, t: Messages) -> str:
    """The days of a digest in words; "" where it is of any."""
    if digest.first is None and digest.last is None:
        return ""
    if whole := of_days(digest.first, digest.last):
        return periods.title(t, whole)
    first, last = (day.isoformat() if day else "…" for day in (digest.first, digest.last))
    return f"{first} – {last}"


def notes(digest: Digest) -> Iterator[str]:
    for note in digest.notes:
        yield from (f"*{escape(note)}*", "")


def told(sentence: Told | None, dollar: str = MONEY) -> str:
    """A sentence of a summary as Markdown; "" for None."""
    return to_markdown(segments(sentence.text), dollar) if sentence else ""


def line(summary: Summary, t: Messages, dollar: str = MONEY) -> str:
    """The line of a summary, with what wrote it, if that is not the abstract."""
    shown = told(summary.line, dollar)
    is_own = summary.line_by is By.ABSTRACT
    return shown if is_own or not shown else f"{shown} {provenance(summary, summary.line_by, t)}"


def label(name: str, t: Messages) -> str:
    """`**Authors:**`, to stand before a blank: there two stars always end bold text."""
    return f"**{escape(t('digest_label', name=name))}**"


def authors(paper: DigestPaper, t: Messages, dollar: str = MONEY) -> str:
    """`First Author, Second Author and 12 more`; "" where there are none."""
    names = ", ".join(to_markdown((Text(name),), dollar) for name in paper.authors)
    return t("digest_and_more", names=names, n=t.number(paper.more_authors)) if paper.more_authors else names


def facts(paper: DigestPaper, t: Messages, dollar: str = MONEY) -> str:
    """Categories, day, kind of announcement, venue and comments."""
    document = paper.document
    kinds = [t(f"announced_{kind}") for kind in document.announced]
    comments = to_markdown(paper.comments, dollar)
    venues = ", ".join(map(escape, venue(document)))
    withdrawn = f"**{escape(t('withdrawn'))}**" if document.is_withdrawn else ""
    parts = (withdrawn, " ".join(document.categories), document.shown_day, ", ".join(kinds), venues, comments)
    return " · ".join(part for part in parts if part)


def who_and_when(paper: DigestPaper, t: Messages) -> str:
    """The first authors, the categories and the day, as plain text."""
    names = paper.document.authors[:_FIRST_AUTHORS]
    more = len(paper.document.authors) - len(names)
    shown = ", ".join(names) + (f" {t('digest_more', n=t.number(more))}" if more else "")
    withdrawn = t("withdrawn") if paper.document.is_withdrawn else ""
    parts = (withdrawn, shown, " ".join(paper.document.categories), paper.document.shown_day)
    return " · ".join(filter(None, parts))


def withdrawal(paper: DigestPaper, t: Messages) -> str:
    """`Withdrawn: the proof has a gap`; "" where the paper was not."""
    document = paper.document
    return ": ".join(filter(None, (t("withdrawn"), document.withdrawal))) if document.is_withdrawn else ""


def code(paper: DigestPaper) -> str:
    """The link to the code; "" where there is none."""
    return address(paper.code) if paper.code else ""


def provenance(summary: Summary, by: By, t: Messages) -> str:
    """What wrote a part of a summary: `(from the abstract)`."""
    return t(f"from: {by.value}", model=escape(summary.model))
