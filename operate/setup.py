"""Prepares an Elasticsearch with security for Paperglot and Kibana: keys as files, each for one purpose, kept where
they work. Carried out again it changes nothing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from operate.kibana.install import Answer, Ask
from papers.errors import PaperglotError

# The keys: file below the folder → what its key may do. `{prefix}` is that of the indices.
_READ = ["read", "view_index_metadata"]
CRAWLER_KEY = "crawler/key"
ROLES: dict[str, dict[str, Any]] = {
    "page/key": {
        "cluster": ["manage_own_api_key"],
        "indices": [{"names": ["{prefix}", "{prefix}-*"], "privileges": _READ}],
    },
    CRAWLER_KEY: {
        "cluster": ["manage_index_templates", "manage_own_api_key"],
        "indices": [
            {"names": ["{prefix}", "{prefix}-*"], "privileges": ["manage", "read", "view_index_metadata", "write"]}
        ],
    },
    "setup/key": {
        "cluster": ["manage_own_api_key"],
        "indices": [{"names": ["{prefix}", "{prefix}-*"], "privileges": _READ}],
        "applications": [{"application": "kibana-.kibana", "privileges": ["all"], "resources": ["*"]}],
    },
}
KIBANA = "kibana/kibana.yml"
_SERVICE = "/_security/service/elastic/kibana/credential/token"
SECONDS_TO_WAIT = 300
SECONDS_BETWEEN_TRIES = 2.0
# Without these a restart of Kibana breaks sessions and what it keeps encrypted.
_ENCRYPTION = (
    "xpack.encryptedSavedObjects.encryptionKey",
    "xpack.security.encryptionKey",
    "xpack.reporting.encryptionKey",
)


class SetupFailed(PaperglotError):
    """Raised by `set_up`: the server does not answer in time, or does not do what is asked."""


def set_up(
    connect: Callable[[str], Ask],
    login: str,
    folder: Path,
    *,
    elasticsearch: str,
    prefix: str,
    wait: Callable[[float], object],
) -> Iterator[str]:
    """Make what is missing; a line for each thing.

    `connect` gives a way to ask the server with an Authorization header, `elasticsearch` is its address as Kibana sees
    it.
    """
    ask = connect(login)
    _wait(ask, wait)
    for name in ROLES:
        file = folder / name
        yield f"{file}: {_key(connect, ask, file, name, prefix)}"
    file = folder / KIBANA
    yield f"{file}: {_kibana(connect, ask, file, elasticsearch, prefix)}"


def _wait(ask: Ask, wait: Callable[[float], object]) -> None:
    last: Exception | Answer | None = None
    for _ in range(int(SECONDS_TO_WAIT / SECONDS_BETWEEN_TRIES)):
        try:
            last = ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=10s", None)
        except PaperglotError as error:
            last = error
        else:
            if last.status == 200:
                return
            if last.status in (401, 403):
                raise SetupFailed("Elasticsearch does not accept the user and the password of the setup.")
        wait(SECONDS_BETWEEN_TRIES)
    said = last if isinstance(last, Exception) else f"status {last.status if last else 'none'}"
    raise SetupFailed(f"Elasticsearch was not there within {SECONDS_TO_WAIT} seconds: {said}")


def _key(connect: Callable[[str], Ask], ask: Ask, file: Path, name: str, prefix: str) -> str:
    if _works(connect, f"ApiKey {_content(file)}"):
        return "the key works and is kept"
    own = f"{prefix}-{name.partition('/')[0]}"
    # Of a file that was lost: nobody has it any more.
    ask("DELETE", "/_security/api_key", {"name": own})
    role = orjson.loads(orjson.dumps(ROLES[name]).decode().replace("{prefix}", prefix))
    answer = ask("POST", "/_security/api_key", {"name": own, "role_descriptors": {"paperglot": role}})
    _write(file, _wanted(answer, "encoded", f"the key {own}"), 0o600)
    return "a new key"


def _kibana(connect: Callable[[str], Ask], ask: Ask, file: Path, elasticsearch: str, prefix: str) -> str:
    """Kibana's settings, with its service token and the keys by which it encrypts."""
    former = _settings(_content(file))
    token = former.get("elasticsearch.serviceAccountToken", "")
    works = _works(connect, f"Bearer {token}")
    if not works:
        ask("DELETE", f"{_SERVICE}/{prefix}", None)
        answer = ask("POST", f"{_SERVICE}/{prefix}", None)
        token = str(_wanted(answer, "token", "Kibana's service token")["value"])
    settings = {
        "server.host": "0.0.0.0",  # noqa: S104  (in its container; compose publishes it on 127.0.0.1 alone)
        "elasticsearch.hosts": f'["{elasticsearch}"]',
        "elasticsearch.serviceAccountToken": token,
        **{name: former.get(name) or secrets.token_hex(16) for name in _ENCRYPTION},
    }
    if settings == former:
        return "works and is kept"
    text = "".join(f"{name}: {value}\n" for name, value in settings.items())
    # Its container is of another user, and nobody else's has the folder.
    _write(file, text, 0o644)
    return "a new token" if not works else "written anew"


def _settings(text: str) -> dict[str, str]:
    pairs = (line.partition(": ") for line in text.splitlines())
    return {name: value for name, colon, value in pairs if colon}


def _works(connect: Callable[[str], Ask], authorization: str) -> bool:
    if not authorization.partition(" ")[2]:
        return False
    return connect(authorization)("GET", "/_security/_authenticate", None).status == 200


def _content(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _wanted(answer: Answer, name: str, what: str) -> Any:
    if answer.status not in (200, 201) or name not in answer.body:
        reason = answer.body.get("error", {})
        said = reason.get("reason", "") if isinstance(reason, dict) else str(reason)
        raise SetupFailed(f"Elasticsearch does not make {what} (status {answer.status}): {said or 'no reason given'}.")
    return answer.body[name]


def _write(file: Path, text: str, mode: int) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            written.write(text)
        beside.chmod(mode)
        beside.replace(file)
    except OSError as error:
        raise SetupFailed(f"{file} cannot be written: {error.strerror}.") from error
