"""Who gets a message: a mail address, or a chat, as an address of Apprise or as its service gives it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from papers.errors import UsageError

_MAIL = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+\.[^\s@<>,;:\"]+")
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
    """The recipient that a text names; raises InvalidRecipient, which does not repeat what may be a secret."""
    text = text.strip()
    if _MAIL.fullmatch(text):
        return Recipient(text, is_mail=True)
    parts = urlsplit(text)
    if match := _FEISHU.fullmatch(text):
        return Recipient(f"feishu://{match[1]}/", is_mail=False)
    if parts.hostname == _DINGTALK and (token := parse_qs(parts.query).get("access_token")):
        return Recipient(f"dingtalk://{token[0]}/", is_mail=False)
    if not parts.scheme or not parts.netloc or any(sign.isspace() for sign in text):
        raise InvalidRecipient(
            f"A recipient that begins with '{text[:4]}' is no mail address and no chat. Chats are {_KNOWN}."
        )
    return Recipient(text, is_mail=False)
