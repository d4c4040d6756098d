"""Who gets a message: a mail address, or a chat, as an address of Apprise or as its service gives it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from papers.errors import UsageError

# Stricter than mail is: no comment, no quotes, nothing that a header could be made of.
_MAIL = re.compile(r"([A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*)@([^\s@]+)")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
# Addresses of robots that Apprise knows by other names.
_FEISHU = re.compile(r"https://open\.(?:feishu|larksuite)\.(?:cn|com)/open-apis/bot/v2/hook/([\w-]+)")
_DINGTALK = "oapi.dingtalk.com"
_KNOWN = (
    "feishu://TOKEN, wecombot://KEY, dingtalk://TOKEN, tgram://BOT_TOKEN/CHAT_ID, slack://A/B/C, discord://ID/TOKEN, "
    "ntfy://HOST/TOPIC, jsons://HOST/PATH"
)


class InvalidRecipient(UsageError):
    """Raised by `recipient`: the text is no mail address, and no address of a chat."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A mail address or the address of a chat. The latter is a secret: who has it can write there."""

    address: str
    is_mail: bool

    @property
    def key(self) -> str:
        """A hash by which the outbox names the recipient."""
        return hashlib.blake2b(self.address.encode(), digest_size=12).hexdigest()

    @property
    def shown(self) -> str:
        """The recipient in a sentence, without its secrets."""
        return self.address if self.is_mail else f"{urlsplit(self.address).scheme}://…"


def recipient(text: str) -> Recipient:
    """The recipient that a text names; raises InvalidRecipient, which repeats nothing of what may be a secret."""
    text = text.strip()
    if (match := _MAIL.fullmatch(text)) and (domain := _domain(match[2])):
        return Recipient(f"{match[1].lower()}@{domain}", is_mail=True)
    try:
        parts = urlsplit(text)
        token = parse_qs(parts.query).get("access_token") if parts.hostname == _DINGTALK else None
        is_address = bool(parts.scheme and parts.netloc) and not any(sign.isspace() for sign in text)
    except ValueError:
        token, is_address = None, False
    if not is_address:
        raise InvalidRecipient(f"A recipient is neither a mail address nor the address of a chat. Chats are {_KNOWN}.")
    if match := _FEISHU.fullmatch(text):
        return Recipient(f"feishu://{match[1]}/", is_mail=False)
    return Recipient(f"dingtalk://{token[0]}/" if token else text, is_mail=False)


def _domain(text: str) -> str | None:
    """A domain as mail servers know it, in ASCII; None where it is none."""
    try:
        domain = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return domain if _DOMAIN.fullmatch(domain) else None
