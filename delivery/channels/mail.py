"""Mail by SMTP. It has headers that Apprise cannot set: a Message-ID that stays the same, and unsubscribing by one
click (RFC 8058)."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from types import TracebackType
from typing import Any, Self

from delivery.channels.content import Content
from delivery.channels.result import SENT, Fate, Result
from delivery.channels.settings import MailSettings, Security
from papers.outbox import Message

_TOO_LARGE = 552  # is said of one mail, in the answer to its sender
_ON_ONE_LINE = ("list-unsubscribe", "message-id")


class _Policy(EmailPolicy):
    """Mail in ASCII. The address at which one unsubscribes stays on one line: Python would encode a long one, and mail
    programs would not know it."""

    def fold(self, name: str, value: Any) -> str:
        return self._whole(name, value) if name.lower() in _ON_ONE_LINE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _ON_ONE_LINE:
            return self._whole(name, value).encode("ascii")
        return super().fold_binary(name, value)

    def _whole(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}"


POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def letter(content: Content, message: Message, sender: str, recipient: str, unsubscribe: str | None) -> EmailMessage:
    """The mail to one recipient: the same bytes however often it is made. `unsubscribe` is an address of the page."""
    host = parseaddr(sender)[1].rpartition("@")[2]
    own_id = hashlib.blake2b(f"{message.id}\x00{recipient}".encode(), digest_size=12).hexdigest()
    mail = EmailMessage(policy=POLICY)
    # "=?" would begin an encoded word, which Python decodes, line ends and all.
    mail["Subject"] = " ".join(content.subject.split()).replace("=?", "= ?")
    mail["From"] = sender
    mail["To"] = recipient
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.id}.{own_id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Id"] = f"<{hashlib.blake2b(content.alert.encode(), digest_size=8).hexdigest()}.alerts.{host}>"
    by_mail = f"mailto:{parseaddr(sender)[1]}?subject=unsubscribe"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>, <{by_mail}>" if unsubscribe else f"<{by_mail}>"
    if unsubscribe:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    text = content.text + (f"\n-- \n{unsubscribe}\n" if unsubscribe else "")
    mail.set_content(text, cte="base64")
    if content.html:
        mail.add_alternative(content.html, subtype="html", cte="base64")
        mail.set_boundary(own_id)
    return mail


class Mailer:
    """Sends mails over one connection, which is opened with the first of them."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._connection: smtplib.SMTP | None = None
        self._fault: Result | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def send(self, mail: EmailMessage, recipient: str) -> Result:
        """Send a mail; after a fault of the channel itself, the others are not tried."""
        if self._fault:
            return self._fault
        is_fresh = self._connection is None
        result = self._try(mail, recipient)
        if result.fate is Fate.LATER and not is_fresh:
            result = self._try(mail, recipient)  # some servers take a few mails in a connection, and close it
        if result.fate is Fate.UNUSABLE:
            self._fault = result
        return result

    def _try(self, mail: EmailMessage, recipient: str) -> Result:
        try:
            if self._connection is None:
                self._connection = self._open()
            self._connection.send_message(mail, to_addrs=[recipient])
        except (OSError, ValueError, MessageError) as error:
            self._close()
            return _result(error)
        return SENT

    def _open(self) -> smtplib.SMTP:
        settings = self._settings
        try:
            context = ssl.create_default_context(cafile=settings.certificates or None)
        except OSError as error:
            raise ssl.SSLError(f"[mail] certificates: {error.strerror}") from error
        connection: smtplib.SMTP
        if settings.security is Security.TLS:
            connection = smtplib.SMTP_SSL(settings.server, settings.port, timeout=settings.seconds, context=context)
        else:
            connection = smtplib.SMTP(settings.server, settings.port, timeout=settings.seconds)
        try:
            if settings.security is Security.STARTTLS:
                connection.starttls(context=context)
            if settings.user:
                connection.login(settings.user, settings.password.get_secret_value() if settings.password else "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except OSError:
                self._connection.close()
            self._connection = None


def _result(error: Exception) -> Result:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()))
            return Result(_fate(code), f"the server says {code} {_shown(text)}")
        case smtplib.SMTPAuthenticationError():
            return Result(Fate.UNUSABLE, f"the server does not accept user and password ({error.smtp_code})")
        case smtplib.SMTPSenderRefused() | smtplib.SMTPDataError() | smtplib.SMTPHeloError():
            is_about_sender = isinstance(error, smtplib.SMTPSenderRefused) and 500 <= error.smtp_code != _TOO_LARGE
            fate = Fate.UNUSABLE if is_about_sender else _fate(error.smtp_code)
            return Result(fate, f"the server says {error.smtp_code} {_shown(error.smtp_error)}")
        case smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return Result(Fate.UNUSABLE, "the connection cannot be protected as [mail] security asks for")
        case OSError():
            return Result(Fate.LATER, f"the server cannot be reached ({error.strerror or type(error).__name__})")
        case _:
            return Result(Fate.REFUSED, "the mail cannot be written")


def _fate(code: int) -> Fate:
    return Fate.LATER if code < 500 else Fate.REFUSED


def _shown(text: object) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join(shown.split())[:120]
