"""The API key: read from the settings or a file, and read again where the server does not accept it any more."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from elastic_transport import Transport, TransportApiResponse
from elasticsearch import ApiError, Elasticsearch

from indexer.settings import IndexSettings
from papers import files
from papers.settings import InvalidSetting

# An encoded key, as a header takes it.
_KEY = re.compile(r"[A-Za-z0-9_=+/.~-]+")
_UNAUTHORIZED = 401


def key_of(settings: IndexSettings) -> str:
    """The key to be sent; "" where the settings name none. Raises InvalidSetting."""
    if settings.api_key_file:
        return _read(settings.api_key_file)
    return settings.api_key.get_secret_value().strip() if settings.api_key else ""


def _read(file: Path) -> str:
    """The key in a file. The file holds the key alone, or Elasticsearch's answer to the request that made the key."""
    try:
        text = files.secret(file)
    except OSError as error:
        raise InvalidSetting(f"The file with the API key, {file}, cannot be read: {error.strerror}.") from error
    key = _of_answer(text) if text.startswith("{") else text
    if not _KEY.fullmatch(key):
        raise InvalidSetting(
            f"The file {file} holds no API key: it should hold the 'encoded' of Elasticsearch's answer and nothing "
            "else, or that whole answer."
        )
    return key


def _of_answer(text: str) -> str:
    try:
        answer: Mapping[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    if isinstance(encoded := answer.get("encoded"), str):
        return encoded
    parts = (answer.get("id"), answer.get("api_key"))
    return base64.b64encode(":".join(map(str, parts)).encode()).decode() if all(parts) else ""


def expiry(client: Elasticsearch) -> datetime | None:
    """When the key that the client sends expires; None if it never expires, or if the server does not say."""
    try:
        key_info = client.security.authenticate().get("api_key")
        if key_info is None:
            return None
        (key,) = client.security.get_api_key(id=key_info["id"], owner=True)["api_keys"]
    except (ApiError, ValueError):
        return None
    moment = key.get("expiration")
    return datetime.fromtimestamp(moment / 1000, UTC) if moment else None


class KeyTransport(Transport):
    """Sends the key with every request. If the server does not accept it and `read` now returns another one, the
    request is sent again with that: a key can be replaced in its file while pages and crawls run."""

    def __init__(self, *arguments: Any, read: Callable[[], str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._read = read
        self._key = read()

    def perform_request(self, method: str, target: str, **options: Any) -> TransportApiResponse:
        sent_key = self._key
        answer = super().perform_request(method, target, **self._with(sent_key, options))
        if answer.meta.status == _UNAUTHORIZED and (key := self._read()) != sent_key:
            self._key = key
            answer = super().perform_request(method, target, **self._with(key, options))
        return answer

    def _with(self, key: str, options: dict[str, Any]) -> dict[str, Any]:
        if not key:
            return options
        headers = options.get("headers")
        return options | {
            "headers": {**(headers if isinstance(headers, Mapping) else {}), "authorization": f"ApiKey {key}"}
        }
