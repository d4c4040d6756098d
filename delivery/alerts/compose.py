"""Composes the messages of an alert."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from delivery import day_notes
from delivery.alerts.file import Alert
from delivery.channels.content import Content
from delivery.digest import html
from delivery.digest.content import Digest, DigestPaper, Section, for_reader
from delivery.digest.email import of_paper
from delivery.digest.gather import Source, title_of
from delivery.messages import Messages
from delivery.periods import Days, Unit, around
from indexer.documents import Document
from papers.outbox import Message

# Stands in the HTML of a mail for the address at which its recipient unsubscribes: everybody has another one.
UNSUBSCRIBE = "https://unsubscribe.invalid/"


def messages(source: Source, alert: Alert, documents: Sequence[Document], home: str | None) -> list[Message]:
    """The messages with these papers, so many in each as the alert allows; [] for no papers."""
    parts = [documents[start : start + alert.most] for start in range(0, len(documents), alert.most)]
    return [
        _message(alert, source, _content(source, alert, part, len(documents), (number, len(parts)), home), part)
        for number, part in enumerate(parts, start=1)
    ]


def why_empty(source: Source, alert: Alert, day: date) -> Message:
    """The message that says why a day has no paper for an alert."""
    t = Messages(alert.language)
    days = Days(around(Unit.DAY, day), featured=False)
    notes = day_notes.notes(t, days, 0, source.folder, source.now, nothing="digest_nothing")
    title = title_of(alert.request, source.topics, t)
    digest = Digest(title, alert.request, alert.language, day, day, (), 0, tuple(note.text for note in notes))
    content = Content(
        subject=f"{title} · {t.day(day)}",
        alert=alert.name,
        language=alert.language,
        opening=f"{title}\n{t.day(day)}",
        blocks=digest.notes,
        html=html.mail(digest, UNSUBSCRIBE),
    )
    return Message(_id(alert.name, day.isoformat(), ""), alert.name, source.now, content.encode())


def _content(
    source: Source, alert: Alert, documents: Sequence[Document], total: int, part: tuple[int, int], home: str | None
) -> Content:
    t = Messages(alert.language)
    localised = [for_reader(document, alert.language) for document in documents]
    papers = tuple(DigestPaper(each, alert.language, source.summarise) for each in localised)
    title = title_of(alert.request, source.topics, t)
    number, count = part
    of_parts = f" ({number}/{count})" if count > 1 else ""
    digest = Digest(title, alert.request, alert.language, None, None, (Section("", "", papers),), total, (), home)
    return Content(
        subject=f"{title} · {t.count(total)}{of_parts}",
        alert=alert.name,
        language=alert.language,
        opening=f"{title} · {t.count(total)}{of_parts}",
        blocks=tuple("\n".join(of_paper(paper, t)) for paper in papers),
        closing=home or "",
        html=html.mail(replace(digest, title=digest.title + of_parts), UNSUBSCRIBE),
    )


def _message(alert: Alert, source: Source, content: Content, documents: Sequence[Document]) -> Message:
    named = "\n".join(f"{document.id}v{document.version or 0}" for document in documents)
    return Message(_id(alert.name, source.now.isoformat(), named), alert.name, source.now, content.encode())


def _id(*parts: str) -> str:
    return hashlib.blake2b("\x00".join(parts).encode("utf-8", "replace"), digest_size=15).hexdigest()
