"""Prepares an Elasticsearch with security for Paperglot and Kibana: a key for each purpose, each in a file of its own.

Keys that work are kept, so that a second call changes nothing.
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

# Key file below the folder → what the key may do. `{prefix}` stands for the prefix of the indices.
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
# Without these, a restart of Kibana breaks its sessions and what it has stored encrypted.
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
    """Make the files that are missing or do not work any more; yields a line for each file.

    `connect` takes an Authorization header and returns the function that asks the server with it; `login` is the
    header of the first requests. `elasticsearch` is the address of the server as Kibana sees it.
    """
    ask = connect(login)
    _wait(ask, wait)
    for name in ROLES:
        file = folder / name
        yield f"{file}: {_key(connect, ask, file, name, prefix)}"
    file = folder / KIBANA
    yield f"{file}: {_kibana(connect, ask, file, elasticsearch, prefix)}"


def _wait(ask: Ask, wait: Callable[[float], object]) -> None:
    result: Exception | Answer | None = None
    for _ in range(int(SECONDS_TO_WAIT / SECONDS_BETWEEN_TRIES)):
        try:
            result = ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=10s", None)
        except PaperglotError as error:
            result = error
        else:
            if result.status == 200:
                return
            if result.status in (401, 403):
                raise SetupFailed("Elasticsearch does not accept the user and the password of the setup.")
        wait(SECONDS_BETWEEN_TRIES)
    reason = result if isinstance(result, Exception) else f"status {result.status if result else 'none'}"
    raise SetupFailed(f"Elasticsearch was not there within {SECONDS_TO_WAIT} seconds: {reason}")


def _key(connect: Callable[[str], Ask], ask: Ask, file: Path, name: str, prefix: str) -> str:
    if _works(connect, f"ApiKey {_content(file)}"):
        return "the key works and is kept"
    key_name = f"{prefix}-{name.partition('/')[0]}"
    # A former key of this name, whose file was lost: nobody can use it any more.
    ask("DELETE", "/_security/api_key", {"name": key_name})
    role = orjson.loads(orjson.dumps(ROLES[name]).decode().replace("{prefix}", prefix))
    answer = ask("POST", "/_security/api_key", {"name": key_name, "role_descriptors": {"paperglot": role}})
    _write(file, _value_of(answer, "encoded", f"the key {key_name}"), 0o600)
    return "a new key"


def _kibana(connect: Callable[[str], Ask], ask: Ask, file: Path, elasticsearch: str, prefix: str) -> str:
    """Kibana's settings, with its service token and the keys by which it encrypts."""
    former = _settings(_content(file))
    token = former.get("elasticsearch.serviceAccountToken", "")
    token_works = _works(connect, f"Bearer {token}")
    if not token_works:
        ask("DELETE", f"{_SERVICE}/{prefix}", None)
        answer = ask("POST", f"{_SERVICE}/{prefix}", None)
        token = str(_value_of(answer, "token", "Kibana's service token")["value"])
    settings = {
        "server.host": "0.0.0.0",  # noqa: S104  (in its container; compose publishes it on 127.0.0.1 alone)
        "elasticsearch.hosts": f'["{elasticsearch}"]',
        "elasticsearch.serviceAccountToken": token,
        **{name: former.get(name) or secrets.token_hex(16) for name in _ENCRYPTION},
    }
    if settings == former:
        return "works and is kept"
    text = "".join(f"{name}: {value}\n" for name, value in settings.items())
    # Kibana's container runs as another user, and only that container has the folder.
    _write(file, text, 0o644)
    return "a new token" if not token_works else "written anew"


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


def _value_of(answer: Answer, name: str, what: str) -> Any:
    if answer.status not in (200, 201) or name not in answer.body:
        error = answer.body.get("error", {})
        text = error.get("reason", "") if isinstance(error, dict) else str(error)
        raise SetupFailed(f"Elasticsearch does not make {what} (status {answer.status}): {text or 'no reason given'}.")
    return answer.body[name]


def _write(file: Path, text: str, mode: int) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
        temporary.chmod(mode)
        temporary.replace(file)
    except OSError as error:
        raise SetupFailed(f"{file} cannot be written: {error.strerror}.") from error
