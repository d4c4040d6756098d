"""`email`: a mail with a part for reading programs that show HTML, and one of plain text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from delivery.digest import html
from delivery.digest.content import Digest, DigestPaper
from delivery.digest.lines import period, title, who_and_when
from delivery.messages import Messages
from delivery.segments import plain
from delivery.summary.content import By

# ASCII alone: no server must know more than it did in 1982. Lines end as mail asks for.
POLICY = SMTP.clone(cte_type="7bit")


def write(digest: Digest) -> str:
    """The digest as a mail without sender and recipient, the same bytes for the same digest."""
    return message(digest).as_bytes(policy=POLICY).decode("ascii")


def message(digest: Digest, unsubscribe: str | None = None) -> EmailMessage:
    """The subject and the two parts of a mail."""
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = " ".join(title(digest, Messages(digest.language)).split())
    text = plain_text(digest, unsubscribe)
    mail.set_content(text, cte="base64")
    mail.add_alternative(html.mail(digest, unsubscribe), subtype="html", cte="base64")
    # Python would take a random one.
    mail.set_boundary(hashlib.blake2b(text.encode(), digest_size=12).hexdigest())
    return mail


def plain_text(digest: Digest, unsubscribe: str | None = None) -> str:
    """The digest as plain text: what chats and mail programs without HTML show."""
    return "\n".join(_lines(digest, unsubscribe)) + "\n"


def _lines(digest: Digest, unsubscribe: str | None) -> Iterator[str]:
    t = Messages(digest.language)
    yield digest.title
    yield " · ".join(filter(None, (period(digest, t), t.count(digest.total))))
    yield from digest.notes
    for section in digest.sections:
        for paper in section.papers:
            yield ""
            yield from of_paper(paper, t)
    yield from ("", t("digest_made_with"))
    if unsubscribe:
        yield f"{t('mail_unsubscribe')}: {unsubscribe}"


def of_paper(paper: DigestPaper, t: Messages) -> Iterator[str]:
    """The lines of one paper."""
    yield plain(paper.title)
    if paper.translated_title:
        yield plain(paper.translated_title)
    yield who_and_when(paper, t)
    if paper.summary.line:
        is_own = paper.summary.line_by is By.ABSTRACT
        source = "" if is_own else t(f"from: {paper.summary.line_by.value}", model=paper.summary.model)
        yield f"{paper.summary.line.text} {source}".rstrip()
    yield paper.address
    if paper.code:
        yield f"{t('code')}: {paper.code}"
