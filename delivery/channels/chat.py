"""Chats, through Apprise: Feishu, WeCom, DingTalk, Telegram, Slack, Discord, ntfy, a webhook, and whatever it knows.

Messages are plain text: every service shows an address in it as a link, and none can take a sign of a title for one of
its own. Apprise does not see that WeCom and DingTalk refuse with an answer of 200, does not say which status came, and
counts characters where the services count bytes: so the answers are looked at, and texts are cut, here.
"""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote

from delivery.channels.result import SENT, Fate, Result

# Bytes of UTF-8 of one message, by Apprise's name of the service: below what the services take, as they say
# themselves (November 2026).
MOST_BYTES: Mapping[str, int] = {
    "wecombot": 1_900,
    "discord": 1_900,
    "ntfys": 3_500,
    "tgram": 3_900,
    "feishu": 12_000,
    "lark": 12_000,
    "dingtalk": 12_000,
    "slack": 12_000,
}
_USUAL_BYTES = 12_000
# What the services allow: WeCom and DingTalk 20 messages a minute, Telegram one a second, Feishu 100 a minute.
_SECONDS_BETWEEN = {
    "wecombot": 3.1, "dingtalk": 3.1, "tgram": 1.1, "feishu": 0.7, "lark": 0.7, "slack": 1.1, "discord": 0.5
}  # fmt: skip
_CALL = re.compile(r"@(?=everyone|here|all|channel)", re.IGNORECASE)
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 20.0
# These answer with 200 and a code of their own.
_CODES = {"wecombot": "errcode", "dingtalk": "errcode", "feishu": "code", "lark": "code"}
# Codes that say: too many messages at once.
_BUSY_CODES = (45009, 130101, 660026, 11232, 9499)
_BUSY_STATUSES = (408, 425, 429)
# What Apprise prints of an address holds the key that is in it.
logging.getLogger("apprise").addHandler(logging.NullHandler())
logging.getLogger("apprise").propagate = False
_watching = threading.Lock()


def most_bytes(address: str) -> int:
    """How many bytes of UTF-8 one message to this address may have."""
    return MOST_BYTES.get(_schema(_service(address)), _USUAL_BYTES)


class Pace:
    """Keeps the time between two messages to one address that its service asks for."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._sleep = sleep
        self._clock = clock
        self._last: dict[str, float] = {}

    def wait(self, address: str) -> None:
        """Wait until the next message may go, and count it."""
        pause = _SECONDS_BETWEEN.get(_schema(_service(address)), 0)
        if address in self._last and (left := self._last[address] + pause - self._clock()) > 0:
            self._sleep(left)
        self._last[address] = self._clock()


def targets(address: str) -> int:
    """How many rooms or topics an address names; 0 of one that is not known."""
    service = _service(address)
    return 0 if service is None else len(service)


def send(address: str, text: str) -> Result:
    """Send one message of plain text."""
    import apprise

    service = _service(address)
    if service is None:
        return Result(Fate.UNUSABLE, "this address of a chat is not one that can be used")
    service.request_rate_per_sec = 0  # it would sleep between messages, and hold up the others
    service.socket_connect_timeout, service.socket_read_timeout = _CONNECT_SECONDS, _READ_SECONDS
    with _answers() as answers:
        chat = apprise.Apprise()
        chat.add(service)
        # Nobody is called by the title of a paper.
        quiet_text = _CALL.sub("@\u200b", text)
        is_sent = bool(chat.notify(body=quiet_text, title="", body_format=apprise.NotifyFormat.TEXT))
    return _result(_schema(service), is_sent, answers)


def _service(address: str) -> Any:
    import apprise

    with suppress(Exception):  # its plugins raise whatever they like for an address that they do not understand
        service = apprise.Apprise.instantiate(address)
        if service is not None and type(service).__name__ == "NotifyDingTalk":
            _sign_once(service)
        return service
    return None


def _schema(service: Any) -> str:
    """Apprise's name of a service, however its address was given; "" where there is none."""
    names = getattr(service, "secure_protocol", None) or getattr(service, "protocol", None) or ""
    return names if isinstance(names, str) else names[0]


def _sign_once(service: Any) -> None:
    """Apprise 2.3 encodes the signature, and requests encodes it once more: the service would not know it."""
    signature = service.get_signature

    def signed() -> tuple[Any, str]:
        timestamp, text = signature()
        return timestamp, unquote(text)

    service.get_signature = signed


# A status, or the name of an error; the answer's headers; what it says in JSON.
_Answer = tuple[int | str, Mapping[str, str], Mapping[str, Any]]


@contextmanager
def _answers() -> Iterator[list[_Answer]]:
    """The answers to all requests of the block. One at a time: what sends them is the same for the whole process."""
    import requests

    answers: list[_Answer] = []
    original = requests.Session.send

    def send(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        try:
            response = original(session, request, **options)
        except requests.RequestException as error:
            answers.append((type(error).__name__, {}, {}))
            raise
        body: Any = {}
        with suppress(ValueError):
            body = response.json()
        answers.append((response.status_code, response.headers, body if isinstance(body, dict) else {}))
        return response

    with _watching:
        requests.Session.send = send  # type: ignore[method-assign, assignment]
        try:
            yield answers
        finally:
            requests.Session.send = original  # type: ignore[method-assign]


def _result(schema: str, is_sent: bool, answers: list[_Answer]) -> Result:
    if not answers:
        return SENT if is_sent else Result(Fate.REFUSED, "nothing was sent to it")
    status, headers, body = answers[-1]
    code = body.get(_CODES[schema]) if schema in _CODES else None
    if isinstance(status, str):
        return Result(Fate.LATER, f"the service cannot be reached ({status})")
    if status in _BUSY_STATUSES or status >= 500 or code in _BUSY_CODES:
        return Result(Fate.LATER, f"the service is busy (HTTP {status})", _wait(headers, body))
    if status >= 400 or code or not is_sent:
        return Result(Fate.REFUSED, f"the service refuses it ({f'code {code}' if code else f'HTTP {status}'})")
    return SENT


def _wait(headers: Mapping[str, str], body: Mapping[str, Any]) -> float:
    """How many seconds the service asks to wait; 0 where it does not say."""
    parameters = body.get("parameters")
    inner = parameters if isinstance(parameters, dict) else body
    with suppress(TypeError, ValueError):
        seconds = float(headers.get("Retry-After") or inner.get("retry_after") or 0)
        return seconds if math.isfinite(seconds) else 0
    return 0
