"""The settings of mail."""

from __future__ import annotations

from email.utils import parseaddr
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, SecretStr

from papers.settings import Section


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _sender(value: str) -> str:
    if value and "@" not in parseaddr(value)[1]:
        raise ValueError("a mail address is expected, such as Papers <papers@example.org>")
    return value


class MailSettings(Section):
    """`[mail]` in paperglot.toml."""

    section: ClassVar[str] = "mail"

    server: str = ""
    """The server that sends mail. Without one, alerts can go to chats alone."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port: usually 587 with `starttls`, 465 with `tls`."""
    security: Security = Security.STARTTLS
    """`starttls`, `tls` or `none`. Mail is never sent without the protection that is asked for here."""
    user: str = ""
    """The name to log in with, if the server asks for one."""
    password: SecretStr | None = None
    """The password to log in with."""
    sender: Annotated[str, AfterValidator(_sender)] = ""
    """Who the mail is from: `Papers <papers@example.org>`."""
    seconds: Annotated[float, Field(gt=0, le=300)] = 30
    """How long to wait for an answer of the server."""
    certificates: str = ""
    """A file of the certificates to trust, for a server whose certificate is your own."""
