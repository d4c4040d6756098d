"""Lines that several shapes of Markdown have."""

from __future__ import annotations

from collections.abc import Iterator

from delivery.digest.content import Digest, DigestPaper
from delivery.markdown import address, escape, to_markdown
from delivery.messages import Messages
from delivery.segments import segments
from delivery.summary.content import By, Summary, Told


def heading(digest: Digest, t: Messages, level: int) -> Iterator[str]:
    """What the digest is of, and its days."""
    yield from (f"{'#' * level} {escape(title(digest, t))}", "")


def title(digest: Digest, t: Messages) -> str:
    """`Diffusion models · Friday, 20 November 2026`."""
    return " · ".join(filter(None, (digest.title, period(digest, t))))


def period(digest: Digest, t: Messages) -> str:
    """The days of a digest in words; "" where it is of any."""
    if digest.day:
        return t.day(digest.day)
    if digest.first is None and digest.last is None:
        return ""
    first, last = (day.isoformat() if day else "…" for day in (digest.first, digest.last))
    return f"{first} – {last}"


def notes(digest: Digest) -> Iterator[str]:
    for note in digest.notes:
        yield from (f"*{escape(note)}*", "")


def told(sentence: Told | None) -> str:
    """A sentence of a summary as Markdown; "" for None."""
    return to_markdown(segments(sentence.text)) if sentence else ""


def label(name: str, t: Messages) -> str:
    """`**Authors:**`, to stand before a blank: there two stars always end bold text."""
    return f"**{escape(t('digest_label', name=name))}**"


def authors(paper: DigestPaper, t: Messages) -> str:
    """`First Author, Second Author and 12 more`; "" where there are none."""
    names = ", ".join(map(escape, paper.authors))
    return t("digest_and_more", names=names, n=t.number(paper.more_authors)) if paper.more_authors else names


def facts(paper: DigestPaper, t: Messages) -> str:
    """Categories, day and kind of announcement, and comments."""
    document = paper.document
    kinds = [t(f"announced_{kind}") for kind in document.announced]
    parts = (" ".join(document.categories), document.shown_day, ", ".join(kinds), to_markdown(paper.comments))
    return " · ".join(part for part in parts if part)


def code(paper: DigestPaper) -> str:
    """The link to the code; "" where there is none."""
    return address(paper.code) if paper.code else ""


def provenance(summary: Summary, by: By, t: Messages) -> str:
    """What wrote a part of a summary: `(from the abstract)`."""
    return t(f"from: {by.value}", model=escape(summary.model))
