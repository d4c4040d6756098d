"""Installs data views and dashboards in Kibana by its public API. A second call changes nothing."""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from operate.kibana import dashboards, views
from papers.addresses import address
from papers.errors import PaperglotError

LEAST_VERSION = (9, 5)  # its Dashboards API is public from then on
SECONDS = 30.0
Json = dict[str, Any]


class KibanaRefused(PaperglotError):
    """Raised by `client` and `install`: Kibana cannot be reached, is too old, or does not take something."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Kibana answered: its status, and its JSON or {}."""

    status: int
    body: Json


# Method, path below the address of Kibana, body → answer. Raises KibanaRefused where no answer comes.
Ask = Callable[[str, str, Json | None], Answer]


def client(url: str, authorization: str, ca: Path | None = None, what: str = "Kibana") -> Ask:
    """A function that asks the server at `url` with this Authorization header, or without one where it is ""."""
    try:
        url = address(url)
    except ValueError as error:
        raise KibanaRefused(
            f"'{url}' is no address of {what}: one such as http://localhost:5601 is expected."
        ) from error
    context = _context(ca) if url.startswith("https") else None

    def ask(method: str, path: str, body: Json | None) -> Answer:
        headers = {"kbn-xsrf": "paperglot", "Content-Type": "application/json"}
        headers |= {"Authorization": authorization} if authorization else {}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url + path, data, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS, context=context) as response:  # noqa: S310
                return Answer(response.status, _json(response.read()))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _json(error.read()))
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise KibanaRefused(f"{what} at {url} cannot be reached: {reason}.") from error

    return ask


def _context(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca) if ca else None)
    except OSError as error:
        reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise KibanaRefused(f"The certificate {ca} cannot be used: {reason}.") from error


def _json(content: bytes) -> Json:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def install(ask: Ask, prefix: str, space: str = "") -> list[str]:
    """Make the data views and dashboards; returns a line about each."""
    base = f"/s/{quote(space, safe='')}" if space else ""
    _check_version(ask)
    lines = []
    for view in views.definitions(prefix):
        name = view["data_view"]["name"]
        _send(ask, "POST", f"{base}/api/data_views/data_view", view, f"the data view '{name}'")
        lines.append(f"Data view '{name}' on {view['data_view']['title']}")
    for id, board in dashboards.definitions(prefix).items():
        _send(ask, "PUT", f"{base}/api/dashboards/{quote(id, safe='')}", board, f"the dashboard '{board['title']}'")
        lines.append(f"Dashboard '{board['title']}' with {len(board['panels'])} panels")
    return lines


def _check_version(ask: Ask) -> None:
    answer = ask("GET", "/api/status", None)
    number = str(answer.body.get("version", {}).get("number", ""))
    if answer.status not in (200, 503) or not number:
        raise KibanaRefused(_refusal(answer, "its version"))
    if answer.status == 503:
        raise KibanaRefused("Kibana is still starting, or its Elasticsearch is away (status 503): try again later.")
    version = tuple(int(part) for part in number.split(".")[:2] if part.isdigit())
    if version < LEAST_VERSION:
        raise KibanaRefused(f"This Kibana is of version {number}: dashboards need 9.5 or later. Update it.")


def _send(ask: Ask, method: str, path: str, body: Json, what: str) -> None:
    answer = ask(method, path, body)
    if answer.status not in (200, 201):
        raise KibanaRefused(_refusal(answer, what))


def _refusal(answer: Answer, what: str) -> str:
    """Why Kibana did not take something, with the panel and field that its answer names."""
    message = str(answer.body.get("message", "")).strip().rstrip(".")
    match answer.status:
        case 401:
            return "Kibana does not accept the key: it is wrong or has expired."
        case 403:
            return f"The key may not make {what} in Kibana: {message or 'it lacks a privilege'}."
        case 404:
            return f"Kibana knows no place for {what}: is the space right, and is this a Kibana?"
        case 409:
            return f"Kibana has {what} already as something else: {message or 'its id is taken'}."
        case 503:
            return f"Kibana cannot make {what} now (status 503): try again later."
        case _:
            return f"Kibana does not take {what} (status {answer.status}): {message[:500] or 'it gave no reason'}."
